"""What every source delivers: sentences with what is known about them, and a vocabulary."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int32]


@dataclass(frozen=True)
class Origin:
    """Where sentences were read.

    Attributes:
        file: The file.
        lines: The line of each sentence, from 1; there may be more lines than sentences were kept.
    """

    file: Path
    lines: IntArray

    def place(self, sentence: int) -> str:
        """Where a sentence stands, for messages."""
        return f"{self.file}:{self.lines[sentence]}"


@dataclass(frozen=True)
class Sentences:
    """One split of a corpus, in order.

    The columns beside `words` are those of the coursework format; a source that does not know them leaves them None.

    Attributes:
        words: One sequence of words a sentence.
        subj_idx: Position of the subject's head in each sentence, from 0, shape `(sentences,)`.
        verb_idx: Position of the verb in each sentence, from 0, at least 1, shape `(sentences,)`.
        verb_pos: `VBZ` (singular) or `VBP` (plural), one a sentence.
        verb: The verb as written, one a sentence.
        inflected_verb: The same verb in the other number, one a sentence.
        attractors: Number of nouns between subject and verb whose number is not the subject's, shape `(sentences,)`.
        origin: Where they were read; None where they were generated.
    """

    words: Sequence[Sequence[str]]
    subj_idx: IntArray | None = None
    verb_idx: IntArray | None = None
    verb_pos: Sequence[str] | None = None
    verb: Sequence[str] | None = None
    inflected_verb: Sequence[str] | None = None
    attractors: IntArray | None = None
    origin: Origin | None = None

    def __len__(self) -> int:
        return len(self.words)

    @property
    def columns(self) -> dict[str, Sequence[Any]]:
        """All that is known of them, by name, each with one value a sentence."""
        names = ("words", "subj_idx", "verb_idx", "verb_pos", "verb", "inflected_verb", "attractors")
        return {name: column for name in names if (column := getattr(self, name)) is not None}


@dataclass(frozen=True)
class Corpus:
    """A data set as its source delivers it.

    Attributes:
        vocabulary: The known words; a word's index is its place. Always holds `UNK`, and the
            words that the task adds.
        train: Training sentences.
        dev: Development sentences.
        test: Test sentences; None where the source has none.
    """

    vocabulary: Sequence[str]
    train: Sentences
    dev: Sentences
    test: Sentences | None
