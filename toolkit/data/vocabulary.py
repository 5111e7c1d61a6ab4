"""The words that a network knows: choosing them, checking them, and turning words into indices."""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain, repeat

import numpy as np

from toolkit.data.corpus import IntArray
from toolkit.tasks.special_words import END, START, UNKNOWN

SPECIAL = (UNKNOWN, START, END)


def frequent_words(sentences: Iterable[Sequence[str]], size: int) -> list[str]:
    """The special tokens and the most frequent words, `size` in all or as many as there are.

    Words that are equally frequent stand in the order in which they first occur.
    """
    counts = Counter(chain.from_iterable(sentences))
    words = sorted(counts, key=counts.__getitem__, reverse=True)
    return [*SPECIAL, *(word for word in words if word not in SPECIAL)][:size]


def word_indices(words: Iterable[str], vocabulary: Sequence[str]) -> IntArray:
    """Each word's place in the vocabulary, that of `UNK` for a word outside it.

    Args:
        words: Words in a row, any number of sentences.
        vocabulary: Distinct words, `UNK` among them.

    Returns:
        Indices, shape `(words,)`.
    """
    index = {word: place for place, word in enumerate(vocabulary)}
    return np.fromiter(map(index.get, words, repeat(index[UNKNOWN])), np.int32)
