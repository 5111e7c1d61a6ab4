"""What is known of a run: its epochs, and the record of how it went."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from toolkit.summary import Summary
from toolkit.tasks.measures import GROUPED

IDENTITY_KEY = "run"
"""What the identity is called in files: in `record.json`, and in the columns of CSV."""

Text = Annotated[str, Field(strict=True)]
Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Whole = Annotated[int, Field(strict=True, ge=0)]
DEEPEST = 20
"""Levels of what a record holds in plain values."""


def _shallow(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Refuse plain values that are nested too deep to be walked through."""
    level: list[Any] = [values]
    for _ in range(DEEPEST):
        level = [item for value in level for item in _within(value)]
    if level:
        raise ValueError("it is nested too deep")
    return values


def _within(value: Any) -> Sequence[Any]:
    if isinstance(value, Mapping):
        return list(value.values())
    return value if isinstance(value, list | tuple) else ()


Plain = Annotated[Mapping[str, Any], AfterValidator(_shallow)]
"""Values of JSON by name, not nested too deep."""


def _measures(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Refuse measures of sentences that are no numbers, and groups that are not `measure_sentences`'s."""
    for name, value in values.items():
        if name != "groups" and not (value is None or _is_number(value)):
            raise ValueError(f"{name} is no number")
    for group in values.get("groups", ()):
        texts = all(isinstance(group[name], str) for name in ("split", "by"))
        whole = all(type(group[name]) is int for name in ("value", "sentences"))
        if not texts or not whole or not all(_is_number(group.get(name, 0.0)) for name in GROUPED):
            raise ValueError("a group is none")
    return values


def _is_number(value: Any) -> bool:
    return isinstance(value, float | int) and not isinstance(value, bool)


BySentence = Annotated[Plain, AfterValidator(_measures)]


@dataclass(frozen=True)
class Epoch:
    """What was measured at one epoch; epoch 0 is before training and has only dev values.

    Attributes:
        epoch: 0 before training, 1 after the first pass.
        dev_loss: Cross-entropy in nats a prediction, on the dev set.
        dev_accuracy: Share of right predictions, 0 to 1; None for a task that does not track it.
        train_loss: Cross-entropy in nats a prediction, averaged over the epoch while the weights changed.
        learning_rate: The learning rate of this epoch.
        seconds: Wall time of the training part, without the evaluation.
        gradient_by_lag: Mean norm of the gradient of the recurrent weights at lag 0, 1, .., on the dev set; None at a
            lag that no sentence has, and None for all where it was not measured.
        test: `loss` and what the task tracks, such as `accuracy`, of this epoch's weights on the test set; None where
            they were not measured, as they are for the best epoch only.
        by_sentence: What `measure_sentences` says of this epoch's weights: measures of the task, and `groups`, rows of
            each of its groups; None where they were not measured, as they are for the best epoch only.
    """

    epoch: Whole
    dev_loss: Number
    dev_accuracy: Number | None = None
    train_loss: Number | None = None
    learning_rate: Number | None = None
    seconds: Number | None = None
    gradient_by_lag: Sequence[Number | None] | None = None
    test: Mapping[str, Number] | None = None
    by_sentence: BySentence | None = None

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
        identity: Identity of the run, 16 hexadecimal digits.
        status: `done`; `diverged` where a loss was no longer a finite number; `failed` where an error ended it.
        config: The resolved configuration as nested plain values.
        history: Epochs 0, 1, .. in order, all of them with finite losses.
        epochs: Number of epochs that were asked for when it was trained; the stop rule may have ended it earlier.
        parameters: Number of trainable weights.
        vocabulary: Number of words that the model knows, 0 where it reads vectors.
        features: Numbers in each vector that it reads; None where it reads words.
        outputs: Labels of the training part, or numbers predicted at once; None where the task says how many.
        ended_in: The epoch in which it diverged or failed, 0 being before training; None for `done`.
        error: Why it diverged or failed.
        traceback: Where it failed.
        data: What its data set holds; None where that was not recorded.
        weights: SHA-256 in hex of the file of its best weights; None where there is none.
        provenance: What it was trained with, where and when.
        earlier: The same of the sessions before the last, where it was trained in several.
    """

    identity: Annotated[Text, Field(alias=IDENTITY_KEY)]
    status: Literal["done", "diverged", "failed"]
    config: Plain
    history: Sequence[Epoch]
    epochs: Whole
    parameters: Whole | None = None
    vocabulary: Whole | None = None
    features: Whole | None = None
    outputs: Whole | None = None
    ended_in: Whole | None = None
    error: Text | None = None
    traceback: Text | None = None
    data: Summary | None = None
    weights: Text | None = None
    provenance: Plain | None = None
    earlier: Sequence[Plain] = ()

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

    def untested(self) -> "RunRecord":
        """The record as it would be had no test results been asked for."""
        return replace(self, history=tuple(replace(epoch, test=None) for epoch in self.history))

    def with_measures_of(self, other: "RunRecord") -> "RunRecord":
        """This record, with what only a shorter one of the same run has measured in its epochs."""
        theirs = {epoch.epoch: epoch for epoch in other.history}
        merged = (epoch.with_measures_of(theirs.get(epoch.epoch, epoch)) for epoch in self.history)
        return replace(self, history=tuple(merged))
