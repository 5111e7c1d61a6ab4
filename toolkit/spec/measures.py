"""What is measured of a run: the columns that tables, figures, searches and published values can name."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from toolkit.spec.claims import GRADIENT
from toolkit.spec.schema import RunConfig


@dataclass(frozen=True)
class Measure:
    """A column of measured values in runs.csv.

    Attributes:
        name: The column.
        task: The only task that has it; None for both.
        on_test: Whether it is measured on the test set.
        highest_is_best: Whether more of it is better.
    """

    name: str
    task: Literal["language_model", "agreement"] | None = None
    on_test: bool = False
    highest_is_best: bool = False

    @property
    def most(self) -> float:
        """The largest value that it can have: what is better the more of it there is, is a share."""
        return 1.0 if self.highest_is_best else math.inf

    def lacking(self, configs: Iterable[RunConfig]) -> str:
        """Why none of these runs has this measure, in words; empty if one has."""
        reasons = [self._reason(config) for config in configs]
        return reasons[0] if all(reasons) else ""

    def _reason(self, config: RunConfig) -> str:
        if self.task not in (None, config.data.task):
            return f"{self.name} is measured for data.task: {self.task}; it is {config.data.task}"
        if self.on_test and not config.evaluate.test:
            return f"{self.name} is measured with evaluate.test: true"
        return ""


MEASURES = {
    measure.name: measure
    for measure in (
        Measure("best_loss"),
        Measure("best_epoch"),
        Measure("final_loss"),
        Measure("perplexity", "language_model"),
        Measure("accuracy", "agreement", highest_is_best=True),
        Measure("test_loss", on_test=True),
        Measure("test_perplexity", "language_model", on_test=True),
        Measure("test_accuracy", "agreement", on_test=True, highest_is_best=True),
        Measure("seconds_per_epoch"),
        Measure("parameters"),
        Measure("balanced_accuracy", "agreement", highest_is_best=True),
        Measure("plural_f1", "agreement", highest_is_best=True),
        Measure("majority_accuracy", "agreement", highest_is_best=True),
        Measure("training_seconds"),
    )
}
"""The measures of a run by name."""

CURVES = {
    measure.name: measure
    for measure in (
        Measure("dev_loss"),
        Measure("dev_accuracy", "agreement", highest_is_best=True),
        Measure("train_loss"),
        Measure("learning_rate"),
        Measure("seconds"),
    )
}
"""What is measured at every epoch, by its column in history.csv."""

GROUPED = {measure.name: measure for measure in (Measure("accuracy", highest_is_best=True), Measure("loss"))}
"""What is measured for each distance and number of attractors, by its column in groups.csv."""

BY_LAG = {measure.name: measure for measure in (Measure(GRADIENT, highest_is_best=True),)}
"""What is measured at each lag; for a claim, a gradient that reaches further is the better one."""
