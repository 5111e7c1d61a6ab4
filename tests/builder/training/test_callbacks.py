import keras
import numpy as np
import pytest

from toolkit.builder.training.callbacks import BestWeights, StopWhenSettled


def one_weight_model() -> keras.Model:
    model = keras.Sequential([keras.layers.Dense(1, use_bias=False)])
    model.build((None, 1))
    return model


def epochs_until_stop(losses: list[float], initial: float) -> int:
    rule = StopWhenSettled(initial, 0.0001)
    rule.set_model(one_weight_model())
    for epoch, loss in enumerate(losses):
        rule.on_epoch_end(epoch, {"val_loss": loss})
        if rule.model.stop_training:
            return epoch + 1
    return 0


def test_training_stops_after_four_small_changes_from_the_start() -> None:
    assert epochs_until_stop([1.0] * 9, initial=1.0) == 4


def test_training_stops_after_three_small_changes_later_on() -> None:
    assert epochs_until_stop([2.0, 1.0, 1.0, 1.0, 1.0, 1.0], initial=3.0) == 5


def test_a_large_change_starts_the_count_again() -> None:
    assert epochs_until_stop([2.0, 2.0, 2.0, 1.0, 1.0, 1.0, 1.0], initial=3.0) == 7
    assert epochs_until_stop([2.0, 1.9998, 1.9996, 1.9994, 1.9992, 1.999], initial=3.0) == 0


@pytest.mark.parametrize(
    ("initial", "losses", "kept"), [(9.0, [3.0, 2.0, 2.0, 5.0], 2), (1.0, [3.0, 1.0, 2.0], 0), (9.0, [3.0, np.nan], 1)]
)
def test_best_weights_are_the_first_with_the_strictly_lowest_loss(
    initial: float, losses: list[float], kept: int
) -> None:
    best, model = BestWeights(initial), one_weight_model()
    best.set_model(model)
    model.set_weights([np.array([[0.0]])])
    best.on_train_begin()
    for epoch, loss in enumerate(losses):
        model.set_weights([np.array([[epoch + 1.0]])])
        best.on_epoch_end(epoch, {"val_loss": loss})
    best.restore()
    assert model.get_weights()[0].item() == kept
