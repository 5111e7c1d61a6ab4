"""One run: build, train, evaluate, and write down what came out."""

import math
import platform
import re
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

from toolkit.builder.callbacks import BestWeights, EpochRecorder, StopWhenSettled
from toolkit.builder.feed import EpochOrder, Feed
from toolkit.builder.lag import GradientByLag, gradient_by_lag
from toolkit.builder.model import SequenceModel
from toolkit.builder.schedules import schedule
from toolkit.builder.sentences import measure_agreement
from toolkit.data.sources import Dataset
from toolkit.runner.models import WarmModels
from toolkit.runner.protocols import PROTOCOLS
from toolkit.spec.schema import RunConfig, TrackConfig, TrainConfig
from toolkit.store import Epoch, RunRecord, Store

EVALUATION_BATCH = 200
"""Sentences a batch where nothing is learned; it does not change what is measured."""
LIBRARIES = ("tensorflow", "keras", "numpy", "rnn-spec-toolkit")


class DivergedError(ArithmeticError):
    """The dev loss is no longer a finite number."""


@dataclass(frozen=True)
class Task:
    """What a worker is given: a run's identity, configuration and data."""

    run: str
    config: RunConfig
    data: Dataset


def train_and_store(task: Task, models: WarmModels, store: Store, report: Callable[[Epoch], None]) -> RunRecord:
    """Train one run and store its record and best weights; a failure becomes a record too.

    Args:
        task: What to train.
        models: Where its model comes from.
        store: Where the record goes.
        report: Called with each epoch as it ends, epoch 0 before training included.

    Returns:
        The stored record, `done` or `failed`.
    """
    history: list[Epoch] = []

    def note(epoch: Epoch) -> None:
        history.append(epoch)
        report(epoch)

    started = datetime.now(UTC)
    try:
        model, test = _train(task, models, store, note)
        by_sentence = _measure_sentences(model, task)
        parameters = sum(math.prod(weight.shape) for weight in model.trainable_weights)
        outcome: dict[str, Any] = {"status": "done", "parameters": parameters, "test": test, "by_sentence": by_sentence}
    except Exception as error:
        message = _plain(f"{type(error).__name__}: {error}")
        outcome = {"status": "failed", "error": message, "traceback": _plain(traceback.format_exc())}
    record = RunRecord(
        run=task.run,
        config=task.config.model_dump(mode="json"),
        history=tuple(epoch for epoch in history if math.isfinite(epoch.dev_loss)),
        epochs=task.config.train.epochs,
        provenance=_provenance(started, task),
        **outcome,
    )
    store.save(record)
    return record


def _train(
    task: Task, models: WarmModels, store: Store, report: Callable[[Epoch], None]
) -> tuple[SequenceModel, dict[str, float] | None]:
    train = task.config.train
    model = models.model(task.config, len(task.data.vocabulary))
    feed = PROTOCOLS[train.protocol].feed(task.config, task.data)
    dev = Feed(task.data.dev, EVALUATION_BATCH)
    initial = model.evaluate(dev.dataset(), verbose=0, return_dict=True)
    report(_before_training(initial, model, dev, task.config.track))
    best = BestWeights(initial["loss"])
    model.fit(
        feed.dataset(),
        epochs=train.epochs,
        validation_data=dev.dataset(),
        shuffle=False,
        verbose=0,
        callbacks=[
            EpochOrder(feed),
            *_tracking(task.config.track, dev),
            *_callbacks(train, initial["loss"], _refuse_divergence(report)),
            best,
        ],
    )
    best.restore()
    with store.new_weights(task.run) as path:
        model.save_weights(path)
    return model, _evaluate_test(model, task)


def _before_training(initial: dict[str, float], model: SequenceModel, dev: Feed, track: TrackConfig) -> Epoch:
    chosen = track.gradient_by_lag > 0 and (track.epochs is None or 0 in track.epochs)
    return Epoch(
        epoch=0,
        dev_loss=initial["loss"],
        dev_accuracy=initial.get("accuracy"),
        gradient_by_lag=gradient_by_lag(model, dev, track.gradient_by_lag) if chosen else None,
    )


def _tracking(track: TrackConfig, dev: Feed) -> list[Any]:
    return [GradientByLag(dev, track.gradient_by_lag, track.epochs)] if track.gradient_by_lag else []


def _callbacks(train: TrainConfig, initial_loss: float, report: Callable[[Epoch], None]) -> list[Any]:
    callbacks: list[Any] = [
        schedule(train.learning_rate, train.anneal),
        EpochRecorder(train.learning_rate, train.anneal, report),
    ]
    if train.min_change is not None:
        callbacks.append(StopWhenSettled(initial_loss, train.min_change))
    return callbacks


def _refuse_divergence(report: Callable[[Epoch], None]) -> Callable[[Epoch], None]:
    def check(epoch: Epoch) -> None:
        if not math.isfinite(epoch.dev_loss):
            raise DivergedError(
                f"the dev loss is {epoch.dev_loss} after epoch {epoch.epoch}; a smaller train.learning_rate may help"
            )
        report(epoch)

    return check


def _evaluate_test(model: SequenceModel, task: Task) -> dict[str, float] | None:
    if not task.config.evaluate.test or task.data.test is None:
        return None
    measured = model.evaluate(Feed(task.data.test, EVALUATION_BATCH).dataset(), verbose=0, return_dict=True)
    return {name: float(value) for name, value in measured.items()}


def _measure_sentences(model: SequenceModel, task: Task) -> dict[str, Any] | None:
    if task.config.data.task != "agreement":
        return None
    splits = {"dev": task.data.dev} | ({"test": task.data.test} if task.config.evaluate.test and task.data.test else {})
    feeds = {name: Feed(examples, EVALUATION_BATCH) for name, examples in splits.items()}
    return measure_agreement(model, feeds, task.data.train)


def _plain(text: str) -> str:
    """A message without the terminal's colours, which Keras puts into its own."""
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def _provenance(started: datetime, task: Task) -> dict[str, Any]:
    return {
        "started": started.isoformat(timespec="seconds"),
        "ended": datetime.now(UTC).isoformat(timespec="seconds"),
        "versions": {"python": platform.python_version(), **{name: version(name) for name in LIBRARIES}},
        "machine": platform.machine(),
        "system": platform.system(),
        "data": task.data.digest,
    }
