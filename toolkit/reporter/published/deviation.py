"""Published numbers beside measured ones: difference and verdict."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pandas as pd

from toolkit.reporter.answer.phrasing import counted
from toolkit.reporter.numbers.frames import Runs
from toolkit.reporter.numbers.results import Results
from toolkit.reporter.numbers.sensitivity import Spread
from toolkit.reporter.tables.catalogue import ReportTable
from toolkit.reporter.tables.printed import PrintedTable
from toolkit.spec.measures import known_to
from toolkit.spec.published import PublishedValue, read_published
from toolkit.spec.words import plural, value_text
from toolkit.tasks.measure import MISSING, Measure

EQUAL, DIFFERS = "equal to the printed digits", "differs"
REPRODUCED = "reproduced within the spread of rounding"
PUBLISHED = "published"
WITHIN = "within one unit of the last printed digit"
NOT_MEASURED, NOT_JUDGED = "not measured", "not judged"
VERDICTS = (EQUAL, REPRODUCED, WITHIN, DIFFERS, NOT_JUDGED, NOT_MEASURED)
"""All kinds of verdict, the closest first."""
_NUMBERS = ("measured", "difference", "low", "high")


@dataclass(frozen=True)
class PublishedComparison:
    """Published numbers beside measured ones.

    Attributes:
        table: What `published_frame` returns, and how it is read.
        counts: How many numbers got which verdict, in a sentence.
        measures: What may have been published, by name.
    """

    table: ReportTable
    counts: str
    measures: Mapping[str, Measure]


def compare_published(
    results: Results, runs: Runs, spreads: Sequence[Mapping[str, Spread]]
) -> PublishedComparison | None:
    """Compare an experiment's runs with the table of `report.published`; None if there is none.

    Args:
        results: The results of its runs, but for those that only repeat them perturbed.
        runs: The same runs with their records.
        spreads: The spread of each run's measures, as far as it was repeated.
    """
    experiment = results.experiment
    if experiment.report.published is None:
        return None
    measures = known_to(experiment)
    numbers = read_published(experiment.report.published, measures)
    frame = published_frame(numbers, results, runs, spreads)
    counts = _counts(frame)
    return PublishedComparison(
        ReportTable(PUBLISHED, _printed(frame), counts, frame, f"tab:{experiment.name}-published"), counts, measures
    )


def published_frame(
    published: Sequence[PublishedValue], results: Results, runs: Runs, found: Sequence[Mapping[str, Spread]]
) -> pd.DataFrame:
    """Put every published number beside each run that it belongs to.

    Args:
        published: The published numbers.
        results: The results of the runs, but for those that only repeat them perturbed.
        runs: The same runs with their records.
        found: The spread of each run's measures, as far as it was repeated.

    Returns:
        A row a number and run: the swept keys, `number` (its place in the published table), `metric`, `published`
        (as printed), `measured`, `difference` (measured less published), `low` and `high` (ends of the spread),
        `determined` (decimals that rounding leaves alone), `verdict` and `note`.
    """
    keys, measures = results.keys, results.measures
    rows = [
        [*(row[key] for key in keys), number, *_compared(value, measures[value.metric], row, spread)]
        for number, value in enumerate(published, start=1)
        for (run, _), (_, row), spread in zip(runs, results.runs.iterrows(), found, strict=True)
        if value.belongs_to(run.config)
    ]
    columns = [*keys, "number", "metric", "published", *_NUMBERS, "determined", "verdict", "note"]
    types = dict.fromkeys(_NUMBERS, "float64") | {"number": "int64", "determined": "Int64"}
    return pd.DataFrame(rows, columns=columns, dtype=object).astype(types)


def verdict(text: str, measured: float, measure: Measure, spread: Spread | None = None) -> str:
    """How a measured number compares with a printed one.

    Args:
        text: The number as printed.
        measured: The number as measured; NaN if it was not.
        measure: What it is; times depend on the machine and are not judged.
        spread: What it is in runs that differ in rounding alone, if that was measured.

    Returns:
        `equal to the printed digits` if the measured number, rounded to as many decimals, is the printed one;
        `reproduced within the spread of rounding` if the printed one is what some number in the spread's interval
        rounds to; `within d` if the measured number is off by at most d, one unit of the last printed digit; else
        `differs`.
    """
    if pd.isna(measured):
        return NOT_MEASURED
    if measure.of_machine:
        return NOT_JUDGED
    decimals = len(text.partition(".")[2])
    if Decimal(f"{measured:.{decimals}f}") == Decimal(text):
        return EQUAL
    unit = Decimal(1).scaleb(-decimals)
    if spread and spread.low - float(unit) / 2 <= float(text) <= spread.high + float(unit) / 2:
        return REPRODUCED
    return f"within {unit:f}" if abs(Decimal(repr(float(measured))) - Decimal(text)) <= unit else DIFFERS


def closest(frame: pd.DataFrame) -> pd.DataFrame:
    """One comparison a published number: the first of its closest ones.

    Args:
        frame: What `published_frame` returns.
    """
    order = frame["difference"].abs().sort_values(kind="stable", na_position="last").index
    return frame.loc[order].drop_duplicates("number").sort_values("number", ignore_index=True)


def verdict_kind(text: str) -> str:
    """A verdict without its digits, as verdicts are counted: `within 0.01` is one of `within one unit`."""
    return WITHIN if text.startswith("within ") else text


def _printed(frame: pd.DataFrame) -> PrintedTable:
    """The comparison as it is read: measured numbers with two digits more than the published ones."""
    cells = frame.drop(columns="number")
    for key in frame.columns[: frame.columns.get_loc("number")]:
        cells[key] = frame[key].map(value_text)
    decimals = frame["published"].map(lambda text: len(text.partition(".")[2]) + 2)
    cells["measured"] = [_fixed(value, places) for value, places in zip(frame["measured"], decimals, strict=True)]
    cells["difference"] = [MISSING if pd.isna(value) else f"{value:+.1e}" for value in frame["difference"]]
    cells["low"] = [
        MISSING if pd.isna(low) else f"[{_fixed(low, places)}, {_fixed(high, places)}]"
        for low, high, places in zip(frame["low"], frame["high"], decimals, strict=True)
    ]
    cells["determined"] = frame["determined"].map(lambda places: MISSING if pd.isna(places) else str(places))
    cells = cells.drop(columns="high").rename(columns={"low": "spread", "determined": "determined decimals"})
    if frame["low"].isna().all():
        cells = cells.drop(columns=["spread", "determined decimals"])
    if not frame["note"].astype(bool).any():
        cells = cells.drop(columns="note")
    cells.insert(list(cells).index("measured") + 1, "verdict", cells.pop("verdict"))  # seen without scrolling
    marks = pd.DataFrame(False, index=cells.index, columns=cells.columns)
    numeric = ["published", "measured", "difference", "spread", "determined decimals"]
    return PrintedTable(cells, marks, [column for column in numeric if column in cells])


def _counts(frame: pd.DataFrame) -> str:
    counts = Counter(frame["verdict"])
    told = ", ".join(counted(count, text) for text, count in sorted(counts.items(), key=lambda item: -item[1]))
    noun = "comparison with published values", "comparisons with published values"
    return f"Of {plural(len(frame), *noun)}: {told}." if told else "No run has a published value beside it."


def _compared(
    value: PublishedValue, measure: Measure, row: "pd.Series[Any]", spreads: Mapping[str, Spread]
) -> list[object]:
    measured = float("nan") if pd.isna(row[measure.name]) else float(row[measure.name])
    spread = spreads.get(measure.name)
    told = verdict(value.text, measured, measure, spread)
    difference = measured - float(value.text)
    around = (spread.low, spread.high, spread.decimals) if spread else (float("nan"), float("nan"), pd.NA)
    return [measure.name, value.text, measured, difference, *around, told, value.note]


def _fixed(value: float, places: int) -> str:
    return MISSING if pd.isna(value) else f"{value:.{places}f}"
