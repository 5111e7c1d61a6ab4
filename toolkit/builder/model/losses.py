"""Cross-entropy of a linear softmax layer, fused so that the scores of all predictions are never held at once."""

from typing import Any

import tensorflow as tf


def cross_entropy_sum(features: Any, kernel: Any, targets: Any, weights: Any) -> Any:
    """Project, normalise and compare, chunk by chunk: the weighted sum of cross-entropies.

        sum_i weights_i * (logsumexp(W s_i) - (W s_i)[targets_i])

    Its gradient is computed with it, so that each chunk's scores are made once and dropped: memory is that of one
    chunk's scores, whatever the number of predictions.

    Args:
        features: The states s_i, shape `(chunks, rows, units)`.
        kernel: W transposed, shape `(units, outputs)`.
        targets: Index of the right output, shape `(chunks, rows)`, integers.
        weights: Shape `(chunks, rows)`; 0 where a row is padding. Chunks of padding at the end cost nothing.

    Returns:
        The sum in nats, a scalar of the features' type.
    """

    @tf.custom_gradient
    def loss(features: Any, kernel: Any) -> Any:
        total, feature_gradient, kernel_gradient = _loss_and_gradients(features, kernel, targets, weights)

        def gradient(upstream: Any) -> tuple[Any, Any]:
            return upstream * feature_gradient, upstream * kernel_gradient

        return total, gradient

    return loss(features, tf.convert_to_tensor(kernel))


def _loss_and_gradients(features: Any, kernel: Any, targets: Any, weights: Any) -> tuple[Any, Any, Any]:
    chunks = tf.shape(features)[0]
    weights = tf.cast(weights, features.dtype)
    used = tf.reduce_max(tf.where(tf.reduce_any(weights > 0, axis=1), tf.range(chunks) + 1, 0))
    gradients = tf.TensorArray(features.dtype, size=chunks, element_shape=features.shape[1:])

    def add_chunk(index: Any, total: Any, gradients: Any, kernel_gradient: Any) -> tuple[Any, Any, Any, Any]:
        chunk, target, weight = features[index], targets[index], weights[index]
        scores = tf.matmul(chunk, kernel)
        scores -= tf.reduce_max(scores, axis=1, keepdims=True)
        powers = tf.exp(scores)
        sums = tf.reduce_sum(powers, axis=1)
        losses = tf.math.log(sums) - tf.gather(scores, target, batch_dims=1)
        errors = (powers / sums[:, None] - tf.one_hot(target, tf.shape(scores)[1], dtype=scores.dtype)) * weight[
            :, None
        ]
        return (
            index + 1,
            total + tf.reduce_sum(losses * weight),
            gradients.write(index, tf.matmul(errors, kernel, transpose_b=True)),
            kernel_gradient + tf.matmul(chunk, errors, transpose_a=True),
        )

    start = (0, tf.zeros((), features.dtype), gradients, tf.zeros_like(kernel))
    _, total, gradients, kernel_gradient = tf.while_loop(lambda index, *_: index < used, add_chunk, start)
    return total, gradients.stack(), kernel_gradient
