"""The gradient that the study's program computes for its GRU, which is not the true one."""

from typing import Any

import keras
import tensorflow as tf

from toolkit.builder.recurrent.cells import GRUCell


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

    def advance(self, inputs: Any, states: list[Any], kernels: list[Any]) -> list[Any]:
        """One step, wherever it is differentiated; see RecurrentCell.advance."""
        return self.taken(inputs, states, *self.advance_keeping(inputs, states, kernels))

    def advance_keeping(self, inputs: Any, states: list[Any], kernels: list[Any]) -> tuple[list[Any], list[Any]]:
        """One step, from state, last candidate and number of steps; see RecurrentCell.advance_keeping."""
        previous, _, steps = states
        (state,), kept = super().advance_keeping(inputs, [previous], kernels)
        return [state, kept[-1], steps + 1], kept

    def errors_back(
        self, states: list[Any], new_states: list[Any], kept: list[Any], errors: list[Any], kernels: list[Any]
    ) -> tuple[Any, list[Any], list[Any]]:
        """The gradients of one step; see RecurrentCell.errors_back."""
        previous, last_candidate, steps = states
        reset_factor = tf.where(steps == 0, kept[-1], last_candidate)
        of_rows, (of_previous,), of_kernels = self._errors_back(previous, reset_factor, kept, errors[0], kernels)
        of_previous = tf.where(steps != 1, of_previous, 0)
        return of_rows, [of_previous, tf.zeros_like(last_candidate), tf.zeros_like(steps)], of_kernels
