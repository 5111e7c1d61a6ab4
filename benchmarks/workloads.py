"""What is trained for the table of speeds: a task, its sizes, and sentences that anybody can generate."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from toolkit.data.batches import Batch, make_batch, shuffled_order
from toolkit.data.corpus import IntArray
from toolkit.data.dataset import Dataset
from toolkit.data.examples import Examples
from toolkit.spec.schema import RunConfig

DEV_SENTENCES = 20
"""Few: the evaluation is not timed."""
SEED = 2018
RATE = 0.1


@dataclass(frozen=True)
class Lengths:
    """Words of a sentence: the least and a negative binomial above it, cut at the most.

    Attributes:
        least: The least, at least 1.
        most: The most.
        mean: Mean before the cut.
        deviation: Standard deviation before the cut.
    """

    least: int
    most: int
    mean: float
    deviation: float

    def draw(self, generator: np.random.Generator, count: int) -> IntArray:
        """So many lengths, shape `(count,)`."""
        above = self.mean - self.least
        successes = above**2 / (self.deviation**2 - above)
        drawn = self.least + generator.negative_binomial(successes, successes / (successes + above), count)
        return np.minimum(drawn, self.most).astype(np.int32)


LENGTHS = {
    "language_model": Lengths(least=8, most=51, mean=23.4, deviation=9.7),
    "agreement": Lengths(least=1, most=46, mean=7.25, deviation=6.9),
}
"""Those of the study's first 1,000 and 10,000 training sentences."""


@dataclass(frozen=True)
class Workload:
    """A network, its data and its batches.

    Attributes:
        task: `language_model` or `agreement`.
        cell: `rnn` or `gru`.
        batch_size: Sentences an update.
        lookback: Steps back that the toolkit and the NumPy loop propagate an error; the others propagate it to the
            sentence's start.
        sentences: Training sentences.
        vocabulary: Words.
        hidden: Units.
        dtype: `float32` or `float64`.
    """

    task: str = "language_model"
    cell: str = "rnn"
    batch_size: int = 100
    lookback: int = 3
    sentences: int = 1000
    vocabulary: int = 2000
    hidden: int = 50
    dtype: str = "float32"

    @property
    def outputs(self) -> int:
        """Classes of a prediction."""
        return self.vocabulary if self.task == "language_model" else 2

    @property
    def updates(self) -> int:
        """Batches of an epoch."""
        return -(-self.sentences // self.batch_size)

    def train(self) -> Examples:
        """Its training sentences."""
        return generated(self.task, self.sentences, self.vocabulary, SEED)

    def dataset(self) -> Dataset:
        """Its sentences, as the toolkit takes them."""
        words = [f"w{word}" for word in range(self.vocabulary)]
        dev = generated(self.task, DEV_SENTENCES, self.vocabulary, SEED + 1)
        return Dataset(words, self.train(), dev, None, digest=f"{self.task} {self.sentences} {self.vocabulary}")

    def config(self, epochs: int, seed: int = SEED) -> RunConfig:
        """The configuration of a run of the toolkit; its data is the workload's, whatever its `data` section says."""
        return RunConfig.model_validate(
            {
                "data": {"task": self.task, "vocab_size": self.vocabulary},
                "model": {"cell": self.cell, "hidden": self.hidden, "lookback": self.lookback},
                "train": {
                    "epochs": epochs,
                    "batch_size": self.batch_size,
                    "learning_rate": RATE,
                    "anneal": 0,
                    "dtype": self.dtype,
                    "min_change": None,
                    "seed": seed,
                },
            }
        )

    def chosen(self, updates: int) -> Iterator[NDArray[np.int64]]:
        """The indices of the sentences of each of an epoch's first so many batches."""
        order = shuffled_order(self.sentences, SEED, 0)
        return (
            order[start : start + self.batch_size] for start in range(0, updates * self.batch_size, self.batch_size)
        )

    def batches(self, updates: int) -> list[Batch]:
        """An epoch's first so many batches, padded as the toolkit pads them."""
        return [make_batch(self.train(), chosen) for chosen in self.chosen(updates)]


@cache
def generated(task: str, sentences: int, vocabulary: int, seed: int) -> Examples:
    """Sentences of random words, the k-th word of the vocabulary with a frequency proportional to 1 / k (Zipf's law).

    Word 0 is left out: it is padding.
    """
    generator = np.random.default_rng([seed, vocabulary])
    lengths = LENGTHS[task].draw(generator, sentences)
    frequencies = 1 / np.arange(1, vocabulary)
    is_model = task == "language_model"
    words = generator.choice(vocabulary - 1, int(lengths.sum()) + sentences, p=frequencies / frequencies.sum())
    rows = np.split((words + 1).astype(np.int32), np.cumsum(lengths + 1)[:-1])
    numbers = generator.integers(0, 2, (sentences, 1)).astype(np.int32)
    return Examples([row[:-1] for row in rows], [row[1:] for row in rows] if is_model else list(numbers))
