"""Published numbers beside measured ones: difference and verdict."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import pandas as pd

from toolkit.reporter.catalogue import ReportTable
from toolkit.reporter.frames import Runs, runs_frame, swept_settings
from toolkit.reporter.metrics import MISSING
from toolkit.reporter.printed import PrintedTable
from toolkit.spec.published import PublishedValue, read_published
from toolkit.spec.schema import Experiment
from toolkit.spec.words import value_text

EQUAL, DIFFERS = "equal to the printed digits", "differs"
PUBLISHED = "published"
NOT_MEASURED, NOT_JUDGED = "not measured", "not judged"


@dataclass(frozen=True)
class PublishedComparison:
    """Published numbers beside measured ones.

    Attributes:
        table: What `published_frame` returns, and how it is read.
        counts: How many numbers got which verdict, in a sentence.
    """

    table: ReportTable
    counts: str


def compare_published(experiment: Experiment, runs: Runs) -> PublishedComparison | None:
    """Compare an experiment's runs with the table of `report.published`; None if there is none."""
    if experiment.report.published is None:
        return None
    frame = published_frame(read_published(experiment.report.published), runs)
    counts = _counts(frame)
    return PublishedComparison(
        ReportTable(PUBLISHED, _printed(frame), counts, frame, f"tab:{experiment.name}-published"), counts
    )


def published_frame(published: Sequence[PublishedValue], runs: Runs) -> pd.DataFrame:
    """Put every published number beside each run that it belongs to.

    Args:
        published: The published numbers.
        runs: Every run of the experiment with its record.

    Returns:
        A row a number and run: the swept keys, `metric`, `published` (as printed), `measured`, `difference`
        (measured less published), `verdict` and `note`.
    """
    frame, keys = runs_frame(runs), swept_settings(runs)
    rows = [
        [*(row[key] for key in keys), *_compared(value, row[value.metric])]
        for value in published
        for (run, _), (_, row) in zip(runs, frame.iterrows(), strict=True)
        if value.belongs_to(run.config)
    ]
    columns = [*keys, "metric", "published", "measured", "difference", "verdict", "note"]
    return pd.DataFrame(rows, columns=columns, dtype=object).astype({"measured": "float64", "difference": "float64"})


def verdict(text: str, measured: float, metric: str) -> str:
    """How a measured number compares with a printed one.

    Args:
        text: The number as printed.
        measured: The number as measured; NaN if it was not.
        metric: What it is; times depend on the machine and are not judged.

    Returns:
        `equal to the printed digits` if the measured number, rounded to as many decimals, is the printed one; `within
        d` if it is off by at most d, one unit of the last printed digit; else `differs`.
    """
    if pd.isna(measured):
        return NOT_MEASURED
    if metric == "seconds_per_epoch":
        return NOT_JUDGED
    decimals = len(text.partition(".")[2])
    if Decimal(f"{measured:.{decimals}f}") == Decimal(text):
        return EQUAL
    unit = Decimal(1).scaleb(-decimals)
    return f"within {unit:f}" if abs(Decimal(repr(float(measured))) - Decimal(text)) <= unit else DIFFERS


def _printed(frame: pd.DataFrame) -> PrintedTable:
    """The comparison as it is read: measured numbers with two digits more than the published ones."""
    cells = frame.copy()
    for key in frame.columns[: frame.columns.get_loc("metric")]:
        cells[key] = frame[key].map(value_text)
    decimals = frame["published"].map(lambda text: len(text.partition(".")[2]) + 2)
    cells["measured"] = [_fixed(value, places) for value, places in zip(frame["measured"], decimals, strict=True)]
    cells["difference"] = [MISSING if pd.isna(value) else f"{value:+.1e}" for value in frame["difference"]]
    if not frame["note"].astype(bool).any():
        cells = cells.drop(columns="note")
    marks = pd.DataFrame(False, index=cells.index, columns=cells.columns)
    return PrintedTable(cells, marks, ["published", "measured", "difference"])


def _counts(frame: pd.DataFrame) -> str:
    counts = Counter(frame["verdict"])
    told = ", ".join(f"{count} {text}" for text, count in sorted(counts.items(), key=lambda item: -item[1]))
    return f"Of {len(frame)} comparisons with published values: {told}."


def _compared(value: PublishedValue, measured: float) -> list[object]:
    told = verdict(value.text, measured, value.metric)
    difference = float("nan") if pd.isna(measured) else float(measured) - float(value.text)
    return [value.metric, value.text, measured, difference, told, value.note]


def _fixed(value: float, places: int) -> str:
    return MISSING if pd.isna(value) else f"{value:.{places}f}"
