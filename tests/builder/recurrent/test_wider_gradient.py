"""The engine against plain loops: biases, both directions, pooling, vectors, numbers and weights of classes."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.builder import reference
from tests.builder.recurrent.test_truncated_gradient import small_groups, study_weights  # noqa: F401  the fixture
from toolkit.builder.model.network import build
from toolkit.builder.training.feed import Feed
from toolkit.data.examples import Examples
from toolkit.spec.schema import RunConfig
from toolkit.tasks.registry import TASKS
from toolkit.tasks.sizes import Sizes
from toolkit.tasks.task import Linear, Softmax, Task

WORDS, FEATURES, LABELS, NUMBERS = 7, 3, 4, 2
LENGTHS = (4, 1, 6, 3, 5)
WEIGHTS = (0.5, 2.0, 1.25, 0.75)
HEADS: dict[str, Any] = {"labels": Softmax(column="label"), "numbers": Linear(column="value")}


def use_task(predicts: Any, predicted: str, monkeypatch: pytest.MonkeyPatch) -> Task:
    """Let a task of the toolkit's be one that predicts this."""
    task = replace(TASKS["agreement"], predicts=predicts, head=HEADS[predicted], tracks=())
    monkeypatch.setitem(TASKS, "agreement", task)
    return task


def examples(predicts: str, predicted: str, vectors: bool) -> Examples:
    random = np.random.default_rng(5)
    counts = [1 if predicts == "last" else length for length in LENGTHS]
    inputs = [
        random.normal(size=(length, FEATURES)) if vectors else random.integers(0, WORDS, length, dtype=np.int32)
        for length in LENGTHS
    ]
    targets = [
        random.normal(size=(count, NUMBERS)) if predicted == "numbers" else random.integers(0, LABELS, count, np.int32)
        for count in counts
    ]
    return Examples(inputs, targets)


def assert_equals_plain_loops(
    config: RunConfig, data: Examples, wider: reference.Wider, lookback: int, dtype: str = "float64"
) -> None:
    """One update with learning rate 1 tells the engine's gradient."""
    features = data.inputs[0].shape[1] if data.reads == "vectors" else 0
    model = build(config, Sizes(0 if features else WORDS, features, NUMBERS if wider.numbers else LABELS))
    if config.model.bias:
        random = np.random.default_rng(6)
        for weight in model.trainable_weights:
            if weight.name == "bias":
                weight.assign(random.normal(size=weight.shape))
    before = study_weights(model, config.model.cell)
    expected = reference.loss_and_gradient(config.model.cell, before, data.inputs, data.targets, lookback, wider=wider)
    model.reset_metrics()
    logs = model.train_step(Feed(data, len(data), class_weights=wider.weights).block(0))
    after = study_weights(model, config.model.cell)
    counted = (
        sum(wider.weights[label] for labels in data.targets for label in labels) if wider.weights else data.predictions
    )
    assert float(logs["loss"]) * counted == pytest.approx(expected.loss, rel=1e-10)
    assert expected.gradient.keys() == after.keys()
    for name, gradient in expected.gradient.items():
        measured = (before[name] - after[name]) * len(data)
        error = np.abs(measured - gradient).max()
        assert error <= 1e-10 * max(1.0, np.abs(gradient).max()), name


def config(lookback: Any, **model: Any) -> RunConfig:
    return RunConfig.model_validate(
        {
            "data": {"task": "agreement"},
            "model": {"hidden": 3, "lookback": lookback, **model},
            "train": {"dtype": "float64", "learning_rate": 1.0, "seed": 3},
        }
    )


CASES = [
    ("rnn", "last", "labels", False, {"bias": True}),
    ("gru", "last", "labels", False, {"bias": True, "direction": "both"}),
    ("lstm", "last", "numbers", True, {"bias": True}),
    ("lstm", "each", "labels", False, {"bias": True, "direction": "both"}),
    ("gru", "each", "numbers", True, {"direction": "both"}),
    ("rnn", "last", "labels", True, {"bias": True, "pool": "mean"}),
    ("gru", "last", "labels", False, {"pool": "max", "direction": "both"}),
    ("lstm", "last", "numbers", True, {"bias": True, "pool": "max", "direction": "both"}),
    ("gru", "each", "labels", True, {"bias": True}),
]


@pytest.mark.parametrize(("cell", "predicts", "predicted", "vectors", "model"), CASES)
def test_gradients_equal_plain_loops_for_every_lookback(
    cell: str, predicts: str, predicted: str, vectors: bool, model: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    use_task(predicts, predicted, monkeypatch)
    wider = reference.Wider(predicts == "last", model.get("pool"), predicted == "numbers")
    data = examples(predicts, predicted, vectors)
    for lookback in (0, 1, 3, 9, "full"):
        loops = 9 if lookback == "full" else lookback
        assert_equals_plain_loops(config(lookback, cell=cell, **model), data, wider, loops)  # type: ignore[arg-type]


@pytest.mark.parametrize("predicts", ["last", "each"])
def test_a_prediction_counts_in_its_loss_and_gradient_what_its_class_weighs(
    predicts: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_task(predicts, "labels", monkeypatch)
    wider = reference.Wider(predicts == "last", weights=WEIGHTS)
    assert_equals_plain_loops(config(2, cell="gru"), examples(predicts, "labels", False), wider, 2)
