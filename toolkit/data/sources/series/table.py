"""The rows of a file of numbers, column by column, as texts with their lines."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import numpy as np

from toolkit.data.reading.numbers import number_fault
from toolkit.data.reading.tables.formats import read_rows
from toolkit.data.scaling import FloatArray
from toolkit.errors import DataError
from toolkit.spec.layout import ColumnsConfig


@dataclass
class Table:
    """The rows of a file by column.

    Attributes:
        file: The file.
        lines: The line of each row.
        texts: What stands in each row, by column.
    """

    file: Path
    lines: list[int] = field(default_factory=list)
    texts: dict[str, list[str]] = field(default_factory=dict)

    def place(self, row: int) -> str:
        """Where a row stands, for messages."""
        return f"{self.file}:{self.lines[row]}"

    def numbers(self, name: str) -> FloatArray:
        """The numbers of a column, shape `(rows,)`.

        Raises:
            DataError: With its line, one that is not a number.
        """
        for row, text in enumerate(self.texts[name]):
            if fault := number_fault(text):
                raise DataError(f"{self.place(row)}: `{name}` {fault}")
        return np.array(self.texts[name], np.float64)

    def by_series(self, column: str | None) -> Mapping[str, list[int]]:
        """The rows of each series, by what a column calls it; without a column all are of one, with an empty name.

        Raises:
            DataError: A row is of none.
        """
        if column is None:
            return {"": list(range(len(self.lines)))}
        rows: dict[str, list[int]] = {}
        for row, name in enumerate(self.texts[column]):
            if not name:
                raise DataError(f"{self.place(row)}: `{column}` is empty; say which series the row is of, or delete it")
            rows.setdefault(name, []).append(row)
        return rows


def read_table(file: Path, columns: ColumnsConfig | None, rows: int | None = None) -> Table:
    """Read so many rows of a file, None: all; its columns have names unless a spec numbers them.

    Raises:
        DataError: It cannot be read, or has no rows.
    """
    table = Table(file)
    for row in islice(read_rows(file, has_head=columns is None or not columns.are_numbers), rows):
        if not table.texts:
            table.texts = {name: [] for name in row.values}
        table.lines.append(row.line)
        for name, texts in table.texts.items():
            texts.append(str(row.values[name]).strip())
    if not table.lines:
        raise DataError(f"{file}:2: expected a row of numbers, found the end of the file; copy the file again")
    return table
