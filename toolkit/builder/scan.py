"""The forward pass through time: a cell stepped from the first step to the last, every state kept."""

from typing import Any

import tensorflow as tf

from toolkit.builder.cell_step import CellStep, Tensors


def scan(step: CellStep, inputs: Any, initial: Tensors) -> tuple[Any, Tensors]:
    """Step a cell through time; nothing is differentiated through it.

    Args:
        step: The cell.
        inputs: Shape `(batch, steps, features)`.
        initial: The states before the first step, each `(batch, units)`.

    Returns:
        The outputs, shape `(batch, steps, units)`, and the states after each step, each of that form.
    """
    length = tf.shape(inputs)[1]
    values = _recorded(*step(inputs[:, 0], initial))
    arrays = [tf.TensorArray(value.dtype, size=length, element_shape=value.shape) for value in values]

    def advance(index: Any, states: Tensors, arrays: Tensors) -> tuple[Any, Tensors, Tensors]:
        output, new_states = step(inputs[:, index], states)
        written = zip(arrays, _recorded(output, new_states), strict=True)
        return index + 1, new_states, [array.write(index, value) for array, value in written]

    _, _, arrays = tf.while_loop(lambda index, *_: index < length, advance, (0, list(initial), arrays))
    return _split([array.stack() for array in arrays], len(initial))


def unrolled_scan(step: CellStep, inputs: Any, initial: Tensors) -> tuple[Any, Tensors]:
    """The same without a loop in the graph, for a known number of steps."""
    states, records = initial, []
    for row in tf.unstack(inputs, axis=1):
        output, states = step(row, states)
        records.append(_recorded(output, states))
    return _split([tf.stack(values) for values in zip(*records, strict=True)], len(initial))


def _recorded(output: Any, states: Tensors) -> list[Any]:
    """What to keep of a step: mostly the output is the first state, and is kept once."""
    return list(states) if output is states[0] else [output, *states]


def _swap_batch_and_steps(sequence: Any) -> Any:
    return tf.transpose(sequence, [1, 0, *range(2, len(sequence.shape))])


def _split(records: Tensors, states: int) -> tuple[Any, Tensors]:
    records = [tf.stop_gradient(_swap_batch_and_steps(record)) for record in records]
    return records[0], records[-states:]
