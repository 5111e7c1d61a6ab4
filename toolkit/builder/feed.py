"""Batches on their way into Keras: a `tf.data.Dataset` over examples."""

from collections.abc import Iterator
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from toolkit.data.batches import batches, shuffled_order
from toolkit.data.examples import Examples


class Feed:
    """The batches of a set of examples, in an order that an epoch decides.

    Args:
        examples: What to draw batches from.
        batch_size: Sentences a batch.
        seed: Seed of the shuffling; None keeps the examples in their order.
    """

    def __init__(self, examples: Examples, batch_size: int, seed: int | None = None) -> None:
        self.examples = examples
        self.batch_size = batch_size
        self.seed = seed
        self.epoch = 0

    def dataset(self) -> tf.data.Dataset:
        """A dataset of `(inputs, targets, weights)` as `SequenceModel` takes them; `epoch` is read when it starts."""
        matrix = tf.TensorSpec((None, None), tf.int32)
        signature = ({"tokens": matrix, "positions": matrix}, matrix, tf.TensorSpec((None, None), tf.float32))
        count = -(-len(self.examples) // self.batch_size)
        dataset = tf.data.Dataset.from_generator(self._elements, output_signature=signature)
        return dataset.apply(tf.data.experimental.assert_cardinality(count)).prefetch(2)

    def _elements(self) -> Iterator[Any]:
        size = len(self.examples)
        order = np.arange(size) if self.seed is None else shuffled_order(size, self.seed, self.epoch)
        for batch in batches(self.examples, order, self.batch_size):
            yield {"tokens": batch.tokens, "positions": batch.positions}, batch.targets, batch.weights


class EpochOrder(keras.callbacks.Callback):
    """Tells a feed which epoch begins, so that the order of the sentences depends on the absolute epoch only."""

    def __init__(self, feed: Feed) -> None:
        super().__init__()
        self.feed = feed

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Hand the epoch on."""
        self.feed.epoch = epoch
