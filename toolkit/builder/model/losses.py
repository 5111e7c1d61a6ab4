"""What predictions cost: cross-entropy, fused with the layer that scores, and squared errors. Each is a sum."""

import tensorflow as tf

from toolkit.builder.shapes import Bias, Chunks, Kernel, Number, Structure, Tensor, Tensors


def cross_entropy_sum(features: Chunks, kernel: Kernel, targets: Chunks, weights: Chunks, bias: Bias = None) -> Number:
    """Project, normalise and compare, chunk by chunk: the weighted sum of cross-entropies.

        sum_i weights_i * (logsumexp(W s_i + b) - (W s_i + b)[targets_i])

    Its gradient is computed with it, so that each chunk's scores are made once and dropped: memory is that of one
    chunk's scores, whatever the number of predictions.

    Args:
        features: The states s_i, shape `(chunks, rows, units)`.
        kernel: W transposed, shape `(units, outputs)`.
        targets: Index of the right output, shape `(chunks, rows)`, integers.
        weights: Shape `(chunks, rows)`; 0 where a row is padding. Chunks of padding at the end cost nothing.
        bias: b, shape `(outputs,)`; None for none.

    Returns:
        The sum in nats, a scalar of the features' type.
    """

    @tf.custom_gradient
    def loss(features: Chunks, *layer: Kernel | Bias) -> Structure:
        total, gradients = _loss_and_gradients(features, layer, targets, weights)

        def gradient(upstream: Number) -> list[Tensor]:
            return [upstream * each for each in gradients]

        return total, gradient

    return loss(features, *(tf.convert_to_tensor(each) for each in (kernel, bias) if each is not None))


def squared_error_sum(features: Chunks, kernel: Kernel, targets: Chunks, weights: Chunks, bias: Bias = None) -> Number:
    """Project and compare with numbers: the weighted sum over predictions of the mean square of their errors.

        sum_i weights_i * mean_j ((W s_i + b)_j - targets_ij)^2

    Args:
        features: The states s_i, shape `(chunks, rows, units)`.
        kernel: W transposed, shape `(units, outputs)`.
        targets: The right numbers, shape `(chunks, rows, outputs)`.
        weights: Shape `(chunks, rows)`; 0 where a row is padding.
        bias: b, shape `(outputs,)`; None for none.

    Returns:
        The sum, a scalar of the features' type.
    """
    numbers = tf.matmul(features, tf.convert_to_tensor(kernel))
    if bias is not None:
        numbers += tf.convert_to_tensor(bias)
    squares = tf.square(numbers - tf.cast(targets, numbers.dtype))
    return tf.reduce_sum(tf.reduce_mean(squares, axis=-1) * tf.cast(weights, squares.dtype))


def _loss_and_gradients(
    features: Chunks, layer: Tensors, targets: Chunks, weights: Chunks
) -> tuple[Number, list[Tensor]]:
    kernel, *biases = layer
    chunks = tf.shape(features)[0]
    weights = tf.cast(weights, features.dtype)
    used = tf.reduce_max(tf.where(tf.reduce_any(weights > 0, axis=1), tf.range(chunks) + 1, 0))
    gradients = tf.TensorArray(features.dtype, size=chunks, element_shape=features.shape[1:])

    def add_chunk(
        index: Number, total: Number, gradients: Structure, layer_gradients: Tensors
    ) -> tuple[Number, Number, Structure, Tensors]:
        chunk, target, weight = features[index], targets[index], weights[index]
        scores = tf.matmul(chunk, kernel)
        for bias in biases:
            scores += bias
        scores -= tf.reduce_max(scores, axis=1, keepdims=True)
        powers = tf.exp(scores)
        sums = tf.reduce_sum(powers, axis=1)
        losses = tf.math.log(sums) - tf.gather(scores, target, batch_dims=1)
        errors = (powers / sums[:, None] - tf.one_hot(target, tf.shape(scores)[1], dtype=scores.dtype)) * weight[
            :, None
        ]
        own = [tf.matmul(chunk, errors, transpose_a=True), *(tf.reduce_sum(errors, axis=0) for _ in biases)]
        return (
            index + 1,
            total + tf.reduce_sum(losses * weight),
            gradients.write(index, tf.matmul(errors, kernel, transpose_b=True)),
            [total + one for total, one in zip(layer_gradients, own, strict=True)],
        )

    start = (0, tf.zeros((), features.dtype), gradients, [tf.zeros_like(each) for each in layer])
    _, total, gradients, layer_gradients = tf.while_loop(lambda index, *_: index < used, add_chunk, start)
    return total, [gradients.stack(), *layer_gradients]
