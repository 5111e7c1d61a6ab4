import keras
import numpy as np
import pytest
import tensorflow as tf

from toolkit.builder.model.losses import cross_entropy_sum


@pytest.mark.parametrize("chunks", [1, 3])
def test_fused_loss_and_gradient_equal_keras_on_all_scores(chunks: int) -> None:
    random = np.random.default_rng(1)
    features = tf.Variable(random.normal(size=(chunks, 4, 5)))
    kernel = tf.Variable(random.normal(size=(5, 6)))
    targets = random.integers(0, 6, (chunks, 4))
    weights = random.integers(0, 2, (chunks, 4)).astype("float32")
    with tf.GradientTape(persistent=True) as tape:
        fused = 3 * cross_entropy_sum(features, kernel, targets, weights)
        losses = keras.losses.sparse_categorical_crossentropy(targets, features @ kernel, from_logits=True)
        plain = 3 * tf.reduce_sum(losses * weights)
    assert float(fused) == pytest.approx(float(plain), rel=1e-12)
    for variable in (features, kernel):
        np.testing.assert_allclose(tape.gradient(fused, variable), tape.gradient(plain, variable), rtol=1e-10)
