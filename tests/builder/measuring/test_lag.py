"""The gradient by lag against plain loops."""

from dataclasses import replace
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
from toolkit.tasks.registry import TASKS

WORDS, LAGS = 7, 6


def config(**sections: Any) -> RunConfig:
    return RunConfig.model_validate({"train": {"dtype": "float64"}, **sections})


def examples(task: str) -> Examples:
    random = np.random.default_rng(4)
    inputs = [random.integers(0, WORDS, size, dtype=np.int32) for size in (1, 3, 6, 4)]
    outputs, last = (2, 1) if task == "agreement" else (WORDS, 99)
    return Examples(inputs, [random.integers(0, outputs, min(last, len(words)), dtype=np.int32) for words in inputs])


def share_of_lag(
    cell: str, weights: reference.Weights, words: Any, wanted: Any, lag: int, wider: reference.Wider = reference.PLAIN
) -> float:
    """Norm of one sentence's term: the gradient at this lookback less that at the next smaller one."""
    gradients = [
        reference.loss_and_gradient(cell, weights, [words], [wanted], lookback, wider=wider).gradient
        if lookback >= 0
        else {name: np.zeros_like(value) for name, value in weights.items()}
        for lookback in (lag, lag - 1)
    ]
    names = [name for name in weights if name.removeprefix(reference.BACK) in reference.CELLS[cell].matrices]
    terms = [gradients[0][name] - gradients[1][name] for name in names]
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


@pytest.mark.parametrize(
    ("predicts", "model"),
    [
        ("last", {"direction": "both"}),
        ("each", {"direction": "both", "bias": True}),
        ("last", {"pool": "mean"}),
        ("last", {"pool": "max", "direction": "both"}),
    ],
)
def test_norms_by_lag_are_those_of_both_directions_and_from_all_pooled_steps(
    predicts: Any, model: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(TASKS, "agreement", replace(TASKS["agreement"], predicts=predicts))
    data = examples("agreement")
    if predicts == "each":
        data = Examples(data.inputs, [words % 2 for words in data.inputs])
    built = build(config(data={"task": "agreement"}, model={"cell": "gru", "hidden": 3, **model}), WORDS)
    weights = study_weights(built, "gru")
    wider = reference.Wider(predicts == "last", model.get("pool"))
    for lag, value in enumerate(gradient_by_lag(built, Feed(data, 3), LAGS)[:4]):
        norms = [
            share_of_lag("gru", weights, words, wanted, lag, wider)
            for words, wanted in zip(data.inputs, data.targets, strict=True)
            if len(words) > lag
        ]
        assert value == pytest.approx(np.mean(norms), rel=1e-7)


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
