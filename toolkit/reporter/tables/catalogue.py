"""The tables of a report: the declared ones, or the comparison that the sweep suggests."""

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from toolkit.reporter.numbers.results import Results
from toolkit.reporter.tables.captions import differences_caption, pivot_caption, table_caption
from toolkit.reporter.tables.default import comparison, differences
from toolkit.reporter.tables.pivot import declared_table, row_keys, table_metrics
from toolkit.reporter.tables.printed import PrintedTable, to_latex
from toolkit.spec.reporting import TableConfig

COMPARISON, DIFFERENCES = "comparison", "differences"


@dataclass(frozen=True)
class ReportTable:
    """A table of a report.

    Attributes:
        name: Its files' name.
        table: The table as it is read.
        caption: What it shows, and over how many seeds.
        frame: Its numbers in full, a row a setting.
        label: What LaTeX refers to it by.
    """

    name: str
    table: PrintedTable
    caption: str
    frame: pd.DataFrame
    label: str

    @cached_property
    def latex(self) -> str:
        """The table for a paper."""
        return to_latex(self.table, self.caption, self.label)


def tables(results: Results) -> list[ReportTable]:
    """Print an experiment's tables, in the order of the report."""
    declared = results.experiment.report.tables
    shown = [_declared(table, results) for table in declared] if declared else [_comparison(results)]
    return [*shown, _differences(results)] if results.contrasts["p"].notna().any() else shown


def _differences(results: Results) -> ReportTable:
    metric = results.metrics[0]
    frame = results.contrasts.sort_values("difference", ascending=not metric.highest_is_best, na_position="first")
    return ReportTable(
        name=DIFFERENCES,
        table=differences(frame, results.keys, metric),
        caption=differences_caption(results),
        frame=frame,
        label=f"tab:{results.experiment.name}-{DIFFERENCES}",
    )


def _comparison(results: Results) -> ReportTable:
    return ReportTable(
        name=COMPARISON,
        table=comparison(results.summary, results.keys, results.metrics),
        caption=table_caption(results, results.metrics),
        frame=results.summary,
        label=f"tab:{results.experiment.name}",
    )


def _declared(table: TableConfig, results: Results) -> ReportTable:
    part = results.narrowed(table.where)
    metrics = table_metrics(table, part)
    return ReportTable(
        name=table.name,
        table=declared_table(table, part),
        caption=table.caption or pivot_caption(part, metrics, table.best),
        frame=part.summarised(list(dict.fromkeys([*row_keys(table, part), *table.columns])), metrics),
        label=f"tab:{results.experiment.name}-{table.name}",
    )
