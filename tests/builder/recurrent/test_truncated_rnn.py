"""The layer against `keras.layers.RNN`: same values, and the gradient that its lookback promises."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.builder.recurrent import walk
from toolkit.builder.recurrent.cells import CELLS, GRUCell
from toolkit.builder.recurrent.truncated_rnn import TruncatedRNN
from toolkit.replication.study_gru import StudyGRUCell

UNITS, FEATURES = 3, 2


@keras.saving.register_keras_serializable("tests")
class LeakyCell(keras.layers.Layer):
    """A user's cell: two states of different sizes, and an output that is none of them."""

    def __init__(self, units: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.units = units
        self.state_size = [units, 2]
        self.output_size = units

    def build(self, input_shape: Any) -> None:
        self.kernel = self.add_weight(shape=(input_shape[-1] + self.units + 2, self.units + 2), name="kernel")

    def call(self, inputs: Any, states: Any) -> Any:
        joined = keras.ops.tanh(keras.ops.matmul(keras.ops.concatenate([inputs, *states], axis=-1), self.kernel))
        new = 0.5 * states[0] + joined[:, : self.units]
        return keras.ops.sin(new), [new, joined[:, self.units :] * states[1] + 0.1]

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "units": self.units}


class SlowGRUCell(GRUCell):
    """A user's cell that redefines the step of a cell which knows its gradient."""

    def advance(self, inputs: Any, states: list[Any], kernels: list[Any]) -> list[Any]:
        return [0.9 * states[0] + 0.1 * super().advance(inputs, states, kernels)[0]]


MAKERS: dict[str, Callable[..., Any]] = {
    **CELLS,
    "keras rnn": keras.layers.SimpleRNNCell,
    "keras gru": lambda units, **kwargs: keras.layers.GRUCell(units, reset_after=False, **kwargs),
    "keras gru, reset after": keras.layers.GRUCell,
    "keras lstm": keras.layers.LSTMCell,
    "stacked": lambda units, **kwargs: keras.layers.StackedRNNCells(
        [CELLS["lstm"](4, **kwargs), keras.layers.GRUCell(units, **kwargs)], **kwargs
    ),
    "user's": LeakyCell,
}

every_cell = pytest.mark.parametrize("name", MAKERS)

GATED: dict[str, Callable[..., Any]] = {
    "gru with relu": partial(GRUCell, activation="relu", use_bias=True),
    "lstm with sigmoid": partial(CELLS["lstm"], activation="sigmoid", use_bias=True),
    "lstm with softsign": partial(CELLS["lstm"], activation="softsign"),
    "slow gru": SlowGRUCell,
    "study's gru": StudyGRUCell,
}
"""Further cells that keep their gates for the gradient, or whose parents do."""


def pair(name: str, lookback: Any, **arguments: Any) -> tuple[Any, Any]:
    """`keras.layers.RNN` and TruncatedRNN over one cell."""
    cell = {**MAKERS, **GATED}[name](UNITS, dtype="float64")
    plain = keras.layers.RNN(cell, dtype="float64", **arguments)
    return plain, TruncatedRNN(cell, lookback, dtype="float64", **arguments)


def sequences(batch: int, steps: int, seed: int = 1) -> Any:
    return tf.constant(np.random.default_rng(seed).normal(size=(batch, steps, FEATURES)))


def results(layer: Any, inputs: Any, jit: bool = False, **arguments: Any) -> tuple[list[Any], list[Any]]:
    """All outputs of a layer, and the gradient of a sum of them with respect to inputs and weights."""
    layer(inputs, **arguments)

    def compute(inputs: Any) -> tuple[list[Any], list[Any]]:
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            outputs = tf.nest.flatten(layer(inputs, **arguments))
            loss = tf.add_n(
                [tf.reduce_sum(tf.cast(value, tf.float64) * (k + 1.5)) ** 2 for k, value in enumerate(outputs)]
            )
        return outputs, tape.gradient(loss, [inputs, *(weight.value for weight in layer.trainable_variables)])

    return (tf.function(compute, jit_compile=True) if jit else compute)(inputs)


def gradient_of(layer: Any, inputs: Any, jit: bool) -> Any:
    """Computes the gradient of the sum of a layer's outputs in training; the layer is called once each time."""

    def compute() -> Any:
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            loss = tf.reduce_sum(layer(inputs, training=True))
        return tape.gradient(loss, [inputs, *(weight.value for weight in layer.trainable_variables)])

    return tf.function(compute, jit_compile=True) if jit else compute


def assert_equal(expected: Any, measured: Any, tolerance: float = 0.0) -> None:
    for one, other in zip(expected, measured, strict=True):
        np.testing.assert_allclose(np.asarray(other), np.asarray(one), rtol=tolerance, atol=tolerance)


@every_cell
@pytest.mark.parametrize("arguments", [{"go_backwards": True}, {"return_sequences": True, "return_state": True}])
def test_values_are_those_of_keras(name: str, arguments: dict[str, bool]) -> None:
    plain, truncated = pair(name, 2, **arguments)
    assert_equal(results(plain, sequences(3, 6))[0], results(truncated, sequences(3, 6))[0])


@every_cell
@pytest.mark.parametrize(("lookback", "jit"), [("full", False), (5, False), (99, True)])
def test_gradient_of_a_long_lookback_is_ordinary_backpropagation(name: str, lookback: Any, jit: bool) -> None:
    plain, truncated = pair(name, lookback, return_sequences=True, return_state=True)
    expected, measured = results(plain, sequences(2, 6)), results(truncated, sequences(2, 6), jit)
    assert_equal(expected[1], measured[1], 1e-10)


RIGHT, LEFT, INNER = [1, 1, 1, 0, 0], [0, 0, 1, 1, 1], [1, 0, 1, 0, 1]
MASK = np.array([RIGHT, LEFT, INNER, [0, 1, 1, 0, 0], [0, 0, 0, 0, 0], [1, 1, 1, 1, 1]], bool)


@pytest.mark.parametrize("name", ["gru", "keras lstm", "stacked", "user's"])
@pytest.mark.parametrize(
    ("arguments", "jit"), [({}, True), ({"zero_output_for_mask": True}, False), ({"go_backwards": True}, False)]
)
def test_masks_act_as_in_keras(name: str, arguments: dict[str, bool], jit: bool) -> None:
    plain, truncated = pair(name, 5, return_sequences=True, return_state=True, **arguments)
    mask = tf.constant(MASK)
    expected, measured = results(plain, sequences(6, 5), mask=mask), results(truncated, sequences(6, 5), jit, mask=mask)
    assert_equal(expected[0], measured[0], 1e-14)
    assert_equal(expected[1], measured[1], 1e-10)


@pytest.mark.parametrize("name", ["rnn", "keras lstm", "user's"])
@given(data=st.data())
@settings(max_examples=6)
def test_a_padded_sentence_has_the_gradient_of_the_sentence_alone(name: str, data: st.DataObject) -> None:
    mask = data.draw(st.lists(st.booleans(), min_size=1, max_size=7).filter(any))
    lookback = data.draw(st.integers(0, 4))
    _, layer = pair(name, lookback, return_state=True)
    padded = sequences(1, len(mask), seed=data.draw(st.integers(0, 99)))
    alone = tf.boolean_mask(padded, mask, axis=1)
    expected, measured = results(layer, alone), results(layer, padded, mask=tf.constant([mask]))
    assert_equal(expected[0], measured[0], 1e-12)
    assert_equal(expected[1][1:], measured[1][1:], 1e-10)
    np.testing.assert_allclose(tf.boolean_mask(measured[1][0], mask, axis=1), expected[1][0], rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("return_sequences", [False, True])
@pytest.mark.parametrize("lookback", [1, "full"])
def test_lengths_are_a_mask_on_the_right(return_sequences: bool, lookback: Any) -> None:
    _, layer = pair("keras lstm", lookback, return_sequences=return_sequences, return_state=True)
    lengths = tf.constant([2, 5, 0])
    expected = results(layer, sequences(3, 5), mask=tf.sequence_mask(lengths, 5))
    measured = results(layer, sequences(3, 5), lengths=lengths)
    assert_equal(expected[0], measured[0], 1e-14)
    assert_equal(expected[1], measured[1], 1e-12)


@pytest.mark.parametrize("name", [*MAKERS, *GATED])
@pytest.mark.parametrize("lookback", [0, 2, "full"])
def test_the_last_output_alone_has_the_gradient_that_it_has_among_all(name: str, lookback: Any) -> None:
    _, alone = pair(name, lookback)
    among = TruncatedRNN(alone.cell, lookback, return_sequences=True, dtype="float64")
    gradients = []
    for layer in (among, alone):
        layer(inputs := sequences(2, 5))
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            outputs = layer(inputs)
            loss = tf.reduce_sum((outputs if layer is alone else outputs[:, -1]) ** 2)
        gradients.append(tape.gradient(loss, [inputs, *(weight.value for weight in layer.trainable_variables)]))
    assert_equal(gradients[0], gradients[1], 1e-12)


def test_what_stands_at_masked_steps_does_not_matter() -> None:
    _, layer = pair("gru", 1, return_sequences=True)
    inputs = sequences(1, 3).numpy()
    mask = tf.constant([[True, False, True]])
    expected = results(layer, tf.constant(inputs), mask=mask)
    inputs[0, 1] = np.nan
    assert_equal(expected[1], results(layer, tf.constant(inputs), mask=mask)[1])


@every_cell
@pytest.mark.parametrize(("lookback", "jit"), [(0, False), (3, True)])
def test_an_input_further_back_than_lookback_has_exactly_no_gradient(name: str, lookback: int, jit: bool) -> None:
    _, layer = pair(name, lookback)
    gradient = np.asarray(results(layer, sequences(2, 7), jit)[1][0])
    reached = 7 - 1 - lookback
    assert not gradient[:, :reached].any()
    assert (np.abs(gradient[:, reached:]).sum(axis=(0, 2)) > 0).all()


@every_cell
def test_initial_state_has_values_and_gradient_of_keras(name: str) -> None:
    plain, truncated = pair(name, 9, return_sequences=True)
    inputs = sequences(2, 4)
    plain(inputs)
    state = tf.nest.map_structure(lambda zeros: zeros + 0.3, plain.get_initial_state(2))
    gradients = []
    for layer in (plain, truncated):
        with tf.GradientTape() as tape:
            tape.watch(state)
            loss = tf.reduce_sum(layer(inputs, initial_state=state) ** 2)
        gradients.append(tf.nest.flatten(tape.gradient(loss, state)))
    assert_equal(gradients[0], gradients[1], 1e-10)


def test_initial_state_beyond_lookback_has_exactly_no_gradient() -> None:
    _, layer = pair("gru", 2)
    state = tf.ones((2, UNITS), tf.float64)
    with tf.GradientTape() as tape:
        tape.watch(state)
        loss = tf.reduce_sum(layer(sequences(2, 4), initial_state=[state]))
    assert not np.asarray(tape.gradient(loss, state)).any()


@pytest.mark.parametrize("name", CELLS)
def test_full_gradient_equals_finite_differences(name: str) -> None:
    _, layer = pair(name, 9)
    inputs = sequences(2, 4)
    gradient = results(layer, inputs)[1][0].numpy()
    step = 1e-6
    for index in np.ndindex(gradient.shape):
        losses = []
        for sign in (1, -1):
            moved = inputs.numpy()
            moved[index] += sign * step
            losses.append(float(tf.reduce_sum(layer(tf.constant(moved)) * 1.5) ** 2))
        assert gradient[index] == pytest.approx((losses[0] - losses[1]) / (2 * step), rel=1e-5, abs=1e-7)


@pytest.mark.parametrize(
    ("policy", "rounding"), [("float32", 2**-23), ("mixed_float16", 2**-10), ("mixed_bfloat16", 2**-7)]
)
@pytest.mark.parametrize("jit", [False, True])
def test_other_precisions_are_as_exact_as_those_of_keras(policy: str, rounding: float, jit: bool) -> None:
    inputs = sequences(2, 5)
    exact = keras.layers.RNN(CELLS["gru"](UNITS, dtype="float64"), dtype="float64")
    cell = CELLS["gru"](UNITS, dtype=policy)
    truncated, plain = TruncatedRNN(cell, 9, dtype=policy), keras.layers.RNN(cell, dtype=policy)
    exact(inputs), truncated(inputs)
    cell.set_weights(exact.get_weights())
    (expected, ours, theirs) = (
        [np.asarray(tf.cast(value, tf.float64)) for values in results(layer, inputs, compiled) for value in values]
        for layer, compiled in ((exact, False), (truncated, jit), (plain, jit))
    )
    assert truncated(inputs).dtype == keras.DTypePolicy(policy).compute_dtype
    for true, one, other in zip(expected, ours, theirs, strict=True):
        error, error_of_keras = (np.abs(value - true).max() / np.abs(true).max() for value in (one, other))
        assert error <= 3 * error_of_keras + rounding


@pytest.mark.parametrize("kind", [keras.layers.GRUCell, keras.layers.LSTMCell, keras.layers.SimpleRNNCell])
@pytest.mark.parametrize("jit", [False, True])
def test_dropout_of_keras_cells_is_the_same_in_both_directions(kind: Any, jit: bool) -> None:
    cell = kind(UNITS, dropout=0.4, recurrent_dropout=0.3, seed=5, dtype="float64")
    gradients = []
    for layer in (keras.layers.RNN(cell, dtype="float64"), TruncatedRNN(cell, 9, dtype="float64")):
        layer(sequences(3, 5))
        compute = gradient_of(layer, sequences(3, 5), jit)
        cell.seed_generator.state.assign([5, 0])
        gradients.append(compute())
    assert_equal(gradients[0], gradients[1], 1e-10)


def test_unrolled_scan_gives_the_same() -> None:
    plain, unrolled = pair("lstm", 2, unroll=True, return_sequences=True)
    looped = TruncatedRNN(unrolled.cell, 2, return_sequences=True, dtype="float64")
    assert_equal(results(plain, sequences(2, 4))[0], results(unrolled, sequences(2, 4))[0], 1e-14)
    assert_equal(results(looped, sequences(2, 4))[1], results(unrolled, sequences(2, 4))[1], 1e-12)


def test_stateful_layer_carries_its_state_on() -> None:
    plain, truncated = pair("gru", 1, stateful=True)
    for layer in (plain, truncated):
        layer(sequences(2, 3))
    assert_equal([plain(sequences(2, 3, seed=2))], [truncated(sequences(2, 3, seed=2))])


@every_cell
def test_model_is_saved_and_loaded_in_safe_mode(name: str, tmp_path: Path) -> None:
    inputs = keras.Input((None, FEATURES), dtype="float64")
    layer = TruncatedRNN(MAKERS[name](UNITS, dtype="float64"), 3, return_sequences=True, dtype="float64")
    model = keras.Model(inputs, layer(inputs))
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras", safe_mode=True)
    assert loaded.layers[-1].lookback == 3
    assert_equal([model(sequences(2, 4))], [loaded(sequences(2, 4))])


def test_layer_is_made_again_from_its_configuration() -> None:
    layer = TruncatedRNN(CELLS["lstm"](4, activation="relu", use_bias=True), "full", return_state=True)
    again = TruncatedRNN.from_config(layer.get_config())
    assert again.get_config() == layer.get_config()


@pytest.mark.parametrize("jit", [False, True])
def test_layer_trains_in_an_ordinary_keras_model(jit: bool) -> None:
    model = keras.Sequential([TruncatedRNN(keras.layers.GRUCell(8), 3), keras.layers.Dense(1)])
    model.compile(keras.optimizers.Adam(0.05), "mse", jit_compile=jit)
    random = np.random.default_rng(0)
    inputs = random.normal(size=(64, 6, FEATURES)).astype("float32")
    wanted = inputs[:, -3:].sum(axis=(1, 2))
    history = model.fit(inputs, wanted, epochs=30, verbose=0).history["loss"]
    assert history[-1] < 0.5 * history[0]


def test_lookback_can_be_changed_between_calls_of_a_compiled_function() -> None:
    _, layer = pair("gru", 0)
    layer(sequences(2, 6))
    compute = gradient_of(layer, sequences(2, 6), jit=True)
    for lookback in (0, 4, 2):
        layer.lookback = lookback
        assert int((np.abs(compute()[0].numpy()).sum(axis=(0, 2)) > 0).sum()) == lookback + 1
    assert compute.experimental_get_tracing_count() == 1


@pytest.mark.parametrize("lookback", [-1, 1.5, "all", None, True])
def test_wrong_lookback_is_named(lookback: Any) -> None:
    with pytest.raises(ValueError, match="a whole number of at least 0, or 'full'; received"):
        TruncatedRNN(CELLS["rnn"](3), lookback)


def test_cell_without_state_size_is_named() -> None:
    with pytest.raises(ValueError, match=r"must have `state_size`.*received <Dense"):
        TruncatedRNN(keras.layers.Dense(3), 1)


@pytest.mark.parametrize("shape", [(2, 5), (3, 4), (2, 4, 2), (2,)])
def test_mask_of_the_wrong_shape_is_named(shape: tuple[int, ...]) -> None:
    _, layer = pair("rnn", 1)
    with pytest.raises(ValueError, match=r"mask of shape \(batch, steps\) = \(2, 4\); received shape"):
        layer(sequences(2, 4), mask=tf.ones(shape, tf.bool))


@pytest.mark.parametrize("group", [1, 4, 7])
def test_sequences_in_groups_by_length_have_the_same_values_and_gradients(
    group: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    random = np.random.default_rng(3)
    inputs = tf.constant(random.normal(size=(11, 9, 3)))
    lengths = tf.constant([4, 9, 1, 1, 6, 2, 9, 3, 5, 7, 2])
    layer = TruncatedRNN(keras.layers.LSTMCell(4, dtype="float64"), 3, dtype="float64")

    def values_and_gradients(size: int) -> list[Any]:
        monkeypatch.setattr(walk, "GROUP", size)
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            outputs = layer(inputs, lengths=lengths)
            loss = tf.reduce_sum(outputs**2 * tf.range(1.0, 12.0, dtype=tf.float64)[:, None])
        return [outputs, *tape.gradient(loss, [inputs, *layer.trainable_weights])]

    for grouped, whole in zip(values_and_gradients(group), values_and_gradients(11), strict=True):
        np.testing.assert_allclose(grouped, whole, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("name", ["rnn", "gru", "lstm"])
@pytest.mark.parametrize("lookback", [0, 2, "full"])
def test_words_looked_up_where_they_are_read_have_the_values_and_gradients_of_all_rows(
    name: str, lookback: Any
) -> None:
    cell = CELLS[name](4, project_inputs=False, dtype="float64")
    layer = TruncatedRNN(cell, lookback, dtype="float64")
    random = np.random.default_rng(5)
    table = tf.Variable(random.normal(size=(6, cell.row_size)))
    tokens, lengths = tf.constant(random.integers(0, 6, (7, 5))), tf.constant([2, 5, 1, 4, 5, 3, 2])
    layer.build((7, 5, cell.row_size))

    def values_and_gradients(read: Callable[[], Any]) -> list[Any]:
        with tf.GradientTape() as tape:
            outputs = read()
            loss = tf.reduce_sum(outputs**2 * tf.range(1.0, 8.0, dtype=tf.float64)[:, None])
        return [outputs, *map(tf.convert_to_tensor, tape.gradient(loss, [table, *layer.trainable_weights]))]

    looked_up = values_and_gradients(lambda: layer.read_words(table, tokens, lengths))
    all_rows = values_and_gradients(lambda: layer(tf.gather(table, tokens), lengths=lengths))
    for one, other in zip(looked_up, all_rows, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12, atol=1e-14)
        assert np.any(one)


@pytest.mark.parametrize(("name", "opened"), [("rnn", []), ("gru", []), ("lstm", [3, 4, 5])])
def test_biases_begin_with_0_and_that_of_a_forget_gate_with_1(name: str, opened: list[int]) -> None:
    cell = CELLS[name](UNITS, use_bias=True)
    cell.build((None, FEATURES))
    expected = np.zeros(cell.row_size)
    expected[opened] = 1
    np.testing.assert_array_equal(cell.bias, expected)
