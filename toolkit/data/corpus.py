"""What every source delivers: sequences with what is known about them, and a vocabulary."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from toolkit.data.scaling import Scaling

IntArray = NDArray[np.int32]


@dataclass(frozen=True)
class Origin:
    """Where sentences were read.

    Attributes:
        file: The file.
        lines: The line of each sentence, from 1; there may be more lines than sentences were kept.
    """

    file: Path
    lines: Sequence[int]

    def place(self, sentence: int) -> str:
        """Where a sentence stands, for messages."""
        return f"{self.file}:{self.lines[sentence]}"


@dataclass(frozen=True)
class Sequences:
    """One split of a corpus, in order: sequences of words, or of vectors of numbers.

    Attributes:
        columns: All that is known of each, by name, in sequences of one value a sequence. `words` is there, a sequence
            of words each, or `vectors`, an array of shape `(steps, features)` each, of finite numbers. What else there
            may be is what tasks and groups need: `label`, a word; `tags`, one for each word; `target`, a number to be
            predicted; `verb_idx` and the like.
        origin: Where they were read; None where they were generated.
    """

    columns: Mapping[str, Sequence[Any]]
    origin: Origin | None = None

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))

    @property
    def words(self) -> Sequence[Sequence[str]]:
        """The column of that name."""
        return self.columns["words"]

    def first(self, size: int | None) -> "Sequences":
        """So many of them, from the first; None: all."""
        return replace(self, columns={name: column[:size] for name, column in self.columns.items()})

    def chosen(self, numbers: Sequence[int]) -> "Sequences":
        """Those of some numbers, from 0, in that order."""
        columns = {name: [column[number] for number in numbers] for name, column in self.columns.items()}
        lines = self.origin and Origin(self.origin.file, [self.origin.lines[number] for number in numbers])
        return Sequences(columns, lines)


@dataclass(frozen=True)
class Corpus:
    """A data set as its source delivers it.

    Attributes:
        train: Training sentences.
        dev: Development sentences.
        test: Test sentences; None where the source has none.
        vocabulary: The known words; a word's index is its place. Always holds `UNK`; what the task adds
            beside it need not be there. A function of the user's may leave it empty: it is then made of the most
            frequent words of the training sentences. Empty where vectors are read.
        remarks: What the source tells of the data besides, each in a line, such as how much it left out.
        labels: Those of the whole training part, where the task takes them from a column and `train` may lack some that
            it has; empty: they are those of `train`.
        scaling: How `vectors` and numbers to be predicted were scaled; None where they are in their own units.
    """

    train: Sequences
    dev: Sequences
    test: Sequences | None = None
    vocabulary: Sequence[str] = ()
    remarks: Sequence[str] = ()
    scaling: Scaling | None = None
    labels: Sequence[str] = ()
