import keras
import numpy as np
import pytest
import tensorflow as tf

from toolkit.builder.model.losses import cross_entropy_sum, squared_error_sum


@pytest.mark.parametrize("has_bias", [False, True])
@pytest.mark.parametrize("chunks", [1, 3])
def test_fused_loss_and_gradient_equal_keras_on_all_scores(chunks: int, has_bias: bool) -> None:
    random = np.random.default_rng(1)
    features = tf.Variable(random.normal(size=(chunks, 4, 5)))
    kernel, bias = tf.Variable(random.normal(size=(5, 6))), tf.Variable(random.normal(size=6))
    targets = random.integers(0, 6, (chunks, 4))
    weights = random.integers(0, 3, (chunks, 4)).astype("float32")
    with tf.GradientTape(persistent=True) as tape:
        fused = 3 * cross_entropy_sum(features, kernel, targets, weights, bias if has_bias else None)
        scores = features @ kernel + bias if has_bias else features @ kernel
        losses = keras.losses.sparse_categorical_crossentropy(targets, scores, from_logits=True)
        plain = 3 * tf.reduce_sum(losses * weights)
    assert float(fused) == pytest.approx(float(plain), rel=1e-12)
    for variable in (features, kernel, bias)[: 2 + has_bias]:
        np.testing.assert_allclose(tape.gradient(fused, variable), tape.gradient(plain, variable), rtol=1e-10)


@pytest.mark.parametrize("outputs", [1, 3])
def test_squared_errors_are_summed_over_predictions_and_averaged_over_outputs(outputs: int) -> None:
    random = np.random.default_rng(2)
    features, kernel, bias = (
        random.normal(size=(2, 4, 5)),
        random.normal(size=(5, outputs)),
        random.normal(size=outputs),
    )
    targets = random.normal(size=(2, 4, outputs))
    weights = random.integers(0, 2, (2, 4)).astype("float32")
    expected = 0.0
    for chunk in range(2):
        for row in range(4):
            errors = features[chunk, row] @ kernel + bias - targets[chunk, row]
            expected += float(weights[chunk, row]) * float(np.mean(errors**2))
    total = squared_error_sum(tf.constant(features), tf.constant(kernel), targets, weights, tf.constant(bias))
    assert float(total) == pytest.approx(expected, rel=1e-12)
