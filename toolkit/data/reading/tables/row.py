"""What a row of any table is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Row:
    """One row.

    Attributes:
        line: The line that it begins in, from 1; of a file without lines its number, from 1.
        values: What stands in it, by column: a text, or what JSON and Parquet have besides, None where nothing is.
    """

    line: int
    values: Mapping[str, Any]


def numbered(column: int) -> str:
    """The name of a column, from 1, of a file without a head."""
    return f"column {column}"
