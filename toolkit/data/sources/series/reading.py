"""Reading series: their numbers, labels and times, checked row by row."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from toolkit.data.reading.numbers import is_number
from toolkit.data.scaling import FloatArray
from toolkit.data.sources.series import times
from toolkit.data.sources.series.columns import Parts, check_parts, find_parts
from toolkit.data.sources.series.table import Table, read_table
from toolkit.errors import DataError
from toolkit.spec.schema import DataConfig
from toolkit.spec.words import plural


@dataclass(frozen=True)
class Series:
    """One series as it was read.

    Attributes:
        name: What tells it apart; empty where there is one.
        file: The file.
        lines: The line of each step, from 1.
        inputs: The numbers that are read, in their own units, shape `(steps, features)`.
        target: The numbers of the target column, in their own unit, shape `(steps,)`; empty where there is none.
        label: Its label; empty where there is none.
    """

    name: str
    file: Path
    lines: Sequence[int]
    inputs: FloatArray
    target: FloatArray
    label: str

    def __len__(self) -> int:
        return len(self.lines)

    @property
    def told(self) -> str:
        """What a message calls it."""
        return f"the series {self.name}" if self.name else "the series"


def read_series(file: Path, config: DataConfig, parts: Parts | None = None) -> tuple[list[Series], Parts, list[str]]:
    """All series of a file, in the order in which they begin.

    Args:
        file: The file.
        config: The `data` section.
        parts: The columns as they were found in the training file; None: they are found in this one.

    Returns:
        The series, the columns that they are made of, and what is told of the file.

    Raises:
        DataError: With file and line, where a column is missing, a number is none, or rows are out of order.
    """
    table = read_table(file, config.columns)
    told = []
    if parts is None:
        parts = find_parts(table, config)
        told = [f"{file}: {parts.remark}"] if parts.remark else []
    check_parts(parts, table)
    wanted = [*parts.inputs, *([parts.target] if parts.target else [])]
    numbers = {name: table.numbers(name) for name in dict.fromkeys(wanted)}
    series = []
    for name, rows in table.by_series(parts.series).items():
        told += _check_times(table, parts.time, rows)
        series.append(
            Series(
                name,
                file,
                [table.lines[row] for row in rows],
                np.stack([numbers[column][rows] for column in parts.inputs], axis=1),
                numbers[parts.target][rows] if parts.target else np.empty(0),
                _one_label(table, parts.label, rows) if parts.label else "",
            )
        )
    return series, parts, told


def _one_label(table: Table, column: str, rows: Sequence[int]) -> str:
    texts = table.texts[column]
    other = next((row for row in rows if texts[row] != texts[rows[0]]), None)
    if other is not None:
        first = f"`{texts[rows[0]]}` in line {table.lines[rows[0]]}"
        raise DataError(
            f"{table.place(other)}: `{column}` is `{texts[other]}` here and {first} of the same series; "
            "a series has one label, so mend it or split the series"
        )
    if not texts[rows[0]]:
        raise DataError(f"{table.place(rows[0])}: `{column}` is empty; give the series a label, or delete it")
    return texts[rows[0]]


def _check_times(table: Table, column: str | None, rows: Sequence[int]) -> list[str]:
    """What is to be told of the times of a series.

    Raises:
        DataError: They are not in order, or one is no date or number.
    """
    if column is None:
        return []
    texts = [table.texts[column][row] for row in rows]
    form = times.date_format(texts)
    read = [times.parsed(text, form) if form else (float(text) if is_number(text) else None) for text in texts]
    clear: list[Any] = []
    for row, text, time in zip(rows, texts, read, strict=True):
        if time is None:
            expected = f"a date as in line {table.lines[rows[0]]}" if form else f"a date such as {times.EXAMPLE}"
            raise DataError(f"{table.place(row)}: `{column}` is {text!r:.40}; expected {expected}")
        clear.append(time)
    if fault := times.disorder(clear, texts):
        raise DataError(f"{table.place(rows[fault[0]])}: `{column}`: {fault[1]}")
    unequal = times.unequal_steps(clear) if clear and isinstance(clear[0], datetime) else None
    if not unequal:
        return []
    count, place, step, usual = unequal
    return [
        f"{table.place(rows[place + 1])}: {texts[place + 1]} comes {step} after {texts[place]}, where most steps are "
        f"{usual}; {plural(count, 'step')} of {len(texts) - 1:,} {'is' if count == 1 else 'are'} another, and all are "
        "read as if they were equal: fill in the missing rows if that matters"
    ]
