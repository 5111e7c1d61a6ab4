"""What is reported of a run: each metric's unit, printed digits and meaning, and the words for values."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import pandas as pd

from toolkit.spec.claims import GRADIENT
from toolkit.spec.measures import BY_LAG, GROUPED, MEASURES
from toolkit.spec.schema import RunConfig
from toolkit.spec.words import value_text


@dataclass(frozen=True)
class Metric:
    """A column of results.

    Attributes:
        name: Its name in CSV columns, table headings and axis labels.
        digits: Printed digits after the point.
        unit: What it is measured in; empty for a share from 0 to 1.
        meaning: What it is, to follow "NAME is".
        is_ranked: Whether one value of it is better than another.
    """

    name: str
    digits: int
    unit: str = ""
    meaning: str = ""
    is_ranked: bool = True

    @property
    def highest_is_best(self) -> bool:
        """Whether more of it is better."""
        return (MEASURES | GROUPED | BY_LAG)[self.name].highest_is_best

    @property
    def most(self) -> float:
        """The largest value that it can have."""
        return (MEASURES | GROUPED)[self.name].most

    @property
    def label(self) -> str:
        """Name and unit, as an axis carries them."""
        return f"{self.name} ({self.unit})" if self.unit else self.name

    def text(self, value: float) -> str:
        """The value as it is printed; a dash where there is none."""
        if math.isnan(value):
            return MISSING
        return f"{value:.{self.digits}f}" if abs(value) < LARGE else f"{value:.3g}"

    def best(self, values: Iterable[float]) -> float:
        """The best of some values."""
        return max(values) if self.highest_is_best else min(values)


Settings: TypeAlias = Iterable[tuple[str, Any]]
"""Dotted keys with their values."""

MISSING = "-"
LARGE = 1e6

_RIGHT = "the share of right predictions"

METRICS = {
    metric.name: metric
    for metric in (
        Metric("best_loss", 4, "nats", "the lowest dev loss of any epoch (cross-entropy in nats)"),
        Metric("best_epoch", 1, "", "the epoch of the lowest dev loss, 0 being before training", is_ranked=False),
        Metric("final_loss", 4, "nats", "the dev loss after the last epoch (cross-entropy in nats)"),
        Metric("perplexity", 2, "", "exp(best_loss)"),
        Metric("accuracy", 4, "", f"{_RIGHT} on the dev set at the epoch of the lowest dev loss"),
        Metric("test_loss", 4, "nats", "the loss on the test set with the weights of that epoch"),
        Metric("test_perplexity", 2, "", "exp(test_loss)"),
        Metric("test_accuracy", 4, "", f"{_RIGHT} on the test set with the weights of that epoch"),
        Metric("seconds_per_epoch", 3, "s", "the median training time of an epoch"),
        Metric("balanced_accuracy", 4, "", "the mean of the shares of right singulars and of right plurals (dev set)"),
        Metric("plural_f1", 4, "", "the F1 score of the plural on the dev set, at the epoch of the lowest dev loss"),
        Metric("majority_accuracy", 4, "", "what always saying the more frequent number gets right", is_ranked=False),
        Metric(
            "training_seconds",
            1,
            "s",
            "the training time of all epochs, with what was compiled in the first of them, without the evaluation",
        ),
        Metric("parameters", 0, "", "the number of trainable weights", is_ranked=False),
    )
}
"""Every measure of a run, by name."""

GROUP_METRICS = {
    metric.name: metric
    for metric in (
        Metric("accuracy", 4, "", f"{_RIGHT} on the dev set, with the weights of the epoch of the lowest dev loss"),
        Metric("loss", 4, "nats", "the cross-entropy a sentence of the dev set, with those weights"),
    )
}
"""What is measured for each distance and number of attractors, by name."""

LAG_METRICS = {
    metric.name: metric
    for metric in (Metric(GRADIENT, 2, "orders of magnitude", "log10 of the norm of the gradient at a lag"),)
}
"""What a claim compares at each lag, by name."""

BEST_LOSS, PERPLEXITY, ACCURACY = METRICS["best_loss"], METRICS["perplexity"], METRICS["accuracy"]

_OF_TASK = {
    "language_model": (("perplexity",), "test_perplexity"),
    "agreement": (("accuracy", "balanced_accuracy", "plural_f1"), "test_accuracy"),
}


def metrics_of(configs: Sequence[RunConfig], runs: pd.DataFrame) -> list[Metric]:
    """The metrics that the comparison of these runs shows, the one that decides first.

    Args:
        configs: The runs' configurations; test results are shown where they ask for them.
        runs: The frame of runs.csv: what was measured of no run is left out, beside the first metric of each task.
    """
    of_tasks = [_OF_TASK[task] for task in sorted({config.data.task for config in configs})]
    names = ["best_loss"]
    for (first, *others), _ in of_tasks:
        names += [first, *(name for name in others if runs[name].notna().any())]
    if any(config.evaluate.test for config in configs):
        names += ["test_loss", *(name for _, name in of_tasks)]
    return [METRICS[name] for name in names]


def setting_text(settings: Settings) -> str:
    """Dotted keys with their values, in one line."""
    return ", ".join(f"{key} {value_text(value)}" for key, value in settings)
