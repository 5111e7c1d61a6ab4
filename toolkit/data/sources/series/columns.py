"""Which column of a file of numbers plays which part: as the spec says, and else as its content does."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from toolkit.data.reading.numbers import DECIMAL_COMMA, is_number
from toolkit.data.reading.tables.row import numbered
from toolkit.data.sources.series import times
from toolkit.data.sources.series.table import Table
from toolkit.errors import DataError, SettingError
from toolkit.spec.expectations import did_you_mean
from toolkit.spec.layout import ColumnsConfig
from toolkit.spec.schema import DataConfig
from toolkit.spec.words import joined

FEW = 3
"""Of so few numbers it is not said that they count steps."""


@dataclass(frozen=True)
class Parts:
    """Which column plays which part.

    Attributes:
        inputs: Those that are read.
        target: The one that is to be predicted, a number; None where there is none.
        label: The one that is to be predicted, a word; None where there is none.
        series: The one that tells series apart; None where there is one series.
        time: The one of dates or counted steps; None where there is none.
        counts: Whether that was taken for a counter, though nothing says so.
    """

    inputs: Sequence[str]
    target: str | None
    label: str | None
    series: str | None
    time: str | None
    counts: bool = False

    @property
    def all(self) -> list[str]:
        """All that play one."""
        return [name for name in (*self.inputs, self.target, self.label, self.series, self.time) if name]

    @property
    def remark(self) -> str:
        """What is to be told of what was found; empty where nothing is."""
        if not self.counts:
            return ""
        told = f"the column `{self.time}` counts the steps, so it is taken for their time and not read"
        return f"{told}; name it in data.columns.inputs if it is to be"


def find_parts(table: Table, config: DataConfig) -> Parts:
    """Which column plays which part: as the spec says, and else as their content does.

    Raises:
        SettingError: A column is missing, or it is not said which one is meant.
        DataError: A column that plays no part has neither numbers nor dates.
    """
    inputs, target, label, series, time = named_parts(table, config.columns or ColumnsConfig())
    others = [name for name in table.texts if name not in (target, label, series, time, *inputs)]
    dates = [name for name in others if times.date_format(table.texts[name])]
    counters = [] if time or dates else [name for name in others if _counts(table, name, series)]
    time = time or next(iter([*dates, *counters]), None)
    if not inputs:
        # What is forecast is also read: its own past. A number to be predicted of a whole series is not.
        readable = [*others, *([target] if config.window and target else [])]
        inputs = [name for name in table.texts if name in readable and name not in (time, *dates)]
        for name in inputs:
            _check_readable(table, name)
    if not inputs:
        raise SettingError("data.columns", f"{table.file}: no column of numbers is left to be read; name {_INPUTS}")
    return Parts(
        inputs, target or (_only(inputs, table) if config.window else None), label, series, time, bool(counters)
    )


def named_parts(table: Table, given: ColumnsConfig) -> tuple[list[str], str | None, str | None, str | None, str | None]:
    """The columns that a spec names: those that are read, the target, the label, the series and the time.

    Raises:
        SettingError: One of them is not there.
    """
    target, label, series, time = (
        named(getattr(given, role), role, table) for role in ("target", "label", "series", "time")
    )
    inputs = [name for column in given.inputs or () if (name := named(column, "inputs", table))]
    return inputs, target, label, series, time


def _only(inputs: Sequence[str], table: Table) -> str:
    """The column that is forecast where none is named: the only one that is read.

    Raises:
        SettingError: There are several.
    """
    if len(inputs) > 1:
        names = joined([f"`{name}`" for name in inputs], "or")
        told = f"{table.file}: which column is to be forecast, {names}? Name it, such as target: {inputs[0]}"
        raise SettingError("data.columns", told)
    return inputs[0]


def check_parts(parts: Parts, table: Table) -> None:
    """Check that a file has all columns that play a part in another.

    Raises:
        SettingError: It has not.
    """
    for column in parts.all:
        named(column, "train", table)


_INPUTS = "the columns that are read: data.columns: {inputs: [..]}"


def named(column: str | int | None, part: str, table: Table) -> str | None:
    """The column that a spec names for a part.

    Raises:
        SettingError: The file has none of that name or number.
    """
    if column is None:
        return None
    name = numbered(column) if isinstance(column, int) else column
    if name not in table.texts:
        hint, has = did_you_mean(name, list(table.texts)), joined([f"`{each}`" for each in table.texts])
        raise SettingError("data.columns", f"{part}: {table.file} has no column `{name}`{hint}; it has {has}")
    return name


def _counts(table: Table, name: str, series: str | None) -> bool:
    """Whether a column counts the steps of each series: whole numbers that rise by one and the same number."""
    texts = table.texts[name]
    if not all(re.fullmatch("-?[0-9]{1,15}", text) for text in texts):
        return False
    of_each = [[int(texts[row]) for row in rows] for rows in table.by_series(series).values()]
    steps = {later - earlier for numbers in of_each for earlier, later in pairwise(numbers)}
    return max(map(len, of_each)) > FEW and len(steps) == 1 and min(steps) > 0


def _check_readable(table: Table, name: str) -> None:
    """Check that a column that nothing names has numbers, for it is read.

    Raises:
        DataError: It has something else.
    """
    first = table.texts[name][0]
    if not any(map(is_number, table.texts[name])) and not DECIMAL_COMMA.fullmatch(first):
        raise DataError(
            f"{table.place(0)}: `{name}` has `{first:.40}`, which is neither a number nor a date such as "
            f"{times.EXAMPLE}; name {_INPUTS}, or say which part it plays, such as data.columns: {{series: {name}}}"
        )
