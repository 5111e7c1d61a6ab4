"""How far results hang on rounding: the spread of runs whose initial weights differ in their last place only."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from toolkit.reporter.answer.phrasing import Sentence, name_of
from toolkit.reporter.numbers.frames import Runs
from toolkit.reporter.numbers.results import Results
from toolkit.reporter.tables.catalogue import ReportTable
from toolkit.reporter.tables.printed import PrintedTable
from toolkit.spec.schema import Experiment
from toolkit.spec.sweep import PERTURBATION_KEY, SEED_KEY
from toolkit.spec.words import plural, value_text
from toolkit.tasks.measure import MISSING, Measure

SENSITIVITY = "sensitivity"
CONFIDENCE = 0.95
MOST_DECIMALS = 15
"""No float64 of this size is known to more decimals."""


@dataclass(frozen=True)
class Spread:
    """What a result is in runs that differ in rounding alone.

    Attributes:
        lowest: The lowest result of these runs.
        highest: The highest.
        low: Lower end of the interval that one more such run falls into with 95% probability.
        high: Its upper end.
        runs: Number of the runs.
    """

    lowest: float
    highest: float
    low: float
    high: float
    runs: int

    @property
    def decimals(self) -> int:
        """Decimals of the result that rounding leaves alone: 10^-decimals is not below the interval's length."""
        length = self.high - self.low
        return MOST_DECIMALS if length == 0 else int(np.clip(math.floor(-math.log10(length)), 0, MOST_DECIMALS))


def spread_of(values: Sequence[float]) -> Spread | None:
    """The spread of some results; None of fewer than two finite ones.

    The interval is the prediction interval of a normal sample, mean +- t s sqrt(1 + 1/n), t with n - 1 degrees of
    freedom (Hahn and Meeker, Statistical Intervals, 1991, section 4.8).
    """
    every = np.array([float("nan") if pd.isna(value) else value for value in values], dtype=float)
    known = every[np.isfinite(every)]
    count = len(known)
    if count < 2:
        return None
    quantile = stats.t.ppf((1 + CONFIDENCE) / 2, count - 1)
    reach = float(quantile * known.std(ddof=1) * math.sqrt(1 + 1 / count))
    mean = float(known.mean())
    return Spread(float(known.min()), float(known.max()), mean - reach, mean + reach, count)


def unperturbed(experiment: Experiment, runs: Runs) -> Runs:
    """The runs without those that `sensitivity` repeats them by, as they would be without it."""
    if not experiment.sensitivity:
        return runs
    return [
        (replace(run, settings={key: value for key, value in run.settings.items() if key != PERTURBATION_KEY}), record)
        for run, record in runs[:: experiment.sensitivity + 1]
    ]


def spreads(experiment: Experiment, results: Results) -> list[Mapping[str, Spread]]:
    """For each unperturbed run the spread of each of its measures, with its repetitions; of none without any.

    Args:
        experiment: What was asked for.
        results: The results of every run.
    """
    frame, step = results.runs, experiment.sensitivity + 1
    if not experiment.sensitivity:
        return [{} for _ in range(len(frame))]
    groups = (frame.iloc[start : start + step] for start in range(0, len(frame), step))
    return [{name: found for name in results.measures if (found := spread_of(list(group[name])))} for group in groups]


def sensitivity_table(results: Results, found: Sequence[Mapping[str, Spread]]) -> ReportTable:
    """Each result with its spread beside it, a row a run and metric.

    Args:
        results: The unperturbed runs.
        found: Their spreads, as `spreads` returns them.
    """
    frame = pd.DataFrame(_rows(results, found))
    keys = list(frame.columns[: frame.columns.get_loc("metric")])
    cells = frame[[*keys, "metric"]].map(value_text)
    for column in ("value", "lowest", "highest"):
        cells[column] = [_text(row, row[column], results.measures) for row in frame.to_dict("records")]
    cells["95% of such runs"] = [
        f"[{_text(row, row['low'], results.measures)}, {_text(row, row['high'], results.measures)}]"
        for row in frame.to_dict("records")
    ]
    cells["determined decimals"] = frame["decimals"].map(str)
    marks = pd.DataFrame(False, index=cells.index, columns=cells.columns)
    repetitions = plural(results.experiment.sensitivity, "repetition")
    caption = (
        f"Each result beside those of {repetitions} whose initial weights were changed by one unit in the last place; "
        "the interval is that of one more such run (95%, Student's t); decimals that it does not reach are determined."
    )
    printed = PrintedTable(cells, marks, list(cells.columns[len(keys) + 1 :]))
    return ReportTable(SENSITIVITY, printed, caption, frame, f"tab:{results.experiment.name}-{SENSITIVITY}")


def sensitivity_sentence(results: Results, table: ReportTable) -> Sentence:
    """What changing the initial weights in the last place changes of the decisive metric."""
    metric = results.metrics[0]
    frame = table.frame[table.frame["metric"] == metric.name]
    moved = (frame["highest"] - frame["lowest"]).to_numpy()
    most = frame.iloc[int(moved.argmax())]
    where = name_of(most.to_dict(), results.keys) if results.keys else ""
    text = f"Initial weights changed by one unit in the last place move {metric.name} by {moved.max():.1e}"
    if len(frame) > 1:
        text = f"{text} at most (with {where}) and by {np.median(moved):.1e} in the median of {len(frame)} runs"
    return Sentence(f"{text}.", SENSITIVITY)


def _rows(results: Results, found: Sequence[Mapping[str, Spread]]) -> Iterator[dict[str, Any]]:
    keys = results.shown_keys if results.runs[SEED_KEY].nunique() > 1 else results.keys
    for (_, row), of_run in zip(results.runs.iterrows(), found, strict=True):
        for metric in results.metrics:
            if spread := of_run.get(metric.name):
                yield {
                    **{key: row[key] for key in keys},
                    "metric": metric.name,
                    "value": row[metric.name],
                    "lowest": spread.lowest,
                    "highest": spread.highest,
                    "low": spread.low,
                    "high": spread.high,
                    "runs": spread.runs,
                    "decimals": spread.decimals,
                }


def _text(row: Mapping[Any, Any], value: float, measures: Mapping[str, Measure]) -> str:
    """A result with one decimal more than are determined, and not fewer than its metric is printed with."""
    if pd.isna(value):
        return MISSING
    return f"{value:.{max(measures[row['metric']].digits, min(row['decimals'] + 1, 8))}f}"
