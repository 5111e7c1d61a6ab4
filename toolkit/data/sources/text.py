"""The source `text`: a folder of plain files, one text a line, cut into the units of `data.unit`."""

from pathlib import Path

from toolkit.data.corpus import Corpus, Origin, Sequences
from toolkit.data.reading.files import read_lines
from toolkit.data.reading.parts import read_parts
from toolkit.data.texts import corpus_of_texts
from toolkit.errors import DataError
from toolkit.spec.schema import DataConfig


def load(config: DataConfig) -> Corpus:
    """Read the folder `config.path`; `test.txt` may be absent, its split is then None.

    Blank lines are passed over. The vocabulary counts `UNK`, `<s>` and `</s>`, and is smaller than `vocab_size` where
    the training file has fewer units.

    Raises:
        DataError: If a file is missing, empty or not UTF-8, or has fewer sentences than asked for.
    """
    return corpus_of_texts(config, read_parts(config, read_texts))


def read_texts(path: Path) -> Sequences:
    """Every line of a file that is not blank; their `words` are texts still.

    Raises:
        DataError: If there are none, or the file cannot be read.
    """
    lines = {number: line for number, line in enumerate(read_lines(path), start=1) if line.strip(" \t")}
    if not lines:
        raise DataError(f"{path}:1: the file has only blank lines; expected one sentence a line")
    return Sequences({"words": list(lines.values())}, Origin(path, list(lines)))
