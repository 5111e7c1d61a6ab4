"""Batches: sentences padded into rectangles, and where in them the predictions are."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from toolkit.data.corpus import IntArray
from toolkit.data.examples import Examples

SHORT = 32
"""Batches up to this many steps are padded to a multiple of 8 steps, longer ones to a multiple of 16: few different
shapes are to be compiled, and little time is to be spent on padding."""
CHUNK_ROWS = 256
"""Largest number of predictions whose scores are held at once."""
ROWS_MULTIPLE = 32


@dataclass(frozen=True)
class Batch:
    """A few sentences as one rectangle of words, and their predictions in chunks.

    Attributes:
        tokens: Word indices, padded with 0 on the right, shape `(sentences, steps)`.
        positions: Where each prediction is made: sentence * steps + step, shape `(chunks, rows)`.
        targets: What is to be predicted there, shape `(chunks, rows)`.
        weights: 1 at a prediction, 0 where `positions` is padding, shape `(chunks, rows)`.
    """

    tokens: IntArray
    positions: IntArray
    targets: IntArray
    weights: NDArray[np.float32]


def shuffled_order(size: int, seed: int, epoch: int) -> NDArray[np.int64]:
    """The order of `size` sentences in epoch `epoch` (0 is the first); depends on nothing but its arguments."""
    return np.random.default_rng([seed, epoch]).permutation(size)


def batches(examples: Examples, order: NDArray[np.int64], batch_size: int) -> Iterator[Batch]:
    """Cut the examples, taken in `order`, into batches of `batch_size` sentences; the last may be smaller."""
    for start in range(0, len(order), batch_size):
        yield make_batch(examples, order[start : start + batch_size])


def make_batch(examples: Examples, chosen: NDArray[np.int64]) -> Batch:
    """Pad the chosen examples to one rectangle.

    Args:
        examples: The examples to choose from.
        chosen: Indices of the sentences of this batch, shape `(sentences,)`.
    """
    inputs = [examples.inputs[index] for index in chosen]
    targets = [examples.targets[index] for index in chosen]
    lengths = np.array([len(words) for words in inputs])
    counts = np.array([len(wanted) for wanted in targets])
    longest = int(lengths.max())
    steps = _round_up(longest, 8 if longest <= SHORT else 16)
    columns = np.arange(steps)
    tokens = np.zeros((len(chosen), steps), dtype=np.int32)
    tokens[columns < lengths[:, None]] = np.concatenate(inputs)
    predicted = (columns < lengths[:, None]) & (columns >= (lengths - counts)[:, None])
    chunks, rows = _chunk_shape(int(counts.sum()))
    padding = chunks * rows - int(counts.sum())
    return Batch(
        tokens=tokens,
        positions=np.pad(np.flatnonzero(predicted).astype(np.int32), (0, padding)).reshape(chunks, rows),
        targets=np.pad(np.concatenate(targets), (0, padding)).reshape(chunks, rows),
        weights=np.pad(np.ones(int(counts.sum()), np.float32), (0, padding)).reshape(chunks, rows),
    )


def _chunk_shape(predictions: int) -> tuple[int, int]:
    chunks = -(-predictions // CHUNK_ROWS)
    return chunks, _round_up(-(-predictions // chunks), ROWS_MULTIPLE)


def _round_up(number: int, multiple: int) -> int:
    return -(-number // multiple) * multiple
