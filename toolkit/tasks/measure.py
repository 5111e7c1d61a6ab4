"""What a measure is: the one definition of a reported number, which everything that names one reads."""

import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

MISSING = "-"
"""What is printed where there is no value."""
MOST_DIGITS = 17
LARGE = 1e6
"""Numbers from here on are printed with three digits and a power of ten."""


TAKEN = {
    *("run", "status", "error", "epoch", "lag", "norm", "split", "by", "value", "sentences"),
    *("seeds", "diverged", "failed", "missing", "difference", "low", "high", "verdict", "note"),
    *("metric", "number", "published", "measured", "trial", "best"),
    *("name", "x", "hue", "style", "panel", "line", "front"),
}
"""Columns that measures stand beside, in CSV files and in the data of figures."""
ENDS = ("_low", "_high")
"""Ends of the columns of an interval, after the name of its measure."""


def _nowhere(_: Any) -> None:
    """It is not found in one place: what reports it works it out."""


@dataclass(frozen=True)
class Mean:
    """How a measure is averaged over seeds that is no plain mean: as a function of the mean of another.

    Attributes:
        of: The measure that is averaged.
        then: What is made of its mean, and of the ends of its interval, which lie unevenly about it then.
        meaning: That in a sentence, without its full stop.
    """

    of: "Measure"
    then: Callable[[float], float]
    meaning: str


@dataclass(frozen=True)
class Yardstick:
    """What a measure is held against in words: what is reached without having learnt anything.

    Attributes:
        of: The measure that says how much that is.
        meaning: What reaches it, to follow "the 0.62 of".
    """

    of: "Measure"
    meaning: str


@dataclass(frozen=True)
class Measure:
    """A reported number: a column of results with all that is known of it.

    Attributes:
        name: The column; its name in specs, CSV, table headings and axis labels.
        digits: Printed digits after the point.
        meaning: What it is, to follow "NAME is".
        unit: What it is measured in; empty for a share from 0 to 1 and for a plain number.
        found: Where it is found: a function of the record of a run, cut to the epochs that are asked for; of an epoch
            for a column of history.csv; of a group for a column of groups.csv. None where it was not measured.
        dtype: The type of its column; `Int64` are whole numbers that may be missing.
        highest_is_best: Whether more of it is better.
        is_ranked: Whether one value of it is better than another.
        most: The largest value that it can have.
        mean: How it is averaged over seeds; None for the plain mean.
        on_test: Whether it is measured on the test set, for `evaluate.test`.
        by_sentence: Whether it is taken sentence by sentence, of the best weights alone, where something names it.
        is_compared: Whether the comparison that a report has by itself shows it, as far as it was measured.
        is_drawn: Whether a report that declares no figures has one of it.
        is_cost: Whether it is what a result costs, which a report draws results against.
        of_machine: Whether it depends on the machine, so that it is no sign of a result being reproduced or not.
        yardstick: What it is held against in words, if anything.
        by_guessing: What it comes to by guessing, where that is known and worth saying beside it.

    Raises:
        ValueError: The name can be no column, or the digits are not from 0 to 17.
    """

    name: str
    digits: int
    meaning: str = ""
    unit: str = ""
    found: Callable[[Any], Any] = _nowhere
    dtype: Literal["float64", "Int64"] = "float64"
    highest_is_best: bool = False
    is_ranked: bool = True
    most: float = math.inf
    mean: Mean | None = None
    on_test: bool = False
    by_sentence: bool = False
    is_compared: bool = False
    is_drawn: bool = False
    is_cost: bool = False
    of_machine: bool = False
    yardstick: Yardstick | None = None
    by_guessing: float | None = None

    def __post_init__(self) -> None:
        if not re.fullmatch("[a-z][a-z0-9_]*", self.name) or self.name.endswith(ENDS):
            raise ValueError(
                f"the name of a Measure is of small letters, digits and _, such as macro_f1, and ends neither in "
                f"{' nor in '.join(ENDS)}; received {self.name!r}"
            )
        if self.name in TAKEN:
            raise ValueError(f"{self.name} is a column of its own in tables and figures; a Measure takes another name")
        if not 0 <= self.digits <= MOST_DIGITS:
            raise ValueError(f"{self.name} is printed with 0 to {MOST_DIGITS} digits; received {self.digits!r}")

    @property
    def label(self) -> str:
        """Name and unit, as an axis carries them."""
        return f"{self.name} ({self.unit})" if self.unit else self.name

    @property
    def words(self) -> str:
        """Its name within a sentence."""
        return self.name.replace("_", " ")

    def text(self, value: float) -> str:
        """The value as it is printed; a dash where there is none."""
        if math.isnan(value):
            return MISSING
        return f"{value:.{self.digits}f}" if abs(value) < LARGE else f"{value:.3g}"

    def best(self, values: Iterable[float]) -> float:
        """The best of some values."""
        return max(values) if self.highest_is_best else min(values)
