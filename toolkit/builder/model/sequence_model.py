"""The Keras model of a run: word rows, recurrent layer, output layer, and how they are trained and measured."""

from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from toolkit.builder.keras_internals import draws_masks
from toolkit.builder.model.blocks import each_batch
from toolkit.builder.model.pooling import POOLS
from toolkit.builder.model.scoring import SCORINGS
from toolkit.builder.recurrent.both_directions import BothDirections, directions, from_the_end
from toolkit.builder.recurrent.truncated_rnn import TruncatedRNN
from toolkit.builder.recurrent_cell import RecurrentCell
from toolkit.builder.shapes import Cell, Chunks, Inputs, Lengths, Number, Rows, Steps, Structure, Tensor, Trained


@keras.saving.register_keras_serializable("toolkit")
class SequenceModel(keras.Model):
    """Reads sentences of word indices, or sequences of vectors, and scores outputs at chosen positions.

    Args:
        lookup: Embedding whose rows the recurrent layer reads; None where it reads vectors.
        recurrent: TruncatedRNN or BothDirections; with `return_sequences` and without `pool` any number of positions of
            a sentence can be chosen, otherwise exactly its last one.
        output_layer: Dense layer without activation.
        loss: How predictions are scored, the name of one of `SCORINGS`.
        tracks: What is measured beside the loss, names of what that loss can track.
        pool: What is made of the states at all steps of a sentence, one of `POOLS`; needs `return_sequences`. None: the
            state at each chosen position, or the last one.
        features: Numbers in each vector, where there is no lookup.
        dropout: Share of the values that are dropped in training, of what the recurrent layer reads and of what the
            output layer reads (Zaremba et al., 2014), 0 to 1.
        seed: Seed of the dropout.

    Attributes:
        scoring: How predictions are scored.
        generator: What a cell of Keras's or the user's draws from where it names no seed; None for other cells.

    Call args:
        inputs: `tokens`, shape `(sentences, steps)`, or `vectors`, `(sentences, steps, features)`; and `positions`,
            sentence * steps + step, shape `(chunks, rows)`, as in `toolkit.data.batches.Batch`.

    Returns:
        Numbers, or scores before the softmax, shape `(chunks, rows, outputs)`.
    """

    def __init__(
        self,
        lookup: keras.layers.Layer | None,
        recurrent: TruncatedRNN | BothDirections,
        output_layer: keras.layers.Dense,
        loss: str = "cross_entropy",
        tracks: Sequence[str] = (),
        pool: str | None = None,
        features: int = 0,
        dropout: float = 0.0,
        seed: int = 0,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.lookup = lookup
        self.recurrent = recurrent
        self.output_layer = output_layer
        self.scoring = SCORINGS[loss]
        self.tracks = tuple(tracks)
        self.pool = pool
        self.features = features
        self.dropout = dropout
        self.seed = seed
        seeds = np.random.SeedSequence(seed).generate_state(2).tolist()
        self.row_dropout = keras.layers.Dropout(dropout, seed=seeds[0])
        self.feature_dropout = keras.layers.Dropout(dropout, seed=seeds[1])
        self._programs = cache(partial(_compile, self))
        self.generator: keras.random.SeedGenerator | None = None
        self.loss_tracker = keras.metrics.Mean(name="loss", dtype="float64")
        for name in self.scoring.tracked:  # tracked or not: a checkpoint holds what is counted, whatever the task
            setattr(self, _tracker(name), keras.metrics.Mean(name=name, dtype="float64"))

    def build(self, input_shape: Any = None) -> None:
        """Create all weights; their shapes do not depend on the input's. Loaded layers have theirs already."""
        width = self.lookup.output_dim if self.lookup else self.features
        outputs = sum(_output_size(layer.cell) for layer in directions(self.recurrent))
        for layer, features in ((self.lookup, ()), (self.recurrent, (width,)), (self.output_layer, (outputs,))):
            if layer is not None and not layer.built:
                layer.build((None, None, *features))
        self.built = True

    def build_from_config(self, config: dict[str, Any]) -> None:
        """Create all weights of a loaded model."""
        self.build()

    def compile_for_descent(self, optimizer: keras.optimizers.Optimizer) -> None:
        """Make ready for `fit` with an optimizer, compiled by XLA."""
        self.compile(optimizer=optimizer, jit_compile=True)
        optimizer.build(self.trainable_variables)

    def call(self, inputs: Inputs, training: bool = False) -> Chunks:
        """Score the outputs at the chosen positions."""
        return self.output_layer(self._features(inputs, training))

    def train_step(self, data: Structure) -> dict[str, Number]:
        """Take the batches of a block (see `toolkit.builder.training.feed.Feed`) one after another, an update each."""
        each_batch(data, self.learn)
        return self._measured()

    def test_step(self, data: Structure) -> dict[str, Number]:
        """Measure the batches of a block."""
        each_batch(data, self.judge)
        return self._measured()

    def learn(self, batch: Trained) -> None:
        """Take one batch `(inputs, targets, weights)`: the gradient of its summed cross-entropy, and an update."""
        inputs, targets, weights = batch
        with tf.GradientTape() as tape:
            features = self._features(inputs, training=True)
            total = self.loss_sum(features, targets, weights)
        gradients = tape.gradient(total, self.trainable_weights)
        self.update([tf.convert_to_tensor(gradient) for gradient in gradients], inputs)
        self._measure(features, total, targets, weights)

    def judge(self, batch: Trained) -> None:
        """Measure one batch `(inputs, targets, weights)`."""
        inputs, targets, weights = batch
        features = self._features(inputs, training=False)
        total = self.loss_sum(features, targets, weights)
        self._measure(features, total, targets, weights)

    def update(self, gradients: list[Tensor], inputs: Inputs) -> None:
        """Apply the gradients of a batch's summed cross-entropy, divided by its number of sentences."""
        scaled = [gradient / tf.cast(inputs["divisor"], gradient.dtype) for gradient in gradients]
        self.optimizer.apply_gradients(zip(scaled, self.trainable_weights, strict=True))

    def loss_sum(self, features: Chunks, targets: Chunks, weights: Chunks) -> Number:
        """The summed loss of the predictions made of features `(chunks, rows, units)`; see `Scoring.total`."""
        return self.scoring.total(features, self.output_layer.kernel, targets, weights, self.output_layer.bias)

    def compiled_once(self, make: Callable[..., Any], *arguments: Any) -> Any:
        """What `make(model, *arguments)` compiles to measure this model in a further way; it is made once."""
        return self._programs(make, *arguments)

    def rows(self, inputs: Inputs, training: bool = False) -> Steps:
        """What the recurrent layer reads, `(sentences, steps, features)`."""
        if self.lookup:
            rows = self.lookup(inputs["tokens"])
        else:  # a dataset's batches are of any size; the graph's loops must know that of what they add up
            rows = tf.ensure_shape(tf.cast(inputs["vectors"], self.compute_dtype), [None, None, self.features])
        return self.row_dropout(rows, training=training)

    def lengths(self, inputs: Inputs) -> Lengths:
        """The number of steps of each sentence up to its last chosen position, `(sentences,)`; 1 where it has none."""
        sentences, steps = tf.shape(self._read(inputs))[0], self._steps(inputs)
        positions = tf.reshape(inputs["positions"], [-1])
        if self.pool or not self.recurrent.return_sequences:  # one of each, in their order
            return positions[:sentences] % steps + 1
        return tf.maximum(tf.math.unsorted_segment_max(positions % steps, positions // steps, sentences), 0) + 1

    def read_in_order(self, inputs: Inputs) -> Sequence[Steps]:
        """What each direction of the recurrent layer reads, in the order in which it does, as `rows`."""
        rows = self.rows(inputs)
        if isinstance(self.recurrent, TruncatedRNN):
            return [rows]
        ahead, back = self.recurrent.read_by_each(rows)
        return [ahead, from_the_end(back, self.lengths(inputs))]

    def chosen_in_order(self, states: Sequence[Steps], inputs: Inputs) -> Chunks:
        """`chosen` of the states that each direction has at all steps, in the order in which it reads."""
        if isinstance(self.recurrent, BothDirections) and self.recurrent.return_sequences:
            return self.chosen(self.recurrent.side_by_side(states, self.lengths(inputs)), inputs)
        return self.chosen(tf.concat(states, axis=-1), inputs)

    def chosen(self, states: Steps, inputs: Inputs) -> Chunks:
        """What predictions are made from, `(chunks, rows, units)`, of the states at all steps.

        Args:
            states: Shape `(sentences, steps, units)`.
            inputs: As `call` takes them.
        """
        positions = inputs["positions"]
        if self.pool:
            return tf.gather(POOLS[self.pool](states, self.lengths(inputs)), positions // self._steps(inputs))
        return tf.gather(tf.reshape(states, [-1, states.shape[-1]]), positions)

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
        return [self.loss_tracker, *(getattr(self, _tracker(name)) for name in self.tracks)]

    def get_config(self) -> dict[str, Any]:
        """Arguments that make an equal model."""
        layers = {name: getattr(self, name) for name in ("lookup", "recurrent", "output_layer")}
        return {
            **super().get_config(),
            **{name: keras.saving.serialize_keras_object(layer) for name, layer in layers.items()},
            "loss": self.scoring.name,
            "tracks": list(self.tracks),
            "pool": self.pool,
            "features": self.features,
            "dropout": self.dropout,
            "seed": self.seed,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> "SequenceModel":
        """Make a model from its configuration, of this version or of one that said `classify` for what is tracked."""
        layers = {
            name: keras.saving.deserialize_keras_object(config[name], custom_objects)
            for name in ("lookup", "recurrent", "output_layer")
        }
        known = {key: value for key, value in config.items() if key != "classify"}
        former = {"tracks": ["accuracy"]} if config.get("classify") else {}
        return cls(**{**former, **known, **layers})

    def _features(self, inputs: Inputs, training: bool) -> Chunks:
        return self.feature_dropout(self._states(inputs, training), training=training)

    def _states(self, inputs: Inputs, training: bool) -> Chunks:
        """The states at the chosen positions, `(chunks, rows, units)`."""
        if not self.recurrent.return_sequences:
            return tf.gather(self._last(inputs, training), inputs["positions"] // self._steps(inputs))
        rows = self.rows(inputs, training)
        if len(directions(self.recurrent)) == 1:
            states = self.recurrent(rows, training=training)
        else:
            states = self.recurrent(rows, lengths=self.lengths(inputs), training=training)
        return self.chosen(states, inputs)

    def _last(self, inputs: Inputs, training: bool) -> Rows:
        """The last state of each sentence, `(sentences, units)`."""
        lengths = self.lengths(inputs)
        if self.lookup and self._looks_up and not (training and self.dropout):
            return self.recurrent.read_words(self.lookup.embeddings, inputs["tokens"], lengths, training)
        return self.recurrent(self.rows(inputs, training), lengths=lengths, training=training)

    @property
    def _looks_up(self) -> bool:
        """Whether the recurrent layer may look words up itself: its cell is known, and has no dropout of Keras's."""
        cell = directions(self.recurrent)[0].cell
        return isinstance(cell, RecurrentCell) and not draws_masks(cell)

    def _steps(self, inputs: Inputs) -> Number:
        """The number of steps of a batch, padding included."""
        return tf.shape(self._read(inputs))[1]

    def _read(self, inputs: Inputs) -> Steps:
        return inputs["tokens" if self.lookup else "vectors"]

    def _measure(self, features: Chunks, total: Number, targets: Chunks, weights: Chunks) -> None:
        predictions = tf.reduce_sum(tf.cast(weights, tf.float64))
        self.loss_tracker.update_state(tf.cast(total, tf.float64) / predictions, sample_weight=predictions)
        for name in self.tracks:
            values = self.scoring.tracked[name](self.output_layer(features), targets)
            getattr(self, _tracker(name)).update_state(values, sample_weight=weights > 0)

    def _measured(self) -> dict[str, Number]:
        return {metric.name: metric.result() for metric in self.metrics}


def _tracker(name: str) -> str:
    """The attribute of what counts a tracked quantity; files of weights know it by this name."""
    return f"{name}_tracker"


def _compile(model: SequenceModel, make: Callable[..., Any], *arguments: Any) -> Any:
    return make(model, *arguments)


def _output_size(cell: Cell) -> int:
    """Width of a cell's output: that of its first state, unless it says otherwise (as `keras.layers.RNN` takes it)."""
    sizes = cell.state_size
    size: int = getattr(cell, "output_size", None) or (sizes[0] if isinstance(sizes, (list, tuple)) else sizes)
    return size
