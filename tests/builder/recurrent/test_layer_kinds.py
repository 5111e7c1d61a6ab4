"""TruncatedRNN in every use that Keras tests of its recurrent layers, at each kind of lookback.

Keras's layer over the same cell says what is right: its outputs to the bit, and its gradient where the lookback reaches
over all steps.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from toolkit.builder.recurrent.cells import CELLS
from toolkit.builder.recurrent.truncated_rnn import TruncatedRNN

LOOKBACKS: list[Any] = [0, 3, 50, "full"]
every_lookback = pytest.mark.parametrize("lookback", LOOKBACKS)

INPUTS = np.random.default_rng(0).normal(size=(2, 5, 2)).astype("float32")
WORDS = np.array([[1, 2, 3]])
MASK = np.array([[True, True, True, False, True], [True, True, False, False, False]])

CELL_KINDS: dict[str, Callable[[], Any]] = {
    "simple": lambda: layers.SimpleRNNCell(3),
    "gru": lambda: layers.GRUCell(3),
    "gru, reset before": lambda: layers.GRUCell(3, reset_after=False),
    "lstm": lambda: layers.LSTMCell(3, implementation=1, unit_forget_bias=False),
    "list": lambda: [layers.GRUCell(4), layers.LSTMCell(3)],
    "own": lambda: CELLS["lstm"](3),
}


def pair(lookback: Any, cell: Any = "gru", **arguments: Any) -> tuple[Any, Any]:
    """Keras's layer and TruncatedRNN over one cell."""
    made = CELL_KINDS[cell]() if isinstance(cell, str) else cell
    return layers.RNN(made, **arguments), TruncatedRNN(made, lookback, **arguments)


def gradient_of(call: Callable[[], Any], weights: Any) -> Any:
    with tf.GradientTape() as tape:
        outputs = tf.nest.flatten(call())
        loss = tf.add_n([tf.reduce_sum(value**2) * (k + 1.0) for k, value in enumerate(outputs)])
    return tape.gradient(loss, [weight.value for weight in weights])


def assert_same_at_every_lookback(cell: str, exact: bool = True, layer: Any = None, **arguments: Any) -> None:
    """Outputs to the bit, their shapes as foretold, and with a long lookback the gradient of every weight."""
    made, options, tolerance = CELL_KINDS[cell](), layer or {}, 0 if exact else 1e-6
    plain = layers.RNN(made, **options)
    outputs = tf.nest.flatten(plain(INPUTS, **arguments))
    gradients = gradient_of(lambda: plain(INPUTS, **arguments), plain.trainable_weights)
    for lookback in LOOKBACKS:
        told, truncated = f"lookback {lookback}", TruncatedRNN(made, lookback, **options)
        for one, other in zip(outputs, tf.nest.flatten(truncated(INPUTS, **arguments)), strict=True):
            np.testing.assert_allclose(other, one, rtol=tolerance, atol=tolerance, err_msg=told)
        assert truncated.compute_output_shape(INPUTS.shape) == plain.compute_output_shape(INPUTS.shape), told
        if lookback in (50, "full"):
            measured = gradient_of(lambda layer=truncated: layer(INPUTS, **arguments), plain.trainable_weights)  # type: ignore[misc]
            for one, other in zip(gradients, measured, strict=True):
                np.testing.assert_allclose(other, one, rtol=1e-4, atol=1e-5, err_msg=told)


@pytest.mark.parametrize(
    ("cell", "return_sequences"), [*((cell, True) for cell in CELL_KINDS), ("lstm", False), ("list", False)]
)
def test_forward_pass_and_gradient(cell: str, return_sequences: bool) -> None:
    assert_same_at_every_lookback(cell, layer={"return_sequences": return_sequences, "return_state": True})


@pytest.mark.parametrize(
    "arguments", [{"go_backwards": True}, {"unroll": True}, {"go_backwards": True, "unroll": True}]
)
def test_backwards_and_unrolled(arguments: dict[str, bool]) -> None:
    assert_same_at_every_lookback("list", exact=False, layer={"return_sequences": True, **arguments})


@pytest.mark.parametrize("mask", [MASK, MASK[..., None]], ids=["two axes", "three axes"])
@pytest.mark.parametrize(
    "arguments",
    [{}, {"unroll": True}, {"return_sequences": True, "zero_output_for_mask": True}, {"go_backwards": True}],
)
def test_masking(mask: Any, arguments: dict[str, bool]) -> None:
    assert_same_at_every_lookback("list", exact=False, layer=arguments, mask=tf.constant(mask))


@pytest.mark.parametrize("cell", ["gru", "list"])
def test_initial_state(cell: str) -> None:
    plain, _ = pair(0, cell)
    plain(INPUTS)
    state = tf.nest.map_structure(lambda zeros: zeros + 0.5, plain.get_initial_state(2))
    assert_same_at_every_lookback(cell, layer={"return_state": True}, initial_state=state)


@every_lookback
@pytest.mark.parametrize("cell", ["gru", "list"])
def test_statefulness(lookback: Any, cell: str) -> None:
    plain, truncated = (each(stateful=True) for each in _remade(lookback, cell))
    for _ in range(2):
        np.testing.assert_array_equal(truncated(INPUTS), plain(INPUTS))
    if cell == "gru":  # Keras does not reset the states of several cells (seen in 3.15)
        truncated.reset_state(), plain.reset_state()
        np.testing.assert_array_equal(truncated(INPUTS), plain(INPUTS))


def _remade(lookback: Any, cell: str) -> list[Callable[..., Any]]:
    made = CELL_KINDS[cell]()
    return [lambda **arguments: layers.RNN(made, **arguments), lambda **a: TruncatedRNN(made, lookback, **a)]


@every_lookback
def test_stateful_layer_refuses_another_batch_size_and_takes_a_known_one(lookback: Any) -> None:
    _, layer = pair(lookback, stateful=True)
    layer(INPUTS)
    with pytest.raises(ValueError, match="batch size"):
        layer(INPUTS[:1])
    _, layer = pair(lookback, stateful=True)
    inputs = keras.Input(batch_shape=(2, 5, 2))
    assert keras.Model(inputs, layer(inputs)).predict(INPUTS, verbose=0).shape == (2, 3)
    _, layer = pair(lookback, stateful=True)
    with pytest.raises(ValueError, match="batch size must be static"):
        layer(keras.Input((5, 2)))


@every_lookback
@pytest.mark.parametrize("return_sequences", [False, True])
def test_symbolic_shapes(lookback: Any, return_sequences: bool) -> None:
    for sizes in ((None, None, 2), (2, None, 2), (None, 5, 2)):
        plain, truncated = pair(lookback, "list", return_sequences=return_sequences, return_state=True)
        inputs = keras.Input(batch_shape=sizes)
        for one, other in zip(tf.nest.flatten(plain(inputs)), tf.nest.flatten(truncated(inputs)), strict=True):
            assert other.shape == one.shape
        assert truncated.compute_output_shape(sizes) == plain.compute_output_shape(sizes)


@every_lookback
def test_weights_losses_and_masks_that_it_has(lookback: Any) -> None:
    cell = layers.LSTMCell(3, kernel_regularizer="l2", bias_regularizer="l1", dropout=0.5)
    plain, truncated = pair(lookback, cell, return_sequences=True, return_state=True)
    plain(INPUTS), truncated(INPUTS)
    for name in ("trainable_weights", "non_trainable_weights", "variables"):
        assert list(map(id, getattr(truncated, name))) == list(map(id, getattr(plain, name)))
    np.testing.assert_array_equal(truncated.losses, plain.losses)
    assert truncated.supports_masking
    assert truncated.compute_mask(INPUTS, MASK) is not None


@every_lookback
def test_dropout_of_a_sequence(lookback: Any) -> None:
    cell = layers.LSTMCell(3, dropout=0.3, recurrent_dropout=0.3, seed=1)
    drawn = []
    for layer in pair(lookback, cell, return_sequences=True):
        layer(INPUTS)
        cell.seed_generator.state.assign([1, 0])
        drawn.append(layer(INPUTS, training=True))
    np.testing.assert_array_equal(*drawn)


@every_lookback
@pytest.mark.parametrize("cell", ["lstm", "list"])
def test_serialization(lookback: Any, cell: str, tmp_path: Path) -> None:
    _, layer = pair(lookback, cell, return_sequences=True, go_backwards=True, zero_output_for_mask=True)
    again = TruncatedRNN.from_config(layer.get_config())
    assert again.get_config() == layer.get_config()
    model = keras.Sequential([layer])
    model(INPUTS)
    model.save(tmp_path / "model.keras")
    np.testing.assert_array_equal(keras.saving.load_model(tmp_path / "model.keras")(INPUTS), model(INPUTS))


@pytest.mark.parametrize(("lookback", "return_sequences"), [(0, True), (3, False), (50, True), ("full", False)])
def test_exported_model_serves_batches_and_lengths_of_any_size(
    lookback: Any, return_sequences: bool, tmp_path: Path
) -> None:
    model = keras.Sequential(
        [keras.Input((None, 2)), TruncatedRNN(layers.GRUCell(3), lookback, return_sequences=return_sequences)]
    )
    model.export(tmp_path / "saved", verbose=False)
    loaded = tf.saved_model.load(tmp_path / "saved")
    for inputs in (INPUTS, INPUTS[:1, :3]):
        np.testing.assert_allclose(loaded.serve(inputs), model(inputs), rtol=1e-6)


@every_lookback
@pytest.mark.parametrize(
    ("return_sequences", "arguments"),
    [(True, {}), (True, {"mask": np.ones((0, 5), bool)}), (False, {}), (False, {"lengths": np.ones(0, "int32")})],
)
def test_empty_batch(lookback: Any, return_sequences: bool, arguments: dict[str, Any]) -> None:
    _, layer = pair(lookback, return_sequences=return_sequences)
    layer(INPUTS)
    (gradient,) = gradient_of(lambda: layer(INPUTS[:0], **arguments), layer.trainable_weights[:1])
    assert layer(INPUTS[:0], **arguments).shape == (0, 5, 3) if return_sequences else (0, 3)
    assert not np.any(gradient)


@keras.saving.register_keras_serializable("tests")
class ImageCell(layers.Layer):
    """A cell that reads an image a step, and whose state is one."""

    state_size = output_size = 1

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.read, self.carry = (layers.Conv2D(1, 3, padding="same", dtype=self.dtype_policy) for _ in range(2))

    def build(self, input_shape: Any) -> None:
        self.read.build(input_shape)
        self.carry.build((*input_shape[:-1], 1))
        self.built = True

    def get_initial_state(self, batch_size: Any = None) -> Any:
        return [tf.zeros((batch_size, 4, 4, 1), self.compute_dtype)]

    def call(self, inputs: Any, states: Any) -> Any:
        new = keras.ops.tanh(self.read(inputs) + self.carry(states[0]))
        return new, [new]


@every_lookback
@pytest.mark.parametrize(("return_sequences", "mask"), [(True, MASK), (False, None)], ids=["all", "last"])
def test_steps_of_several_dimensions(lookback: Any, return_sequences: bool, mask: Any) -> None:
    plain, truncated = pair(lookback, ImageCell(), return_sequences=return_sequences)
    images = np.random.default_rng(0).normal(size=(2, 5, 4, 4, 2)).astype("float32")
    arguments = {} if mask is None else {"mask": tf.constant(mask)}
    np.testing.assert_allclose(truncated(images, **arguments), plain(images, **arguments), rtol=1e-5, atol=1e-6)
    if lookback == 50:
        for one, other in zip(
            *(gradient_of(lambda layer=each: layer(images, **arguments), plain.weights) for each in (plain, truncated)),  # type: ignore[misc]
            strict=True,
        ):
            np.testing.assert_allclose(other, one, rtol=1e-4, atol=1e-4)


@every_lookback
@pytest.mark.parametrize("merge_mode", ["concat", None])
def test_bidirectional(lookback: Any, merge_mode: str | None) -> None:
    plain, truncated = (
        layers.Bidirectional(layer, merge_mode=merge_mode)
        for layer in pair(lookback, "lstm", return_sequences=True, return_state=merge_mode is not None)
    )
    plain(INPUTS), truncated(INPUTS)
    truncated.set_weights(plain.get_weights())
    state = [np.full((2, 3), 0.1 * k, "float32") for k in range(4)]
    for arguments in ({}, {"mask": MASK}, {"initial_state": state}):
        for one, other in zip(
            tf.nest.flatten(plain(INPUTS, **arguments)), tf.nest.flatten(truncated(INPUTS, **arguments)), strict=True
        ):
            np.testing.assert_allclose(other, one, rtol=1e-6, atol=1e-7)


@every_lookback
def test_bidirectional_carries_states_and_is_saved(lookback: Any, tmp_path: Path) -> None:
    plain, truncated = (layers.Bidirectional(layer) for layer in pair(lookback, "gru", stateful=True))
    plain(INPUTS), truncated(INPUTS)
    truncated.set_weights(plain.get_weights())
    truncated.reset_states(), plain.reset_states()
    for _ in range(2):
        np.testing.assert_array_equal(truncated(INPUTS), plain(INPUTS))
    model = keras.Sequential([layers.Bidirectional(TruncatedRNN(layers.GRUCell(3), lookback))])
    model(INPUTS)
    model.save(tmp_path / "model.keras")
    np.testing.assert_array_equal(keras.saving.load_model(tmp_path / "model.keras")(INPUTS), model(INPUTS))


@every_lookback
def test_time_distributed_over_sequences_and_under_a_mask(lookback: Any) -> None:
    plain, truncated = (layers.TimeDistributed(layer) for layer in pair(lookback))
    sequences = np.stack([INPUTS, INPUTS + 1], axis=1)
    np.testing.assert_array_equal(truncated(sequences), plain(sequences))
    model = keras.Sequential(
        [
            layers.Embedding(5, 2, mask_zero=True),
            TruncatedRNN(layers.GRUCell(3), lookback, return_sequences=True),
            layers.TimeDistributed(layers.Dense(1)),
        ]
    )
    padded, alone = np.array([[1, 2, 0, 0]]), np.array([[1, 2]])
    np.testing.assert_allclose(model(padded)[:, :2], model(alone), rtol=1e-6)


@every_lookback
@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_mixed_precision(lookback: Any, policy: str) -> None:
    plain, truncated = pair(lookback, layers.GRUCell(3, dtype=policy), dtype=policy, return_sequences=True)
    outputs = truncated(INPUTS)
    assert outputs.dtype == keras.DTypePolicy(policy).compute_dtype
    np.testing.assert_array_equal(tf.cast(outputs, "float32"), tf.cast(plain(INPUTS), "float32"))


@every_lookback
def test_training_reaches_the_weights_of_keras_or_those_of_its_lookback(lookback: Any) -> None:
    plain, truncated = models = [keras.Sequential([layer]) for layer in pair(lookback)]
    plain(INPUTS), truncated(INPUTS)
    before = plain.get_weights()
    trained = []
    for model in models:
        model.set_weights(before)
        model.compile(keras.optimizers.SGD(0.1), "mse", run_eagerly=True)
        model.train_on_batch(INPUTS, np.zeros((2, 3)))
        trained.append(np.concatenate([weight.ravel() for weight in model.get_weights()]))
    assert np.allclose(trained[0], trained[1], rtol=1e-4, atol=1e-6) == (lookback in (50, "full"))


@every_lookback
def test_weights_are_those_of_an_equal_model_of_keras_both_ways(lookback: Any, tmp_path: Path) -> None:
    def model(layer: Any) -> Any:
        made = keras.Sequential([layers.Embedding(5, 2), layer, layers.Dense(1)])
        made(WORDS)
        return made

    plain, truncated = model(layers.RNN(layers.GRUCell(3))), model(TruncatedRNN(layers.GRUCell(3), lookback))
    plain.save_weights(tmp_path / "plain.weights.h5")
    with pytest.raises(ValueError, match=r"layers/rnn .*keras.layers.RNN.*set_weights"):
        truncated.load_weights(tmp_path / "plain.weights.h5")
    truncated.set_weights(plain.get_weights())
    np.testing.assert_array_equal(truncated(WORDS), plain(WORDS))
    truncated.save_weights(tmp_path / "truncated.weights.h5")
    again = model(TruncatedRNN(layers.GRUCell(3), lookback))
    again.load_weights(tmp_path / "truncated.weights.h5")
    np.testing.assert_array_equal(again(WORDS), plain(WORDS))
    plain.set_weights([0 * weight for weight in plain.get_weights()])
    plain.set_weights(again.get_weights())
    np.testing.assert_array_equal(again(WORDS), plain(WORDS))
