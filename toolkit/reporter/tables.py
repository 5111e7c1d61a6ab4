"""The comparison table: numbers in full, and the same as text for Markdown, LaTeX and the page."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from toolkit.reporter.escape import latex_text, markdown_text
from toolkit.reporter.metrics import MISSING, Metric
from toolkit.spec.words import value_text

LONG_TABLE = 40
"""More rows than this do not fit on a printed page."""


@dataclass(frozen=True)
class PrintedTable:
    """A table as it is read.

    Attributes:
        cells: The text of each cell, under the headings.
        best: Which cells hold the best value of their column, same shape as `cells`.
        numeric: Headings of the columns that are set flush right.
    """

    cells: pd.DataFrame
    best: pd.DataFrame
    numeric: Sequence[str]

    def rows(self) -> list[list[tuple[str, str, bool]]]:
        """Each row's cells: heading, text, and whether it is the best of its column."""
        marked = zip(self.cells.to_numpy().tolist(), self.best.to_numpy().tolist(), strict=True)
        return [list(zip(self.cells.columns, cells, marks, strict=True)) for cells, marks in marked]


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
    for count in ("seeds", "failed", "missing"):
        if count == "seeds" or summary[count].any():
            cells[count] = summary[count].map(str)
    return PrintedTable(cells, best.reindex(columns=cells.columns, fill_value=False), list(cells.columns[len(keys) :]))


def best_rows(summary: pd.DataFrame, metric: Metric) -> "pd.Series[bool]":
    """Which rows have the best mean; none where there is nothing to compare."""
    means = summary[metric.name]
    if means.count() < 2:
        return pd.Series(False, index=summary.index)
    return means.eq(means.max() if metric.highest_is_best else means.min())


def to_latex(table: PrintedTable, caption: str, label: str) -> str:
    """A table for a paper that uses booktabs (and longtable if it is long); every cell is escaped."""
    long = len(table.cells) > LONG_TABLE
    bold = table.best.map(lambda best: "textbf:--rwrap;" if best else "")
    styler = table.cells.style.hide(axis="index").format(escape="latex").format_index(escape="latex", axis="columns")
    return styler.apply(lambda _: bold, axis=None).to_latex(
        hrules=True,
        column_format="".join("r" if column in table.numeric else "l" for column in table.cells),
        caption=latex_text(caption),
        label=label,
        environment="longtable" if long else None,
        position=None if long else "tbp",
        position_float=None if long else "centering",
    )


def to_markdown(table: PrintedTable) -> str:
    """A pipe table; the best of a column is bold."""
    rule = ["--:" if column in table.numeric else ":--" for column in table.cells]
    rows = [
        [f"**{markdown_text(cell)}**" if best else markdown_text(cell) for _, cell, best in row] for row in table.rows()
    ]
    lines = [[markdown_text(str(column)) for column in table.cells], rule, *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


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
