"""Declared tables: a row a setting, and, in tables of two directions, further settings across."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from toolkit.reporter.numbers.results import Results
from toolkit.reporter.numbers.statistics import BROKEN_OFF
from toolkit.reporter.tables.default import best_rows, value_text_with_interval
from toolkit.reporter.tables.printed import PrintedTable
from toolkit.spec.reporting import TableConfig
from toolkit.spec.words import value_text
from toolkit.tasks.measure import MISSING, Measure

Heading = tuple[str, ...]


def table_metrics(table: TableConfig, results: Results) -> list[Measure]:
    """The measures of a declared table, with the digits that it asks for."""
    metrics = [results.measures[name] for name in table.values]
    return metrics if table.digits is None else [replace(metric, digits=table.digits) for metric in metrics]


def row_keys(table: TableConfig, results: Results) -> list[str]:
    """The dotted keys in front of each row: those declared, then those that would else differ within one cell."""
    rows = list(dict.fromkeys(table.rows))
    return [*rows, *results.differing_beside([*rows, *table.columns])]


def declared_table(table: TableConfig, results: Results) -> PrintedTable:
    """Print the runs of a declared table: each cell the mean over seeds, with its 95% interval where there are several.

    Args:
        table: What was declared.
        results: The runs that it shows.

    Returns:
        The table, with one line of headings, or several if it has settings across.
    """
    metrics, rows = table_metrics(table, results), row_keys(table, results)
    summary = _sorted(results.summarised([*rows, *table.columns], metrics), rows, table, results)
    across = _values(summary, table.columns)
    headings = {
        (place, metric): _heading(table.columns, across[place], metric, alone=len(metrics) == 1)
        for place in across
        for metric in metrics
    }
    usual = summary["seeds"].max()
    placed = summary.assign(row=_places(summary, rows), across=_places(summary, table.columns))
    cells = pd.DataFrame(
        {("",) * _blank(headings) + (key,): texts for key, texts in _row_texts(placed, rows).items()}, dtype=object
    )
    best = pd.DataFrame(False, index=cells.index, columns=cells.columns)
    for (place, metric), heading in headings.items():
        column = placed[placed["across"] == place].set_index("row").reindex(cells.index)
        cells[heading] = [_cell(row, metric, usual) for row in column.to_dict("records")]
        best[heading] = best_rows(column, metric) & table.best
    return _flattened(PrintedTable(cells, best, list(headings.values())))


def _heading(keys: Sequence[str], values: Sequence[Any], metric: Measure, alone: bool) -> Heading:
    """The lines of a column's heading: settings from the top, then the measure if there are several."""
    settings = [f"{key} {value_text(value)}" for key, value in zip(keys, values, strict=True)]
    if not settings or not alone:
        return (*settings, metric.name)
    return (*settings[:-1], keys[-1], value_text(values[-1]))


def _blank(headings: Mapping[Any, Heading]) -> int:
    return len(next(iter(headings.values()))) - 1


def _sorted(summary: pd.DataFrame, rows: Sequence[str], table: TableConfig, results: Results) -> pd.DataFrame:
    """The rows by the best value that each has of the measure to sort by, in the sweep's order among equals."""
    if table.sort is None:
        return summary
    metric = results.measures[table.sort]
    row = _places(summary, rows)
    best = summary[metric.name].groupby(row).agg("max" if metric.highest_is_best else "min")
    order = row.map(best).sort_values(ascending=not metric.highest_is_best, kind="stable").index
    return summary.loc[order].reset_index(drop=True)


def _places(summary: pd.DataFrame, keys: Sequence[str]) -> pd.Series:
    """A number for each row: equal where the settings of these keys are, counted in order of appearance."""
    texts = pd.Series(list(zip(*(summary[key].map(value_text) for key in keys), strict=True)) or [()] * len(summary))
    return pd.Series(pd.factorize(texts.map(repr))[0], index=summary.index)


def _values(summary: pd.DataFrame, keys: Sequence[str]) -> dict[int, tuple[Any, ...]]:
    values = summary[list(keys)].to_numpy(dtype=object).tolist()
    by_place = {int(place): tuple(row) for place, row in zip(_places(summary, keys), values, strict=True)}
    return {place: by_place[place] for place in sorted(by_place)}


def _row_texts(placed: pd.DataFrame, rows: Sequence[str]) -> pd.DataFrame:
    first = placed.drop_duplicates("row").set_index("row")
    return first[list(rows)].map(value_text)


def _cell(row: Mapping[Any, Any], metric: Measure, usual: int) -> str:
    """A mean, its interval, and its number of seeds where that is not the usual one."""
    if pd.isna(row["seeds"]):
        return MISSING
    if not row["seeds"]:
        return next((status for status in BROKEN_OFF if row[status]), "not trained")
    seeds = f" ({row['seeds']:.0f})" if row["seeds"] != usual else ""
    return f"{value_text_with_interval(row, metric)}{seeds}"


def _flattened(table: PrintedTable) -> PrintedTable:
    """A table whose headings have one line has plain ones."""
    columns: list[Any] = list(table.cells.columns)
    if len(columns[0]) > 1:
        multi = pd.MultiIndex.from_tuples(columns)
        return replace(table, cells=table.cells.set_axis(multi, axis=1), best=table.best.set_axis(multi, axis=1))
    plain = {column: column[0] for column in columns}
    return PrintedTable(
        table.cells.set_axis(list(plain.values()), axis=1),
        table.best.set_axis(list(plain.values()), axis=1),
        [plain[column] for column in columns if column in table.numeric],
    )
