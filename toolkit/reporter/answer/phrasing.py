"""What a sentence of the answer is: its words, and the table or figure that shows what it says."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import pandas as pd

from toolkit.reporter.numbers.metrics import setting_text
from toolkit.tasks.measure import Measure

Row: TypeAlias = Mapping[Hashable, Any]
"""A row of a summary."""


@dataclass(frozen=True)
class Sentence:
    """One sentence of the answer.

    Attributes:
        text: What it says.
        shown_in: Name of the table or figure that shows it, if the report has it; empty for none.
    """

    text: str
    shown_in: str = ""


_OF_SEVERAL = {"holds": "hold", "does not hold": "do not hold", "differs": "differ"}


def counted(count: int, verdict: str) -> str:
    """How many have a verdict."""
    return f"{count} {verdict if count == 1 else _OF_SEVERAL.get(verdict, verdict)}"


def with_unit(metric: Measure, value: float) -> str:
    """A value with its unit."""
    return f"{metric.text(value)} {metric.unit}".rstrip()


def with_article(noun: str) -> str:
    """A noun with its indefinite article."""
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def mean_of(metric: Measure, row: Row) -> str:
    """What a row's value is called: of several seeds it is a mean."""
    return f"mean {metric.name}" if row["seeds"] > 1 else metric.name


def extreme(metric: Measure) -> str:
    """The word for the best value."""
    return "highest" if metric.highest_is_best else "lowest"


def better(metric: Measure) -> str:
    """The word for a better value."""
    return "higher" if metric.highest_is_best else "lower"


def name_of(row: Row, keys: Sequence[str]) -> str:
    """A setting in words."""
    return setting_text((key, row[key]) for key in keys) or "The one setting"


def interval_of(row: Row, metric: Measure) -> str:
    """The interval of a row's mean in parentheses; empty where nothing is known of the spread."""
    low, high = row[f"{metric.name}_low"], row[f"{metric.name}_high"]
    return "" if pd.isna(low) or pd.isna(high) else f" (95% interval {metric.text(low)} to {metric.text(high)})"


def listed(texts: Sequence[str], most: int = 5) -> str:
    """Some texts in a row, the last ones of many only counted."""
    shown = list(texts[:most])
    rest = len(texts) - len(shown)
    return "; ".join([*shown, *([f"and {rest} more"] if rest else [])])
