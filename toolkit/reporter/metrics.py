"""What is reported of a run: each metric's name, unit, direction and printed digits, and the words for values."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from toolkit.spec.schema import RunConfig
from toolkit.spec.words import value_text


@dataclass(frozen=True)
class Metric:
    """A column of results.

    Attributes:
        name: Its name in CSV columns, table headings and axis labels.
        digits: Printed digits after the point.
        unit: What it is measured in; empty for a share from 0 to 1.
        highest_is_best: Whether more of it is better.
    """

    name: str
    digits: int
    unit: str = ""
    highest_is_best: bool = False

    @property
    def label(self) -> str:
        """Name and unit, as an axis carries them."""
        return f"{self.name} ({self.unit})" if self.unit else self.name

    def text(self, value: float) -> str:
        """The value as it is printed; a dash where there is none."""
        if math.isnan(value):
            return MISSING
        return f"{value:.{self.digits}f}" if abs(value) < LARGE else f"{value:.3g}"


Settings: TypeAlias = Iterable[tuple[str, Any]]
"""Dotted keys with their values."""

MISSING = "-"
LARGE = 1e6

BEST_LOSS = Metric("best_loss", digits=4, unit="nats")
PERPLEXITY = Metric("perplexity", digits=2)
ACCURACY = Metric("accuracy", digits=4, highest_is_best=True)

TEST_LOSS = Metric("test_loss", digits=4, unit="nats")
TEST_PERPLEXITY = Metric("test_perplexity", digits=2)
TEST_ACCURACY = Metric("test_accuracy", digits=4, highest_is_best=True)

_OF_TASK = {"language_model": (PERPLEXITY, TEST_PERPLEXITY), "agreement": (ACCURACY, TEST_ACCURACY)}


def metrics_of(configs: Sequence[RunConfig]) -> list[Metric]:
    """The metrics that the comparison of these runs shows, the one that decides first; test results where asked for."""
    of_tasks = [_OF_TASK[task] for task in sorted({config.data.task for config in configs})]
    on_dev = [BEST_LOSS, *(metric for metric, _ in of_tasks)]
    on_test = [TEST_LOSS, *(metric for _, metric in of_tasks)]
    return on_dev + on_test if any(config.evaluate.test for config in configs) else on_dev


def setting_text(settings: Settings) -> str:
    """Dotted keys with their values, in one line."""
    return ", ".join(f"{key} {value_text(value)}" for key, value in settings)
