"""The measures that every task has: of a run, of each epoch, of each group, and at each lag."""

import math
import statistics
from collections.abc import Callable
from typing import Any

from toolkit.tasks.measure import Measure


def at_best(found: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Where a measure of the best epoch is found in a run's record.

    Args:
        found: Where it is found in that epoch.

    Returns:
        A function of the record, which is None where no epoch was measured.
    """
    return lambda record: None if record.best is None else found(record.best)


def on_test(name: str) -> Callable[[Any], Any]:
    """Where a number is found in a run's record that was measured on the test set with the best weights."""
    return at_best(lambda epoch: (epoch.test or {}).get(name))


def by_sentence(name: str) -> Callable[[Any], Any]:
    """Where a number is found in a run's record that was taken sentence by sentence with the best weights."""
    return at_best(lambda epoch: (epoch.by_sentence or {}).get(name))


def _seconds(record: Any) -> list[float]:
    return [epoch.seconds for epoch in record.history if epoch.seconds is not None]


BEST_LOSS = Measure(
    "best_loss",
    4,
    "the lowest dev loss of any epoch (cross-entropy in nats)",
    "nats",
    at_best(lambda epoch: epoch.dev_loss),
    is_compared=True,
    is_drawn=True,
)
"""The measure that decides: by it settings are compared where nothing else is asked for."""

BEST_EPOCH = Measure(
    "best_epoch",
    1,
    "the epoch of the lowest dev loss, 0 being before training",
    found=at_best(lambda epoch: epoch.epoch),
    dtype="Int64",
    is_ranked=False,
)

FINAL_LOSS = Measure(
    "final_loss",
    4,
    "the dev loss after the last epoch (cross-entropy in nats)",
    "nats",
    lambda record: record.history[-1].dev_loss if record.history else None,
)

TEST_LOSS = Measure(
    "test_loss",
    4,
    "the loss on the test set with the weights of that epoch",
    "nats",
    on_test("loss"),
    on_test=True,
    is_compared=True,
)

SECONDS_PER_EPOCH = Measure(
    "seconds_per_epoch",
    3,
    "the median training time of an epoch",
    "s",
    lambda record: statistics.median(seconds) if (seconds := _seconds(record)) else None,
    of_machine=True,
)

TRAINING_SECONDS = Measure(
    "training_seconds",
    1,
    "the training time of all epochs, with what was compiled in the first of them, without the evaluation",
    "s",
    lambda record: math.fsum(seconds) if (seconds := _seconds(record)) else None,
    is_cost=True,
    of_machine=True,
)

PARAMETERS = Measure(
    "parameters",
    0,
    "the number of trainable weights",
    found=lambda record: record.parameters,
    dtype="Int64",
    is_ranked=False,
    is_cost=True,
)

COMMON = (BEST_LOSS, BEST_EPOCH, FINAL_LOSS, TEST_LOSS, SECONDS_PER_EPOCH, TRAINING_SECONDS, PARAMETERS)
"""What every run is measured for."""

DEV_LOSS = Measure("dev_loss", 4, unit="nats", found=lambda epoch: epoch.dev_loss)
TRAIN_LOSS = Measure("train_loss", 4, unit="nats", found=lambda epoch: epoch.train_loss)
LEARNING_RATE = Measure("learning_rate", 4, found=lambda epoch: epoch.learning_rate)
SECONDS = Measure("seconds", 3, unit="s", found=lambda epoch: epoch.seconds, of_machine=True)
CURVES = (DEV_LOSS, TRAIN_LOSS, LEARNING_RATE, SECONDS)
"""What is measured at every epoch, whatever the task: columns of history.csv."""

GROUP_ACCURACY = Measure(
    "accuracy",
    4,
    "the share of right predictions on the dev set, with the weights of the epoch of the lowest dev loss",
    found=lambda group: group.get("accuracy"),
    highest_is_best=True,
    most=1.0,
)
GROUP_LOSS = Measure(
    "loss",
    4,
    "the cross-entropy a sentence of the dev set, with those weights",
    "nats",
    lambda group: group.get("loss"),
)
GROUPED = {measure.name: measure for measure in (GROUP_ACCURACY, GROUP_LOSS)}
"""What is measured of each group of sentences: columns of groups.csv. The first is the one that is told in words."""

GRADIENT = Measure(
    "gradient_by_lag",
    2,
    "log10 of the norm of the gradient at a lag",
    "orders of magnitude",
    highest_is_best=True,
)
BY_LAG = {GRADIENT.name: GRADIENT}
"""What is measured at each lag; for a claim, a gradient that reaches further is the better one."""
