"""The truncated backward pass of a cell whose step draws, changes variables or mixes rows: replayed step by step."""

from collections.abc import Sequence

import tensorflow as tf

from toolkit.builder.keras_internals import value_of
from toolkit.builder.recurrent.cell_step import CellStep
from toolkit.builder.recurrent.first_order import first_order_only
from toolkit.builder.recurrent.padding import Packing, like
from toolkit.builder.recurrent.scan import swap_batch_and_steps
from toolkit.builder.shapes import Number, Steps, Structure, Tensor, Tensors, Variable


def replayed_scan(
    step: CellStep,
    changed: Sequence[Variable],
    inputs: Steps,
    initial: Tensors,
    packing: Packing,
    lookback: Number,
    tried: Structure,
) -> Tensors:
    """Step a cell through time, as `keras.layers.RNN` does, with the truncated gradient.

    What the cell draws from and changes is noted before each step. The backward pass takes every step again with what
    was noted and with the batch that it had, so that it differentiates the step that was taken. The gradient is the
    Neumann series of `toolkit.builder.recurrent.truncation`, each of whose terms is a loop over the steps here.

    Args:
        step: The cell.
        changed: The Keras variables that its step changes.
        inputs: Shape `(batch, steps, ..)`.
        initial: The states before the first step, each `(batch, ..)`.
        packing: Says which steps are masked: they are stepped too, as Keras does, and leave the states as they are.
        lookback: Number of steps that an error travels back, at least 0; may be a tensor.
        tried: Inputs of a step, `(batch, ..)`, that Keras takes once beforehand to know its shape, drawing once more
            (seen in Keras 3.15); None where it does not.

    Returns:
        What the cell gives at each step (see CellStep), each `(batch, steps, ..)`.
    """
    taken = _Taken(step, changed, inputs, initial, packing)
    results = [tf.stop_gradient(swap_batch_and_steps(result)) for result in taken.forwards(tried)]
    sources = [inputs, *initial, *step.sources]

    @tf.custom_gradient
    def replace(*_: Tensor) -> Structure:
        def gradient(*errors: Steps) -> Structure:
            summed = list(map(swap_batch_and_steps, taken.series(errors, lookback)))
            return first_order_only(taken.shares(summed), sources)

        return list(map(tf.identity, results)), gradient

    replaced: Tensors = replace(*sources)
    return replaced


class _Taken:
    """The steps of a forward pass, and what it takes to take them again."""

    def __init__(
        self, step: CellStep, changed: Sequence[Variable], inputs: Steps, initial: Tensors, packing: Packing
    ) -> None:
        self.step = step
        self.changed = changed
        self.rows = swap_batch_and_steps(tf.stop_gradient(inputs))
        self.initial = list(map(tf.stop_gradient, initial))
        self.packing = packing
        self.mask = None if packing.mask is None else swap_batch_and_steps(packing.mask)
        self.size = tf.shape(self.rows)[0]
        self.before: Tensors = []
        self.drawn: Tensors = []

    def forwards(self, tried: Structure) -> Tensors:
        """Step from the first to the last, and note the states and the variables before each; what the cell gives."""
        if tried is not None:
            self.step(tried, self.initial)
        with self.step.as_it_was():
            given = self.step(self.rows[0], self.initial)
        noted = [given, self.initial, list(map(value_of, self.changed))]

        def add_step(index: Number, states: Tensors, arrays: Structure) -> Structure:
            drawn = [tf.identity(value_of(variable)) for variable in self.changed]
            given = self.step(self.rows[index], states)
            written = tf.nest.map_structure(
                lambda array, value: array.write(index, value), arrays, [given, list(states), drawn]
            )
            return index + 1, self._held(index, given[-len(states) :], states), written

        arrays = tf.nest.map_structure(
            lambda value: tf.TensorArray(value.dtype, size=self.size, element_shape=value.shape), noted
        )
        arrays = tf.while_loop(lambda index, *_: index < self.size, add_step, (0, self.initial, arrays))[2]
        given, self.before, self.drawn = tf.nest.map_structure(lambda array: array.stack(), arrays)
        results: Tensors = given
        return results

    def series(self, errors: Tensors, lookback: Number) -> Tensors:
        """The first `lookback` + 1 terms of the Neumann series, from the gradients `(batch, steps, ..)` at results."""
        outputs, direct = errors[: -len(self.initial)], errors[-len(self.initial) :]

        def add_term(index: Number, states: Tensors) -> Structure:
            passed = self._passed_back(list(map(swap_batch_and_steps, [*outputs, *states])))
            earlier = [self.packing.one_real_step_earlier(swap_batch_and_steps(error)) for error in passed]
            return index + 1, [own + back for own, back in zip(direct, earlier, strict=True)]

        terms = tf.minimum(lookback, self.size - 1)
        return [*outputs, *tf.while_loop(lambda index, *_: index < terms, add_term, (0, list(direct)))[1]]

    def _passed_back(self, errors: Tensors) -> Tensors:
        """Gradients at the states before each step, from those at what it gave, all `(steps, batch, ..)`."""

        def add_step(index: Number, arrays: Structure) -> Structure:
            _, of_states, _ = self._step_back(index, errors)
            return index + 1, [array.write(index, each) for array, each in zip(arrays, of_states, strict=True)]

        arrays = [tf.TensorArray(state.dtype, size=self.size, element_shape=state.shape) for state in self.initial]
        arrays = tf.while_loop(lambda index, *_: index < self.size, add_step, (0, arrays))[1]
        return [array.stack() for array in arrays]

    def shares(self, errors: Tensors) -> Tensors:
        """Gradients of inputs, initial states and weights, from those at what each step gave."""

        def add_step(index: Number, rows: Structure, of_initial: Structure, of_weights: Structure) -> Structure:
            of_rows, of_states, of_step = self._step_back(index, errors)
            first = self._from_initial(index)
            return (
                index + 1,
                rows.write(index, of_rows),
                [
                    total + tf.where(like(first, one), one, tf.zeros_like(one))
                    for total, one in zip(of_initial, of_states, strict=True)
                ],
                [total + one for total, one in zip(of_weights, of_step, strict=True)],
            )

        rows = tf.TensorArray(self.rows.dtype, size=self.size, element_shape=self.rows.shape[1:])
        nothing = [list(map(tf.zeros_like, each)) for each in (self.initial, self.step.sources)]
        _, rows, of_initial, of_weights = tf.while_loop(
            lambda index, *_: index < self.size, add_step, (0, rows, *nothing)
        )
        return [swap_batch_and_steps(rows.stack()), *of_initial, *of_weights]

    def _step_back(self, index: Number, errors: Tensors) -> Structure:
        """Gradients of inputs, previous states and weights of one step, taken again."""
        rows, before = self.rows[index], [state[index] for state in self.before]
        drawn = [(variable, values[index]) for variable, values in zip(self.changed, self.drawn, strict=True)]
        with self.step.as_it_was(drawn), tf.GradientTape() as tape:
            tape.watch([rows, *before, *self.step.sources])
            results = self.step(rows, before)
        return tape.gradient(
            results,
            (rows, before, self.step.sources),
            output_gradients=[error[index] for error in errors],
            unconnected_gradients=tf.UnconnectedGradients.ZERO,
        )

    def _held(self, index: Number, new: Tensors, states: Tensors) -> Tensors:
        """New states, or the old ones where the step is masked."""
        if self.mask is None:
            return list(new)
        return [tf.where(like(self.mask[index], one), one, old) for one, old in zip(new, states, strict=True)]

    def _from_initial(self, index: Number) -> Structure:
        """Of which sequences the state before a step is the initial one, shape `(batch,)`."""
        if self.mask is None:
            return tf.fill(tf.shape(self.rows)[1:2], index == 0)
        return self.packing.reached_before[:, index] == 0
