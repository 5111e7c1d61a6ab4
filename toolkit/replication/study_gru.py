"""The gradient that the study's program computes for its GRU, which is not the true one."""

from typing import Any

import keras
import tensorflow as tf
from keras import ops

from toolkit.builder.cells import GRUCell


@keras.saving.register_keras_serializable("toolkit")
class StudyGRUCell(GRUCell):
    """A GRUCell with the values of the true one and the gradient of the study's program.

    The study's program differentiates its GRU by hand, for the agreement task, and deviates from the true gradient in
    two places:

    1. The gradient of the reset gate r_t multiplies by the previous candidate h_{t-1}, where the true one multiplies
       by the previous state s_{t-1}, since r_t enters as r_t * s_{t-1}. At the first step the index -1 wraps around to
       the sentence's last candidate.
    2. The walk back leaves out the first step, unless it is the only one. So no error is passed back to it.

    Both are made part of one step here, so that the ordinary truncated back-propagation gives the study's gradient.
    For this the cell has two states beside s: the last candidate, and the number of steps taken. Where the first step
    is differentiated at all, it is the only one and its own candidate is the sentence's last.
    """

    def __init__(self, units: int, *arguments: Any, **kwargs: Any) -> None:
        super().__init__(units, *arguments, **kwargs)
        self.state_size = [units, units, 1]

    def call(self, inputs: Any, states: Any, training: bool = False) -> tuple[Any, list[Any]]:
        """One step.

        Args:
            inputs: Shape `(batch, row_size)`, or `(batch, features)` with `project_inputs`.
            states: The previous state and candidate, each `(batch, units)`, and the number of steps taken,
                `(batch, 1)`.
            training: Unused.

        Returns:
            The new state, and the list of the three new states.
        """
        previous, candidate, steps = states
        previous = tf.where(steps == 1, tf.stop_gradient(previous), previous)
        rows, kernel, gates = self._project(inputs), self.recurrent_kernel, 2 * self.units
        reset, update = ops.split(ops.sigmoid(rows[:, :gates] + ops.matmul(previous, kernel[:, :gates])), 2, axis=-1)
        multiplied = tf.where(steps == 0, self.activation(rows[:, gates:]), candidate)
        product = _product_with_wrong_factor(reset, previous, multiplied)
        candidate = self.activation(rows[:, gates:] + ops.matmul(product, kernel[:, gates:]))
        state = update * previous + (1 - update) * candidate
        return state, [state, tf.stop_gradient(candidate), steps + 1]


@tf.custom_gradient
def _product_with_wrong_factor(reset: Any, previous: Any, multiplied: Any) -> Any:
    """The product reset * previous, whose gradient with respect to reset multiplies by something else."""

    def gradient(upstream: Any) -> tuple[Any, Any, Any]:
        return upstream * multiplied, upstream * reset, None

    return reset * previous, gradient
