"""Published numbers to compare a report's with, read from a CSV file."""

import csv
import io
import re
import textwrap
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from toolkit.errors import DataError
from toolkit.received import MOST_SPEC, read_regular
from toolkit.spec.document import CoreSchemaLoader
from toolkit.spec.schema import RunConfig
from toolkit.spec.sweep import setting_value


@dataclass(frozen=True)
class PublishedValue:
    """One published number.

    Attributes:
        settings: Dotted keys and values of the run that it belongs to; other keys do not matter.
        metric: Which measure it is.
        text: The number as printed: its digits are part of what was published.
        note: What is known about it, to stand beside it.
        line: Its line in the file, from 1.
    """

    settings: Mapping[str, Any]
    metric: str
    text: str
    note: str
    line: int

    def belongs_to(self, config: RunConfig) -> bool:
        """Whether a run has the settings of this number."""
        return all(setting_value(config, key) == value for key, value in self.settings.items())


def read_published(path: str | Path, measures: Collection[str]) -> list[PublishedValue]:
    """Read a table of published numbers.

    The file is a CSV table with a column for each dotted key that tells its runs apart, `metric`, `value`, and, if
    there is something to say, `note`.

    Args:
        path: The file.
        measures: What `metric` may be.

    Raises:
        DataError: The file is missing, or a row is not of this form.
    """
    path = Path(path)
    try:
        text = read_regular(path, MOST_SPEC).decode("utf-8-sig")
        return list(_values(csv.DictReader(io.StringIO(text, newline=""), strict=True), path, measures))
    except OSError as error:
        raise DataError(f"{path}: the table of report.published cannot be read ({error.strerror})") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path}: is not a CSV table in UTF-8 ({error})") from error
    except ValueError as error:  # a name that no file has
        raise DataError(f"{path}: the table of report.published cannot be read ({error})") from error


def _values(rows: "csv.DictReader[str]", path: Path, measures: Collection[str]) -> Iterator[PublishedValue]:
    columns = rows.fieldnames or []
    keys = [column for column in columns if column not in ("metric", "value", "note")]
    unknown = [key for key in keys if not _is_key(key)]
    is_ours = {"metric", "value"} <= set(columns)
    if not is_ours or unknown or len(set(columns)) < len(columns):
        # Of a file that is no such table nothing is shown: it may be any that the spec names.
        raise DataError(
            f"{path}:1: expected the columns metric, value, note and dotted keys such as model.hidden, each once; "
            f"found {_short(columns) if is_ours else 'no such columns'}"
        )
    for row in rows:
        if None in row or None in row.values() or row["metric"] not in measures or not _is_number(row["value"]):
            raise DataError(
                f"{path}:{rows.line_num}: expected {len(columns)} columns, with a number such as 0.417 as value and a "
                f"metric of {', '.join(measures)}; found {_short(row.values())}"
            )
        settings = {key: _setting(row[key], f"{path}:{rows.line_num}: {key}") for key in keys if row[key]}
        yield PublishedValue(settings, row["metric"], row["value"], row.get("note", ""), rows.line_num)


def _short(cells: Iterable[object]) -> str:
    return textwrap.shorten(", ".join(map(str, cells)), 160, placeholder=" ..")


def _is_key(key: str) -> bool:
    section, _, name = key.partition(".")
    field = RunConfig.model_fields.get(section)
    return field is not None and name in getattr(field.annotation, "model_fields", {})


def _setting(text: str, place: str) -> Any:
    """A cell of the table as the value that a spec would have there."""
    try:
        return yaml.load(text, Loader=CoreSchemaLoader)  # noqa: S506  derived from SafeLoader
    except yaml.YAMLError as error:
        raise DataError(f"{place}: {text} is not a value that a spec can have") from error


def _is_number(text: str) -> bool:
    """Whether a number is printed with all its digits, so that it is known how many there are."""
    return re.fullmatch(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)", text) is not None
