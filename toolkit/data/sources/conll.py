"""The source `conll`: a word a line with its columns, a blank line between sentences; CoNLL-U and its older kin."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from toolkit.data.corpus import Corpus, Origin, Sequences
from toolkit.data.reading.files import each_line
from toolkit.data.reading.mistakes import Mistakes
from toolkit.data.reading.parts import read_parts
from toolkit.data.reading.tables.row import numbered
from toolkit.data.texts import corpus_of_words
from toolkit.errors import DataError, SettingError
from toolkit.spec.expectations import did_you_mean
from toolkit.spec.layout import ColumnsConfig
from toolkit.spec.schema import DataConfig
from toolkit.tasks.registry import task_of
from toolkit.units.word import split_words

CONLLU = ("id", "form", "lemma", "upos", "xpos", "feats", "head", "deprel", "deps", "misc")
"""The columns of CoNLL-U; https://universaldependencies.org/format.html."""
USUAL = {"words": "form", "tags": "upos"}
"""Which of them play which part unless `data.columns` says otherwise."""
UNSPECIFIED = "_"
ID = re.compile("[0-9]+([-.][0-9]+)?")
DOCUMENT = "-DOCSTART-"
"""What begins a document in the files of CoNLL-2003, in the place of a word."""


def load(config: DataConfig) -> Corpus:
    """Read the files at `config.path`: those of a folder, or one of which `config.split` says the parts.

    Comments, multiword tokens (`1-2`) and empty nodes (`1.1`) are passed over: what is read are the words of the
    syntax. Beside `words` and `tags` each column is delivered, a list a sentence, under the name that CoNLL-U has for
    it, or its number.

    Raises:
        DataError: With file and line, if a line has another number of columns, or no tag where tags are needed.
    """
    parts = read_parts(config, lambda file: _sequences(file, config))
    return corpus_of_words(config, parts, list(parts["train"].columns))


def check(config: DataConfig, files: Mapping[str, Path]) -> None:
    """Look at the first sentence of each file: whether the columns are there that the spec and its task need.

    Raises:
        DataError: They are not, or the file is no such file.
    """
    told = Mistakes()
    for file in files.values():
        with told:
            for sentence in _sentences(file):
                _layout(sentence.words[0], config, f"{file}:{sentence.lines[0]}")
                break
    told.refuse()


@dataclass
class Sentence:
    """The lines of one sentence that are words of it.

    Attributes:
        lines: Their numbers in the file, from 1.
        words: The columns of each.
    """

    lines: list[int] = field(default_factory=list)
    words: list[Sequence[str]] = field(default_factory=list)


def _sequences(file: Path, config: DataConfig) -> Sequences:
    lines: list[int] = []
    columns: dict[str, list[Sequence[str]]] = {}
    for sentence in _sentences(file):
        if not lines:
            layout = _layout(sentence.words[0], config, f"{file}:{sentence.lines[0]}")
            columns = {name: [] for name in layout}
            needed = [name for name in ("words", "tags") if name in _needs(config)]
        fields = list(zip(*sentence.words, strict=True))
        for name, place in layout.items():
            columns[name].append(fields[place])
        for name in needed:
            _check_filled(name, columns[name][-1], sentence, file)
        lines.append(sentence.lines[0])
    if not lines:
        raise DataError(f"{file}:1: the file has no words; expected a word a line, and a blank line between sentences")
    return Sequences(columns, Origin(file, lines))


def _sentences(file: Path) -> Iterator[Sentence]:
    """The sentences of a file that have words; how its columns are parted, its first line with a word shows.

    Raises:
        DataError: A line has more or fewer columns than the first, or CoNLL-U's count of words is broken.
    """
    sentence, tabs, width, is_conllu = Sentence(), False, 0, False
    for number, line in enumerate(map(str.rstrip, each_line(file)), start=1):
        if not line:
            if sentence.words:
                yield sentence
            sentence = Sentence()
            continue
        if _is_comment(line, sentence, tabs):
            continue
        tabs = "\t" in line if not width else tabs
        fields = line.split("\t") if tabs else split_words(line)
        if fields[0] == DOCUMENT:
            continue
        if not width:
            width, is_conllu = len(fields), _is_conllu(fields)
        if len(fields) != width:
            raise DataError(f"{file}:{number}: {_width_fault(len(fields), width, tabs)}")
        if is_conllu and not fields[0].isdecimal() and ID.fullmatch(fields[0]):
            continue
        if is_conllu and fields[0] != str(len(sentence.words) + 1):
            told = f"the word has the ID {fields[0]!r:.20}, expected {len(sentence.words) + 1}"
            raise DataError(f"{file}:{number}: {told}; part sentences by a blank line, and count words from 1")
        sentence.lines.append(number)
        sentence.words.append(fields)
    if sentence.words:
        yield sentence


def _is_comment(line: str, sentence: Sentence, tabs: bool) -> bool:
    """Where blanks part columns, `#` inside a sentence is a word."""
    return line.startswith("#") and "\t" not in line and (tabs or not sentence.words)


def _is_conllu(fields: Sequence[str]) -> bool:
    return len(fields) == len(CONLLU) and bool(ID.fullmatch(fields[0]))


def _width_fault(found: int, expected: int, tabs: bool) -> str:
    parted = "tabs" if tabs else "blanks"
    told = f"the line has {found} columns parted by {parted}, where the first one with a word has {expected}"
    return f"{told}; complete it, or, where a sentence ends, put a blank line"


def _layout(fields: Sequence[str], config: DataConfig, place: str) -> dict[str, int]:
    """The columns that are delivered, by name: where in a line they stand, from 0.

    Raises:
        SettingError: One is needed and not there.
    """
    is_conllu, named = _is_conllu(fields), config.columns or ColumnsConfig()
    numbers = [numbered(column) for column in range(1, len(fields) + 1)]
    names = list(CONLLU) if is_conllu else numbers
    layout = {name: index for index, name in enumerate(names)}
    for role, usual in USUAL.items():
        given = getattr(named, role)
        if given is None and not is_conllu and role in _needs(config):
            raise SettingError("data.columns", f"{place}: {_unnamed(role, fields)}")
        name = given if given is not None else usual
        if isinstance(name, int) and name <= len(fields):
            layout[role] = name - 1
        elif name in layout:
            layout[role] = layout[str(name)]
        elif given is not None:
            raise SettingError("data.columns", f"{place}: {_missing(given, names, len(fields))}")
    for need in sorted(_needs(config) - layout.keys()):
        told = f"the task {config.task} needs the column `{need}`, which is not there"
        raise SettingError("data.task", f"{place}: {told}; the file has {', '.join(names)}")
    return layout


def _needs(config: DataConfig) -> set[str]:
    given = {role for role, column in config.columns or () if column is not None}
    return {"words", *task_of(config.task).needs, *given & USUAL.keys()}


def _unnamed(role: str, fields: Sequence[str]) -> str:
    columns = ", ".join(f"{number}: {text:.20}" for number, text in enumerate(fields, start=1))
    told = f"this is not CoNLL-U, so say which column has the {role}: data.columns: {{words: 1, tags: {len(fields)}}}"
    return f"{told}; its first word has {columns}"


def _missing(given: str | int, names: Sequence[str], width: int) -> str:
    if isinstance(given, int):
        return f"there is no column {given}; its lines have {width}"
    if names[0] != CONLLU[0]:
        return f"there is no column `{given}`: this is not CoNLL-U, so give numbers from 1 to {width}"
    return f"CoNLL-U has no column `{given}`, only {', '.join(names)}{did_you_mean(given, names)}"


def _check_filled(name: str, fields: Sequence[str], sentence: Sentence, file: Path) -> None:
    for number, text in zip(sentence.lines, fields, strict=True):
        is_missing = not text.strip() or (name == "tags" and text == UNSPECIFIED and _is_conllu(sentence.words[0]))
        if is_missing:
            what = "word" if name == "words" else "tag"
            other = ", or name another column in data.columns" if name == "tags" else ""
            raise DataError(f"{file}:{number}: the {what} is missing ({text!r}); complete the line{other}")
