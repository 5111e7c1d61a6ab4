"""The engine against plain loops: every gradient of every weight, for any shape."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builder import reference
from toolkit.builder.model.network import build
from toolkit.builder.model.sequence_model import SequenceModel
from toolkit.builder.recurrent import walk
from toolkit.builder.recurrent.both_directions import directions
from toolkit.builder.recurrent.cells import CELLS
from toolkit.builder.training.feed import Feed
from toolkit.data.examples import Examples
from toolkit.spec.schema import RunConfig

WORDS = 7


@pytest.fixture(autouse=True, scope="module")
def small_groups() -> Iterator[None]:
    """Sentences of `agreement` go in several groups, the last one filled up."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(walk, "GROUP", 3)
        yield


def study_weights(model: SequenceModel, cell: str) -> reference.Weights:
    """The model's weights by the study's names and shapes, biases and those of the layer from the end among them."""
    weights = {"W": np.asarray(model.output_layer.kernel).T.copy()}
    if model.output_layer.bias is not None:
        weights["c"] = np.asarray(model.output_layer.bias).copy()
    layers = directions(model.recurrent)
    for number, layer in enumerate(layers):
        prefix = reference.BACK if number else ""
        table = np.asarray(layer.cell.kernel) if model.lookup is None else np.asarray(model.lookup.embeddings)
        width = layer.cell.row_size
        weights[f"{prefix}V"] = table if model.lookup is None else table[:, number * width : (number + 1) * width]
        names = reference.CELLS[cell].matrices
        blocks = np.split(np.asarray(layer.cell.recurrent_kernel), len(names), axis=1)
        weights |= {f"{prefix}{name}": block.T for name, block in zip(names, blocks, strict=True)}
        if layer.cell.use_bias:
            weights[f"{prefix}b"] = np.asarray(layer.cell.bias)
    return {name: value.copy() for name, value in weights.items()}


def engine(model: SequenceModel, cell: str, examples: Examples) -> reference.Result:
    """One update with learning rate 1 tells the engine's gradient."""
    before = study_weights(model, cell)
    model.reset_metrics()
    logs = model.train_step(next(Feed(examples, len(examples)).epochs()))
    after = study_weights(model, cell)
    scale = len(examples)
    return reference.Result(
        float(logs["loss"]) * examples.predictions, {name: (before[name] - after[name]) * scale for name in before}
    )


@dataclass(frozen=True)
class Case:
    task: str
    examples: Examples
    lookback: int
    hidden: int


@st.composite
def cases(draw: st.DrawFn) -> Case:
    task = draw(st.sampled_from(["language_model", "agreement"]))
    sizes = draw(st.lists(st.integers(1, 9), min_size=1, max_size=4))
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    inputs = [random.integers(0, WORDS, size, dtype=np.int32) for size in sizes]
    if task == "agreement":
        targets = [random.integers(0, 2, 1, dtype=np.int32) for _ in sizes]
    else:
        targets = [random.integers(0, WORDS, size, dtype=np.int32) for size in sizes]
    return Case(task, Examples(inputs, targets), draw(st.sampled_from([0, 1, 2, 3, 5, 12])), draw(st.integers(1, 5)))


def check(cell: str, case: Case, dtype: str, tolerance: float) -> None:
    config = RunConfig.model_validate(
        {
            "data": {"task": case.task},
            "model": {"cell": cell, "hidden": case.hidden, "lookback": case.lookback},
            "train": {"dtype": dtype, "learning_rate": 1.0, "seed": 3},
        }
    )
    model = build(config, WORDS)
    weights = study_weights(model, cell)
    expected = reference.loss_and_gradient(cell, weights, case.examples.inputs, case.examples.targets, case.lookback)
    measured = engine(model, cell, case.examples)
    assert measured.loss == pytest.approx(expected.loss, rel=tolerance)
    for name, gradient in expected.gradient.items():
        error = np.abs(measured.gradient[name] - gradient).max()
        assert error <= tolerance * max(1.0, np.abs(gradient).max()), name


@pytest.mark.parametrize("cell", CELLS)
@given(case=cases())
@settings(max_examples=settings().max_examples // 3)
def test_gradient_equals_plain_loops_in_float64(cell: str, case: Case) -> None:
    check(cell, case, "float64", 1e-10)


@pytest.mark.parametrize("cell", CELLS)
@given(case=cases())
@settings(max_examples=5)
def test_gradient_equals_plain_loops_in_float32(cell: str, case: Case) -> None:
    check(cell, case, "float32", 1e-4)
