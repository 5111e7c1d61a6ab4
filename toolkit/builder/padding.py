"""Masked steps: taken out before a cell is run over a sequence, and put back behind it."""

from typing import Any

import tensorflow as tf


def as_mask(mask: Any, sequences: Any) -> Any:
    """The mask as booleans.

    Args:
        mask: Shape `(batch, steps)`, zero or False at steps to leave out; None for none.
        sequences: Shape `(batch, steps, ..)`.

    Raises:
        ValueError: It has another shape.
    """
    if mask is None:
        return None
    mask = tf.cast(mask, tf.bool)
    expected = tuple(sequences.shape[:2])
    fits = len(mask.shape) == 2 and all(
        None in sizes or sizes[0] == sizes[1] for sizes in zip(mask.shape, expected, strict=True)
    )
    if not fits:
        raise ValueError(
            f"TruncatedRNN: expected a mask of shape (batch, steps) = {expected}; received shape {tuple(mask.shape)}"
        )
    return mask


class Packing:
    """Moves the real steps of each sequence to its front, and results back to their places.

    As in Keras, a masked step repeats the output before it (zeros before the first), and leaves the state as it is.

    Args:
        mask: Shape `(batch, steps)`, True at real steps; None if all are.
        zero_masked: Whether the output of a masked step is zero instead.
    """

    def __init__(self, mask: Any, zero_masked: bool) -> None:
        self.mask = mask
        self.zero_masked = zero_masked
        if mask is not None:
            self.reached = tf.cumsum(tf.cast(mask, tf.int32), axis=1)
            self.order = tf.argsort(tf.cast(~mask, tf.int32), axis=1, stable=True)

    def pack(self, sequences: Any) -> Any:
        """Real steps first and zeros behind them, shape `(batch, steps, ..)` as before."""
        if self.mask is None:
            return sequences
        real = _like(tf.range(tf.shape(self.mask)[1]) < self.reached[:, -1:], sequences)
        packed = tf.gather(sequences, self.order, axis=1, batch_dims=1)
        return tf.where(real, packed, tf.zeros_like(packed))

    def unpack(self, outputs: Any) -> Any:
        """Each step's output in its place, shape `(batch, steps, ..)` as before."""
        if self.mask is None:
            return outputs
        nothing = tf.zeros_like(outputs[:, :1])
        unpacked = tf.gather(tf.concat([nothing, outputs], axis=1), self.reached, axis=1, batch_dims=1)
        return tf.where(_like(self.mask, unpacked), unpacked, 0) if self.zero_masked else unpacked

    def last(self, initial: Any, states: Any) -> Any:
        """The state after the last real step, `(batch, ..)`, of the states after each, `(batch, steps, ..)`."""
        if self.mask is None:
            return states[:, -1]
        return tf.gather(tf.concat([initial[:, None], states], axis=1), self.reached[:, -1], axis=1, batch_dims=1)


def _like(mask: Any, sequence: Any) -> Any:
    return tf.reshape(mask, tf.concat([tf.shape(mask), tf.ones(len(sequence.shape) - 2, tf.int32)], axis=0))
