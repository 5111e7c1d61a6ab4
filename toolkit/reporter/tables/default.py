"""The default tables: the comparison of settings, and all runs."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from toolkit.reporter.numbers.statistics import COUNTS
from toolkit.reporter.tables.printed import PrintedTable
from toolkit.spec.words import value_text
from toolkit.tasks.measure import MISSING, Measure
from toolkit.tasks.measures import BEST_EPOCH, SECONDS_PER_EPOCH

SMALLEST_P = 0.001


def comparison(summary: pd.DataFrame, keys: Sequence[str], metrics: Sequence[Measure]) -> PrintedTable:
    """Print a summary over seeds: a row a setting, each metric with its interval, the number of seeds.

    Args:
        summary: What `summarise` returns.
        keys: The dotted keys in front of the table; none where nothing was swept.
        metrics: The metrics in their order.

    Returns:
        The table. Columns of diverged, failed and missing runs are there if there are any.
    """
    cells = pd.DataFrame({key: summary[key].map(value_text) for key in keys}, index=summary.index, dtype=object)
    best = pd.DataFrame(index=summary.index)
    for metric in metrics:
        cells[metric.name] = [value_text_with_interval(row, metric) for row in summary.to_dict("records")]
        best[metric.name] = best_rows(summary, metric)
    for count in COUNTS:
        if count == "seeds" or summary[count].any():
            cells[count] = summary[count].map(str)
    return PrintedTable(cells, best.reindex(columns=cells.columns, fill_value=False), list(cells.columns[len(keys) :]))


def best_rows(summary: pd.DataFrame, metric: Measure) -> "pd.Series[bool]":
    """Which rows have the best mean; none where there is nothing to compare."""
    means = summary[metric.name]
    if means.count() < 2 or not metric.is_ranked:
        return pd.Series(False, index=summary.index)
    return means.eq(means.max() if metric.highest_is_best else means.min())


def value_text_with_interval(row: Mapping[Any, Any], metric: Measure) -> str:
    """A row's mean of a metric, followed by half its interval's length, or by its ends where they lie unevenly."""
    mean, low, high = (row[f"{metric.name}{end}"] for end in ("", "_low", "_high"))
    if pd.isna(low) or pd.isna(high) or not metric.is_ranked:
        return metric.text(mean)
    if metric.mean:
        return f"{metric.text(mean)} [{metric.text(low)}, {metric.text(high)}]"
    return f"{metric.text(mean)} ± {metric.text(mean - low)}"


def differences(frame: pd.DataFrame, keys: Sequence[str], metric: Measure) -> PrintedTable:
    """Print how settings differ from the best one.

    Args:
        frame: What `contrasts` returns.
        keys: The dotted keys in front of the table.
        metric: What was compared.

    Returns:
        The table, in the order of the frame.
    """
    cells = pd.DataFrame({key: frame[key].map(value_text) for key in keys}, index=frame.index, dtype=object)
    cells["difference"] = frame["difference"].map(lambda value: metric.text(value) if pd.notna(value) else MISSING)
    cells["95% interval"] = [
        f"[{metric.text(low)}, {metric.text(high)}]" if pd.notna(low) else MISSING
        for low, high in zip(frame["difference_low"], frame["difference_high"], strict=True)
    ]
    cells["paired seeds"] = [f"{count:.0f}" if count > 0 else MISSING for count in frame["paired"]]
    cells["p (Holm)"] = [MISSING if pd.isna(p) else "<0.001" if p < SMALLEST_P else f"{p:.3f}" for p in frame["p_holm"]]
    cells["verdict"] = frame["verdict"]
    marks = pd.DataFrame(False, index=cells.index, columns=cells.columns)
    return PrintedTable(cells, marks, list(cells.columns[len(keys) : -1]))


def all_runs(runs: pd.DataFrame, keys: Sequence[str], metrics: Sequence[Measure]) -> PrintedTable:
    """Print every run, whatever became of it: its settings, its results, its error.

    Args:
        runs: The frame of runs.csv.
        keys: The dotted keys to show.
        metrics: The metrics in their order.

    Returns:
        The table, in the order of the sweep.
    """
    cells = pd.DataFrame({"run": runs["run"].fillna(MISSING), "status": runs["status"]}, dtype=object)
    for key in keys:
        cells[key] = runs[key].map(value_text)
    for metric in metrics:
        cells[metric.name] = runs[metric.name].map(metric.text)
    for measure, form in ((BEST_EPOCH, "d"), (SECONDS_PER_EPOCH, ".3g")):
        cells[measure.name] = [MISSING if pd.isna(value) else f"{value:{form}}" for value in runs[measure.name]]
    if runs["error"].notna().any():
        cells["error"] = runs["error"].fillna("")
    numeric = [*keys, *(metric.name for metric in metrics), BEST_EPOCH.name, SECONDS_PER_EPOCH.name]
    return PrintedTable(cells, cells.isna(), [column for column in numeric if column != "model.cell"])
