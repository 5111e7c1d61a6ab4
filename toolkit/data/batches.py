"""Batches: sentences padded into rectangles, and where in them the predictions are."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from toolkit.data.examples import Examples

STEPS_MULTIPLE = 16
"""Batches are padded to a multiple of so many steps. The numbers of sentences and steps alone decide all shapes."""
SMALLEST_CHUNK, LARGEST_CHUNK = 32, 128
"""Bounds of the number of predictions whose scores are held at once."""


@dataclass(frozen=True)
class Batch:
    """A few sentences as one rectangle, and their predictions in chunks; or several such, stacked.

    Attributes:
        inputs: What a model reads, by name: `tokens`, word indices of shape `(sentences, steps)`, or `vectors` of shape
            `(sentences, steps, features)`, padded with 0 on the right; and `positions`, where each prediction is made:
            sentence * steps + step, shape `(chunks, rows)`; padding is at the end, and may be whole chunks.
        targets: What is to be predicted there, shape `(chunks, rows)`; numbers have shape `(chunks, rows, outputs)`.
        weights: 1 at a prediction, 0 where `positions` is padding, shape `(chunks, rows)`.
    """

    inputs: dict[str, NDArray[Any]]
    targets: NDArray[Any]
    weights: NDArray[np.float32]

    def __getitem__(self, index: int) -> "Batch":
        """One of several that are stacked along a first axis."""
        inputs = {name: values[index] for name, values in self.inputs.items()}
        return Batch(inputs, self.targets[index], self.weights[index])


def shuffled_order(size: int, seed: int, epoch: int) -> NDArray[np.int64]:
    """The order of `size` sentences in epoch `epoch` (0 is the first); depends on nothing but its arguments."""
    return np.random.default_rng([seed, epoch]).permutation(size)


def in_batches(order: NDArray[np.int64], batch_size: int) -> NDArray[np.int64]:
    """Cut sentences, taken in `order`, into batches, shape `(batches, sentences)`; -1 fills up the last one."""
    sentences = min(batch_size, len(order))
    return np.pad(order, (0, -len(order) % sentences), constant_values=-1).reshape(-1, sentences)


def usual_steps(lengths: NDArray[np.int64], sentences: int, longest_alone: bool = False) -> NDArray[np.int64]:
    """What batches are padded to, so that few shapes are compiled: each takes longer than an epoch of many batches.

    These are multiples of `STEPS_MULTIPLE`: the one that the longest sentence needs, and each that at least one batch
    of a shuffled epoch is expected to need.

    Args:
        lengths: Of all sentences.
        sentences: Of a batch.
        longest_alone: Whether the largest is the length of the longest sentence instead, which saves much where all are
            of one length, as windows of a series are. Runs on words, which are stored, would round otherwise.

    Returns:
        Numbers of steps, ascending.
    """
    multiples = np.unique(-(-lengths // STEPS_MULTIPLE) * STEPS_MULTIPLE)
    if longest_alone:
        multiples = np.minimum(multiples, lengths.max())
    fitting = np.mean(lengths[:, np.newaxis] <= multiples, axis=0) ** sentences
    expected = np.diff(fitting, prepend=0) * len(lengths) / sentences
    usual: NDArray[np.int64] = multiples[(expected >= 1) | (multiples == multiples[-1])]
    return usual


def make_batches(examples: Examples, chosen: NDArray[np.int64], steps: int) -> Batch:
    """Pad the chosen examples to rectangles.

    Args:
        examples: The examples to choose from.
        chosen: Indices of the sentences of each batch, shape `(batches, sentences)`; -1 leaves a row empty.
        steps: Of every rectangle.

    Returns:
        The batches, stacked along a first axis.
    """
    size, sentences = chosen.shape
    lengths, counts = (np.where(chosen < 0, 0, of_all[chosen]) for of_all in (examples.lengths, examples.counts))
    columns = np.arange(steps)
    read = columns < lengths[..., np.newaxis]
    present = chosen[chosen >= 0]
    rows_read = _joined(examples.inputs, present)
    padded = np.zeros((*read.shape, *rows_read.shape[1:]), rows_read.dtype)
    padded[read] = rows_read
    batch, position = np.nonzero((read & (columns >= (lengths - counts)[..., np.newaxis])).reshape(size, -1))
    totals = counts.sum(axis=1)
    place = np.arange(len(batch)) - np.repeat(np.cumsum(totals) - totals, totals)
    chunks, rows = _chunk_shape(sentences, 1 if examples.counts.max() == 1 else steps)

    def in_chunks(values: NDArray[Any]) -> NDArray[Any]:
        array = np.zeros((size, chunks * rows, *values.shape[1:]), values.dtype)
        array[batch, place] = values
        return array.reshape(size, chunks, rows, *values.shape[1:])

    return Batch(
        inputs={examples.reads: padded, "positions": in_chunks(position.astype(np.int32))},
        targets=in_chunks(_joined(examples.targets, present)),
        weights=in_chunks(np.ones(len(batch), np.float32)),
    )


def make_batch(examples: Examples, chosen: NDArray[np.int64]) -> Batch:
    """Pad the chosen examples to one rectangle."""
    steps = usual_steps(examples.lengths[chosen], len(chosen), examples.reads == "vectors")
    return make_batches(examples, chosen[np.newaxis], int(steps[-1]))[0]


def _joined(arrays: Sequence[NDArray[Any]], chosen: NDArray[np.int64]) -> NDArray[Any]:
    return np.concatenate([arrays[index] for index in chosen.tolist()] or [arrays[0][:0]])


def _chunk_shape(sentences: int, each: int) -> tuple[int, int]:
    """Chunks that have room for so many predictions of each sentence, though most sentences may have half of them.

    Padding costs least if its share of the last chunk is small, and if chunks are few.
    """
    most = sentences * each
    fitting = 2 ** (most // 3).bit_length() // 2
    rows = LARGEST_CHUNK if each == 1 else min(max(fitting, SMALLEST_CHUNK), LARGEST_CHUNK)
    return -(-most // rows), rows
