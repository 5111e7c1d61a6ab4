"""The layer `TruncatedRNN`: like `keras.layers.RNN`, with exact truncated back-propagation through time."""

from typing import Any, Literal

import keras
import tensorflow as tf
from keras import tree

from toolkit.builder.truncation import Tensors, truncate_gradient

Lookback = int | Literal["full"]


@keras.saving.register_keras_serializable("toolkit")
class TruncatedRNN(keras.layers.RNN):
    """Runs a cell over a sequence; errors travel back `lookback` steps from every prediction, no further.

    Truncation is per prediction: every position has the same depth of credit, unlike the cutting of a sequence into
    chunks. The forward pass is that of `keras.layers.RNN`.

    Args:
        cell: Any Keras RNN cell.
        lookback: Number of steps further back than the current one that an error is propagated, at least 0; `full`
            for ordinary back-propagation through time.
        return_sequences: Whether to return the output at every step or only the last.
        return_state: Whether to return the final states as well.
        **kwargs: Arguments of `keras.layers.RNN`.

    Raises:
        ValueError: `lookback` is neither a whole number of at least 0 nor `full`.

    Call args:
        sequences: Shape `(batch, steps, features)`.
        initial_state: The states before the first step; None for the cell's own.
        mask: Shape `(batch, steps)`, False at steps to leave out; None for none.
        training: Passed to the cell.

    Returns:
        Shape `(batch, steps, units)` with `return_sequences`, else `(batch, units)`; with `return_state` followed by
        the states.

    Example:
        >>> layer = TruncatedRNN(keras.layers.GRUCell(32), lookback=3, return_sequences=True)
        >>> layer(keras.ops.ones((2, 7, 5))).shape
        TensorShape([2, 7, 32])
    """

    def __init__(
        self,
        cell: Any,
        lookback: Lookback,
        return_sequences: bool = False,
        return_state: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(cell, return_sequences=return_sequences, return_state=return_state, **kwargs)
        self._steps_back = tf.Variable(0, trainable=False, dtype=tf.int32)
        self.lookback = lookback

    @property
    def lookback(self) -> Lookback:
        """Number of steps that an error travels back; a finite one may be changed without compiling anew."""
        return self._lookback

    @lookback.setter
    def lookback(self, lookback: Lookback) -> None:
        self._lookback = _checked(lookback)
        if lookback != "full":
            self._steps_back.assign(lookback)

    def inner_loop(self, sequences: Any, initial_state: Any, mask: Any, training: bool = False) -> tuple[Any, Any, Any]:
        """Run the cell over the sequences.

        Returns:
            The last output `(batch, units)`, all outputs `(batch, steps, units)` and the final states.
        """
        if self.lookback == "full":
            return super().inner_loop(sequences, initial_state, mask, training)
        step = _CellStep(self.cell, initial_state, training)
        inputs = _swap_batch_and_steps(sequences)
        initial = tree.flatten(initial_state)
        outputs, states = _scan(step, inputs, initial)
        outputs, states = truncate_gradient(step, inputs, initial, outputs, states, self._steps_back)
        final_states = tree.pack_sequence_as(initial_state, [state[-1] for state in states])
        return outputs[-1], _swap_batch_and_steps(outputs), final_states

    def get_config(self) -> dict[str, Any]:
        """Arguments that make an equal layer."""
        return {**super().get_config(), "lookback": self.lookback}


class _CellStep:
    """Calls a cell with its states as a flat list."""

    def __init__(self, cell: Any, structure: Any, training: bool) -> None:
        self.cell = cell
        self.structure = structure
        takes_training = isinstance(cell, keras.layers.Layer) and cell._call_has_training_arg
        self.arguments = {"training": training} if takes_training else {}

    def __call__(self, inputs: Any, states: Tensors) -> tuple[Any, Tensors]:
        output, new_states = self.cell(inputs, tree.pack_sequence_as(self.structure, list(states)), **self.arguments)
        return output, tree.flatten(new_states)


def _scan(step: _CellStep, inputs: Any, initial: Tensors) -> tuple[Any, Tensors]:
    """Step the cell through time; returns outputs and states after each step, each `(steps, batch, units)`."""
    length = tf.shape(inputs)[0]
    output_shape = step(inputs[0], initial)[0]
    arrays = [tf.TensorArray(value.dtype, size=length, element_shape=value.shape) for value in (output_shape, *initial)]

    def advance(index: Any, states: Tensors, arrays: Tensors) -> tuple[Any, Tensors, Tensors]:
        output, new_states = step(inputs[index], states)
        written = [array.write(index, value) for array, value in zip(arrays, (output, *new_states), strict=True)]
        return index + 1, new_states, written

    _, _, arrays = tf.while_loop(lambda index, *_: index < length, advance, (0, list(initial), arrays))
    outputs, *states = (tf.stop_gradient(array.stack()) for array in arrays)
    return outputs, states


def _swap_batch_and_steps(sequence: Any) -> Any:
    return tf.transpose(sequence, [1, 0, *range(2, len(sequence.shape))])


def _checked(lookback: Any) -> Lookback:
    if lookback == "full" or (isinstance(lookback, int) and not isinstance(lookback, bool) and lookback >= 0):
        return lookback
    raise ValueError(f"TruncatedRNN: lookback is a whole number of at least 0, or 'full'; received {lookback!r}")
