"""The source `table`: CSV, TSV, JSONL or Parquet, a row a sequence; a text, and what else its columns hold."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from toolkit.data.corpus import Corpus, Origin, Sequences
from toolkit.data.reading.characters import refused_character
from toolkit.data.reading.mistakes import Mistakes
from toolkit.data.reading.numbers import number_fault
from toolkit.data.reading.parts import read_parts
from toolkit.data.reading.tables.formats import read_rows
from toolkit.data.reading.tables.row import Row, numbered
from toolkit.data.texts import corpus_of_texts
from toolkit.errors import DataError, SettingError
from toolkit.spec.expectations import did_you_mean
from toolkit.spec.layout import ColumnsConfig
from toolkit.spec.schema import DataConfig
from toolkit.tasks.registry import task_of

WHOLE_NUMBER = re.compile("-?[0-9]{1,9}")


class Part(NamedTuple):
    """A part that a column plays.

    Attributes:
        role: Its key in `data.columns`, and the name of the column unless that says another.
        delivered: What it is called in a corpus.
        read: From a value to what is delivered.
    """

    role: str
    delivered: str
    read: Callable[[Any], Any]


def load(config: DataConfig) -> Corpus:
    """Read the tables at `config.path`: those of a folder, or one of which `config.split` says the parts.

    A column that `data.columns` does not name is delivered under its name, as texts, or as whole numbers where all
    parts have nothing else in it.

    Raises:
        DataError: With file and line, if a column is missing or a value is not what its part needs.
    """
    parts = read_parts(config, lambda file: _sentences(file, config))
    return corpus_of_texts(config, _with_whole_numbers(parts))


def check(config: DataConfig, files: Mapping[str, Path]) -> None:
    """Look at the first row of each file: whether the columns are there that the spec and its task need.

    Raises:
        DataError: They are not, or the file is no such table.
    """
    told = Mistakes()
    for file in files.values():
        with told:
            for row in read_rows(file, _has_head(config)):
                list(_columns(config, row, file))
                break
    told.refuse()


def _sentences(file: Path, config: DataConfig) -> Sequences:
    """The rows of a table; their `words` are texts still."""
    lines: list[int] = []
    values: dict[str, list[Any]] = {}
    played: list[tuple[Part, str]] = []
    for row in read_rows(file, _has_head(config)):
        if not lines:
            played = list(_columns(config, row, file))
            taken = {part.delivered for part, _ in played} | {column for part, column in played if part.role == "text"}
            others = [name for name in row.values if name not in taken]
            values = {name: [] for name in (*(part.delivered for part, _ in played), *others)}
        place = f"{file}:{row.line}"
        for part, column in played:
            values[part.delivered].append(_value(part, column, row, place))
        for name in others:
            values[name].append(_text_of(row.values.get(name)))
        lines.append(row.line)
    if not lines:
        raise DataError(f"{file}:2: expected a row, found the end of the file; copy the file again")
    return Sequences(values, Origin(file, lines))


def _has_head(config: DataConfig) -> bool:
    return config.columns is None or not config.columns.are_numbers


def _columns(config: DataConfig, row: Row, file: Path) -> Iterator[tuple[Part, str]]:
    """The columns that play a part, and which.

    Raises:
        SettingError: One is needed and not there.
    """
    named = config.columns or ColumnsConfig()
    needs = {"words", *task_of(config.task).needs}
    for part in PARTS:
        given = getattr(named, part.role)
        column = numbered(given) if isinstance(given, int) else given or part.role
        if given is not None or part.delivered in needs:
            if column not in row.values:
                raise SettingError("data.columns", _missing(part, column, given, row, file))
            yield part, column
    for need in sorted(needs - {part.delivered for part in PARTS}):
        if need not in row.values:
            has = ", ".join(f"`{name}`" for name in row.values)
            told = f"the task {config.task} needs the column `{need}`, which is not there"
            raise SettingError("data.task", f"{file}:{row.line}: {told}; the file has {has}")


def _missing(part: Part, column: str, given: str | int | None, row: Row, file: Path) -> str:
    names = [name for name in row.values if name]
    has = ", ".join(f"`{name}`" for name in names)
    if given is None:
        mend = f"; say which it is: data.columns: {{{part.role}: {names[0] if names else 1}}}"
    else:
        mend = did_you_mean(given, names) if isinstance(given, str) else ""
    return f"{file}: there is no column `{column}`, the file has {has}{mend}"


def _value(part: Part, column: str, row: Row, place: str) -> Any:
    try:
        return part.read(row.values.get(column))
    except ValueError as error:
        raise DataError(f"{place}: {column}: {error}") from None


def _text(value: Any) -> str:
    if value is None or (isinstance(value, str) and not value.strip()):
        raise ValueError("the text is empty or missing; complete the row or delete it")
    if not isinstance(value, str):
        raise ValueError(f"{_text_of(value):.60} is no text; put it between quotes")
    return _checked(value)


def _label(value: Any) -> str:
    text = _checked(_text_of(value)).strip()
    if not text:
        raise ValueError("the label is empty or missing; complete the row or delete it")
    return text


def _number(value: Any) -> float:
    text = _text_of(value).strip()
    if fault := number_fault(text):
        raise ValueError(fault)
    return float(text)


def _text_of(value: Any) -> str:
    """What stands in a field, as a text; what JSON and Parquet have besides texts is written as JSON is."""
    if value is None or isinstance(value, str):
        return value or ""
    return json.dumps(value, ensure_ascii=False, default=str)


def _checked(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if refused := refused_character(text):
        raise ValueError(refused[1])
    if not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
        raise ValueError("half of a surrogate pair stands in it, as where a text was cut; mend the text")
    return text


PARTS = (Part("text", "words", _text), Part("label", "label", _label), Part("target", "target", _number))


def _with_whole_numbers(parts: Mapping[str, Sequences]) -> Mapping[str, Sequences]:
    """The columns that play no part as whole numbers, where all parts have nothing else in them."""
    delivered = {part.delivered for part in PARTS}
    first, *others = (part.columns for part in parts.values())
    whole = [
        name
        for name in first
        if name not in delivered
        and all(name in columns and all(map(WHOLE_NUMBER.fullmatch, columns[name])) for columns in (first, *others))
    ]
    return {
        part: Sequences(
            {**sentences.columns, **{name: list(map(int, sentences.columns[name])) for name in whole}}, sentences.origin
        )
        for part, sentences in parts.items()
    }
