"""The source `coursework`: a folder of tab-separated sentences with subject and verb marked, and a vocabulary."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from toolkit.data.corpus import Corpus, Origin, Sequences
from toolkit.data.reading.files import check_size, read_lines
from toolkit.data.reading.folders import data_files
from toolkit.data.reading.mistakes import Mistakes
from toolkit.errors import DataError
from toolkit.spec.schema import DataConfig
from toolkit.spec.words import plural
from toolkit.tasks.marked_verbs import NUMBERS
from toolkit.tasks.registry import task_of
from toolkit.tasks.special_words import UNKNOWN
from toolkit.units.word import split_words

COLUMNS = ("sentence", "subj_idx", "verb_idx", "verb_pos", "verb", "inflected_verb")
VOCABULARY_COLUMNS = ("word", "count", "frequency")
INDEX = re.compile(" *-?[0-9]{1,9} *")
NUMBER = re.compile(r" *[0-9.,]+(e[-+]?[0-9]+)? *", re.IGNORECASE)


class Row(NamedTuple):
    """One line of a sentence file, parsed."""

    words: list[str]
    subj_idx: int
    verb_idx: int
    verb_pos: str
    verb: str
    inflected_verb: str


def load(config: DataConfig) -> Corpus:
    """Read the folder `config.path`; `wiki-test.txt` may be absent, its split is then None.

    Only the lines that are asked for are read and checked: the first `vocab_size` of the vocabulary and the first
    `train_size` and `dev_size` sentences.

    Raises:
        DataError: With file, line and mend, if a file is missing or a line is not as the format says.
    """
    files = data_files(config)
    needed = (UNKNOWN, *task_of(config.task).special_words)
    told = Mistakes()
    with told:
        vocabulary = read_vocabulary(files["vocabulary"], config.vocab_size, needed)
    with told:
        train = read_sentences(files["train"], config.train_size, "data.train_size")
    with told:
        dev = read_sentences(files["dev"], config.dev_size, "data.dev_size")
    with told:
        test = read_sentences(files["test"]) if "test" in files else None
    told.refuse()
    return Corpus(train, dev, test, vocabulary)


def read_vocabulary(path: Path, size: int, needed: tuple[str, ...]) -> list[str]:
    """The first `size` words of a vocabulary file, most frequent first; all of them if the file has fewer.

    Args:
        path: A file with the columns word, count and frequency.
        size: Number of rows to read.
        needed: Words that must be among them.

    Raises:
        DataError: If a row is malformed, a word stands twice, or a needed word is missing.
    """
    places: dict[str, int] = {}
    for number, line in enumerate(read_lines(path, size), start=1):
        if fault := _vocabulary_fault(columns := line.split("\t"), places):
            raise DataError(f"{path}:{number}: {fault}")
        places[columns[0]] = number
    for word in needed:
        if word not in places:
            raise DataError(
                f"{path}:{len(places)}: {word} is not among the first {plural(len(places), 'word')}; "
                f"add a row for it, or raise data.vocab_size if it stands further down"
            )
    return list(places)


def read_sentences(path: Path, size: int | None = None, key: str = "") -> Sequences:
    """The first `size` sentences of a file with a header line and the six coursework columns; None: all.

    Args:
        path: The file.
        size: Number of sentences to read.
        key: The spec's key that `size` comes from, for the message.

    Raises:
        DataError: If the file has fewer sentences, or a row that is read is malformed.
    """
    lines = read_lines(path, None if size is None else size + 1)
    if lines[0].split("\t") != list(COLUMNS):
        raise DataError(f"{path}:1: expected the tab-separated header {', '.join(COLUMNS)}; put it in the first line")
    rows = [_parse(line, path, number) for number, line in enumerate(lines[1:], start=2)]
    if not rows:
        raise DataError(f"{path}:2: expected a sentence, found the end of the file; copy the file again")
    if size is not None:
        check_size(size, len(rows), key, path)
    columns = dict(zip(Row._fields, zip(*rows, strict=True), strict=True))
    return Sequences(columns, Origin(path, range(2, len(lines) + 1)))


def _parse(line: str, path: Path, number: int) -> Row:
    try:
        return _row(line)
    except ValueError as error:
        raise DataError(f"{path}:{number}: {error}") from None


def _row(line: str) -> Row:
    columns = line.split("\t")
    if len(columns) != len(COLUMNS):
        raise ValueError(_column_fault(COLUMNS, len(columns)))
    words = split_words(columns[0])
    row = Row(words, _index("subj_idx", columns[1]), _index("verb_idx", columns[2]), *columns[3:])
    if not 0 <= row.subj_idx < row.verb_idx < len(words):
        raise ValueError(_index_fault(row))
    if row.verb_pos not in NUMBERS:
        raise ValueError(f"verb_pos is {row.verb_pos!r}; expected VBZ (singular) or VBP (plural)")
    if not (row.verb and row.inflected_verb):
        raise ValueError("verb or inflected_verb is empty; complete the row (is the file cut off here?)")
    if not _is_verb(words[row.verb_idx], row):
        raise ValueError(_verb_fault(row))
    return row


def _is_verb(word: str, row: Row) -> bool:
    """Whether a word of a row is its verb: as written or in lower case, or its tag where rare words are replaced."""
    return word == row.verb or word.lower() == row.verb.lower() or word in (row.verb_pos, UNKNOWN)


def _verb_fault(row: Row) -> str:
    found = [str(place) for place, word in enumerate(row.words) if word.lower() == row.verb.lower()]
    elsewhere = f"; that stands at {' and '.join(found)}" if found else ""
    return (
        f"the word at verb_idx {row.verb_idx} is `{row.words[row.verb_idx]}`, but the verb is `{row.verb}`{elsewhere}; "
        "mend verb_idx, counting from 0 the words that blanks part"
    )


def _vocabulary_fault(columns: list[str], places: Mapping[str, int]) -> str | None:
    """What is wrong with a row of a vocabulary, given the lines of the words before it."""
    if len(columns) != len(VOCABULARY_COLUMNS):
        return _column_fault(VOCABULARY_COLUMNS, len(columns))
    word, *numbers = columns
    if split_words(word) != [word]:
        return f"the word is {word!r}; expected one word without blanks, as sentences have them"
    for column, text in zip(VOCABULARY_COLUMNS[1:], numbers, strict=True):
        if not NUMBER.fullmatch(text):
            return f"{column} is {text!r}; expected a number, for there is no header here"
    if word in places:
        return f"the word `{word}` stands in line {places[word]} already; delete one"
    return None


def _column_fault(expected: tuple[str, ...], found: int) -> str:
    return (
        f"expected {len(expected)} tab-separated columns, found {found}; "
        f"complete the row ({', '.join(expected)}) or delete it (is the file cut off here?)"
    )


def _index(column: str, text: str) -> int:
    if not INDEX.fullmatch(text):
        raise ValueError(f"{column} is {text!r}; expected an integer, the word's position from 0")
    return int(text)


def _index_fault(row: Row) -> str:
    if not row.words:
        return "the sentence is empty; complete the row or delete it"
    last = len(row.words) - 1
    for column, index in (("subj_idx", row.subj_idx), ("verb_idx", row.verb_idx)):
        if not 0 <= index <= last:
            return f"{column} {index} is outside the sentence; expected a position from 0 to {last}"
    if row.verb_idx == 0:
        return "verb_idx is 0; expected at least 1, for the number is predicted from the words before the verb"
    return f"subj_idx {row.subj_idx} is not before verb_idx {row.verb_idx}; mend the positions or delete the row"
