"""Masked steps: taken out before a cell is run over a sequence, and put back behind it."""

import tensorflow as tf

from toolkit.builder.recurrent.truncation import one_step_earlier
from toolkit.builder.shapes import Lengths, Mask, Rows, Steps, Tensor


def as_mask(mask: Tensor, sequences: Steps) -> Mask:
    """The mask as booleans.

    Args:
        mask: Shape `(batch, steps)` or `(batch, steps, 1)`, zero or False at steps to leave out; None for none.
        sequences: Shape `(batch, steps, ..)`.

    Raises:
        ValueError: It has another shape.
    """
    if mask is None:
        return None
    mask = tf.cast(mask, tf.bool)
    mask = mask[..., 0] if len(mask.shape) == 3 and mask.shape[-1] == 1 else mask
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
        packed: Whether the real steps are at the front already.
    """

    def __init__(self, mask: Mask, zero_masked: bool, packed: bool = False) -> None:
        self.mask = mask
        self.zero_masked = zero_masked
        self.packed = packed
        if mask is not None:
            self.reached = tf.cumsum(tf.cast(mask, tf.int32), axis=1)
            self.reached_before = self.reached - tf.cast(mask, tf.int32)

    def reversed(self) -> "Packing":
        """That of the sequences read backwards."""
        return Packing(None if self.mask is None else tf.reverse(self.mask, [1]), self.zero_masked)

    def pack(self, sequences: Steps) -> Steps:
        """Real steps first and zeros behind them, shape `(batch, steps, ..)` as before."""
        if self.mask is None or self.packed:
            return sequences
        order = tf.argsort(tf.cast(~self.mask, tf.int32), axis=1, stable=True)
        real = like(tf.range(tf.shape(self.mask)[1]) < self.reached[:, -1:], sequences)
        packed = tf.gather(sequences, order, axis=1, batch_dims=1)
        return tf.where(real, packed, tf.zeros_like(packed))

    def one_real_step_earlier(self, gradient: Steps) -> Steps:
        """Gradients at the states before each step, `(batch, steps, ..)`, moved to the real steps that left them."""
        if self.mask is None:
            return one_step_earlier(gradient)
        batch, steps = tf.shape(gradient)[0], tf.shape(gradient)[1]
        left_by = tf.where(self.reached_before > 0, self.reached_before - 1, steps)  # the initial state goes to no step
        places = tf.stack([tf.broadcast_to(tf.range(batch)[:, None], tf.shape(left_by)), left_by], axis=-1)
        nothing = tf.zeros_like(tf.concat([gradient, gradient[:, :1]], axis=1))
        packed = tf.tensor_scatter_nd_add(nothing, places, gradient)
        unpacked = tf.gather(packed, tf.maximum(self.reached - 1, 0), axis=1, batch_dims=1)
        return tf.where(like(self.mask, unpacked), unpacked, tf.zeros_like(unpacked))

    def ends(self, sequences: Steps) -> Lengths:
        """The last real step of each packed sequence, 0 where there is none, shape `(batch,)`."""
        if self.mask is None:
            return tf.fill(tf.shape(sequences)[:1], tf.shape(sequences)[1] - 1)
        return tf.maximum(self.reached[:, -1] - 1, 0)

    def unpack(self, outputs: Steps) -> Steps:
        """Each step's output in its place, shape `(batch, steps, ..)` as before."""
        if self.mask is None:
            return outputs
        nothing = tf.zeros_like(outputs[:, :1])
        unpacked = tf.gather(tf.concat([nothing, outputs], axis=1), self.reached, axis=1, batch_dims=1)
        return tf.where(like(self.mask, unpacked), unpacked, 0) if self.zero_masked else unpacked

    def last_output(self, output: Rows) -> Rows:
        """The output after the last step, of that of the last real step, `(batch, ..)`."""
        if self.mask is None:
            return output
        shown = self.mask[:, -1] if self.zero_masked else self.reached[:, -1] > 0
        return tf.where(like(shown, output), output, 0)

    def last_state(self, initial: Rows, state: Rows) -> Rows:
        """The state after the last step, of that of the last real step, `(batch, ..)`."""
        return state if self.mask is None else tf.where(like(self.reached[:, -1] > 0, state), state, initial)


def like(mask: Tensor, sequence: Tensor) -> Tensor:
    """A mask of the first axes, to be used on values that have more."""
    return mask[(..., *[tf.newaxis] * (len(sequence.shape) - len(mask.shape)))]
