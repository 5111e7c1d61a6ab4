"""The network of a run as a Keras model: word rows, recurrent layer, output layer, and how it is trained."""

from collections.abc import Mapping
from typing import Any

import keras
import tensorflow as tf

from toolkit.builder.cells import CELLS, INITIAL_STDDEV
from toolkit.builder.losses import cross_entropy_sum
from toolkit.builder.precision import precision
from toolkit.builder.truncated_rnn import TruncatedRNN
from toolkit.spec.schema import RunConfig


def build(config: RunConfig, vocabulary_size: int) -> "SequenceModel":
    """Build the model that a configuration describes, with its initial weights, ready for `fit`.

    Weights are drawn by Keras's generators seeded from `train.seed`: each kernel normal with variance 0.1.

    Args:
        config: A resolved run configuration.
        vocabulary_size: Number of words in the vocabulary.

    Returns:
        A compiled model with plain SGD.
    """
    with precision(config.train.dtype):
        model = _network(config, vocabulary_size)
        model.build()
        model.compile(optimizer=keras.optimizers.SGD(config.train.learning_rate), jit_compile=True)
        model.optimizer.build(model.trainable_variables)
    return model


def _network(config: RunConfig, vocabulary_size: int) -> "SequenceModel":
    seeds = keras.random.SeedGenerator(config.train.seed)
    outputs = 2 if config.data.task == "agreement" else vocabulary_size

    def normal() -> keras.initializers.Initializer:
        return keras.initializers.RandomNormal(stddev=INITIAL_STDDEV, seed=seeds)

    cell = CELLS[config.model.cell](config.model.hidden, project_inputs=False, initializer=normal())
    return SequenceModel(
        lookup=keras.layers.Embedding(vocabulary_size, cell.row_size, embeddings_initializer=normal(), name="lookup"),
        recurrent=TruncatedRNN(cell, config.model.lookback, return_sequences=True, name="recurrent"),
        output=keras.layers.Dense(outputs, use_bias=False, kernel_initializer=normal(), name="output"),
        classify=config.data.task == "agreement",
    )


class SequenceModel(keras.Model):
    """Reads sentences of word indices and scores outputs at chosen positions.

    Args:
        lookup: Embedding whose rows are the cell's projected inputs.
        recurrent: Recurrent layer that returns sequences.
        output: Dense layer without bias or activation.
        classify: Whether accuracy is measured.

    Call args:
        inputs: `tokens`, shape `(sentences, steps)`, and `positions`, sentence * steps + step, shape
            `(chunks, rows)`, as in `toolkit.data.batches.Batch`.

    Returns:
        Scores before the softmax, shape `(chunks, rows, outputs)`.
    """

    def __init__(
        self, lookup: keras.layers.Layer, recurrent: keras.layers.Layer, output: keras.layers.Dense, classify: bool
    ) -> None:
        super().__init__()
        self.lookup = lookup
        self.recurrent = recurrent
        self.output_layer = output
        self.classify = classify
        self.loss_tracker = keras.metrics.Mean(name="loss", dtype="float64")
        self.accuracy_tracker = keras.metrics.Mean(name="accuracy", dtype="float64")

    def build(self, input_shape: Any = None) -> None:
        """Create all weights: their shapes do not depend on the input's."""
        self.lookup.build((None, None))
        self.recurrent.build((None, None, self.lookup.output_dim))
        self.output_layer.build((None, None, self.recurrent.cell.output_size))
        self.built = True

    def call(self, inputs: Mapping[str, Any], training: bool = False) -> Any:
        """Score the outputs at the chosen positions."""
        return self.output_layer(self._features(inputs, training))

    def train_step(self, data: Any) -> dict[str, Any]:
        """One update: the gradient of the summed cross-entropy, divided by the number of sentences."""
        inputs, targets, weights = data
        sentences = tf.shape(inputs["tokens"])[0]
        with tf.GradientTape() as tape:
            features = self._features(inputs, training=True)
            total = cross_entropy_sum(features, self.output_layer.kernel, targets, weights)
            loss = total / tf.cast(sentences, total.dtype)
        gradients = tape.gradient(loss, self.trainable_weights)
        self.optimizer.apply_gradients(zip(map(tf.convert_to_tensor, gradients), self.trainable_weights, strict=True))
        return self._measure(features, total, targets, weights)

    def test_step(self, data: Any) -> dict[str, Any]:
        """Measure one batch."""
        inputs, targets, weights = data
        features = self._features(inputs, training=False)
        total = cross_entropy_sum(features, self.output_layer.kernel, targets, weights)
        return self._measure(features, total, targets, weights)

    def take_over(self, other: "SequenceModel") -> None:
        """Become equal to another model of the same structure: its lookback, weights and optimizer's state.

        What is compiled for this model then serves the other's training.
        """
        self.recurrent.lookback = other.recurrent.lookback
        for own, others in ((self, other), (self.optimizer, other.optimizer)):
            for variable, value in zip(own.variables, others.variables, strict=True):
                variable.assign(value)

    @property
    def metrics(self) -> list[keras.metrics.Metric]:
        """What `fit` and `evaluate` report and reset."""
        return [self.loss_tracker, self.accuracy_tracker] if self.classify else [self.loss_tracker]

    def _features(self, inputs: Mapping[str, Any], training: bool) -> Any:
        states = self.recurrent(self.lookup(inputs["tokens"]), training=training)
        return tf.gather(tf.reshape(states, [-1, states.shape[-1]]), inputs["positions"])

    def _measure(self, features: Any, total: Any, targets: Any, weights: Any) -> dict[str, Any]:
        predictions = tf.reduce_sum(tf.cast(weights, tf.float64))
        self.loss_tracker.update_state(tf.cast(total, tf.float64) / predictions, sample_weight=predictions)
        if self.classify:
            chosen = tf.argmax(self.output_layer(features), axis=-1, output_type=targets.dtype)
            self.accuracy_tracker.update_state(chosen == targets, sample_weight=weights)
        return {metric.name: metric.result() for metric in self.metrics}
