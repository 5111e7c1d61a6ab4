"""A run that is cut into legs, sessions and calls is the run that was never cut, to the last bit."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.runner.training import LONG, legs, train_whole
from toolkit.data.dataset import load_examples
from toolkit.runner.planning.plan import answers, goes_on
from toolkit.runner.worker.jobs import End, Job, Leg
from toolkit.runner.worker.process import Worker
from toolkit.spec.schema import RunConfig
from toolkit.spec.sweep import RunSpec
from toolkit.store import Checkpoint, Epoch
from toolkit.store.records import best_epoch

WORKER = Worker()
TWO_SHAPES = {"distance": "natural", "max_distance": 15}
"""Sentences so different that their batches have two shapes."""
KINDS: dict[str, dict[str, dict[str, Any]]] = {
    "dropout": {"model": {"dropout": 0.3, "cell": "gru"}},
    "both directions": {
        "model": {"cell": "lstm", "bias": True, "direction": "both", "pool": "mean"},
        "train": {"class_weights": "balanced"},
    },
    "coursework": {"train": {"protocol": "coursework", "dtype": "float64"}},
    "language model": {"data": {"task": "language_model", **TWO_SHAPES}, "model": {"hidden": [3, 2], "embedding": 2}},
}


def config(epochs: int = 5, **sections: dict[str, Any]) -> RunConfig:
    base: dict[str, dict[str, Any]] = {
        "data": {"task": "agreement", "train_size": 30, "dev_size": 20, "distance": "uniform", "max_distance": 2},
        "model": {"hidden": 3, "lookback": 1},
        "train": {"epochs": epochs, "batch_size": 10, "learning_rate": 1.5, "min_change": None},
    }
    return RunConfig.model_validate({key: {**base.get(key, {}), **sections.get(key, {})} for key in {*base, *sections}})


def untimed(history: Any) -> list[Epoch]:
    """A history without times, and without what was measured of epochs that were the best for a while only."""
    best = best_epoch(history)
    measured = {best.epoch: best.by_sentence} if best else {}
    return [replace(epoch, seconds=None, by_sentence=measured.get(epoch.epoch)) for epoch in history]


def assert_equal(one: End, other: End) -> None:
    assert one.record.error == other.record.error
    assert untimed(one.record.history) == untimed(other.record.history)
    assert one.weights == other.weights
    assert one.checkpoint is not None
    assert other.checkpoint is not None
    left, right = Checkpoint.from_bytes(one.checkpoint), Checkpoint.from_bytes(other.checkpoint)
    for kept, others in ((left.variables, right.variables), (left.best, right.best)):
        for array, its in zip(kept, others, strict=True):
            np.testing.assert_array_equal(array, its)


@pytest.mark.parametrize("kind", KINDS)
def test_a_run_that_goes_on_from_checkpoints_equals_one_that_never_stopped(kind: str) -> None:
    asked = config(4, **KINDS[kind])
    whole = train_whole(asked, worker=WORKER)
    results = list(legs(Job("run", asked, "digest", seconds=0), worker=WORKER))
    assert [type(result) for result in results] == [Leg, Leg, Leg, End]
    assert isinstance(results[-1], End)
    assert_equal(results[-1], whole)
    assert len(results[-1].record.earlier) == 3


@pytest.mark.parametrize("kind", KINDS)
def test_more_epochs_continue_a_finished_run(kind: str) -> None:
    longer = config(5, **KINDS[kind], evaluate={"test": True})
    first = train_whole(config(2, **KINDS[kind]), worker=WORKER)
    *_, second = legs(Job("run", longer, "digest", first.checkpoint, seconds=LONG), worker=WORKER)
    assert isinstance(second, End)
    assert_equal(second, train_whole(longer, worker=WORKER))


def test_the_stop_rule_counts_on_through_checkpoints() -> None:
    settling = config(40, train={"min_change": 0.02, "learning_rate": 0.1})
    whole = train_whole(settling, worker=WORKER)
    assert 3 < len(whole.record.history) < 40
    results = list(legs(Job("run", settling, "digest", seconds=0), worker=WORKER))
    assert isinstance(end := results[-1], End)
    assert untimed(end.record.history) == untimed(whole.record.history)
    assert end.record.ended_by_itself
    assert end.checkpoint is whole.checkpoint is None


def test_a_stop_that_was_reached_but_not_recorded_is_reached_again() -> None:
    settling = config(40, train={"min_change": 0.02, "learning_rate": 0.1})
    epochs = len(train_whole(settling, worker=WORKER).record.history) - 1
    exactly = train_whole(config(epochs, train={"min_change": 0.02, "learning_rate": 0.1}), worker=WORKER)
    *_, end = legs(Job("run", settling, "digest", exactly.checkpoint, seconds=LONG), worker=WORKER)
    assert isinstance(end, End)
    assert len(end.record.history) == epochs + 1


def test_best_weights_survive_a_checkpoint_after_the_best_epoch() -> None:
    overshooting = config(4, train={"learning_rate": 30.0, "anneal": 0}, evaluate={"test": True})
    whole = train_whole(overshooting, worker=WORKER)
    assert whole.record.best is not None
    assert whole.record.best.epoch < 4
    *_, end = legs(Job("run", overshooting, "digest", seconds=0), worker=WORKER)
    assert isinstance(end, End)
    assert_equal(end, whole)


def test_a_test_set_is_measured_later_without_training() -> None:
    trained = train_whole(config(3), worker=WORKER)
    tested = config(3, evaluate={"test": True})
    assert not answers(trained.record, RunSpec(tested, {}))
    (end,) = legs(Job("run", tested, "digest", trained.checkpoint, seconds=LONG), worker=WORKER)
    assert isinstance(end, End)
    assert_equal(end, train_whole(tested, worker=WORKER))
    assert answers(end.record, RunSpec(tested, {}))


@pytest.mark.parametrize(
    ("asked", "possible"),
    [
        (config(3), True),
        (config(1), True),
        (config(3, evaluate={"test": True}), True),
        (config(1, evaluate={"test": True}), False),
        (config(3, track={"gradient_by_lag": 1}), False),
        (config(3, track={"gradient_by_lag": 1, "epochs": [3]}), True),
    ],
)
def test_a_run_goes_on_only_where_nothing_is_asked_of_its_past_that_was_not_measured(
    asked: RunConfig, possible: bool
) -> None:
    assert goes_on((Epoch(0, 3.0), Epoch(1, 2.0), Epoch(2, 1.0)), RunSpec(asked, {})) is possible


def test_a_checkpoint_of_another_model_is_refused_with_the_mend() -> None:
    small = train_whole(config(1), worker=WORKER)
    other = Job("run", config(2, model={"hidden": 4}), "digest", small.checkpoint)
    end = WORKER.advance(other, load_examples(other.config.data))
    assert isinstance(end, End)
    assert "StoreError: the stored checkpoint is that of another model; --fresh trains" in str(end.record.error)
    assert len(end.record.history) == 2


def test_a_failure_is_a_record_with_its_message_place_and_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    worker, asked = WORKER, config(4)
    data = load_examples(asked.data)
    leg = worker.advance(Job("run", asked, "digest", seconds=0), data)
    assert isinstance(leg, Leg)

    def no_memory(*_: object, **__: object) -> None:
        raise MemoryError("no memory is left")

    monkeypatch.setattr("toolkit.builder.model.sequence_model.SequenceModel.fit", no_memory)
    end = worker.advance(Job("run", asked, "digest", leg.checkpoint), data)
    assert isinstance(end, End)
    assert (end.record.status, end.record.error) == ("failed", "MemoryError: no memory is left")
    assert "in no_memory" in str(end.record.traceback)
    assert (end.record.ended_in, len(end.record.history)) == (2, 2)
    assert end.checkpoint == leg.checkpoint
    monkeypatch.undo()
    *_, again = legs(Job("run", asked, "digest", end.checkpoint, seconds=LONG), worker=worker)
    assert isinstance(again, End)
    assert_equal(again, train_whole(asked, worker=WORKER))
