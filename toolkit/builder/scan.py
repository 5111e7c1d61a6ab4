"""The forward pass through time: a cell stepped from the first step to the last, all it gives kept."""

from typing import Any

import tensorflow as tf

from toolkit.builder.cell_step import CellStep, Tensors


def scan(step: CellStep, inputs: Any, initial: Tensors, length: Any = None) -> Tensors:
    """Step a cell through time; nothing is differentiated through it.

    Args:
        step: The cell.
        inputs: Shape `(batch, steps, features)`.
        initial: The states before the first step, each `(batch, units)`.
        length: Number of steps to take, may be a tensor; None for all.

    Returns:
        What the cell gives at each step (see CellStep), each `(batch, steps, units)`; zeros at steps not taken.
    """
    # XLA's CPU runtime runs a loop's body of at most 8 operations in place, a longer one through a queue of tasks,
    # which costs small batches more than the operations (seen in TensorFlow 2.21). Cells that read rows stay within 8.
    advance = step.prepared()
    rows = _swap_batch_and_steps(inputs)
    size = tf.shape(rows)[0]
    arrays = [tf.TensorArray(value.dtype, size=size, element_shape=value.shape) for value in advance(rows[0], initial)]

    def add_step(index: Any, states: Tensors, arrays: Tensors) -> tuple[Any, Tensors, Tensors]:
        results = advance(rows[index], states)
        written = [array.write(index, value) for array, value in zip(arrays, results, strict=True)]
        return index + 1, results[-len(initial) :], written

    end = size if length is None else length
    _, _, arrays = tf.while_loop(lambda index, *_: index < end, add_step, (0, list(initial), arrays))
    return [_swap_batch_and_steps(array.stack()) for array in arrays]


def unrolled_scan(step: CellStep, inputs: Any, initial: Tensors) -> Tensors:
    """The same without a loop in the graph, for a known number of steps."""
    states, steps = initial, []
    for row in tf.unstack(inputs, axis=1):
        steps.append(step(row, states))
        states = steps[-1][-len(initial) :]
    return [_swap_batch_and_steps(tf.stack(values)) for values in zip(*steps, strict=True)]


def _swap_batch_and_steps(sequence: Any) -> Any:
    return tf.stop_gradient(tf.transpose(sequence, [1, 0, *range(2, len(sequence.shape))]))
