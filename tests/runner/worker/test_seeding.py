"""All randomness of a run comes from its seed, whatever layer draws."""

import random
from typing import Any

import keras
import numpy as np
import pytest

from tests.runner.training import legs, train_whole
from toolkit.builder.recurrent_cell import RecurrentCell
from toolkit.runner.worker.jobs import End, Job
from toolkit.runner.worker.process import Worker
from toolkit.spec.schema import CELL_NAMES, RunConfig

WORKERS = Worker(), Worker()


class DroppingCell(keras.layers.GRUCell):  # type: ignore[misc]  # Keras has no types
    """Keras's GRU with dropout, its initializers' and its dropout's seeds left to chance."""

    def __init__(self, units: int) -> None:
        super().__init__(units, dropout=0.3, recurrent_dropout=0.3)


class UnseededCell(keras.layers.SimpleRNNCell):  # type: ignore[misc]  # as above
    """A cell that draws from every global generator when it is made, and from Keras's when it is called."""

    def __init__(self, units: int) -> None:
        super().__init__(units)
        self.scale = random.uniform(0.5, 1.0)
        self.mixing = np.random.normal(size=(units, units)).astype("float32")

    def build(self, input_shape: Any) -> None:
        super().build(input_shape)
        self.shift = self.add_weight(shape=(self.units,), initializer=_from_keras, trainable=False, name="shift")

    def get_initial_state(self, batch_size: Any = None) -> Any:
        return [keras.random.normal((batch_size, self.units))]

    def call(self, sequence: Any, states: Any, training: bool = False) -> Any:
        previous = states[0] if isinstance(states, (list, tuple)) else states
        state = super().call(sequence, [keras.ops.matmul(previous, self.mixing * self.scale) + self.shift])[0]
        return state, [state]


def _from_keras(shape: Any, dtype: Any = None) -> Any:
    return keras.random.normal(shape, dtype=dtype)


CELLS = {
    **{name: {"cell": name, "dropout": 0.2} for name in CELL_NAMES},
    "keras": {"cell": "keras.layers:GRUCell", "embedding": 3},
    "stacked": {"cell": "keras.layers:LSTMCell", "embedding": 3, "hidden": [4, 3]},
    "dropping": {"cell": f"{__name__}:DroppingCell", "embedding": 3},
    "unseeded": {"cell": f"{__name__}:UnseededCell", "embedding": 3},
}


def config(cell: str, seed: int = 5) -> RunConfig:
    return RunConfig.model_validate(
        {
            "data": {"task": "agreement", "train_size": 60, "dev_size": 40, "distance": "uniform", "max_distance": 2},
            "model": {"hidden": 4, "lookback": 2, **CELLS[cell]},
            "train": {"epochs": 2, "batch_size": 25, "seed": seed, "min_change": None},
        }
    )


def numbers(end: End) -> tuple[Any, ...]:
    """All that came of a run but the seconds that it took."""
    record = end.record
    assert record.error is None, record.traceback
    losses = [(epoch.dev_loss, epoch.train_loss, epoch.dev_accuracy) for epoch in record.history]
    return losses, record.best and record.best.by_sentence, end.weights


@pytest.mark.usefixtures("uncompiled")
@pytest.mark.parametrize("cell", CELLS)
def test_a_run_gives_the_same_bytes_in_any_process_after_any_other_and_interrupted(cell: str) -> None:
    first = numbers(train_whole(config(cell), worker=WORKERS[0]))
    keras.utils.set_random_seed(999)
    assert numbers(train_whole(config(cell, seed=6), worker=WORKERS[1]))[0] != first[0]
    *_, end = legs(Job("run", config(cell), "digest", seconds=0), worker=WORKERS[1])
    assert isinstance(end, End)
    assert numbers(end) == first


def test_other_programs_random_numbers_are_left_alone() -> None:
    random.seed(3)
    np.random.seed(3)
    expected = random.random(), np.random.random()
    random.seed(3)
    np.random.seed(3)
    train_whole(config("unseeded"), worker=WORKERS[0])
    assert (random.random(), np.random.random()) == expected


def test_the_cells_are_of_every_kind() -> None:
    assert set(CELL_NAMES) < set(CELLS)
    assert not issubclass(UnseededCell, RecurrentCell)
