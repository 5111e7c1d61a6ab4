"""Learning-rate schedules as callbacks of `fit`."""

import keras
import numpy as np
import pytest

from tests.spec.test_annealing import read
from toolkit.builder.training.schedules import schedule
from toolkit.spec.annealing import SCHEDULES, rate_at


@pytest.mark.parametrize("name", SCHEDULES)
def test_rate_depends_on_the_absolute_epoch_only(name: str) -> None:
    model = keras.Sequential([keras.layers.Dense(1, use_bias=False)])
    model.compile(keras.optimizers.SGD(0.5), "mse")
    seen = []
    rates = keras.callbacks.LambdaCallback(on_epoch_end=lambda *_: seen.append(float(model.optimizer.learning_rate)))
    inputs = np.ones((2, 1))
    for first, last in ((0, 3), (3, 5)):
        callbacks = [schedule(0.5, read(name)), rates]
        model.fit(inputs, inputs, initial_epoch=first, epochs=last, verbose=0, callbacks=callbacks)
    assert seen == pytest.approx([rate_at(0.5, read(name), epoch) for epoch in range(5)], rel=1e-6)
