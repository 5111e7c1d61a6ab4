"""The study's batches: sentences stream through, and their gradients add up until it is time to apply them."""

from collections.abc import Iterator, Mapping
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from toolkit.builder.model.sequence_model import SequenceModel
from toolkit.builder.training.feed import Feed, Plan
from toolkit.data.examples import Examples
from toolkit.replication.draws import Draws


def groups(size: int, batch_size: int) -> Iterator[tuple[slice, int, bool]]:
    """How the study's program groups the sentences of an epoch.

    After sentence i (from 0), if i % batch_size == 0, the sum of gradients is divided by batch_size and applied. So
    the first update has one sentence, though divided by batch_size, and each later one batch_size sentences. What is
    left at the end stays in the sum, for the first update of the next epoch, except where batch_size does not divide
    the number of sentences: there it is divided by the remainder and applied.

    Args:
        size: Number of sentences.
        batch_size: Sentences an update.

    Returns:
        For each group the places of its sentences in the order of the epoch, the divisor, and whether the sum is
        applied after it.
    """
    start = 0
    for last in range(0, size, batch_size):
        yield slice(start, last + 1), batch_size, True
        start = last + 1
    if start < size:
        remainder = size % batch_size
        yield slice(start, size), remainder or batch_size, remainder > 0


class StreamFeed(Feed):
    """The examples in the study's order and groups.

    Args:
        examples: Training examples.
        batch_size: Sentences an update.
        draws: Where the orders come from.
    """

    def __init__(self, examples: Examples, batch_size: int, draws: Draws) -> None:
        super().__init__(examples, batch_size)
        self.draws = draws

    @property
    def is_fixed(self) -> bool:
        """Whether all epochs are the same: each has an order of its own."""
        return False

    def plan(self, epoch: int) -> Plan:
        """The groups of an epoch, each with its divisor and whether it is followed by an update."""
        size = len(self.examples)
        order: NDArray[np.int64] = self.draws.order(size, epoch)
        places, divisor, applied = zip(*groups(size, self.batch_size), strict=True)
        chosen = np.full((len(places), min(self.batch_size, size)), -1)
        for row, place in zip(chosen, places, strict=True):
            row[: place.stop - place.start] = order[place]
        return chosen, {"divisor": np.array(divisor, np.float64), "applied": np.array(applied)}


@keras.saving.register_keras_serializable("toolkit")
class StreamModel(SequenceModel):
    """A SequenceModel whose gradients are carried over from group to group until they are applied."""

    def build(self, input_shape: Any = None) -> None:
        """Create the weights, and the sums of gradients that are carried over."""
        super().build(input_shape)
        self.carried = [
            self.add_weight(shape=weight.shape, initializer="zeros", trainable=False, name=f"carried_{index}")
            for index, weight in enumerate(self.trainable_weights)
        ]

    def update(self, gradients: list[Any], inputs: Mapping[str, Any]) -> None:
        """Add the gradients to what is carried; apply the sum if it is time."""
        sums = [carried + gradient for carried, gradient in zip(self.carried, gradients, strict=True)]
        due = [tf.where(inputs["applied"], total, tf.zeros_like(total)) for total in sums]
        divided = [total / tf.cast(inputs["divisor"], total.dtype) for total in due]
        self.optimizer.apply_gradients(zip(divided, self.trainable_weights, strict=True))
        for carried, total, applied in zip(self.carried, sums, due, strict=True):
            carried.assign(total - applied)
