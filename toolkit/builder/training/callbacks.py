"""What happens around the epochs of a run, as Keras callbacks."""

import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import keras

from toolkit.spec.annealing import Anneal, rate_at
from toolkit.store import Epoch

PATIENCE = 2
"""Epochs of little change in a row that training goes on; one more ends it."""


class BestWeights(keras.callbacks.Callback):
    """Keeps the weights with the lowest dev loss, the initial ones included; the first of equals wins.

    Args:
        best_loss: The lowest dev loss so far: that before training, if the run begins.
        weights: The weights that had it; None for those that the model has when training begins.
    """

    def __init__(self, best_loss: float, weights: Sequence[Any] | None = None) -> None:
        super().__init__()
        self.best_loss = best_loss
        self.weights = weights

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Take the weights that training begins with, if there are none yet."""
        if self.weights is None:
            self.weights = self.model.get_weights()

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Take the new weights if they are better."""
        if logs and logs["val_loss"] < self.best_loss:
            self.best_loss = logs["val_loss"]
            self.weights = self.model.get_weights()

    def restore(self) -> None:
        """Give the model its best weights."""
        if self.weights is not None:
            self.model.set_weights(self.weights)


class StopWhenSettled(keras.callbacks.Callback):
    """Ends training when the dev loss has all but stopped changing.

    After each epoch, if the dev loss differs from the previous one by less than `min_change`, a counter that starts
    at -1 goes up by one, else it goes back to 0; above 2 training stops.

    Args:
        initial_loss: Dev loss before training.
        min_change: In nats.
        losses: Dev losses of the epochs that the run has behind it.
    """

    def __init__(self, initial_loss: float, min_change: float, losses: Iterable[float] = ()) -> None:
        super().__init__()
        self.previous_loss = initial_loss
        self.min_change = min_change
        self.count = -1
        for loss in losses:
            self._count(loss)

    @property
    def settled(self) -> bool:
        """Whether it is time to stop."""
        return self.count > PATIENCE

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Count, and stop if it is time."""
        if logs:
            self._count(logs["val_loss"])
            self.model.stop_training = self.settled

    def _count(self, loss: float) -> None:
        change = abs(self.previous_loss - loss)
        self.count = self.count + 1 if change < self.min_change else 0
        self.previous_loss = loss


class EndOfLeg(keras.callbacks.Callback):
    """Lets `fit` come back at the first end of an epoch after some time, to be called again with `initial_epoch`.

    Args:
        seconds: The time that a leg takes at least.
    """

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Start the clock."""
        self.start = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Stop if the time is over."""
        if time.perf_counter() - self.start >= self.seconds:
            self.model.stop_training = True


class EpochRecorder(keras.callbacks.Callback):
    """Hands on what was measured at each epoch.

    Args:
        initial_rate: Learning rate of the first epoch.
        anneal: As in `rate_at`.
        report: Called with each epoch as it ends.
    """

    def __init__(self, initial_rate: float, anneal: Anneal, report: Callable[[Epoch], None]) -> None:
        super().__init__()
        self.initial_rate = initial_rate
        self.anneal = anneal
        self.report = report

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Start the clock."""
        self.start = time.perf_counter()

    def on_test_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Stop the clock: the evaluation on the dev set does not count."""
        self.seconds = time.perf_counter() - self.start

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Report the epoch."""
        if logs:
            self.report(
                Epoch(
                    epoch=epoch + 1,
                    dev_loss=logs["val_loss"],
                    dev_accuracy=logs.get("val_accuracy"),
                    train_loss=logs["loss"],
                    learning_rate=rate_at(self.initial_rate, self.anneal, epoch),
                    seconds=self.seconds,
                    gradient_by_lag=logs.get("gradient_by_lag"),
                )
            )
