"""Batches on their way into Keras: a `tf.data.Dataset` over examples."""

import math
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import count
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from toolkit.builder.shapes import Number, Structure
from toolkit.data.batches import Batch, in_batches, make_batch, make_batches, shuffled_order, usual_steps
from toolkit.data.examples import Examples

MOST_BATCHES = 256
"""Batches of a block: what one call of TensorFlow does without coming back to Python."""
MOST_READ = 2**19
"""Words, or numbers of vectors, of a block's batches of one shape, padding included, unless one batch has more."""
MOST_HELD = 2**28
"""Bytes of the blocks that are held of a feed whose epochs are all the same; larger ones are made anew each time."""

Plan = tuple[NDArray[np.int64], dict[str, NDArray[Any]]]
"""The batches of an epoch; see `Feed.plan`."""


class Feed:
    """The batches of a set of examples, in an order that the epoch decides.

    They travel in blocks, each a structure of arrays:

    - `batches`: a triple `(inputs, targets, weights)` for each shape of batch, of which `inputs` has what a `Batch` has
      and what `plan` says of each batch; all arrays have the batches of that shape along their first axis;
    - `turns`: which batch comes when, as its shape and its place among those of that shape, shape `(batches, 2)`;
    - `count`: how many there are.

    Args:
        examples: What to draw batches from.
        batch_size: Sentences a batch.
        seed: Seed of the shuffling; None keeps the examples in their order.
        class_weights: What a prediction counts, by its target; None where each counts 1.
    """

    def __init__(
        self,
        examples: Examples,
        batch_size: int,
        seed: int | None = None,
        class_weights: Sequence[float] | None = None,
    ) -> None:
        self.examples = examples
        self.batch_size = batch_size
        self.seed = seed
        self.class_weights = None if class_weights is None else tuple(class_weights)
        self.epoch = 0
        self._sentences = min(batch_size, len(examples))
        self._steps = usual_steps(examples.lengths, self._sentences, examples.reads == "vectors")
        self.pipeline: Pipeline | None = None
        self._kept: tuple[int, Plan] | None = None

    @property
    def is_fixed(self) -> bool:
        """Whether all epochs are the same."""
        return self.seed is None

    def epochs(self) -> Iterator[dict[str, Any]]:
        """Blocks, epoch after epoch without end, from `epoch` on."""
        return map(self.block, count())

    def block(self, index: int) -> dict[str, Any]:
        """A block, counted from the first of `epoch` on, through all epochs."""
        later, place = divmod(index, self.blocks())
        chosen, extras = self._plan_of(self.epoch + later)
        here = slice(place * self._block_size, (place + 1) * self._block_size)
        return self._block(chosen[here], {name: values[here] for name, values in extras.items()})

    def dataset(self) -> tf.data.Dataset:
        """What `epochs` gives, for Keras, which has to be told of `blocks`.

        It is made once, since making it takes as long as a short epoch. `epoch` counts when it is read from the start.
        """
        if self.pipeline is None:
            self.pipeline = Pipeline(self)
        return self.pipeline.dataset

    def blocks(self) -> int:
        """Number of blocks of an epoch."""
        return -(-self._batches // self._block_size)

    def take_dataset(self, other: "Feed") -> bool:
        """Have another feed's dataset give this one's blocks from now on, if it can; say whether it can."""
        alike = (
            type(self) is type(other)
            and self.examples is other.examples
            and self.batch_size == other.batch_size
            and self.is_fixed == other.is_fixed
            and self.class_weights == other.class_weights
        )
        if alike and other.pipeline is not None:
            self.pipeline = other.pipeline
            self.pipeline.feed = self
        return alike

    def plan(self, epoch: int) -> Plan:
        """The batches of an epoch.

        Args:
            epoch: 0 is the first.

        Returns:
            Indices of their sentences, shape `(batches, sentences)`, -1 where a batch has fewer; and `extras`, each of
            shape `(batches,)`.
        """
        size = len(self.examples)
        order = np.arange(size) if self.seed is None else shuffled_order(size, self.seed, epoch)
        chosen = in_batches(order, self.batch_size)
        return chosen, {"divisor": np.count_nonzero(chosen >= 0, axis=1).astype(np.float64)}

    def single_batches(self) -> Iterator[Batch]:
        """The batches of the current epoch one by one, each as small as it can be."""
        for chosen in self.plan(self.epoch)[0]:
            yield make_batch(self.examples, chosen[chosen >= 0])

    def _plan_of(self, epoch: int) -> Plan:
        """An epoch's plan, which is kept for its further blocks."""
        kept = self._kept
        if kept is None or kept[0] != epoch:
            kept = self._kept = epoch, self.plan(epoch)
        return kept[1]

    @cached_property
    def _batches(self) -> int:
        """Number of batches of an epoch, which is that of every epoch."""
        return len(self.plan(0)[0])

    @cached_property
    def _block_size(self) -> int:
        """Batches of a block; no more than an epoch has, since all blocks have the shapes of a full one."""
        largest = self._sentences * int(self._steps[-1]) * math.prod(self.examples.inputs[0].shape[1:])
        return max(1, min(self._batches, MOST_BATCHES, MOST_READ // largest))

    def _block(self, chosen: NDArray[np.int64], extras: dict[str, NDArray[Any]]) -> dict[str, Any]:
        """A block of some batches; all blocks have the same shapes, so that one program serves for all."""
        longest = np.where(chosen < 0, 0, self.examples.lengths[chosen]).max(axis=1)
        shapes = np.searchsorted(self._steps, longest)
        places = np.zeros_like(shapes)
        stacks = []
        for shape, steps in enumerate(self._steps.tolist()):
            mine = shapes == shape
            places[mine] = np.arange(mine.sum())
            stacks.append(self._stack(chosen[mine], {name: values[mine] for name, values in extras.items()}, steps))
        turns = np.stack([shapes, places], axis=1).astype(np.int32)
        return {"batches": tuple(stacks), "turns": self._filled_up(turns), "count": np.int32(len(turns))}

    def _stack(self, chosen: NDArray[np.int64], extras: dict[str, NDArray[Any]], steps: int) -> Any:
        """Batches of one shape."""
        batch = make_batches(self.examples, self._filled_up(chosen, -1), steps)
        scalars = {name: self._filled_up(values) for name, values in extras.items()}
        return {**batch.inputs, **scalars}, batch.targets, self._weights(batch)

    def _weights(self, batch: Batch) -> NDArray[Any]:
        return (
            batch.weights if self.class_weights is None else batch.weights * np.array(self.class_weights)[batch.targets]
        )

    def _filled_up(self, array: NDArray[Any], value: int = 0) -> NDArray[Any]:
        padding = [(0, self._block_size - len(array)), *[(0, 0)] * (array.ndim - 1)]
        return np.pad(array, padding, constant_values=value)


class Pipeline:
    """A dataset of a feed's blocks; it can be turned to another feed whose blocks have the same shapes.

    That of a fixed feed holds its blocks, unless they are large: to fetch one from Python takes longer than to measure
    a small one.

    Attributes:
        feed: The feed whose blocks it gives.
        dataset: Its blocks without end.
    """

    def __init__(self, feed: Feed) -> None:
        self.feed = feed
        first = feed.block(0)
        # Of any size, so that what is traced serves all blocks.
        signature = tf.nest.map_structure(lambda array: tf.TensorSpec([None] * array.ndim, array.dtype), first)
        size = feed.blocks() * sum(array.nbytes for array in tf.nest.flatten(first))
        if feed.is_fixed and size <= MOST_HELD:
            blocks = [first, *map(feed.block, range(1, feed.blocks()))]
            stacks = tf.nest.map_structure(lambda *arrays: np.stack(arrays), *blocks)
            held = tf.data.Dataset.from_tensor_slices(stacks).repeat()
            dataset = tf.data.experimental.from_variant(tf.data.experimental.to_variant(held), signature)
        else:
            indices = tf.data.Dataset.range(np.iinfo(np.int64).max)
            dataset = indices.map(lambda index: self._fetched(index, signature)).prefetch(1)
        self.dataset = dataset.with_options(_options())

    def _fetched(self, index: Number, signature: Structure) -> Structure:
        """A block, made in Python."""
        specs = tf.nest.flatten(signature)
        arrays = tf.numpy_function(self._arrays, [index], [spec.dtype for spec in specs])
        for array, spec in zip(arrays, specs, strict=True):
            array.set_shape(spec.shape)
        return tf.nest.pack_sequence_as(signature, arrays)

    def _arrays(self, index: np.int64) -> list[NDArray[Any]]:
        arrays: list[NDArray[Any]] = tf.nest.flatten(self.feed.block(int(index)))
        return arrays


def _options() -> tf.data.Options:
    options = tf.data.Options()
    options.autotune.enabled = False  # its thread holds up `fit` for 0.3 s at a time where all cores are busy (2.21)
    return options
