"""The truncated backward pass: back-propagation through time as a Neumann series of batched cell steps."""

from collections.abc import Callable

import tensorflow as tf

from toolkit.builder.recurrent.cell_step import CellStep
from toolkit.builder.recurrent.first_order import first_order_only
from toolkit.builder.shapes import Number, Rows, Steps, Structure, Tensor, Tensors

Step = Callable[[Tensors], Tensors]
"""One cell step at all positions at once: from previous states to what the cell gives (see CellStep), all of shape
`(batch * steps, ..)`."""


def truncate_gradient(step: CellStep, inputs: Steps, initial: Tensors, results: Tensors, lookback: Number) -> Tensors:
    """Give the results of a forward pass through time their truncated gradient.

    The values stay those of the forward pass, to the bit. For the gradient the cell is stepped once more, at all
    positions in parallel, from the states that the forward pass left. Ordinary differentiation of that one step gives
    the gradients of weights, inputs and initial states, once the gradient at its new states has been replaced by
    `neumann_series`.

    Args:
        step: The cell, whose rows do not act on one another.
        inputs: Shape `(batch, steps, ..)`.
        initial: The states before the first step, each `(batch, ..)`.
        results: What the cell gave at each step of the forward pass, each `(batch, steps, ..)`.
        lookback: Number of steps that an error travels back, at least 0; may be a tensor.

    Returns:
        `results`, same values and shapes, with the truncated gradient.
    """
    before = [flatten_steps(state) for state in states_before(initial, results)]
    flat_inputs = flatten_steps(inputs)

    @tf.custom_gradient
    def replace(*parallel: Rows) -> Structure:
        def gradient(*gradients: Steps) -> list[Tensor]:
            with step.as_it_was():
                summed = neumann_series(
                    lambda states: step.everywhere(flat_inputs, states), before, gradients, lookback
                )
            sources = [inputs, *initial, *step.sources]
            return first_order_only([flatten_steps(gradient) for gradient in summed], sources)

        return [tf.identity(value) for value in results], gradient

    replaced: Tensors = replace(*step.everywhere(flat_inputs, before))
    return replaced


def neumann_series(step: Step, before: Tensors, gradients: Tensors, lookback: Number) -> Tensors:
    """Sum the first `lookback` + 1 terms of the Neumann series of back-propagation through time.

    With g the gradient of the loss with respect to what each step gives, each position on its own, and J the Jacobian
    of one cell step, full BPTT solves d = g + J^T d. Truncating the credit of each prediction at `lookback` steps back
    keeps d = g + J^T g + .. + (J^T)^lookback g, summed here by Horner's rule: `lookback` vector-Jacobian products of
    one cell step at all positions at once. Positions past a sentence's end have g = 0 and so pass nothing.

    Args:
        step: Steps the cell at all positions.
        before: The states before each step, each `(batch * steps, ..)`.
        gradients: g, the gradients of the loss with respect to what the cell gives at each step, each
            `(batch, steps, ..)`.
        lookback: Number of terms after the first; may be a tensor.

    Returns:
        d, the same shapes.
    """
    step_back = one_step_back(step, before)
    outputs, direct = gradients[: -len(before)], gradients[-len(before) :]

    def add_term(index: Number, states: Tensors) -> tuple[Number, Tensors]:
        passed = step_back([*outputs, *states])
        return index + 1, [own + back for own, back in zip(direct, passed, strict=True)]

    terms = tf.minimum(lookback, tf.shape(gradients[0])[1] - 1)
    _, states = tf.while_loop(lambda index, _: index < terms, add_term, (0, list(direct)))
    return [*outputs, *states]


def one_step_back(step: Step, before: Tensors) -> Callable[[Tensors], Tensors]:
    """J^T: takes gradients at all steps to their shares one step earlier, in one vector-Jacobian product.

    Args:
        step: Steps the cell at all positions.
        before: The states before each step, each `(batch * steps, ..)`.

    Returns:
        A function of the gradients at what the cell gives at each step, each `(batch, steps, ..)`, to those at the
        states that the step before left, of that form; nothing passes the first step.
    """
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(before)
        results = step(before)

    def step_back(gradients: Tensors) -> Tensors:
        passed = tape.gradient(
            results,
            before,
            output_gradients=[flatten_steps(gradient) for gradient in gradients],
            unconnected_gradients=tf.UnconnectedGradients.ZERO,
        )
        shapes = [tf.shape(gradient) for gradient in gradients[-len(before) :]]
        return [one_step_earlier(tf.reshape(back, shape)) for back, shape in zip(passed, shapes, strict=True)]

    return step_back


def states_before(initial: Tensors, results: Tensors) -> Tensors:
    """The states before each step, each `(batch, steps, ..)`; gradients go to the initial ones only."""
    return [
        tf.concat([first[:, None], tf.stop_gradient(after[:, :-1])], axis=1)
        for first, after in zip(initial, results[-len(initial) :], strict=True)
    ]


def flatten_steps(sequence: Steps) -> Rows:
    """From `(batch, steps, ..)` to `(batch * steps, ..)`."""
    return tf.reshape(sequence, tf.concat([[-1], tf.shape(sequence)[2:]], axis=0))


def one_step_earlier(gradient: Steps) -> Steps:
    """Gradients at all steps, `(batch, steps, ..)`, each moved to the step before; nothing comes to the last."""
    return tf.concat([gradient[:, 1:], tf.zeros_like(gradient[:, :1])], axis=1)
