"""Batches on their way into Keras: a `tf.data.Dataset` over examples."""

from collections.abc import Iterator
from typing import Any, ClassVar

import keras
import numpy as np
import tensorflow as tf

from toolkit.data.batches import Batch, batches, shuffled_order
from toolkit.data.examples import Examples


class Feed:
    """The batches of a set of examples, in an order that the epoch decides.

    Args:
        examples: What to draw batches from.
        batch_size: Sentences a batch.
        seed: Seed of the shuffling; None keeps the examples in their order.
    """

    extras: ClassVar[dict[str, tf.DType]] = {}
    """Scalars that each batch's inputs hold beside words and positions, by name."""

    def __init__(self, examples: Examples, batch_size: int, seed: int | None = None) -> None:
        self.examples = examples
        self.batch_size = batch_size
        self.seed = seed
        self.epoch = 0
        self._dataset: tf.data.Dataset | None = None

    def dataset(self) -> tf.data.Dataset:
        """A dataset of `(inputs, targets, weights)` as `SequenceModel` takes them; `epoch` is read when it starts.

        It is made once, since making it takes as long as a short epoch.
        """
        if self._dataset is None:
            self._dataset = self._new_dataset()
        return self._dataset

    def take_over(self, other: "Feed") -> bool:
        """Give the batches of another feed, if it has the same examples and batch size; say whether it has."""
        alike = type(self) is type(other) and self.examples is other.examples and self.batch_size == other.batch_size
        if alike:
            self.seed, self.epoch = other.seed, other.epoch
        return alike

    def _new_dataset(self) -> tf.data.Dataset:
        matrix = tf.TensorSpec((None, None), tf.int32)
        scalars = {name: tf.TensorSpec((), kind) for name, kind in self.extras.items()}
        signature = (
            {"tokens": matrix, "positions": matrix, **scalars},
            matrix,
            tf.TensorSpec((None, None), tf.float32),
        )
        dataset = tf.data.Dataset.from_generator(self._elements, output_signature=signature)
        return dataset.apply(tf.data.experimental.assert_cardinality(self.size())).prefetch(2)

    def size(self) -> int:
        """Number of batches of an epoch."""
        return -(-len(self.examples) // self.batch_size)

    def epoch_batches(self) -> Iterator[tuple[Batch, dict[str, Any]]]:
        """The batches of the current epoch, each with its values of `extras`."""
        size = len(self.examples)
        order = np.arange(size) if self.seed is None else shuffled_order(size, self.seed, self.epoch)
        for batch in batches(self.examples, order, self.batch_size):
            yield batch, {}

    def _elements(self) -> Iterator[Any]:
        for batch, extras in self.epoch_batches():
            yield {"tokens": batch.tokens, "positions": batch.positions, **extras}, batch.targets, batch.weights


class EpochOrder(keras.callbacks.Callback):
    """Tells a feed which epoch begins, so that the order of the sentences depends on the absolute epoch only."""

    def __init__(self, feed: Feed) -> None:
        super().__init__()
        self.feed = feed

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Hand the epoch on."""
        self.feed.epoch = epoch
