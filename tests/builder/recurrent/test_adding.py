"""A cell of one's own: one file, and nothing else; CONTRIBUTING.md shows it."""

import sys
from importlib import import_module
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

from toolkit import TruncatedRNN, run

GUIDE = (Path(__file__).parents[3] / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("### A new cell")[2]
SPEC = """
name: minimal
data: {task: agreement, train_size: 40, dev_size: 20, distance: uniform, max_distance: 2}
model: {cell: "cells_of_mine:MinimalCell", hidden: 4, lookback: 2}
train: {epochs: 1, batch_size: 20}
"""


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "modules", {**sys.modules})
    code = GUIDE.partition("```python\n")[2].partition("```")[0]
    (tmp_path / "cells_of_mine.py").write_text(code, encoding="utf-8")
    return "cells_of_mine"


@pytest.mark.usefixtures("module", "uncompiled")
def test_a_cell_of_ones_own_is_trained_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "minimal.yaml").write_text(SPEC, encoding="utf-8")
    (outcome,) = run("minimal.yaml")
    assert outcome.failed == 0
    assert "cells_of_mine:MinimalCell" in (outcome.page.parent / "runs.csv").read_text(encoding="utf-8")


def test_its_gradient_is_that_of_keras_where_errors_go_all_the_way_back(module: str) -> None:
    cell = import_module(module).MinimalCell(3, dtype="float64")
    layers = [TruncatedRNN(cell, "full", dtype="float64"), keras.layers.RNN(cell, dtype="float64")]
    inputs = tf.constant(np.random.default_rng(1).normal(size=(2, 5, 4)))
    gradients = []
    for layer in layers:
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(layer(inputs) ** 2)
        gradients.append(tape.gradient(loss, cell.trainable_weights))
    for ours, theirs in zip(*gradients, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-10)
