"""Sentences encoded for a task: what the network reads and what it is to predict."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, pairwise

import numpy as np
from numpy.typing import NDArray

from toolkit.data.corpus import END, START, IntArray, Sentences
from toolkit.data.vocabulary import word_indices
from toolkit.errors import DataError

NUMBERS = ("VBZ", "VBP")


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

    @cached_property
    def lengths(self) -> NDArray[np.int64]:
        """Number of words that are read of each sentence."""
        return np.array([len(words) for words in self.inputs])

    @cached_property
    def counts(self) -> NDArray[np.int64]:
        """Number of predictions of each sentence."""
        return np.array([len(targets) for targets in self.targets])

    @property
    def predictions(self) -> int:
        """Number of predictions over all sentences."""
        return int(self.counts.sum())


def encode(sentences: Sentences, vocabulary: Sequence[str], task: str) -> Examples:
    """Encode sentences for a task.

    Args:
        sentences: One split of a corpus.
        vocabulary: The known words, `UNK` among them, and `<s>` and `</s>` for `language_model`.
        task: `language_model` or `agreement`.

    Returns:
        The examples, in order. Their int32 arrays are read-only views of one array.

    Raises:
        DataError: If the sentences do not say what the task needs.
    """
    inputs, targets = TASKS[task](sentences, vocabulary)
    return Examples(inputs, targets, _distance(sentences), sentences.attractors)


def language_model(sentences: Sentences, vocabulary: Sequence[str]) -> tuple[list[IntArray], list[IntArray]]:
    """`<s> w1 .. wn </s>`: the input is all but the last, the target all but the first."""
    rows = _indices(([START, *words, END] for words in sentences.words), vocabulary)
    return [row[:-1] for row in rows], [row[1:] for row in rows]


def agreement(sentences: Sentences, vocabulary: Sequence[str]) -> tuple[list[IntArray], list[IntArray]]:
    """The words before the verb, and the number of the verb: 0 for `VBZ` (singular), 1 for `VBP` (plural)."""
    if sentences.verb_idx is None or sentences.verb_pos is None:
        raise DataError("data.task: agreement needs sentences whose verbs are marked, as grammar and coursework have")
    before = (words[:verb] for words, verb in zip(sentences.words, sentences.verb_idx.tolist(), strict=True))
    targets = np.array([NUMBERS.index(verb_pos) for verb_pos in sentences.verb_pos], np.int32)
    targets.setflags(write=False)
    return _indices(before, vocabulary), list(targets[:, np.newaxis])


Encoder = Callable[[Sentences, Sequence[str]], tuple[list[IntArray], list[IntArray]]]

TASKS: dict[str, Encoder] = {"language_model": language_model, "agreement": agreement}


def _distance(sentences: Sentences) -> IntArray | None:
    if sentences.subj_idx is None or sentences.verb_idx is None:
        return None
    return sentences.verb_idx - sentences.subj_idx


def _indices(sentences: Iterable[Sequence[str]], vocabulary: Sequence[str]) -> list[IntArray]:
    sentences = list(sentences)
    flat = word_indices(chain.from_iterable(sentences), vocabulary)
    flat.setflags(write=False)
    ends = np.cumsum([0, *map(len, sentences)]).tolist()
    return [flat[start:end] for start, end in pairwise(ends)]
