"""The truncated backward pass: back-propagation through time as a Neumann series of batched cell steps."""

from collections.abc import Callable
from typing import Any

import tensorflow as tf

from toolkit.builder.cell_step import Tensors

Step = Callable[[Tensors], tuple[Any, Tensors]]
"""One cell step at all positions at once: from previous states to output and new states, all `(positions, ..)`."""


def truncate_gradient(
    step: Callable[[Any, Tensors], tuple[Any, Tensors]],
    inputs: Any,
    initial: Tensors,
    outputs: Any,
    states: Tensors,
    lookback: Any,
) -> tuple[Any, Tensors]:
    """Give the results of a forward pass through time their truncated gradient.

    The values stay those of the forward pass, to the bit. For the gradient the cell is stepped once more, at all
    positions in parallel, from the states that the forward pass left. Ordinary differentiation of that one step gives
    the gradients of weights, inputs and initial states, once the gradient at its new states has been replaced by
    `neumann_series`.

    Args:
        step: Steps the cell: inputs `(positions, features)` and previous states, each `(positions, units)`, to an
            output and new states.
        inputs: Shape `(batch, steps, features)`.
        initial: The states before the first step, each `(batch, units)`.
        outputs: The outputs of the forward pass, shape `(batch, steps, units)`.
        states: The states that the forward pass left after each step, each `(batch, steps, units)`.
        lookback: Number of steps that an error travels back, at least 0.

    Returns:
        `outputs` and `states`, same values and shapes, with the truncated gradient.
    """
    before = [flatten_steps(state) for state in states_before(initial, states)]
    flat_inputs = flatten_steps(inputs)

    @tf.custom_gradient
    def replace(*parallel: Any) -> Any:
        def gradient(output_gradient: Any, *state_gradients: Any) -> list[Any]:
            truncated = neumann_series(
                lambda states: step(flat_inputs, states), before, output_gradient, state_gradients, lookback
            )
            return [flatten_steps(gradient) for gradient in (output_gradient, *truncated)]

        return [tf.identity(value) for value in (outputs, *states)], gradient

    parallel_output, parallel_states = step(flat_inputs, before)
    output, *new_states = replace(parallel_output, *parallel_states)
    return output, new_states


def states_before(initial: Tensors, states: Tensors) -> list[Any]:
    """The states before each step, each `(batch, steps, units)`, of those before the first and those after each."""
    return [
        tf.concat([first[:, None], tf.stop_gradient(after[:, :-1])], axis=1)
        for first, after in zip(initial, states, strict=True)
    ]


def neumann_series(
    step: Step, before: Tensors, output_gradient: Any, state_gradients: Tensors, lookback: Any
) -> Tensors:
    """Sum the first `lookback` + 1 terms of the Neumann series of back-propagation through time.

    With g the gradient of the loss with respect to the states, each position on its own, and J the Jacobian of one
    cell step, full BPTT solves d = g + J^T d. Truncating the credit of each prediction at `lookback` steps back keeps
    d = g + J^T g + .. + (J^T)^lookback g, summed here by Horner's rule: `lookback` vector-Jacobian products of one
    cell step at all positions at once. Positions past a sentence's end have g = 0 and so pass nothing.

    Args:
        step: Steps the cell at all positions, from previous states to output and new states.
        before: The states before each step, each `(batch * steps, units)`.
        output_gradient: Gradient of the loss with respect to the outputs, shape `(batch, steps, units)`.
        state_gradients: Gradients of the loss with respect to the states after each step, beside what reaches them
            through the outputs, each `(batch, steps, units)`.
        lookback: Number of terms after the first.

    Returns:
        The summed gradients at the states after each step, beside what reaches them through the outputs, each
        `(batch, steps, units)`.
    """
    step_back = one_step_back(step, before)

    def add_term(index: Any, gradients: Tensors) -> tuple[Any, Tensors]:
        passed = step_back(output_gradient, gradients)
        return index + 1, [direct + back for direct, back in zip(state_gradients, passed, strict=True)]

    terms = tf.minimum(lookback, tf.shape(output_gradient)[1] - 1)
    _, gradients = tf.while_loop(lambda index, _: index < terms, add_term, (0, list(state_gradients)))
    return gradients


def one_step_back(step: Step, before: Tensors) -> Callable[[Any, Tensors], Tensors]:
    """J^T: takes gradients at all steps to their shares one step earlier, in one vector-Jacobian product.

    Args:
        step: Steps the cell at all positions, from previous states to output and new states.
        before: The states before each step, each `(batch * steps, units)`.

    Returns:
        A function of the gradients at the outputs, `(batch, steps, units)`, and at the states after each step, each of
        that form, to those at the states after the step before; nothing passes the first step.
    """
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(before)
        output, after = step(before)

    def step_back(output_gradient: Any, state_gradients: Tensors) -> Tensors:
        passed = tape.gradient(
            [output, *after],
            before,
            output_gradients=[flatten_steps(gradient) for gradient in (output_gradient, *state_gradients)],
            unconnected_gradients=tf.UnconnectedGradients.ZERO,
        )
        return [
            _one_step_earlier(tf.reshape(back, tf.shape(gradient)))
            for back, gradient in zip(passed, state_gradients, strict=True)
        ]

    return step_back


def _one_step_earlier(gradient: Any) -> Any:
    return tf.concat([gradient[:, 1:], tf.zeros_like(gradient[:, :1])], axis=1)


def flatten_steps(sequence: Any) -> Any:
    """From `(batch, steps, ..)` to `(batch * steps, ..)`."""
    return tf.reshape(sequence, tf.concat([[-1], tf.shape(sequence)[2:]], axis=0))
