"""Runs that read vectors and predict numbers or labels of the training part, from a worker to a loaded model."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.runner.training import RUN, legs, train_whole
from toolkit.builder.measuring.sentences import predict_each
from toolkit.builder.training.feed import Feed
from toolkit.data.dataset import Dataset
from toolkit.data.examples import Examples
from toolkit.runner.stored import load_model
from toolkit.runner.worker.jobs import End, Job
from toolkit.runner.worker.process import Worker
from toolkit.spec.schema import RunConfig
from toolkit.store import Store
from toolkit.tasks.registry import TASKS
from toolkit.tasks.task import Linear, Softmax

HEADS: dict[str, Any] = {"numbers": Linear(column="value"), "labels": Softmax(column="kind")}
FEATURES = {"numbers": 1, "labels": 3}


def sequences(size: int, seed: int, predicted: str) -> Examples:
    """Vectors whose first numbers add up to what is to be predicted, with its opposite, or whether it is above 0.4."""
    random, width = np.random.default_rng(seed), FEATURES[predicted]
    inputs = [random.normal(size=(length, width)).astype(np.float32) for length in random.integers(1, 6, size)]
    sums = [vectors[:, 0].sum() for vectors in inputs]
    if predicted == "numbers":
        return Examples(inputs, [np.array([[total, -total]], np.float32) for total in sums])
    return Examples(inputs, [np.array([total > 0.4], np.int32) for total in sums])


@pytest.fixture(params=HEADS)
def predicted(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """What is predicted, by a task of this head."""
    name = str(request.param)
    task = replace(TASKS["agreement"], head=HEADS[name], tracks=(), measures=(), measure=None, groups=(), curves=())
    monkeypatch.setitem(TASKS, "agreement", task)
    return name


def data_of(predicted: str) -> Dataset:
    train, dev = (sequences(size, seed, predicted) for size, seed in ((40, 1), (25, 2)))
    return Dataset([], train, dev, None, "digest", labels=("low", "high") if predicted == "labels" else ())


def config(predicted: str, epochs: int = 3) -> RunConfig:
    train: dict[str, Any] = {"epochs": epochs, "batch_size": 7, "learning_rate": 0.1, "min_change": None}
    if predicted == "labels":
        train["class_weights"] = "balanced"
    model: dict[str, Any] = {"cell": "gru", "hidden": 3, "lookback": "full"}
    if predicted == "labels":
        model |= {"lookback": 2, "bias": True, "direction": "both"}
    return RunConfig.model_validate({"data": {"task": "agreement"}, "model": model, "train": train})


def test_a_run_on_vectors_goes_on_from_checkpoints_and_is_loaded_with_its_weights(
    predicted: str, tmp_path: Path
) -> None:
    data, asked, worker = data_of(predicted), config(predicted), Worker()
    whole = train_whole(asked, data, worker)
    *_, end = legs(Job(RUN, asked, "digest", seconds=0), data, worker)
    assert whole.record.status == "done", whole.record.error
    assert isinstance(end, End)
    assert [epoch.dev_loss for epoch in end.record.history] == [epoch.dev_loss for epoch in whole.record.history]
    assert end.weights == whole.weights
    assert (whole.record.vocabulary, whole.record.features, whole.record.outputs) == (0, FEATURES[predicted], 2)
    assert whole.record.history[-1].dev_loss < whole.record.history[0].dev_loss
    store = Store(tmp_path)
    store.save(whole.record, whole.weights)
    found = predict_each(load_model(tmp_path / RUN), Feed(data.dev, 10), data.train)
    assert whole.record.best is not None
    assert np.mean(found.losses) == pytest.approx(whole.record.best.dev_loss, rel=1e-6)  # each prediction counted once
    assert found.said.shape == found.targets.shape == ((25, 2) if predicted == "numbers" else (25,))
    if predicted == "numbers":
        np.testing.assert_allclose(found.losses, np.mean((found.said - found.targets) ** 2, axis=1), rtol=1e-6)
