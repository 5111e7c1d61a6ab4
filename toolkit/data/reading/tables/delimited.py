"""CSV and TSV, row by row.

The standard library's reader says in which line it is; that of pandas counts rows, and a field of several lines puts
every place after it in the wrong.
"""

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from toolkit.data.reading.files import each_line
from toolkit.data.reading.tables.row import Row, numbered
from toolkit.errors import DataError
from toolkit.spec.words import plural

PARTED_BY = {",": "commas", "\t": "tabs"}
OTHERS = {";": "semicolons", "\t": "tabs", ",": "commas", "|": "bars"}


def rows(path: Path, has_head: bool, delimiter: str) -> Iterator[Row]:
    """The rows of a file whose fields are parted by a delimiter, and may be quoted; blank lines are passed over.

    Raises:
        DataError: A column stands twice in the head, a row has more or fewer fields than the first, or a quote never
            closes.
    """
    records = _records(path, delimiter)
    line, first = next(records, (1, []))
    if not first:
        raise DataError(f"{path}:1: the file has only blank lines; expected a head and a row for each sequence")
    head = first if has_head else [numbered(column) for column in range(1, len(first) + 1)]
    if has_head:
        _check_head(f"{path}:{line}", head, delimiter)
    else:
        yield Row(line, dict(zip(head, first, strict=True)))
    for line, fields in records:
        if len(fields) != len(head):
            told = (
                f"{plural(len(fields), 'field')}, where {'the head' if has_head else 'the first row'} has {len(head)}"
            )
            mend = f"put a field that holds {PARTED_BY[delimiter]} between quotes, or complete the row"
            raise DataError(f"{path}:{line}: the row has {told} ({', '.join(head)}); {mend}")
        yield Row(line, dict(zip(head, fields, strict=True)))


def _records(path: Path, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """The fields of each row that is not blank, and the line that it begins in."""
    reader = csv.reader(each_line(path), delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise DataError(f"{path}:{line}: {_fault(error)}") from None
        if fields:
            yield line, fields


def _fault(error: csv.Error) -> str:
    told = str(error)
    if "unexpected end of data" in told:
        return 'a quote that opens in this row never closes; close it, or write a quote inside a field twice: ""'
    if "field larger than" in told:
        limit = csv.field_size_limit()
        return f"a field has more than {limit:,} characters; does a quote never close? At most so many are read"
    return f'something follows a closing quote ({told}); write a quote inside a field twice, "", and quote the field'


def _check_head(place: str, head: Sequence[str], delimiter: str) -> None:
    twice = [name for name, count in Counter(head).items() if count > 1 and name]
    if twice:
        raise DataError(f"{place}: the column `{twice[0]}` stands twice in the head; rename one of them")
    if len(head) == 1:
        for other, name in OTHERS.items():
            if other in head[0] and other != delimiter:
                told = f"the head is one column, `{head[0]}`; fields are parted by {PARTED_BY[delimiter]} here"
                raise DataError(f"{place}: {told}, not by {name}; save the file so")
