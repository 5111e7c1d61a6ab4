"""The gradient is that of the forward pass that was made, of first order, and otherwise an error."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from toolkit.builder.recurrent.cells import CELLS
from toolkit.builder.recurrent.truncated_rnn import TruncatedRNN

INPUTS = tf.constant(np.random.default_rng(0).normal(size=(2, 5, 2)))
FORBIDDEN = "a truncated gradient has no gradient of its own.*lookback='full', return_sequences=True"


def layer_of(lookback: Any, **arguments: Any) -> TruncatedRNN:
    layer = TruncatedRNN(CELLS["gru"](3, dtype="float64"), lookback, dtype="float64", **arguments)
    layer(INPUTS)
    return layer


def gradient_of_gradient(layer: Any, power: int = 2) -> Any:
    with tf.GradientTape() as outer:
        outer.watch(INPUTS)
        with tf.GradientTape() as inner:
            inner.watch(INPUTS)
            loss = tf.reduce_sum(layer(INPUTS) ** power)
        penalty = tf.reduce_sum(inner.gradient(loss, INPUTS) ** 2)
    return outer.gradient(penalty, [INPUTS, *(weight.value for weight in layer.trainable_weights)])


def forward_mode(layer: Any) -> Any:
    with tf.autodiff.ForwardAccumulator(INPUTS, tf.ones_like(INPUTS)) as accumulator:
        outputs = layer(INPUTS)
    return accumulator.jvp(outputs)


def hessian(layer: Any) -> Any:
    with tf.GradientTape(persistent=True) as outer:
        outer.watch(INPUTS)
        with tf.GradientTape() as inner:
            inner.watch(INPUTS)
            loss = tf.reduce_sum(layer(INPUTS))
        gradient = inner.gradient(loss, INPUTS)
    return outer.jacobian(gradient, INPUTS, experimental_use_pfor=False)


@pytest.mark.parametrize("return_sequences", [False, True])
@pytest.mark.parametrize("lookback", [0, 2, 99])
@pytest.mark.parametrize("power", [1, 2])
def test_gradients_of_truncated_gradients_are_an_error(return_sequences: bool, lookback: int, power: int) -> None:
    layer = layer_of(lookback, return_sequences=return_sequences)
    with pytest.raises(ValueError, match=FORBIDDEN):
        gradient_of_gradient(layer, power)


@pytest.mark.parametrize("compute", [tf.function(gradient_of_gradient), hessian])
def test_every_way_to_higher_orders_is_an_error(compute: Callable[[Any], Any]) -> None:
    for layer in (layer_of(2), layer_of(2, return_sequences=True), layer_of("full")):
        with pytest.raises(ValueError, match=FORBIDDEN):
            compute(layer)


def test_forward_mode_is_an_error_or_the_derivative_of_the_values() -> None:
    with pytest.raises(ValueError, match=FORBIDDEN):
        forward_mode(layer_of(2, return_sequences=True))
    layer = layer_of(2)
    plain = keras.layers.RNN(layer.cell, dtype="float64")
    np.testing.assert_allclose(forward_mode(layer), forward_mode(plain), rtol=1e-10)


def test_a_replayed_gradient_has_no_gradient_either() -> None:
    cell = keras.layers.StackedRNNCells([_Centered(3, dtype="float64")], dtype="float64")
    layer = TruncatedRNN(cell, 2, dtype="float64")
    layer(INPUTS)
    with pytest.raises(ValueError, match=FORBIDDEN):
        gradient_of_gradient(layer)


class _Centered(keras.layers.SimpleRNNCell):
    def call(self, sequence: Any, states: Any, training: bool = False) -> Any:
        output, _ = super().call(sequence, states, training)
        output = output - tf.reduce_mean(output, axis=0)
        return output, [output]


def test_full_lookback_at_every_step_has_the_gradients_of_gradients_of_keras() -> None:
    layer = layer_of("full", return_sequences=True)
    plain = keras.layers.RNN(layer.cell, return_sequences=True, dtype="float64")
    for one, other in zip(gradient_of_gradient(plain), gradient_of_gradient(layer), strict=True):
        np.testing.assert_allclose(other, one, rtol=1e-12)


@pytest.mark.parametrize("return_sequences", [False, True])
@pytest.mark.parametrize("vectorized", [False, True])
def test_jacobian_is_that_of_keras(return_sequences: bool, vectorized: bool) -> None:
    layer = layer_of(99, return_sequences=return_sequences)
    jacobians = []
    for each in (keras.layers.RNN(layer.cell, return_sequences=return_sequences, dtype="float64"), layer):
        with tf.GradientTape(persistent=not vectorized) as tape:
            tape.watch(INPUTS)
            outputs = each(INPUTS)
        jacobians.append(tape.jacobian(outputs, INPUTS, experimental_use_pfor=vectorized))
    np.testing.assert_allclose(jacobians[1], jacobians[0], rtol=1e-10, atol=1e-12)


def test_a_persistent_tape_over_a_compiled_function_has_the_gradient() -> None:
    layer = layer_of(2, return_sequences=True)
    compiled = tf.function(layer)
    gradients = []
    for call, persistent in ((layer, False), (compiled, True)):
        with tf.GradientTape(persistent=persistent) as tape:
            tape.watch(INPUTS)
            loss = tf.reduce_sum(call(INPUTS) ** 2)
        gradients.append(tape.gradient(loss, INPUTS))
    np.testing.assert_allclose(gradients[1], gradients[0], rtol=1e-12)


@pytest.mark.parametrize("name", ["gru", "rnn", "keras"])
@pytest.mark.parametrize("return_sequences", [False, True])
def test_what_changes_after_the_forward_pass_does_not_change_the_gradient(name: str, return_sequences: bool) -> None:
    cell = keras.layers.LSTMCell(3, dtype="float64") if name == "keras" else CELLS[name](3, dtype="float64")
    layer = TruncatedRNN(cell, 2, return_sequences=return_sequences, dtype="float64")
    inputs, state = (
        tf.Variable(INPUTS),
        [tf.Variable(tf.ones((2, 3), tf.float64)) for _ in range(1 + (name == "keras"))],
    )
    layer(inputs)
    with tf.GradientTape(persistent=True) as tape:
        loss = tf.reduce_sum(layer(inputs, initial_state=state) ** 2)
    weights = [weight.value for weight in layer.trainable_weights]
    expected = tape.gradient(loss, weights)
    layer.lookback = 0
    for variable in (*weights, inputs, *state):
        variable.assign(3 * variable + 1)
    for one, other in zip(expected, tape.gradient(loss, weights), strict=True):
        np.testing.assert_array_equal(other, one)


@pytest.mark.parametrize("how", ["eager", "run_eagerly", "graph", "jit"])
@pytest.mark.parametrize(("lookback", "return_sequences"), [(9, True), (9, False), ("full", False)])
def test_stateful_layer_has_the_gradient_of_keras(how: str, lookback: Any, return_sequences: bool) -> None:
    trained = []
    for kind, options in ((keras.layers.RNN, {}), (TruncatedRNN, {"lookback": lookback})):
        cell = CELLS["rnn"](2, initializer=keras.initializers.RandomNormal(seed=1))
        model = keras.Sequential([kind(cell, stateful=True, return_sequences=return_sequences, **options)])
        model.compile(keras.optimizers.SGD(0.5), "mse", run_eagerly=how == "run_eagerly", jit_compile=how == "jit")
        inputs, targets = np.ones((1, 3, 2), "float32"), np.zeros((1, 3, 2) if return_sequences else (1, 2), "float32")
        for _ in range(2):
            if how == "eager":
                with tf.GradientTape() as tape:
                    loss = tf.reduce_mean((model(inputs, training=True) - targets) ** 2)
                for weight, gradient in zip(cell.weights, tape.gradient(loss, cell.weights), strict=True):
                    weight.assign_sub(0.5 * gradient)
            else:
                model.train_on_batch(inputs, targets)
        trained.append([*cell.get_weights(), model.layers[0].states[0].numpy()])
    for one, other in zip(*trained, strict=True):
        np.testing.assert_allclose(other, one, rtol=1e-5, atol=1e-6)


def reach(layer: Any, steps: int, place: int) -> list[int]:
    """The steps that an error at one step reaches."""
    inputs = tf.constant(np.random.default_rng(1).normal(size=(1, steps, 2)))
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        loss = tf.reduce_sum(layer(inputs)[:, place] ** 2)
    return np.flatnonzero(np.abs(tape.gradient(loss, inputs)[0]).sum(axis=-1)).tolist()


def test_two_layers_reach_back_twice_as_far_and_one_in_both_directions_both_ways() -> None:
    def layer() -> TruncatedRNN:
        return TruncatedRNN(CELLS["gru"](3, dtype="float64"), 2, return_sequences=True, dtype="float64")

    assert reach(layer(), 9, place=5) == [3, 4, 5]
    assert reach(keras.Sequential([layer(), layer()]), 9, place=5) == [1, 2, 3, 4, 5]
    assert reach(keras.layers.Bidirectional(layer(), dtype="float64"), 9, place=5) == [3, 4, 5, 6, 7]
    stacked = [CELLS["gru"](3, dtype="float64") for _ in range(2)]
    assert reach(TruncatedRNN(stacked, 2, return_sequences=True, dtype="float64"), 9, place=5) == [3, 4, 5]
