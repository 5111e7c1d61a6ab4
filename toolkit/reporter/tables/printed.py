"""A table as text: the same cells and headings for Markdown, LaTeX and the page."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import groupby

import pandas as pd

from toolkit.escape import latex_text, markdown_text

LONG_TABLE = 40
"""More rows than this do not fit on a printed page."""


@dataclass(frozen=True)
class Head:
    """A heading over some columns.

    Attributes:
        text: What it says; empty over nothing in particular.
        span: Number of columns that it is over.
        is_right: Whether it is set flush right, as its one column is.
    """

    text: str
    span: int
    is_right: bool


@dataclass(frozen=True)
class PrintedTable:
    """A table as it is read.

    Attributes:
        cells: The text of each cell, under headings of one line or, as a MultiIndex, of several.
        best: Which cells hold the best value of their column, same shape as `cells`.
        numeric: The columns that are set flush right.
    """

    cells: pd.DataFrame
    best: pd.DataFrame
    numeric: Sequence[Hashable]

    def heads(self) -> list[list[Head]]:
        """The lines of headings from the top; what spans several columns in a line stands over those below it."""
        columns = [(column,) if isinstance(column, str) else tuple(column) for column in self.cells.columns]
        right = [column in self.numeric for column in self.cells.columns]
        lowest = [Head(column[-1], 1, flush) for column, flush in zip(columns, right, strict=True)]
        return [*(_spans(columns, line) for line in range(len(columns[0]) - 1)), lowest]

    def rows(self) -> list[list[tuple[str, bool, bool]]]:
        """Each row's cells: text, whether it is set flush right, and whether it is the best of its column."""
        right = [column in self.numeric for column in self.cells.columns]
        marked = zip(self.cells.to_numpy().tolist(), self.best.to_numpy().tolist(), strict=True)
        return [list(zip(cells, right, marks, strict=True)) for cells, marks in marked]


def _spans(columns: Sequence[tuple[str, ...]], line: int) -> list[Head]:
    above = [column[: line + 1] for column in columns]
    return [Head(name[-1], len(list(group)), False) for name, group in groupby(above)]


def to_latex(table: PrintedTable, caption: str, label: str) -> str:
    """A table for a paper that uses booktabs (and longtable if it is long); every cell is escaped."""
    long = len(table.cells) > LONG_TABLE
    bold = table.best.map(lambda best: "textbf:--rwrap;" if best else "")
    styler = table.cells.style.hide(axis="index").format(_latex).format_index(_latex, axis="columns")
    text = styler.apply(lambda _: bold, axis=None).to_latex(
        hrules=True,
        column_format="".join("r" if column in table.numeric else "l" for column in table.cells),
        multicol_align="c",
        caption=latex_text(caption),
        label=label,
        environment="longtable" if long else None,
        position=None if long else "tbp",
        position_float=None if long else "centering",
    )
    return _ruled(text, table)


def _latex(cell: object) -> str:
    return latex_text(str(cell))


def _ruled(text: str, table: PrintedTable) -> str:
    """The table with a thin rule under each heading that spans several columns."""
    rules = [_rules(heads) for heads in table.heads()[:-1]]
    lines: list[str] = []
    waiting: list[str] = []
    for line in text.splitlines():
        lines.append(line)
        if line == r"\toprule":
            waiting = list(rules)
        elif waiting:
            lines.append(waiting.pop(0))
    return "\n".join([*lines, ""])


def _rules(heads: Sequence[Head]) -> str:
    ends = [sum(head.span for head in heads[: place + 1]) for place in range(len(heads))]
    return " ".join(
        rf"\cmidrule(lr){{{end - head.span + 1}-{end}}}" for head, end in zip(heads, ends, strict=True) if head.text
    )


def to_markdown(table: PrintedTable) -> str:
    """A pipe table, whose headings are of one line; the best of a column is bold."""
    rule = ["--:" if column in table.numeric else ":--" for column in table.cells]
    rows = [
        [f"**{markdown_text(cell)}**" if best else markdown_text(cell) for cell, _, best in row] for row in table.rows()
    ]
    lines = [[markdown_text(_in_one_line(column)) for column in table.cells], rule, *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _in_one_line(column: Hashable) -> str:
    if not isinstance(column, tuple):
        return str(column)
    *above, lowest = [part for part in column if part]
    return f"{', '.join(above)} {lowest}".lstrip()
