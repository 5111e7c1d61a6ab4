"""The gradient by lag against plain loops."""

from typing import Any

import numpy as np
import pytest

from tests.builder import reference
from tests.builder.recurrent.test_truncated_gradient import study_weights
from toolkit.builder.measuring.lag import gradient_by_lag
from toolkit.builder.model.network import build
from toolkit.builder.recurrent.cells import CELLS
from toolkit.builder.training.feed import Feed
from toolkit.data.examples import Examples
from toolkit.errors import SpecError
from toolkit.spec.schema import RunConfig

WORDS, LAGS = 7, 6


def config(**sections: Any) -> RunConfig:
    return RunConfig.model_validate({"train": {"dtype": "float64"}, **sections})


def examples(task: str) -> Examples:
    random = np.random.default_rng(4)
    inputs = [random.integers(0, WORDS, size, dtype=np.int32) for size in (1, 3, 6, 4)]
    outputs, last = (2, 1) if task == "agreement" else (WORDS, 99)
    return Examples(inputs, [random.integers(0, outputs, min(last, len(words)), dtype=np.int32) for words in inputs])


def share_of_lag(cell: str, weights: reference.Weights, words: Any, wanted: Any, lag: int) -> float:
    """Norm of one sentence's term: the gradient at this lookback less that at the next smaller one."""
    gradients = [
        reference.loss_and_gradient(cell, weights, [words], [wanted], lookback).gradient
        if lookback >= 0
        else {name: np.zeros_like(value) for name, value in weights.items()}
        for lookback in (lag, lag - 1)
    ]
    terms = [gradients[0][name] - gradients[1][name] for name in reference.CELLS[cell].matrices]
    return float(np.sqrt(sum((term**2).sum() for term in terms)))


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("task", ["language_model", "agreement"])
def test_norms_by_lag_equal_differences_of_truncated_gradients(cell: str, task: str) -> None:
    data = examples(task)
    model = build(config(data={"task": task}, model={"cell": cell, "hidden": 3}), WORDS)
    weights = study_weights(model, cell)
    measured = gradient_by_lag(model, Feed(data, 3), LAGS)
    for lag, value in enumerate(measured):
        norms = [
            share_of_lag(cell, weights, words, wanted, lag)
            for words, wanted in zip(data.inputs, data.targets, strict=True)
            if len(words) > lag
        ]
        assert value == (pytest.approx(np.mean(norms), rel=1e-7) if norms else None)


def test_stacked_cells_are_measured_together() -> None:
    model = build(config(data={"task": "agreement"}, model={"cell": "gru", "hidden": [3, 2]}), WORDS)
    assert [value is None for value in gradient_by_lag(model, Feed(examples("agreement"), 4), LAGS)] == [
        *[False] * 6,
        True,
    ]


def test_cell_without_recurrent_kernel_is_named() -> None:
    cell = "tests.builder.recurrent.test_truncated_rnn:LeakyCell"
    model = build(config(data={"task": "agreement"}, model={"cell": cell, "hidden": 3, "embedding": 2}), WORDS)
    with pytest.raises(SpecError, match="the cell LeakyCell has no attribute recurrent_kernel"):
        gradient_by_lag(model, Feed(examples("agreement"), 4), 2)
