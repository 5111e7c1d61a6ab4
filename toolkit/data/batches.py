"""Batches: sentences padded into rectangles, and where in them the predictions are."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from toolkit.data.corpus import IntArray
from toolkit.data.examples import Examples

STEPS_MULTIPLE = 16
"""Batches are padded to a multiple of so many steps. The numbers of sentences and steps alone decide all shapes of a
batch: each shape is compiled, which takes longer than an epoch of many batches."""
SMALLEST_CHUNK, LARGEST_CHUNK = 32, 128
"""Bounds of the number of predictions whose scores are held at once."""


@dataclass(frozen=True)
class Batch:
    """A few sentences as one rectangle of words, and their predictions in chunks.

    Attributes:
        tokens: Word indices, padded with 0 on the right, shape `(sentences, steps)`.
        positions: Where each prediction is made: sentence * steps + step, shape `(chunks, rows)`; padding is at the
            end, and may be whole chunks.
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


def make_batch(examples: Examples, chosen: NDArray[np.int64], sentences: int | None = None) -> Batch:
    """Pad the chosen examples to one rectangle.

    Args:
        examples: The examples to choose from.
        chosen: Indices of the sentences of this batch, shape `(sentences,)`.
        sentences: Number of sentences of the rectangle, those that are left empty included; None for those chosen.
    """
    inputs = [examples.inputs[index] for index in chosen]
    targets = [examples.targets[index] for index in chosen]
    lengths = np.array([len(words) for words in inputs])
    counts = np.array([len(wanted) for wanted in targets])
    steps = _round_up(int(lengths.max()), STEPS_MULTIPLE)
    columns = np.arange(steps)
    height = sentences or len(chosen)
    tokens = np.zeros((height, steps), dtype=np.int32)
    tokens[: len(chosen)][columns < lengths[:, None]] = np.concatenate(inputs)
    predicted = (columns < lengths[:, None]) & (columns >= (lengths - counts)[:, None])
    chunks, rows = _chunk_shape(height, 1 if counts.max() == 1 else steps)
    padding = chunks * rows - int(counts.sum())
    return Batch(
        tokens=tokens,
        positions=np.pad(np.flatnonzero(predicted).astype(np.int32), (0, padding)).reshape(chunks, rows),
        targets=np.pad(np.concatenate(targets), (0, padding)).reshape(chunks, rows),
        weights=np.pad(np.ones(int(counts.sum()), np.float32), (0, padding)).reshape(chunks, rows),
    )


def _chunk_shape(sentences: int, each: int) -> tuple[int, int]:
    """Chunks that have room for so many predictions of each sentence, though most sentences may have half of them.

    Padding costs least if its share of the last chunk is small, and if chunks are few.
    """
    most = sentences * each
    fitting = 2 ** (most // 3).bit_length() // 2
    rows = LARGEST_CHUNK if each == 1 else min(max(fitting, SMALLEST_CHUNK), LARGEST_CHUNK)
    return -(-most // rows), rows


def _round_up(number: int, multiple: int) -> int:
    return -(-number // multiple) * multiple
