import math
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.builder import reference
from tests.builder.recurrent.test_truncated_gradient import study_weights
from tests.runner.training import RUN, train_whole
from toolkit.builder.model.network import build
from toolkit.data.batches import shuffled_order
from toolkit.data.dataset import load_examples
from toolkit.data.examples import Examples
from toolkit.runner.worker.process import Worker
from toolkit.spec.annealing import rate_at
from toolkit.spec.schema import RunConfig
from toolkit.store import RunRecord, Store

Train = Callable[..., RunRecord]
WORKER = Worker()


def tiny_config(**sections: dict[str, Any]) -> RunConfig:
    base: dict[str, dict[str, Any]] = {
        "data": {"task": "agreement", "train_size": 60, "dev_size": 40, "distance": "uniform", "max_distance": 2},
        "model": {"hidden": 4, "lookback": 1},
        "train": {"epochs": 3, "batch_size": 25, "dtype": "float64"},
    }
    merged = {section: {**base.get(section, {}), **sections.get(section, {})} for section in {*base, *sections}}
    return RunConfig.model_validate(merged)


@pytest.fixture
def train(tmp_path: Path) -> Train:
    store = Store(tmp_path)

    def train_one(config: RunConfig) -> RunRecord:
        end = train_whole(config, worker=WORKER)
        store.save(end.record, end.weights, end.checkpoint)
        return end.record

    return train_one


def mean_loss(cell: str, weights: reference.Weights, examples: Examples) -> float:
    result = reference.loss_and_gradient(cell, weights, examples.inputs, examples.targets, 0)
    return result.loss / examples.predictions


@pytest.mark.parametrize(("cell", "task"), [("rnn", "language_model"), ("gru", "agreement")])
def test_whole_training_equals_plain_loops(train: Train, cell: str, task: str) -> None:
    lookback = 2
    of_two_shapes = {"task": task, "distance": "natural", "max_distance": 15}
    config = tiny_config(data=of_two_shapes, model={"cell": cell, "lookback": lookback}, train={"min_change": None})
    data = load_examples(config.data)
    weights = study_weights(build(config, len(data.vocabulary)), cell)
    losses = [mean_loss(cell, weights, data.dev)]
    for epoch in range(config.train.epochs):
        rate = rate_at(config.train.learning_rate, config.train.anneal, epoch)
        order = shuffled_order(len(data.train), config.train.seed, epoch)
        for start in range(0, len(order), config.train.batch_size):
            chosen = order[start : start + config.train.batch_size]
            inputs, targets = ([column[i] for i in chosen] for column in (data.train.inputs, data.train.targets))
            result = reference.loss_and_gradient(cell, weights, inputs, targets, lookback)
            weights = {name: weights[name] - rate * result.gradient[name] / len(chosen) for name in weights}
        losses.append(mean_loss(cell, weights, data.dev))
    assert [epoch.dev_loss for epoch in train(config).history] == pytest.approx(losses, rel=1e-9)


def test_a_warm_model_trains_exactly_as_a_new_one(train: Train) -> None:
    config = tiny_config(train={"seed": 2}, model={"lookback": 4})
    train(tiny_config(train={"seed": 1, "learning_rate": 0.1}))
    warm = [epoch.dev_loss for epoch in train(config).history]
    assert warm == [epoch.dev_loss for epoch in train_whole(config).record.history]


def test_record_says_what_was_trained(train: Train) -> None:
    record = train(tiny_config(evaluate={"test": True}))
    assert record.status == "done"
    assert [epoch.epoch for epoch in record.history] == [0, 1, 2, 3]
    assert record.history[0].train_loss is None
    assert all(epoch.seconds and epoch.train_loss for epoch in record.history[1:])
    words = len(load_examples(tiny_config().data).vocabulary)
    assert record.parameters == 4 * 4 + words * 4 + 4 * 2
    assert record.best is not None
    assert set(record.best.test or {}) == {"loss", "accuracy"}
    assert [epoch.epoch for epoch in record.history if epoch.test] == [record.best.epoch]
    assert record.provenance is not None
    assert "keras" in record.provenance["versions"]


def test_stored_weights_are_those_of_the_best_epoch(train: Train, tmp_path: Path) -> None:
    config = tiny_config(train={"learning_rate": 30.0, "epochs": 4})
    record = train(config)
    assert record.best is not None
    assert record.best.epoch < 4
    stored = Store(tmp_path).load(RUN)
    assert stored is not None
    data = load_examples(config.data)
    model = build(config, len(data.vocabulary))
    model.load_weights(Store(tmp_path).weights_path(stored))
    assert mean_loss("rnn", study_weights(model, "rnn"), data.dev) == pytest.approx(record.best.dev_loss, rel=1e-9)


def test_training_needs_no_temporary_folder(train: Train, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    record = train(tiny_config(train={"epochs": 1}))
    assert record.error is None
    assert Store(tmp_path).load(RUN) is not None


def test_a_run_that_diverges_is_a_result_with_its_epoch(train: Train) -> None:
    record = train(tiny_config(train={"learning_rate": 1e300}))
    assert record.status == "diverged"
    assert record.ended_in == len(record.history)
    assert f"after epoch {record.ended_in}; a smaller train.learning_rate may help" in str(record.error)
    assert record.traceback is None
    assert all(math.isfinite(epoch.dev_loss) for epoch in record.history)


def test_gradient_by_lag_of_a_cell_that_has_none_is_refused_before_training() -> None:
    model = {"cell": "tests.builder.recurrent.test_truncated_rnn:LeakyCell", "embedding": 2}
    record = train_whole(tiny_config(model=model, track={"gradient_by_lag": 2, "epochs": [3]})).record
    assert record.status == "failed"
    assert record.ended_in == 1
    assert "has no attribute recurrent_kernel" in str(record.error)
    assert "Traceback" in str(record.traceback)
    assert [epoch.epoch for epoch in record.history] == [0]


def test_keras_errors_are_recorded_without_their_colours() -> None:
    broken = {"cell": "tests.builder.model.test_network:BrokenCell", "embedding": 2}
    record = train_whole(tiny_config(model=broken)).record
    assert "it is broken" in str(record.error)
    assert "\x1b" not in f"{record.error}{record.traceback}"


def test_float32_and_float64_agree_closely_but_not_exactly(train: Train) -> None:
    losses = [train(tiny_config(train={"dtype": dtype})).history[-1].dev_loss for dtype in ("float32", "float64")]
    assert losses[0] == pytest.approx(losses[1], rel=1e-2)
    assert np.float64(losses[0]) != losses[1]


def test_making_a_cell_of_the_users_leaves_training_its_one_thread() -> None:
    """Making one to see whether it is right uses TensorFlow, whose threads are settled then."""
    code = """
from toolkit.runner.worker.process import Worker, check_cells
from toolkit.spec.schema import ModelConfig
check_cells([(ModelConfig(cell="keras.layers:GRUCell", embedding=3), 0)], print)
Worker()
import tensorflow as tf
print(tf.config.threading.get_intra_op_parallelism_threads())
"""
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert told == "1\n"
