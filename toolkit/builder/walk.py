"""The truncated backward pass of one prediction a sequence: a walk back from its own step."""

from collections.abc import Sequence
from typing import Any

import tensorflow as tf

from toolkit.builder.cell_step import CellStep, Tensors
from toolkit.builder.scan import scan


def scan_to(step: CellStep, inputs: Any, initial: Tensors, last: Any, lookback: Any) -> Tensors:
    """Step a cell through time and keep what it gives at one step of each sequence.

    The gradient is that of back-propagation through time, `lookback` steps back. Since an error enters at one step
    only, each term of its Neumann series (see `toolkit.builder.truncation`) lives at one step too, so the series is a
    walk back over `lookback` + 1 steps of all sequences side by side, whatever their length.

    Args:
        step: The cell.
        inputs: Shape `(batch, steps, features)`.
        initial: The states before the first step, each `(batch, units)`.
        last: The step of each sequence, from 0, shape `(batch,)`.
        lookback: Number of steps that an error travels back, at least 0; may be a tensor.

    Returns:
        What the cell gives there (see CellStep), each `(batch, units)`.
    """

    @tf.custom_gradient
    def run(inputs: Any, *initial: Any) -> Any:
        results = scan(step, inputs, initial, length=1 + tf.reduce_max(last))

        def gradient(*errors: Any, variables: Sequence[Any] = ()) -> Any:
            walk = Walk(step, inputs, initial, results[-len(initial) :], variables)
            of_inputs, of_initial, of_variables = walk.back(errors, last, lookback)
            return ([of_inputs, *of_initial], of_variables) if variables else [of_inputs, *of_initial]

        return [tf.gather(result, last, axis=1, batch_dims=1) for result in results], gradient

    return run(inputs, *initial)


class Walk:
    """Walks back through time, each sequence from a step of its own, adding up the gradients of the steps it passes.

    Args:
        step: The cell.
        inputs: Shape `(batch, steps, features)`.
        initial: The states before the first step, each `(batch, units)`.
        states: The states after each step, each `(batch, steps, units)`.
        variables: The cell's weights.
    """

    def __init__(
        self, step: CellStep, inputs: Any, initial: Tensors, states: Tensors, variables: Sequence[Any]
    ) -> None:
        self.step = step
        self.inputs = inputs
        self.initial = initial
        self.states = states
        self.variables = list(variables)

    def back(self, errors: Tensors, last: Any, lookback: Any) -> tuple[Any, list[Any], list[Any]]:
        """Walk.

        Args:
            errors: The gradients of the loss with respect to what the cell gives at the last steps, each
                `(batch, units)`.
            last: The step of each sequence where the walk begins, shape `(batch,)`.
            lookback: Number of steps before it to walk over.

        Returns:
            The gradients of inputs, initial states and variables.
        """
        outputs = [tf.zeros_like(error) for error in errors[: -len(self.initial)]]

        def pass_step(walked: Any, errors: Tensors, of_inputs: Any, of_initial: Any, of_variables: Any) -> Any:
            steps = last - walked
            of_rows, of_states, of_step = self._step_gradients(steps, errors)
            return (
                walked + 1,
                [*outputs, *(tf.where((steps > 0)[:, None], error, 0) for error in of_states)],
                tf.tensor_scatter_nd_add(of_inputs, _places(steps), of_rows),
                [
                    total + tf.where((steps == 0)[:, None], one, 0)
                    for total, one in zip(of_initial, of_states, strict=True)
                ],
                [total + one for total, one in zip(of_variables, of_step, strict=True)],
            )

        sums = [
            tf.nest.map_structure(tf.zeros_like, each) for each in (self.inputs, list(self.initial), self.variables)
        ]
        length = 1 + tf.minimum(lookback, tf.reduce_max(last))
        return tf.while_loop(lambda walked, *_: walked < length, pass_step, (0, list(errors), *sums))[2:]

    def _step_gradients(self, steps: Any, errors: Tensors) -> Any:
        """The gradients of inputs, previous states and variables of one step of each sequence."""
        rows = tf.gather_nd(self.inputs, _places(steps))
        before = [
            tf.where((steps > 0)[:, None], tf.gather_nd(state, _places(steps - 1)), first)
            for state, first in zip(self.states, self.initial, strict=True)
        ]
        with tf.GradientTape() as tape:
            tape.watch([rows, *before])
            results = self.step.everywhere(rows, before)  # the dropout masks of its forward pass
        return tape.gradient(
            results,
            (rows, before, self.variables),
            output_gradients=errors,
            unconnected_gradients=tf.UnconnectedGradients.ZERO,
        )


def _places(steps: Any) -> Any:
    """Where each sequence's step is, `(batch, 2)`; the first step instead of one before it."""
    return tf.stack([tf.range(tf.shape(steps)[0]), tf.maximum(steps, 0)], axis=1)
