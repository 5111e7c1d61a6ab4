"""Sentences encoded for a task: what the network reads and what it is to predict."""

from collections.abc import Sequence
from dataclasses import dataclass

from toolkit.data.corpus import IntArray


@dataclass(frozen=True)
class Examples:
    """The sentences of one split as word indices.

    Attributes:
        inputs: One array of word indices a sentence, each of length at least 1.
        targets: One array of targets a sentence; they belong to the last positions of its input. For
            `language_model` there is one at every position, for `agreement` one at the last (0 `VBZ`, 1 `VBP`).
        distance: Words from subject to verb, `verb_idx - subj_idx`, shape `(sentences,)`; None where not known.
        attractors: As in Sentences; None where not known.
    """

    inputs: Sequence[IntArray]
    targets: Sequence[IntArray]
    distance: IntArray | None = None
    attractors: IntArray | None = None

    def __len__(self) -> int:
        return len(self.inputs)

    @property
    def predictions(self) -> int:
        """Number of predictions over all sentences."""
        return sum(len(targets) for targets in self.targets)
