"""The formats of tables by the ending of a file's name."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

from toolkit.data.reading.folders import ending_of
from toolkit.data.reading.tables import delimited, json_lines, parquet
from toolkit.data.reading.tables.row import Row

READERS: Mapping[str, Callable[[Path, bool], Iterator[Row]]] = {
    ".csv": partial(delimited.rows, delimiter=","),
    ".tsv": partial(delimited.rows, delimiter="\t"),
    ".jsonl": json_lines.rows,
    ".parquet": parquet.rows,
}
"""From a file, and whether it has a head, to its rows; what is wrong with one is told once it is reached."""


def read_rows(file: Path, has_head: bool = True) -> Iterator[Row]:
    """The rows of a table, one by one.

    Args:
        file: The table, with one of the endings of `READERS`.
        has_head: Whether columns have names; else they are called by `numbered`.

    Raises:
        DataError: Something is wrong with the file, or with a row.
    """
    return READERS[ending_of(file)](file, has_head)
