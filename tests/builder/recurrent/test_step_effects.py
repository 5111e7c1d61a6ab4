"""Cells whose step draws, changes variables or mixes rows: the same step backwards, or none."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import ops

from toolkit.builder.measuring.lag import GradientByLag
from toolkit.builder.model.network import build, check_step
from toolkit.builder.recurrent.truncated_rnn import TruncatedRNN
from toolkit.builder.recurrent_cell import RecurrentCell
from toolkit.errors import SpecError
from toolkit.runner.worker.process import check_cells
from toolkit.spec.schema import ModelConfig, RunConfig, TrackConfig

UNITS, STEPS = 3, 5
ZERO = tf.UnconnectedGradients.ZERO
INPUTS = tf.constant(np.random.default_rng(0).normal(size=(4, STEPS, 2)))
MASK = tf.constant([[1, 1, 1, 1, 1], [1, 1, 0, 0, 0], [0, 1, 1, 0, 1], [0, 0, 0, 0, 0]]) == 1


class Cell(keras.layers.Layer):
    """A simple recurrent cell; what derives from it does something to its new state."""

    def __init__(self, units: int = UNITS, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.state_size = units
        self.plain = keras.layers.SimpleRNNCell(units, dtype=self.dtype_policy)
        self.dropout = keras.layers.Dropout(0.4, seed=1, dtype=self.dtype_policy)
        self.normalize = keras.layers.BatchNormalization(momentum=0.7, dtype=self.dtype_policy)
        self.seeds = keras.random.SeedGenerator(3)
        self.variable = tf.Variable(1.0)

    def build(self, input_shape: Any) -> None:
        for layer, features in ((self.plain, input_shape[-1]), (self.normalize, self.state_size)):
            layer.build((None, features))
        self.built = True

    def call(self, inputs: Any, states: Any, training: bool = False) -> Any:
        new = self.changed(self.plain(inputs, states)[0], states[0], training)
        return new, [new]


class DropoutCell(Cell):
    def changed(self, new: Any, old: Any, training: bool) -> Any:
        return self.dropout(new, training=training)


class ZoneoutCell(Cell):
    def changed(self, new: Any, old: Any, training: bool) -> Any:
        if not training:
            return 0.7 * new + 0.3 * old
        return ops.where(keras.random.uniform(ops.shape(new), seed=self.seeds) < 0.3, old, new)


class NormalizedCell(Cell):
    def changed(self, new: Any, old: Any, training: bool) -> Any:
        return self.normalize(new, training=training)


class CenteredCell(Cell):
    """Rows of a batch act on one another, though nothing is drawn or changed."""

    @property
    def recurrent_kernel(self) -> Any:
        return self.plain.recurrent_kernel

    def changed(self, new: Any, old: Any, training: bool) -> Any:
        return new - 0.5 * ops.mean(new, axis=0, keepdims=True)


class LargestCell(Cell):
    """Rows act on one another only where one of them is large."""

    def changed(self, new: Any, old: Any, training: bool) -> Any:
        return ops.where(ops.max(ops.abs(old)) > 0.9, 0.5 * new, new)


class FixedNoiseCell(Cell):
    """A seed that is a number draws the same at each step: it depends on the row's place alone."""

    def changed(self, new: Any, old: Any, training: bool) -> Any:
        return new + keras.random.normal(ops.shape(new), seed=7, dtype=new.dtype)


class SizeCell(Cell):
    def changed(self, new: Any, old: Any, training: bool) -> Any:
        return new / ops.cast(ops.shape(new)[0], new.dtype)


class TensorFlowNoiseCell(Cell):
    def changed(self, new: Any, old: Any, training: bool) -> Any:
        return new + tf.random.normal(tf.shape(new), dtype=new.dtype) if training else new


class GlobalNoiseCell(Cell):
    def changed(self, new: Any, old: Any, training: bool) -> Any:
        return new + keras.random.normal(ops.shape(new), dtype=new.dtype) if training else new


class NumpyNoiseCell(Cell):
    def changed(self, new: Any, old: Any, training: bool) -> Any:
        return new + np.random.normal() if training else new


class CountingCell(Cell):
    def changed(self, new: Any, old: Any, training: bool) -> Any:
        return new * tf.cast(self.variable.assign_add(1.0), new.dtype) if training else new


class OverwritingCell(Cell):
    def changed(self, new: Any, old: Any, training: bool) -> Any:
        if training:
            self.plain.bias.assign(0.9 * self.plain.bias)
        return new


class InnerDropoutCell(Cell):
    """Keras's layer does not know of the cell within, whose dropout mask is so kept from step to step."""

    def __init__(self, units: int = UNITS, **kwargs: Any) -> None:
        super().__init__(units, **kwargs)
        self.plain = keras.layers.SimpleRNNCell(units, recurrent_dropout=0.5, seed=4, dtype=self.dtype_policy)

    def call(self, inputs: Any, states: Any, training: bool = False) -> Any:
        return self.plain(inputs, states, training=training)


REPLAYED = [DropoutCell, ZoneoutCell, NormalizedCell, CenteredCell, LargestCell, FixedNoiseCell, SizeCell]
REFUSED = [TensorFlowNoiseCell, GlobalNoiseCell, NumpyNoiseCell, CountingCell, OverwritingCell]


def values_of(layer: Any) -> list[Any]:
    return [weight.value for weight in layer.trainable_weights]


def outcome(layer: Any, mask: Any, jit: bool = False) -> list[Any]:
    """All that a layer gives in training, the gradients of a loss of it, and the variables that it leaves."""
    layer(INPUTS)
    before = [(variable, variable.numpy()) for variable in layer.cell.variables]

    def compute() -> Any:
        with tf.GradientTape() as tape:
            tape.watch(INPUTS)
            outputs = tf.nest.flatten(layer(INPUTS, mask=mask, training=True))
            loss = tf.add_n([tf.reduce_sum(value**2) * (k + 1.5) for k, value in enumerate(outputs)])
        return outputs, tape.gradient(loss, [INPUTS, *values_of(layer)], unconnected_gradients=ZERO)

    outputs, gradients = (tf.function(compute, jit_compile=True) if jit else compute)()
    left = [variable.numpy() for variable in layer.cell.variables]
    for variable, value in before:
        variable.assign(value)
    return [*outputs, *gradients, *left]


@pytest.mark.parametrize("kind", REPLAYED)
@pytest.mark.parametrize(("return_sequences", "mask"), [(True, None), (False, MASK)], ids=["all", "last of masked"])
def test_a_step_is_taken_again_as_it_was_taken(kind: Any, return_sequences: bool, mask: Any) -> None:
    cell = kind(dtype="float64")
    arguments: dict[str, Any] = {"return_sequences": return_sequences, "return_state": True, "dtype": "float64"}
    plain = outcome(keras.layers.RNN(cell, **arguments), mask)
    measured = outcome(TruncatedRNN(cell, STEPS, **arguments), mask)
    for one, other in zip(plain, measured, strict=True):
        np.testing.assert_allclose(other, one, rtol=1e-10, atol=1e-12)


def test_what_a_step_does_is_found_out_where_weights_are_zero() -> None:
    cell = CenteredCell(dtype="float64")
    layer, plain = TruncatedRNN(cell, STEPS, dtype="float64"), keras.layers.RNN(cell, dtype="float64")
    cell.build((None, 2))
    drawn = cell.get_weights()
    cell.set_weights([0 * weight for weight in drawn])
    layer(INPUTS, training=True)
    cell.set_weights(drawn)
    for one, other in zip(outcome(plain, None), outcome(layer, None), strict=True):
        np.testing.assert_allclose(other, one, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("arguments", [{"go_backwards": True}, {"unroll": True}])
def test_a_step_is_taken_again_in_each_way_of_looping(arguments: dict[str, bool]) -> None:
    cell = NormalizedCell(dtype="float64")
    plain = outcome(keras.layers.RNN(cell, dtype="float64", **arguments), MASK)
    measured = outcome(TruncatedRNN(cell, STEPS, dtype="float64", **arguments), MASK)
    for one, other in zip(plain, measured, strict=True):
        np.testing.assert_allclose(other, one, rtol=1e-10, atol=1e-12)


def test_a_step_is_taken_again_in_compiled_code() -> None:
    cell = keras.layers.StackedRNNCells(
        [DropoutCell(dtype="float64"), NormalizedCell(dtype="float64")], dtype="float64"
    )
    plain = outcome(keras.layers.RNN(cell, dtype="float64"), None, jit=True)
    measured = outcome(TruncatedRNN(cell, STEPS, dtype="float64"), None, jit=True)
    for one, other in zip(plain, measured, strict=True):
        np.testing.assert_allclose(other, one, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("lookback", [0, 2])
@pytest.mark.parametrize("return_sequences", [False, True])
def test_drawn_steps_are_truncated_as_by_plain_loops(lookback: int, return_sequences: bool) -> None:
    cell = ZoneoutCell(dtype="float64")
    layer = TruncatedRNN(cell, lookback, return_sequences=return_sequences, dtype="float64")
    layer(INPUTS)
    weights = [weight.value for weight in cell.trainable_variables]

    def step(index: int, state: Any) -> Any:
        cell.seeds.state.assign([3, 1 + index])  # Keras draws once before the first step
        return cell(INPUTS[:, index], [state], training=True)[0]

    states = [tf.zeros((4, UNITS), tf.float64)]
    for index in range(STEPS):
        states.append(step(index, states[-1]))
    expected = [tf.zeros_like(value) for value in (INPUTS, *weights)]
    for last in range(STEPS) if return_sequences else [STEPS - 1]:
        first = max(0, last - lookback)
        with tf.GradientTape() as tape:
            tape.watch(INPUTS)
            state = states[first]
            for index in range(first, last + 1):
                state = step(index, state)
            loss = (1.0 + last) * tf.reduce_sum(state**2)
        for total, one in zip(
            range(len(expected)), tape.gradient(loss, [INPUTS, *weights], unconnected_gradients=ZERO), strict=True
        ):
            expected[total] += one

    cell.seeds.state.assign([3, 0])
    with tf.GradientTape() as tape:
        tape.watch(INPUTS)
        outputs = layer(INPUTS, training=True)
        factors = tf.range(1.0, STEPS + 1.0, dtype=tf.float64)[:, None] if return_sequences else float(STEPS)
        loss = tf.reduce_sum(factors * outputs**2)
    for one, other in zip(expected, tape.gradient(loss, [INPUTS, *weights], unconnected_gradients=ZERO), strict=True):
        np.testing.assert_allclose(other, one, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("kind", REFUSED)
def test_a_step_that_cannot_be_taken_again_has_no_gradient_but_its_values(kind: Any) -> None:
    layer = TruncatedRNN(kind(dtype="float64"), 2, dtype="float64")
    plain = keras.layers.RNN(layer.cell, dtype="float64")
    np.testing.assert_array_equal(layer(INPUTS, training=False), plain(INPUTS, training=False))
    assert np.isfinite(layer(INPUTS, training=True)).all()

    def gradient() -> Any:
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(layer(INPUTS, training=True))
        return tape.gradient(loss, values_of(layer), unconnected_gradients=ZERO)

    for compute in (gradient, tf.function(gradient)):
        with pytest.raises(
            ValueError, match=f"step of the cell {kind.__name__} cannot be taken again .*lookback='full'"
        ):
            compute()
    layer.lookback = "full"
    assert all(np.isfinite(each).all() for each in gradient())


@pytest.mark.parametrize("kind", [DropoutCell, ZoneoutCell, NormalizedCell, *REFUSED])
def test_outside_of_training_all_steps_are_taken_at_once(kind: Any) -> None:
    cell = kind(dtype="float64")
    gradients = []
    for layer in (keras.layers.RNN(cell, dtype="float64"), TruncatedRNN(cell, STEPS, dtype="float64")):
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(layer(INPUTS, training=False) ** 2)
        gradients.append(tape.gradient(loss, values_of(layer), unconnected_gradients=ZERO))
    for one, other in zip(*gradients, strict=True):
        np.testing.assert_allclose(other, one, rtol=1e-10, atol=1e-12)


class DroppingRecurrentCell(RecurrentCell):
    """A cell that reads rows, as in specs without an embedding."""

    gates, default_activation = 1, "tanh"

    def __init__(self, *arguments: Any, **kwargs: Any) -> None:
        super().__init__(*arguments, **kwargs)
        self.dropout = keras.layers.Dropout(0.5, seed=2, dtype=self.dtype_policy)

    def advance(self, inputs: Any, states: list[Any], kernels: list[Any]) -> list[Any]:
        new = self.activation(self.project(inputs) + ops.matmul(states[0], kernels[0]))
        return [self.dropout(new, training=True)]


def test_words_read_by_a_cell_that_draws_have_the_gradient_of_all_rows() -> None:
    cell = DroppingRecurrentCell(UNITS, project_inputs=False, dtype="float64")
    layer = TruncatedRNN(cell, STEPS, dtype="float64")
    table = tf.Variable(np.random.default_rng(5).normal(size=(6, UNITS)))
    tokens, lengths = tf.constant([[1, 2, 3], [4, 5, 0]]), tf.constant([3, 2])
    layer.build((2, 3, UNITS))

    def gradient(read: Callable[[], Any]) -> Any:
        cell.dropout.seed_generator.state.assign([2, 0])
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(read() ** 2)
        return [tf.convert_to_tensor(each) for each in tape.gradient(loss, [table, cell.recurrent_kernel.value])]

    plain = keras.layers.RNN(cell, dtype="float64")
    expected = gradient(lambda: plain(tf.gather(table, tokens), mask=tf.sequence_mask(lengths, 3)))
    measured = gradient(lambda: layer.read_words(table, tokens, lengths, training=True))
    for one, other in zip(expected, measured, strict=True):
        np.testing.assert_allclose(other, one, rtol=1e-10, atol=1e-12)


def test_a_dropout_mask_that_outlasts_the_step_is_refused_and_forgotten() -> None:
    layer = TruncatedRNN(InnerDropoutCell(dtype="float64"), 2, dtype="float64")
    layer.build(INPUTS.shape)

    @tf.function(autograph=False)
    def gradient() -> Any:
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(layer(INPUTS, training=True))
        return tape.gradient(loss, values_of(layer), unconnected_gradients=ZERO)

    with pytest.raises(ValueError, match="SimpleRNNCell within it keeps a dropout mask from step to step"):
        gradient()
    layer = TruncatedRNN(InnerDropoutCell(dtype="float64"), "full", dtype="float64")
    assert np.isfinite(layer(INPUTS, training=True)).all()


SHARED = keras.layers.Dense(UNITS, dtype="float64")
SHARED.build((None, UNITS))


class SharingCell(Cell):
    """A layer that is not its own."""

    def changed(self, new: Any, old: Any, training: bool) -> Any:
        return new + SHARED(old)


class ReadingCell(Cell):
    """A tensor that is not its own."""

    memory: Any = 0.0

    def changed(self, new: Any, old: Any, training: bool) -> Any:
        return new + self.memory


@pytest.mark.parametrize("lookback", [2, "full"])
@pytest.mark.parametrize("return_sequences", [False, True])
@pytest.mark.parametrize("kind", [SharingCell, ReadingCell])
def test_what_a_cell_learns_from_elsewhere_has_its_gradient_or_an_error(
    kind: Any, lookback: Any, return_sequences: bool
) -> None:
    layer = TruncatedRNN(kind(dtype="float64"), lookback, return_sequences=return_sequences, dtype="float64")
    plain = keras.layers.RNN(layer.cell, return_sequences=return_sequences, dtype="float64")
    memory = tf.constant([[0.1, 0.2, 0.3]], tf.float64)

    @tf.function(autograph=False)
    def gradient(rnn: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(memory)
            layer.cell.memory = memory * 2.0
            loss = tf.reduce_sum(rnn(INPUTS, training=True) ** 2)
        return tape.gradient(loss, [memory, SHARED.kernel.value], unconnected_gradients=ZERO)

    expected = gradient(plain)
    if lookback == "full":
        for one, other in zip(gradient(layer), expected, strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-10)
    else:
        with pytest.raises(ValueError, match=f"the cell {kind.__name__} .* neither its input, state nor weight"):
            gradient(layer)


def own_cell(kind: Any, **model: Any) -> dict[str, Any]:
    return {"cell": f"{__name__}:{kind.__name__}", "embedding": 2, "hidden": UNITS, "lookback": 2, **model}


def test_a_spec_with_a_cell_whose_steps_cannot_be_taken_again_is_refused_before_training() -> None:
    with pytest.raises(SpecError, match=r"^model.cell: .*GlobalNoiseCell: .*lookback='full'"):
        check_cells([(ModelConfig.model_validate(own_cell(GlobalNoiseCell)), 0)], tell=print)
    check_step(ModelConfig.model_validate(own_cell(GlobalNoiseCell, lookback="full")))
    check_step(ModelConfig.model_validate(own_cell(DropoutCell)))


@pytest.mark.parametrize("kind", [TensorFlowNoiseCell, NumpyNoiseCell, CountingCell])
@pytest.mark.parametrize("lookback", [2, "full"])
def test_a_spec_with_a_cell_that_hangs_on_what_no_checkpoint_has_is_refused(kind: Any, lookback: Any) -> None:
    with pytest.raises(SpecError, match=rf"{kind.__name__}: its step hangs on what neither the seed nor a checkpoint"):
        check_cells([(ModelConfig.model_validate(own_cell(kind, lookback=lookback)), 0)], tell=print)


def test_the_gradient_by_lag_of_a_cell_that_mixes_rows_is_refused() -> None:
    callback = GradientByLag(feed=None, track=TrackConfig(gradient_by_lag=2))  # type: ignore[arg-type]
    callback.set_model(build(RunConfig.model_validate({"model": own_cell(CenteredCell)}), 5))
    with pytest.raises(SpecError, match=r"^track.gradient_by_lag: the cell CenteredCell .*mixes the rows"):
        callback.on_train_begin()
