"""One vector a sequence from the states at all its steps."""

import tensorflow as tf

from toolkit.builder.recurrent.padding import like
from toolkit.builder.shapes import Lengths, Rows, Steps


def mean(states: Steps, lengths: Lengths) -> Rows:
    """The mean over the real steps.

    Args:
        states: Shape `(batch, steps, units)`.
        lengths: The number of real steps of each sequence, at least 1, shape `(batch,)`.

    Returns:
        Shape `(batch, units)`.
    """
    total = tf.reduce_sum(tf.where(_real(states, lengths), states, 0), axis=1)
    return total / tf.cast(lengths, states.dtype)[:, tf.newaxis]


def maximum(states: Steps, lengths: Lengths) -> Rows:
    """The largest value of each unit at any real step; see `mean`."""
    return tf.reduce_max(tf.where(_real(states, lengths), states, states.dtype.min), axis=1)


POOLS = {"mean": mean, "max": maximum}
"""By what a spec calls them. `last` is none of them: what is not needed for it is never computed."""


def _real(states: Steps, lengths: Lengths) -> Rows:
    return like(tf.sequence_mask(lengths, tf.shape(states)[1]), states)
