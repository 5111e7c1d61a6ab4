"""A layer that reads from both ends, against Keras's and against each sequence alone, turned round by hand."""

from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from toolkit.builder.recurrent.both_directions import BothDirections
from toolkit.builder.recurrent.cells import CELLS
from toolkit.builder.recurrent.truncated_rnn import TruncatedRNN

UNITS, FEATURES = 3, 2
LENGTHS = np.array([4, 1, 6, 3], np.int32)


def layer(cell: str, lookback: Any, return_sequences: bool) -> BothDirections:
    """A layer whose directions have different weights."""
    ahead, back = (
        TruncatedRNN(CELLS[cell](UNITS, use_bias=True, dtype="float64"), lookback, return_sequences, dtype="float64")
        for _ in range(2)
    )
    both = BothDirections(ahead, back, dtype="float64")
    both.build((None, None, FEATURES))
    return both


def sequences() -> Any:
    return tf.constant(np.random.default_rng(1).normal(size=(len(LENGTHS), 6, FEATURES)))


def result(compute: Any, layer: Any) -> tuple[Any, list[Any]]:
    """Its value, and the gradient of a sum of it with respect to a layer's weights."""
    with tf.GradientTape() as tape:
        value = compute()
        loss = tf.reduce_sum(tf.sin(value) * tf.range(1.0, 1.0 + value.shape[-1], dtype=value.dtype))
    return value, tape.gradient(loss, [weight.value for weight in layer.trainable_variables])


def assert_equal(one: tuple[Any, list[Any]], other: tuple[Any, list[Any]]) -> None:
    for measured, expected in zip(tf.nest.flatten(one), tf.nest.flatten(other), strict=True):
        np.testing.assert_allclose(measured, expected, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("return_sequences", [False, True])
@pytest.mark.parametrize("cell", CELLS)
def test_values_and_full_gradients_are_those_of_keras(cell: str, return_sequences: bool) -> None:
    ours = layer(cell, "full", return_sequences)
    plain = keras.layers.Bidirectional(
        keras.layers.RNN(ours.forward.cell, return_sequences=return_sequences, dtype="float64"),
        backward_layer=keras.layers.RNN(
            ours.backward.cell, return_sequences=return_sequences, go_backwards=True, dtype="float64"
        ),
        dtype="float64",
    )
    mask = tf.sequence_mask(LENGTHS, 6)
    plain(sequences(), mask=mask)
    plain.set_weights(ours.get_weights())  # Keras makes layers of its own from their configurations

    def real(values: Any) -> Any:
        return tf.boolean_mask(values, mask) if return_sequences else values

    expected = result(lambda: real(plain(sequences(), mask=mask)), plain)
    assert_equal(result(lambda: real(ours(sequences(), lengths=LENGTHS)), ours), expected)


@pytest.mark.parametrize("lookback", [0, 1, 3, 9])
@pytest.mark.parametrize("return_sequences", [False, True])
def test_each_direction_has_the_gradient_of_its_layer_on_sequences_turned_round(
    return_sequences: bool, lookback: int
) -> None:
    ours = layer("gru", lookback, return_sequences)

    def alone() -> Any:
        values = []
        for sequence, length in zip(sequences(), LENGTHS, strict=True):
            read = sequence[tf.newaxis, :length]
            back = ours.backward(read[:, ::-1])
            values.append(tf.concat([ours.forward(read), back[:, ::-1] if return_sequences else back], axis=-1))
        return tf.concat([tf.reshape(value, [-1, 2 * UNITS]) for value in values], axis=0)

    def together() -> Any:
        value = ours(sequences(), lengths=LENGTHS)
        return tf.boolean_mask(value, tf.sequence_mask(LENGTHS, 6)) if return_sequences else value

    assert_equal(result(together, ours), result(alone, ours))


@pytest.mark.parametrize("lookback", [0, 2, "full"])
def test_words_are_read_as_their_rows_are(lookback: Any) -> None:
    ours = layer("lstm", lookback, return_sequences=False)
    table = tf.constant(np.random.default_rng(2).normal(size=(5, FEATURES)))
    tokens = np.random.default_rng(3).integers(0, 5, (len(LENGTHS), 6))
    rows = result(lambda: ours(tf.gather(table, tokens), lengths=LENGTHS), ours)
    assert_equal(result(lambda: ours.read_words(table, tokens, LENGTHS), ours), rows)


def test_a_layer_is_made_from_its_configuration() -> None:
    ours = layer("gru", 2, return_sequences=True)
    made = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(ours))
    made.build((None, None, FEATURES))
    made.set_weights(ours.get_weights())
    np.testing.assert_array_equal(made(sequences(), lengths=LENGTHS), ours(sequences(), lengths=LENGTHS))
    made.lookback = 5
    assert (made.forward.lookback, made.backward.lookback, made.lookback) == (5, 5, 5)
