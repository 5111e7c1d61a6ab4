"""The source `text`: a folder of plain files, one sentence a line, its words parted by blanks and tabs."""

from pathlib import Path

from toolkit.data.corpus import Corpus, Origin, Sequences
from toolkit.data.reading.characters import split_words
from toolkit.data.reading.files import read_lines
from toolkit.data.reading.parts import as_corpus, read_parts
from toolkit.data.vocabulary import frequent_words
from toolkit.errors import DataError
from toolkit.spec.schema import DataConfig


def load(config: DataConfig) -> Corpus:
    """Read the folder `config.path`; `test.txt` may be absent, its split is then None.

    Blank lines are passed over. The vocabulary comes from the whole training file, whatever `train_size` is, so that
    losses with more or fewer sentences compare; it counts `UNK`, `<s>` and `</s>`, and is smaller than `vocab_size`
    where the file has fewer words.

    Raises:
        DataError: If a file is missing, empty or not UTF-8, or has fewer sentences than asked for.
    """
    parts = read_parts(config, read_sentences)
    return as_corpus(config, parts, frequent_words(parts["train"].words, config.vocab_size))


def read_sentences(path: Path) -> Sequences:
    """The words of every line of a file that is not blank.

    Raises:
        DataError: If there are none, or the file cannot be read.
    """
    lines = {number: words for number, line in enumerate(read_lines(path), start=1) if (words := split_words(line))}
    if not lines:
        raise DataError(f"{path}:1: the file has only blank lines; expected one sentence a line")
    return Sequences({"words": list(lines.values())}, Origin(path, list(lines)))
