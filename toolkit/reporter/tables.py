"""The default tables: the comparison of settings, and all runs."""

from collections.abc import Sequence

import pandas as pd

from toolkit.reporter.metrics import MISSING, Metric
from toolkit.reporter.printed import PrintedTable
from toolkit.reporter.statistics import COUNTS
from toolkit.spec.words import value_text


def comparison(summary: pd.DataFrame, keys: Sequence[str], metrics: Sequence[Metric]) -> PrintedTable:
    """Print a summary over seeds: a row a setting, each metric with its interval, the number of seeds.

    Args:
        summary: What `summarise` returns.
        keys: The dotted keys in front of the table; none where nothing was swept.
        metrics: The metrics in their order.

    Returns:
        The table. Columns of intervals are there if any row has several seeds, columns of failed and missing runs if
        there are any.
    """
    cells = pd.DataFrame({key: summary[key].map(value_text) for key in keys}, index=summary.index, dtype=object)
    best = pd.DataFrame(index=summary.index)
    for metric in metrics:
        cells[metric.name] = summary[metric.name].map(metric.text)
        best[metric.name] = best_rows(summary, metric)
        if (summary["seeds"] > 1).any():
            cells[f"{metric.name} 95% interval"] = _intervals(summary, metric)
    for count in COUNTS:
        if count == "seeds" or summary[count].any():
            cells[count] = summary[count].map(str)
    return PrintedTable(cells, best.reindex(columns=cells.columns, fill_value=False), list(cells.columns[len(keys) :]))


def best_rows(summary: pd.DataFrame, metric: Metric) -> "pd.Series[bool]":
    """Which rows have the best mean; none where there is nothing to compare."""
    means = summary[metric.name]
    if means.count() < 2 or not metric.is_ranked:
        return pd.Series(False, index=summary.index)
    return means.eq(means.max() if metric.highest_is_best else means.min())


def _intervals(summary: pd.DataFrame, metric: Metric) -> list[str]:
    ends = zip(summary[f"{metric.name}_low"], summary[f"{metric.name}_high"], strict=True)
    return [MISSING if pd.isna(low) else f"[{metric.text(low)}, {metric.text(high)}]" for low, high in ends]


def all_runs(runs: pd.DataFrame, keys: Sequence[str], metrics: Sequence[Metric]) -> PrintedTable:
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
    cells["best_epoch"] = runs["best_epoch"].map(lambda epoch: MISSING if pd.isna(epoch) else str(epoch))
    cells["seconds_per_epoch"] = runs["seconds_per_epoch"].map(
        lambda value: MISSING if pd.isna(value) else f"{value:.3g}"
    )
    if runs["error"].notna().any():
        cells["error"] = runs["error"].fillna("")
    numeric = [*keys, *(metric.name for metric in metrics), "best_epoch", "seconds_per_epoch"]
    return PrintedTable(cells, cells.isna(), [column for column in numeric if column != "model.cell"])
