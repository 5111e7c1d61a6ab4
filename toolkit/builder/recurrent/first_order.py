"""Gradients that have no gradient themselves: an error that says so, in place of wrong numbers."""

import tensorflow as tf

from toolkit.builder.shapes import Structure, Tensor, Tensors

MESSAGE = (
    "TruncatedRNN: a truncated gradient has no gradient of its own, because it is not the derivative of any function; "
    "gradients of gradients (a tape within a tape, a Hessian) and forward-mode differentiation are taken through "
    "TruncatedRNN(.., lookback='full', return_sequences=True) or keras.layers.RNN"
)


def first_order_only(gradients: Tensors, sources: Tensors) -> list[Tensor]:
    """Forbid that gradients are differentiated.

    Args:
        gradients: Tensors of any shapes.
        sources: All that they were computed from besides the gradients that came in: asking for their gradient with
            respect to any of these is an error, rather than that of the part of it that a tape happened to see.

    Returns:
        The gradients.
    """
    return without_gradient(gradients, sources, MESSAGE)


def without_gradient(values: Tensors, sources: Tensors, message: str) -> list[Tensor]:
    """Forbid that values are differentiated.

    Args:
        values: Tensors of any shapes.
        sources: All that they were computed from.
        message: What is said to whoever asks for a gradient with respect to values or sources.

    Returns:
        The values.
    """

    @tf.custom_gradient
    def forbid(*tensors: Tensor) -> Structure:
        def refuse(*_: Tensor) -> Structure:
            raise ValueError(message)  # this type outlives TensorFlow's functions, one of our own would not

        return [tf.identity(tensor) for tensor in tensors[: len(values)]], refuse

    forbidden: list[Tensor] = forbid(*values, *sources)
    return forbidden
