"""The forward pass through time: a cell stepped from the first step to the last, all it gives kept."""

import tensorflow as tf

from toolkit.builder.recurrent.cell_step import CellStep, Prepared
from toolkit.builder.shapes import Number, Rows, Steps, StepsFirst, Structure, Tensors


def scan(step: CellStep, inputs: Steps, initial: Tensors) -> Tensors:
    """Step a cell through time; nothing is differentiated through it.

    Args:
        step: The cell.
        inputs: Shape `(batch, steps, ..)`.
        initial: The states before the first step, each `(batch, ..)`.

    Returns:
        What the cell gives at each step (see CellStep), each `(batch, steps, ..)`.
    """
    rows = swap_batch_and_steps(tf.stop_gradient(inputs))
    size = tf.shape(rows)[0]
    record = Record(step.prepared(), rows[0], initial, size)
    arrays, _ = record.add(record.arrays, 0, rows, initial, size)
    return [tf.stop_gradient(swap_batch_and_steps(array.stack())) for array in arrays]


class Record:
    """Steps a cell through time and writes what it gives and keeps into arrays.

    Args:
        advance: The cell's step, as CellStep prepares it.
        inputs: Those of any step, shape `(batch, ..)`.
        initial: The states before the first step, each `(batch, ..)`.
        size: Number of steps that the arrays have room for.

    Attributes:
        arrays: Empty ones, for the results of a step (see CellStep) and what is kept of it.
    """

    def __init__(self, advance: Prepared, inputs: Rows, initial: Tensors, size: Number) -> None:
        self._advance = advance
        self.arrays = tf.nest.map_structure(
            lambda value: tf.TensorArray(value.dtype, size=size, element_shape=value.shape),
            advance(inputs, initial),
        )

    def add(self, arrays: Structure, start: Number, rows: StepsFirst, initial: Tensors, length: Number) -> Structure:
        """Take `length` steps over rows `(steps, batch, ..)`, written from place `start` on; the arrays."""

        # XLA's CPU runtime runs a loop's body of at most 8 operations in place, a longer one through a queue of tasks,
        # which costs small batches more than the operations (seen in TensorFlow 2.21). Cells that read rows stay within
        # 8, unless they keep their gates.
        def add_step(index: Number, states: Tensors, arrays: Structure) -> tuple[Number, Tensors, Structure]:
            given = self._advance(rows[index], states)
            written = tf.nest.map_structure(lambda array, value: array.write(start + index, value), arrays, given)
            return index + 1, given[0][-len(initial) :], written

        return tf.while_loop(lambda index, *_: index < length, add_step, (0, list(initial), arrays))[2]


def unrolled_scan(step: CellStep, inputs: Steps, initial: Tensors) -> Tensors:
    """The same without a loop in the graph, for a known number of steps."""
    states, steps = initial, []
    for row in tf.unstack(inputs, axis=1):
        steps.append(step(row, states))
        states = steps[-1][-len(initial) :]
    return [tf.stop_gradient(swap_batch_and_steps(tf.stack(values))) for values in zip(*steps, strict=True)]


def swap_batch_and_steps(sequence: Steps | StepsFirst) -> StepsFirst | Steps:
    """From `(batch, steps, ..)` to `(steps, batch, ..)`, or back."""
    return tf.transpose(sequence, [1, 0, *range(2, len(sequence.shape))])
