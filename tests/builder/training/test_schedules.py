"""Learning-rate schedules, as numbers and as callbacks of `fit`."""

import math

import keras
import numpy as np
import pytest
from pydantic import TypeAdapter

from toolkit.builder.training.schedules import rate_at, schedule
from toolkit.spec.annealing import SCHEDULES, Anneal, Constant, Harmonic

WRITTEN = {
    "harmonic": {"schedule": "harmonic", "epochs": 5},
    "exponential": {"schedule": "exponential", "factor": 0.5},
    "cosine": {"schedule": "cosine", "epochs": 4, "final": 0.2},
    "step": {"schedule": "step", "every": 3, "factor": 0.1},
    "constant": {"schedule": "constant"},
}
# lr_0 = 0.5 at epochs 0, 2, 3, 4 and 9, by hand.
RATES = {
    "harmonic": [0.5, 0.5 * 5 / 7, 0.5 * 5 / 8, 0.5 * 5 / 9, 0.5 * 5 / 14],
    "exponential": [0.5, 0.125, 0.0625, 0.03125, 0.5 / 512],
    "cosine": [0.5, 0.3, 0.1 + 0.4 * (1 - math.sqrt(0.5)) / 2, 0.1, 0.1],
    "step": [0.5, 0.5, 0.05, 0.05, 0.0005],
    "constant": [0.5] * 5,
}


def read(name: str) -> Anneal:
    anneal: Anneal = TypeAdapter(Anneal).validate_python(WRITTEN[name])
    return anneal


@pytest.mark.parametrize("name", SCHEDULES)
def test_rates_are_those_of_the_formula(name: str) -> None:
    assert [rate_at(0.5, read(name), epoch) for epoch in (0, 2, 3, 4, 9)] == pytest.approx(RATES[name], rel=1e-12)


def test_short_and_long_forms_are_the_same() -> None:
    for epoch in (0, 1, 7):
        assert rate_at(0.5, Harmonic(schedule="harmonic", epochs=5), epoch) == rate_at(0.5, 5, epoch)
        assert rate_at(0.5, Constant(schedule="constant"), epoch) == rate_at(0.5, 0, epoch) == 0.5


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
