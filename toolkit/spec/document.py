"""YAML text as plain data that remembers where everything stood."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from toolkit.errors import SpecError
from toolkit.escape import without_passwords
from toolkit.spec.syntax import explained, unprintable

Path = tuple[str | int, ...]
"""Where a value stands in a document: the keys and list indices that lead to it."""

MAX_VALUES = 50_000
"""Largest number of values in a document with its aliases written out."""
MAX_DEPTH = 50
TOO_LARGE = "too deep or too large for a spec"
MAX_SIZE = 1_000_000
"""Largest number of characters in a document."""
MOST_DIGITS = 1000
"""Largest number of digits of an integer."""
LONGEST_SHOWN = 160
"""Characters of a line that a message shows."""
NO_WORD = "a key must be a word: put quotes around it; between braces a comma starts the next key"


@dataclass(frozen=True)
class Mark:
    """A place in a file.

    Attributes:
        file: Its name as the user gave it; for a value of the command line, its option.
        line: From 1; 0 on the command line, which has none.
        column: From 1.
        width: Number of characters to underline.
        text: The whole line.
    """

    file: str
    line: int
    column: int
    width: int
    text: str


@dataclass(frozen=True)
class Problem:
    """A mistake in a file.

    Attributes:
        mark: Where it stands.
        message: What is wrong, in one line.
        note: How to mend it, where one line does not say it.
    """

    mark: Mark
    message: str
    note: str = ""

    def __str__(self) -> str:
        mark = self.mark
        place, number = (f"{mark.file}:{mark.line}:{mark.column}", mark.line) if mark.line else (mark.file, "")
        text, column, width = _window(mark)
        shown = f"{place}: {self.message}\n{number:>6} | {text}\n{'':6} | {' ' * (column - 1)}{'^' * width}"
        return f"{shown}\n    {self.note}" if self.note else shown


def _window(mark: Mark) -> tuple[str, int, int]:
    """A line as it is shown, with column and width of its mark: no control characters, not longer than can be read."""
    line = without_passwords(mark.text)  # before it is cut, or half of one would be left
    start = max(0, mark.column - LONGEST_SHOWN // 2) if len(line) > LONGEST_SHOWN else 0
    shown = line[start : start + LONGEST_SHOWN]
    text = "".join(character if character.isprintable() else " " for character in shown)
    return text, mark.column - start, max(1, min(mark.width, len(text) - mark.column + start + 1))


def refuse(problems: Iterable[Problem]) -> None:
    """Raise one SpecError with all problems in the order of the file, if there are any."""
    ordered = sorted(problems, key=lambda problem: (problem.mark.file, problem.mark.line, problem.mark.column))
    if ordered:
        raise WrongSpecError(ordered)


class WrongSpecError(SpecError):
    """All mistakes that were found in a spec.

    Attributes:
        problems: The mistakes.
    """

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)


@dataclass(frozen=True)
class Document:
    """Plain data and the marks of its keys and values.

    Attributes:
        data: Nested dicts, lists and scalars.
        keys: Mark of the key under each path (of the value where there is no key).
        values: Mark of the value under each path.
        files: The files that it was merged of, the one underneath first.
        foreign: What is written where a value comes from the environment or a default, such as `${NAME}`.
    """

    data: Any
    keys: Mapping[Path, Mark]
    values: Mapping[Path, Mark]
    files: tuple[str, ...] = ()
    foreign: Mapping[Path, str] = field(default_factory=dict)

    def is_over(self, mark: Mark, other: Mark) -> bool:
        """Whether a mark stands in a file over that of another mark."""
        return self.files.index(mark.file) > self.files.index(other.file)


def parse_document(text: str, file: str, setting: str = "") -> Document:
    """Parse YAML; scalars as in YAML 1.2's core schema, no tags, no duplicate keys.

    Args:
        text: The YAML text.
        file: Name for messages.
        setting: For a value of the command line the whole setting, as wide, which is shown in place of the text.

    Raises:
        SpecError: It is not YAML, a key stands twice, or it is too deep or too large.
    """
    if len(text) > MAX_SIZE:
        raise SpecError(f"{file}: {len(text):,} characters are too many for a spec; at most {MAX_SIZE:,}")
    reader = _Reader(text, file, setting)
    if wrong := unprintable(text):
        refuse([Problem(reader.mark_of_character(wrong[1]), f"not YAML: {wrong[0]}")])
    try:
        reader.check_size()
        node = yaml.compose(text, Loader=CoreSchemaLoader)
    except SpecError:
        raise
    except yaml.MarkedYAMLError as error:
        problem, mark, mend = explained(error, text)
        raise WrongSpecError([Problem(reader.mark_at(mark), f"not YAML: {problem}", mend)]) from error
    except (yaml.YAMLError, ValueError) as error:
        raise SpecError(f"{file}: not YAML: {error}") from error
    if node is None:
        return Document(None, {}, {(): reader.mark_in(0, 0)}, (file,))
    data = reader.read(node, ())
    return Document(data, reader.keys, reader.values, (file,))


_YAML = "tag:yaml.org,2002:"


class CoreSchemaLoader(yaml.CSafeLoader):
    """YAML 1.2's core schema: `1e-3` is a number, `no` and `on` are words, `1:30` is no number of base 60."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012  PyYAML's own way


for _tag, _pattern, _first in (
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    ("int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", list("-+0123456789")),
    (
        "float",
        r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)",
        list("-+.0123456789"),
    ),
):
    CoreSchemaLoader.add_implicit_resolver(f"{_YAML}{_tag}", re.compile(f"^(?:{_pattern})$"), _first)


class _Reader:
    """Turns YAML nodes into data, noting where each stood."""

    def __init__(self, text: str, file: str, setting: str) -> None:
        self.file = file
        self.text = text
        self.lines = [setting] if setting else text.splitlines() or [""]
        self.first_line = 0 if setting else 1
        self.keys: dict[Path, Mark] = {}
        self.values: dict[Path, Mark] = {}

    def check_size(self) -> None:
        """Refuse what is too deep or too large before it is composed, which recurs into depth."""
        depth = size = 0
        for event in yaml.parse(self.text, Loader=CoreSchemaLoader):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            size += isinstance(event, yaml.NodeEvent)
            if depth > MAX_DEPTH or size > MAX_VALUES:
                raise WrongSpecError([Problem(self.mark_at(event.start_mark), TOO_LARGE)])

    def read(self, node: yaml.Node, path: Path) -> Any:
        self.values[path] = self.mark_of(node)
        self.keys.setdefault(path, self.values[path])
        if len(path) > MAX_DEPTH or len(self.values) > MAX_VALUES:
            raise self._error(node, f"{TOO_LARGE}, aliases written out")
        if node.tag not in _TAGS:
            raise self._error(node, f"tags such as `{node.tag}` have no meaning in a spec; leave it out")
        if isinstance(node, yaml.MappingNode):
            return {key: self.read(value, (*path, key)) for key, value in self._entries(node, path)}
        if isinstance(node, yaml.SequenceNode):
            return [self.read(value, (*path, index)) for index, value in enumerate(node.value)]
        return self._scalar(node)

    def mark_of(self, node: yaml.Node) -> Mark:
        start, end = node.start_mark, node.end_mark
        width = end.column - start.column if end.line == start.line else 1
        return self.mark_at(start, max(width, 1))

    def mark_of_character(self, index: int) -> Mark:
        before = self.text[:index].splitlines(keepends=True) or [""]
        fresh = before[-1].endswith(("\n", "\r"))
        return self.mark_in(len(before) - 1 + fresh, 0 if fresh else len(before[-1]))

    def mark_at(self, position: Any, width: int = 1) -> Mark:
        return self.mark_in(position.line, position.column, width) if position else self.mark_in(0, 0, width)

    def mark_in(self, line: int, column: int, width: int = 1) -> Mark:
        line = min(line, len(self.lines) - 1)
        text = self.lines[line]
        return Mark(self.file, line + self.first_line, column + 1, max(1, min(width, len(text) - column)), text)

    def _entries(self, node: yaml.MappingNode, path: Path) -> Iterator[tuple[str, yaml.Node]]:
        for key_node, value_node in node.value:
            if key_node.tag != f"{_YAML}str":
                raise self._error(key_node, NO_WORD)
            key = key_node.value
            if (*path, key) in self.keys:
                first = self.keys[*path, key].line
                raise self._error(key_node, f"`{key}` stands here for the second time; see line {first}")
            self.keys[*path, key] = self.mark_of(key_node)
            yield key, value_node

    def _scalar(self, node: yaml.Node) -> Any:
        try:
            return _SCALARS[node.tag](node.value)
        except ValueError as error:
            raise self._error(node, f"a number out of range: {error}") from error

    def _error(self, node: yaml.Node, message: str) -> SpecError:
        return WrongSpecError([Problem(self.mark_of(node), message)])


def _integer(text: str) -> int:
    if len(text) > MOST_DIGITS:
        raise ValueError(f"more than {MOST_DIGITS:,} digits")
    return int(text, 0) if text[:2] in ("0o", "0x") else int(text)


_SCALARS: dict[str, Callable[[str], Any]] = {
    f"{_YAML}str": str,
    f"{_YAML}null": lambda _: None,
    f"{_YAML}bool": lambda text: text.lower() == "true",
    f"{_YAML}int": _integer,
    f"{_YAML}float": lambda text: float(re.sub(r"^([-+]?)\.(inf|nan)$", r"\1\2", text.lower())),
}
_TAGS = {*_SCALARS, f"{_YAML}map", f"{_YAML}seq"}
