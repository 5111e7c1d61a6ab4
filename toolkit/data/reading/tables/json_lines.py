"""JSONL: a JSON object a line."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from toolkit.data.reading.files import each_line
from toolkit.data.reading.tables.row import Row
from toolkit.errors import DataError


def rows(path: Path, has_head: bool) -> Iterator[Row]:
    """The objects of a file; blank lines are passed over.

    Raises:
        DataError: A line is no object, or has a key twice.
    """
    empty = True
    for line, text in enumerate(each_line(path), start=1):
        if text.strip():
            empty = False
            yield Row(line, _object(text, f"{path}:{line}"))
    if empty:
        raise DataError(f"{path}:1: the file has only blank lines; expected a JSON object a line")


def _object(text: str, place: str) -> dict[str, Any]:
    try:
        value = json.loads(text, object_pairs_hook=_each_key_once)
    except json.JSONDecodeError as error:
        told = f"is no JSON ({error.msg} at character {error.pos + 1})"
        raise DataError(f'{place}: the line {told}; expected an object, such as {{"text": "a word"}}') from None
    except (ValueError, RecursionError) as error:
        told = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise DataError(f"{place}: the object cannot be read ({told}); mend the line") from None
    if not isinstance(value, dict):
        kind = "a list" if isinstance(value, list) else f"{value!r:.60}"
        raise DataError(f'{place}: the line is {kind}; expected an object, such as {{"text": "a word"}}')
    return value


def _each_key_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in values if names.count(name) > 1)
        raise ValueError(f"the key `{twice}` stands twice")
    return values
