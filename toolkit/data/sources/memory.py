"""The source `memory`: generated problems in which what is asked for was seen a known number of steps before.

Each kind is a function that generates so many sequences at a lag, as columns. Of the standard library's generator only
`random()` is used: its sequence is promised for every version and platform.
"""

from collections.abc import Callable, Mapping, Sequence
from random import Random as Generator
from typing import Any

import numpy as np

from toolkit.data.corpus import Corpus, Sequences
from toolkit.data.labels import label_column
from toolkit.spec.schema import DataConfig
from toolkit.tasks.registry import task_of
from toolkit.tasks.special_words import UNKNOWN

Random = Callable[[], float]
Columns = Mapping[str, Sequence[Any]]

SIZES = {"train": 10_000, "dev": 1_000, "test": 1_000}
FIRST = 10
"""So many of the first steps have what is to be remembered: both numbers that are added, and symbols to be copied."""
SYMBOLS = ("A", "B", "C", "D", "E", "F", "G", "H")
DISTRACTORS = ("a", "b", "c", "d", "e", "f", "g", "h")
BLANK, ASK = "_", "?"
BITS, PARITIES = ("0", "1"), ("even", "odd")


def load(config: DataConfig) -> Corpus:
    """Generate the problem that the spec's `data` section describes.

    Each split has its own random stream, so that a size changes neither the other splits nor its split's first
    sequences. Sizes left out are 10,000 for train and 1,000 for dev; test has 1,000.
    """
    kind = config.kind or ""
    sizes = {**SIZES, "train": config.train_size or SIZES["train"], "dev": config.dev_size or SIZES["dev"]}
    train, dev, test = (
        Sequences(KINDS[kind](size, config.lag, Generator(config.seed * len(sizes) + stream).random))
        for stream, size in enumerate(sizes.values())
    )
    words = WORDS.get(kind, ())
    known = [UNKNOWN, *words][: config.vocab_size] if words else []
    takes_labels = label_column(task_of(config.task)) in train.columns
    return Corpus(train, dev, test, known, labels=LABELS.get(kind, ()) if takes_labels else ())


def adding(size: int, lag: int, random: Random) -> Columns:
    """The adding problem (Hochreiter and Schmidhuber, 1997, experiment 4), with numbers from 0 to 1.

    A step is a vector of a number, uniform from 0 to 1, and a mark. Two of the first ten steps have the mark 1, all
    others 0; `lag` steps without a mark follow. What is to be predicted is the sum of the two marked numbers. Always
    saying 1 has a mean squared error of 1/6, which is 0.167.
    """
    steps = FIRST + lag
    vectors = np.zeros((size, steps, 2))
    for sequence in vectors:
        sequence[:, 0] = [random() for _ in range(steps)]
        one = int(random() * FIRST)
        other = (one + 1 + int(random() * (FIRST - 1))) % FIRST
        sequence[[one, other], 1] = 1
    vectors.setflags(write=False)
    return {"vectors": list(vectors), "target": (vectors[..., 0] * vectors[..., 1]).sum(axis=1).tolist()}


def copy(size: int, lag: int, random: Random) -> Columns:
    """The copying problem (Hochreiter and Schmidhuber, 1997; in this form Arjovsky, Shah and Bengio, 2016).

    Ten symbols out of eight come first, or `lag` of them if that is less, then blanks `_`, then as many questions `?`
    as there were symbols. The tag of each question is the symbol that stands `lag` steps before it, that of any other
    step is `_`.
    """
    count = min(FIRST, lag)
    symbols = [_drawn(SYMBOLS, count, random) for _ in range(size)]
    rest = [BLANK] * (lag - count) + [ASK] * count
    return {"words": [[*own, *rest] for own in symbols], "tags": [[BLANK] * lag + own for own in symbols]}


def recall(size: int, lag: int, random: Random) -> Columns:
    """A symbol to be recalled after noise (Hochreiter and Schmidhuber, 1997, experiment 2).

    The first word is one of eight symbols, and the label; `lag` - 1 distractors out of eight others follow, and a
    question `?`, which stands `lag` steps after the symbol. Guessing is right once in eight times.
    """
    words = [[*_drawn(SYMBOLS, 1, random), *_drawn(DISTRACTORS, lag - 1, random), ASK] for _ in range(size)]
    return {"words": words, "label": [own[0] for own in words]}


def parity(size: int, lag: int, random: Random) -> Columns:
    """The parity of bits (Bengio, Simard and Frasconi, 1994): every one of them counts.

    `lag` + 1 bits, so that the first stands `lag` steps before the last, where the label is asked for: whether the
    number of ones is even or odd. Guessing is right in half of the times.
    """
    bits = [_drawn(BITS, lag + 1, random) for _ in range(size)]
    return {"words": bits, "label": [PARITIES[own.count("1") % 2] for own in bits]}


def _drawn(values: Sequence[str], count: int, random: Random) -> list[str]:
    return [values[int(random() * len(values))] for _ in range(count)]


KINDS: Mapping[str, Callable[[int, int, Random], Columns]] = {
    "adding": adding,
    "copy": copy,
    "recall": recall,
    "parity": parity,
}
WORDS = {"copy": (*SYMBOLS, BLANK, ASK), "recall": (*SYMBOLS, *DISTRACTORS, ASK), "parity": BITS}
"""The words of each kind that has words."""
LABELS = {"copy": (*SYMBOLS, BLANK), "recall": SYMBOLS, "parity": PARITIES}
"""The labels, or tags, of each kind that has them, in the order of the alphabet; few sequences may lack some."""
