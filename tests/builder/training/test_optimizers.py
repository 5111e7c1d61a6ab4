"""Optimizers by name, and the clipping of gradients."""

from typing import get_args

import keras
import numpy as np
import pytest

from toolkit.builder.training.optimizers import make_optimizer
from toolkit.spec.schema import OPTIMIZERS, TrainConfig


def moved(train: TrainConfig, gradient: list[float]) -> np.ndarray:
    """How far one update moves a weight, shape `(2, 2)`, from ones."""
    weight = keras.Variable(np.ones((2, 2), "float32"), dtype="float32", name="weight")
    optimizer = make_optimizer(train)
    optimizer.apply_gradients([(keras.ops.convert_to_tensor(np.reshape(gradient, (2, 2)).astype("float32")), weight)])
    return np.asarray(weight) - 1.0


@pytest.mark.parametrize("name", get_args(OPTIMIZERS))
def test_every_optimizer_goes_down(name: str) -> None:
    train = TrainConfig.model_validate({"optimizer": name, "learning_rate": 0.1})
    step = moved(train, [3.0, -4.0, 2.0, 1.0])
    assert np.isfinite(step).all()
    assert (step * np.array([[3.0, -4.0], [2.0, 1.0]])).sum() < 0


def test_the_learning_rate_is_the_spec_s() -> None:
    step = moved(TrainConfig(optimizer="sgd", learning_rate=0.25), [3.0, -4.0, 0.0, 0.0])
    assert step == pytest.approx(np.array([[-0.75, 1.0], [0.0, 0.0]]))


def test_a_longer_gradient_is_scaled_down_to_clip_norm_and_a_shorter_one_is_left() -> None:
    train = TrainConfig(learning_rate=1.0, clip_norm=1.0)
    assert moved(train, [3.0, -4.0, 0.0, 0.0]) == pytest.approx(np.array([[-0.6, 0.8], [0.0, 0.0]]), rel=1e-6)
    assert moved(train, [0.3, 0.0, 0.0, 0.0]) == pytest.approx(np.array([[-0.3, 0.0], [0.0, 0.0]]), rel=1e-6)


def test_names_that_the_spec_takes_are_all_that_keras_has() -> None:
    kinds = {
        name.lower()
        for name, value in vars(keras.optimizers).items()
        if isinstance(value, type) and issubclass(value, keras.Optimizer)
    }
    of_other_optimizers = {"optimizer", "lossscaleoptimizer", "multioptimizer"}
    with_weights_of_its_own_for_evaluation = {"schedulefreeadamw"}
    assert kinds - of_other_optimizers - with_weights_of_its_own_for_evaluation == set(get_args(OPTIMIZERS))
