"""What is known of a run: its epochs, and the record of how it went."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Literal

STATUSES = ("done", "diverged", "failed")


@dataclass(frozen=True)
class Epoch:
    """What was measured at one epoch; epoch 0 is before training and has only dev values.

    Attributes:
        epoch: 0 before training, 1 after the first pass.
        dev_loss: Cross-entropy in nats a prediction, on the dev set.
        dev_accuracy: Share of right predictions, 0 to 1; None for `language_model`.
        train_loss: Cross-entropy in nats a prediction, averaged over the epoch while the weights changed.
        learning_rate: The learning rate of this epoch.
        seconds: Wall time of the training part, without the evaluation.
        gradient_by_lag: Mean norm of the gradient of the recurrent weights at lag 0, 1, .., on the dev set; None at a
            lag that no sentence has, and None for all where it was not measured.
        test: `loss` and, for `agreement`, `accuracy` of this epoch's weights on the test set; None where they were not
            measured, as they are for the best epoch only.
        by_sentence: For `agreement`, what `measure_agreement` says of this epoch's weights: metrics, and `groups` by
            distance and by attractors; None where they were not measured, as they are for the best epoch only.
    """

    epoch: int
    dev_loss: float
    dev_accuracy: float | None = None
    train_loss: float | None = None
    learning_rate: float | None = None
    seconds: float | None = None
    gradient_by_lag: Sequence[float | None] | None = None
    test: Mapping[str, float] | None = None
    by_sentence: Mapping[str, Any] | None = None

    def with_measures_of(self, other: "Epoch") -> "Epoch":
        """This epoch, with what was measured of the same epoch at another time and not, or not as far, at this."""
        lags = max(self.gradient_by_lag or (), other.gradient_by_lag or (), key=len)
        by_sentence = self.by_sentence or other.by_sentence
        return replace(self, gradient_by_lag=lags or None, test=self.test or other.test, by_sentence=by_sentence)


def best_epoch(history: Sequence[Epoch]) -> Epoch | None:
    """The epoch with the lowest dev loss, the first of equals, the untrained one included."""
    return min(history, key=lambda epoch: epoch.dev_loss, default=None)


@dataclass(frozen=True)
class RunRecord:
    """All that is known of one run.

    Attributes:
        run: Identity of the run, 16 hexadecimal digits.
        status: `done`; `diverged` where a loss was no longer a finite number; `failed` where an error ended it.
        config: The resolved configuration as nested plain values.
        history: Epochs 0, 1, .. in order, all of them with finite losses.
        epochs: Number of epochs that were asked for when it was trained; the stop rule may have ended it earlier.
        parameters: Number of trainable weights.
        vocabulary: Number of words that the model knows.
        ended_in: The epoch in which it diverged or failed, 0 being before training; None for `done`.
        error: Why it diverged or failed.
        traceback: Where it failed.
        data: What its data set holds, as `Summary.to_plain` says it; None where that was not recorded.
        weights: SHA-256 in hex of the file of its best weights; None where there is none.
        provenance: What it was trained with, where and when.
        earlier: The same of the sessions before the last, where it was trained in several.
    """

    run: str
    status: Literal["done", "diverged", "failed"]
    config: Mapping[str, Any]
    history: Sequence[Epoch]
    epochs: int
    parameters: int | None = None
    vocabulary: int | None = None
    ended_in: int | None = None
    error: str | None = None
    traceback: str | None = None
    data: Mapping[str, Any] | None = None
    weights: str | None = None
    provenance: Mapping[str, Any] | None = None
    earlier: Sequence[Mapping[str, Any]] = ()

    @property
    def best(self) -> Epoch | None:
        """The epoch whose weights are kept."""
        return best_epoch(self.history)

    @property
    def ended_by_itself(self) -> bool:
        """Whether more epochs would change nothing: it diverged, or the stop rule ended it."""
        return self.status == "diverged" or (bool(self.history) and self.history[-1].epoch < self.epochs)

    def first(self, epochs: int) -> "RunRecord":
        """The record as it would be had no more than so many epochs been asked for."""
        later = self.status == "diverged" and self.ended_in is not None and self.ended_in > epochs
        if not later and len(self.history) <= epochs + 1:
            return self
        history = tuple(epoch for epoch in self.history if epoch.epoch <= epochs)
        cut = replace(self, history=history, epochs=epochs)
        return replace(cut, status="done", ended_in=None, error=None) if later else cut

    def with_measures_of(self, other: "RunRecord") -> "RunRecord":
        """This record, with what only a shorter one of the same run has measured in its epochs."""
        theirs = {epoch.epoch: epoch for epoch in other.history}
        merged = (epoch.with_measures_of(theirs.get(epoch.epoch, epoch)) for epoch in self.history)
        return replace(self, history=tuple(merged))


def record_from_plain(values: Mapping[str, Any]) -> RunRecord:
    """A record from what `dataclasses.asdict` made of it.

    Raises:
        ValueError, TypeError, KeyError: It is not what `asdict` makes of a record.
    """
    history = epochs_from_plain(values["history"])
    record = RunRecord(**{**values, "history": history, "earlier": tuple(values["earlier"])})
    if record.status not in STATUSES or not isinstance(record.config, Mapping) or not isinstance(record.epochs, int):
        raise ValueError("it is not a run's record")
    return record


def epochs_from_plain(values: Sequence[Mapping[str, Any]]) -> tuple[Epoch, ...]:
    """Epochs from what `dataclasses.asdict` made of them, numbered 0, 1, .. as they must be.

    Raises:
        ValueError, TypeError: They are something else.
    """
    known = {field.name for field in fields(Epoch)}
    history = tuple(Epoch(**{key: value for key, value in epoch.items() if key in known}) for epoch in values)
    if [epoch.epoch for epoch in history] != list(range(len(history))):
        raise ValueError("its epochs are not in order")
    return history
