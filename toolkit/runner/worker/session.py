"""One run: build, train leg by leg, evaluate, and say what came out."""

import io
import math
from dataclasses import replace
from typing import Any

from toolkit.builder.measuring.lag import GradientByLag, gradient_by_lag
from toolkit.builder.measuring.sentences import measure_sentences
from toolkit.builder.model.seeding import drawing_from
from toolkit.builder.model.sequence_model import SequenceModel
from toolkit.builder.model.settings import default_settings
from toolkit.builder.training.callbacks import BestWeights, EndOfLeg, EpochRecorder, StopWhenSettled
from toolkit.builder.training.feed import Feed
from toolkit.builder.training.schedules import schedule
from toolkit.data.dataset import Dataset
from toolkit.errors import StoreError
from toolkit.runner.provenance import now, surroundings
from toolkit.runner.worker.jobs import End, Job, Leg, record_so_far
from toolkit.runner.worker.protocols import PROTOCOLS
from toolkit.runner.worker.warm import WarmModels
from toolkit.store import Checkpoint, Epoch
from toolkit.store.records import best_epoch
from toolkit.store.store import WEIGHTS_FILE
from toolkit.tasks.registry import task_of

EVALUATION_BATCH = 200
"""Sentences a batch where nothing is learned; it does not change what is measured."""


class DivergedError(ArithmeticError):
    """A loss is no longer a finite number."""


class Session:
    """A run in training. However it is cut into legs and sessions, its numbers are the same to the last bit.

    Args:
        job: Its first leg here: the run begins, or goes on from a checkpoint.
        data: Its data.
        models: Where its model comes from.
    """

    def __init__(self, job: Job, data: Dataset, models: WarmModels) -> None:
        self.job = job
        self.data = data
        self.history: list[Epoch] = []
        self.sessions: list[dict[str, Any]] = []
        self.stands_at: bytes | None = None
        self._model = models.model(job.config, data.sizes, job.code)
        self._feed = models.feed(PROTOCOLS[job.config.train.protocol].feed(job.config, data))
        self._dev = models.feed(Feed(data.dev, EVALUATION_BATCH))
        self._best = BestWeights(math.inf)
        self._best.set_model(self._model)
        if job.checkpoint is not None:
            self._restore(Checkpoint.from_bytes(job.checkpoint))
        self.sessions.append({"started": now(), **job.origin, **surroundings(), "data": data.digest})

    def goes_on_with(self, job: Job) -> bool:
        """Whether a job's leg begins where the last one ended."""
        return job.identity == self.job.identity and job.checkpoint is not None and job.checkpoint == self.stands_at

    def advance(self, seconds: float) -> Leg | End:
        """Train until some time has passed and an epoch has ended, or the run has.

        Args:
            seconds: The time.

        Returns:
            What came of it: an end if the run has ended.
        """
        with default_settings(), drawing_from(self._model.generator):
            return self._advanced(seconds)

    def _advanced(self, seconds: float) -> Leg | End:
        try:
            if not self.history:
                self._measure_initial_weights()
            self._fit(seconds)
        except DivergedError as divergence:
            return self._end(str(divergence))
        if self._is_over():
            return self._end()
        self.stands_at = self._checkpoint(self._variables()).to_bytes()
        return Leg(self.job.identity, tuple(self.history), self.stands_at)

    def _restore(self, checkpoint: Checkpoint) -> None:
        self.history, self.sessions = list(checkpoint.history), [dict(session) for session in checkpoint.sessions]
        self.stands_at = self.job.checkpoint
        variables = _all_variables(self._model)
        if [variable.shape for variable in variables] != [value.shape for value in checkpoint.variables]:
            raise StoreError("the stored checkpoint is that of another model; --fresh trains from the beginning")
        for variable, value in zip(variables, checkpoint.variables, strict=True):
            variable.assign(value)
        best = best_epoch(self.history)
        self._best.best_loss = best.dev_loss if best else math.inf
        self._best.weights = list(checkpoint.best) or self._model.get_weights()

    def _measure_initial_weights(self) -> None:
        track = self.job.config.track
        initial = self._evaluate(self._dev)
        lags = gradient_by_lag(self._model, self._dev, track.gradient_by_lag) if track.is_due(0) else None
        self._note(Epoch(0, initial["loss"], initial.get("accuracy"), gradient_by_lag=lags))
        self._best.best_loss = initial["loss"]

    def _fit(self, seconds: float) -> None:
        if self._is_over():
            return
        self._feed.epoch = self.history[-1].epoch
        self._model.fit(
            self._feed.dataset(),
            steps_per_epoch=self._feed.blocks(),
            initial_epoch=self._feed.epoch,
            epochs=self.job.config.train.epochs,
            validation_data=self._dev.dataset(),
            validation_steps=self._dev.blocks(),
            shuffle=False,
            verbose=0,
            callbacks=[*self._callbacks(), self._best, EndOfLeg(seconds)],
        )

    def _callbacks(self) -> list[Any]:
        train, track = self.job.config.train, self.job.config.track
        return [
            *([GradientByLag(self._dev, track)] if track.gradient_by_lag else []),
            schedule(train.learning_rate, train.anneal),
            EpochRecorder(train.learning_rate, train.anneal, self._note),
            *self._stop_rule(),
        ]

    def _stop_rule(self) -> list[StopWhenSettled]:
        min_change = self.job.config.train.min_change
        if min_change is None:
            return []
        initial, *later = [epoch.dev_loss for epoch in self.history]
        return [StopWhenSettled(initial, min_change, later)]

    def _note(self, epoch: Epoch) -> None:
        for name, loss in (("train", epoch.train_loss), ("dev", epoch.dev_loss)):
            if loss is not None and not math.isfinite(loss):
                when = f"after epoch {epoch.epoch}" if epoch.epoch else "before training"
                raise DivergedError(f"the {name} loss is {loss} {when}; a smaller train.learning_rate may help")
        self.history.append(epoch)

    def _is_over(self) -> bool:
        settled = any(rule.settled for rule in self._stop_rule())
        return settled or self.history[-1].epoch >= self.job.config.train.epochs

    def _end(self, divergence: str | None = None) -> End:
        last = self._variables()
        self._best.restore()
        self._measure_test_set()
        self._measure_sentences()
        record = replace(
            record_so_far(self.job, self.history, self.sessions),
            status="diverged" if divergence else "done",
            error=divergence,
            ended_in=len(self.history) if divergence else None,
            parameters=sum(math.prod(weight.shape) for weight in self._model.trainable_weights),
            vocabulary=len(self.data.vocabulary),
            features=self.data.sizes.features or None,
            outputs=self.data.sizes.outputs or None,
            data=self.data.summary,
        )
        checkpoint = None if record.ended_by_itself else self._checkpoint(last).to_bytes()
        weights = _weights_file(self._model) if self.history else None
        return End(self.job.identity, record, weights, checkpoint)

    def _measure_test_set(self) -> None:
        best = best_epoch(self.history)
        if best is None or not self.job.config.evaluate.test or self.data.test is None or best.test is not None:
            return
        measured = self._evaluate(Feed(self.data.test, EVALUATION_BATCH))
        test = {name: float(value) for name, value in measured.items()}
        self.history[best.epoch] = replace(best, test=test)

    def _measure_sentences(self) -> None:
        best, task = best_epoch(self.history), task_of(self.job.config.data.task)
        if best is None or not task.is_measured_by_sentence or best.by_sentence is not None:
            return
        measured = measure_sentences(self._model, self._dev, self.data.train, task)
        self.history[best.epoch] = replace(best, by_sentence=measured)

    def _evaluate(self, feed: Feed) -> dict[str, Any]:
        measured: dict[str, Any] = self._model.evaluate(
            feed.dataset(), steps=feed.blocks(), verbose=0, return_dict=True
        )
        return measured

    def _variables(self) -> list[Any]:
        return [variable.numpy() for variable in _all_variables(self._model)]

    def _checkpoint(self, variables: list[Any]) -> Checkpoint:
        is_last = best_epoch(self.history) is self.history[-1]
        best = [] if is_last else self._best.weights or []
        *earlier, session = self.sessions
        sessions = (*earlier, {**session, "ended": now()})
        return Checkpoint(self.job.identity, tuple(self.history), sessions, variables, best)


def _all_variables(model: SequenceModel) -> list[Any]:
    return [*model.variables, *model.optimizer.variables]


def _weights_file(model: SequenceModel) -> bytes:
    file = _FileInMemory()
    model.save_weights(file)
    return file.getvalue()


class _FileInMemory(io.BytesIO):
    """Stands for a path: Keras 3.15 looks at its text for the suffix alone, and HDF5 writes to it as to a file."""

    def __str__(self) -> str:
        return WEIGHTS_FILE
