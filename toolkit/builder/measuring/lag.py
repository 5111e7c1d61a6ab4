"""The gradient by lag: how much of the recurrent weights' gradient comes from how far back."""

from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from toolkit.builder.model.sequence_model import SequenceModel
from toolkit.builder.recurrent.both_directions import directions
from toolkit.builder.recurrent.cell_step import CellStep
from toolkit.builder.recurrent.scan import scan
from toolkit.builder.recurrent.step_effects import effects_of
from toolkit.builder.recurrent.truncated_rnn import TruncatedRNN
from toolkit.builder.recurrent.truncation import flatten_steps, one_step_back, states_before
from toolkit.builder.shapes import Lengths, Number, Steps, Structure, Tensor, Tensors, Trained, Variable
from toolkit.builder.training.feed import Feed
from toolkit.errors import SpecError
from toolkit.spec.schema import TrackConfig


def gradient_by_lag(model: SequenceModel, feed: Feed, lags: int) -> list[float | None]:
    """Measure the norm of each term of the Neumann series of back-propagation through time.

    Term k of the series, (J^T)^k g, is the share of the gradient that errors have after travelling k steps back (see
    `toolkit.builder.recurrent.truncation`). For each sentence, its share of the gradient of the recurrent weights,
    summed over the sentence's predictions, is a matrix; its Frobenius norm is averaged over the sentences that are long
    enough to have such a term. The model's own lookback plays no part.

    Args:
        model: The model whose gradient is measured.
        feed: Sentences to measure it on.
        lags: The largest k.

    Returns:
        The mean norm for k = 0 .. lags; None where no sentence is long enough.

    Raises:
        SpecError: The cell has no `recurrent_kernel`, or its step cannot be taken anywhere.
    """
    measure = model.compiled_once(_compiled_norms, lags)
    batches = [(each.inputs, each.targets, each.weights) for each in feed.single_batches()]
    norms = np.concatenate([measure(*tf.nest.map_structure(tf.constant, batch)).numpy() for batch in batches], axis=1)
    return _mean_where_long_enough(norms, feed.examples.lengths)


class GradientByLag(keras.callbacks.Callback):
    """Measures `gradient_by_lag` after the epochs that it is due after, and adds it to their logs.

    Args:
        feed: Sentences to measure it on.
        track: The largest lag, and after which epochs.
    """

    def __init__(self, feed: Feed, track: TrackConfig) -> None:
        super().__init__()
        self.feed = feed
        self.track = track

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Refuse a cell that cannot be measured, however late the first epoch is after which it is due."""
        _recurrent_weights(self.model)

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Measure, if it is due after this epoch, Keras's first of which is 0."""
        if logs is not None and self.track.is_due(epoch + 1):
            logs["gradient_by_lag"] = gradient_by_lag(self.model, self.feed, self.track.gradient_by_lag)


def _weights_of(layer: TruncatedRNN) -> list[Variable]:
    cell = layer.cell
    cells = getattr(cell, "cells", [cell])
    missing = [type(each).__name__ for each in cells if not hasattr(each, "recurrent_kernel")]
    if missing:
        raise SpecError(
            f"track.gradient_by_lag: the cell {missing[0]} has no attribute recurrent_kernel, the weights whose "
            "gradient is to be measured; give it that name, or leave track.gradient_by_lag out"
        )
    initial_state = layer.get_initial_state(1)
    step = CellStep(cell, initial_state, training=False)
    row = tf.zeros((1, layer.get_build_config()["input_shape"][-1]), layer.compute_dtype)
    if not effects_of(step, row, keras.tree.flatten(initial_state)).anywhere:
        raise SpecError(
            f"track.gradient_by_lag: the cell {type(cell).__name__} draws, changes variables or mixes the rows of a "
            "batch outside of training too, so that its steps cannot be measured each on its own; leave "
            "track.gradient_by_lag out"
        )
    return [each.recurrent_kernel for each in cells]


def _recurrent_weights(model: SequenceModel) -> list[list[Variable]]:
    """The recurrent weights of each direction.

    Raises:
        SpecError: As `gradient_by_lag` does.
    """
    return [_weights_of(layer) for layer in directions(model.recurrent)]


def _compiled_norms(model: SequenceModel, lags: int) -> Tensor:
    weights = _recurrent_weights(model)
    return tf.function(lambda *batch: _norms(model, weights, batch, lags), jit_compile=True, reduce_retracing=True)


def _norms(model: SequenceModel, weights: list[list[Variable]], batch: Trained, lags: int) -> Tensor:
    """The norm of each sentence's share of each term, shape `(lags + 1, sentences)`; of both directions' weights."""
    inputs, targets, prediction_weights = batch
    read = zip(directions(model.recurrent), model.read_in_order(inputs), strict=True)
    passes = [_Pass(layer, rows) for layer, rows in read]
    outputs = [each.results[0] for each in passes]
    with tf.GradientTape() as tape:
        tape.watch(outputs)
        features = model.chosen_in_order(outputs, inputs)
        loss = model.loss_sum(features, targets, prediction_weights)
    gradients = zip(passes, tape.gradient(loss, outputs), weights, strict=True)
    norms = [each.norms(gradient, own, lags) for each, gradient, own in gradients]
    return norms[0] if len(norms) == 1 else tf.norm(norms, axis=0)


class _Pass:
    """A layer's steps over sentences.

    Args:
        layer: The layer.
        rows: What it reads, in its order, shape `(sentences, steps, features)`.
    """

    def __init__(self, layer: TruncatedRNN, rows: Structure) -> None:
        initial_state = layer.get_initial_state(tf.shape(rows)[0])
        self.rows = rows
        self.step = CellStep(layer.cell, initial_state, training=False)
        self.initial = keras.tree.flatten(initial_state)
        self.results = scan(self.step, rows, self.initial)

    def norms(self, gradient: Steps, weights: list[Variable], lags: int) -> Tensor:
        """The norm of each sentence's share of each term, given the gradient at the outputs."""
        before = states_before(self.initial, self.results)
        flat_rows, flat_before = flatten_steps(self.rows), [flatten_steps(state) for state in before]
        step_back = one_step_back(lambda flat: self.step(flat_rows, flat), flat_before)

        def measure_term(lag: Number, errors: Tensors, norms: Structure) -> tuple[Number, Tensors, Structure]:
            norms = norms.write(lag, _sentence_norms(self.step, weights, self.rows, before, errors))
            none = map(tf.zeros_like, self.results[: -len(self.initial)])
            return lag + 1, [*none, *step_back(errors)], norms

        norms = tf.TensorArray(self.rows.dtype, size=lags + 1, element_shape=self.rows.shape[:1])
        errors = [gradient, *map(tf.zeros_like, self.results[1:])]
        return tf.while_loop(lambda lag, *_: lag <= lags, measure_term, (0, errors, norms))[2].stack()


def _sentence_norms(
    step: CellStep, weights: list[Variable], rows: Structure, before: Tensors, errors: Tensors
) -> Lengths:
    """The norm of the weights' gradient under errors at all positions, each sentence on its own."""

    def norm(sentence: Structure) -> Number:
        with tf.GradientTape() as tape:
            results = step(rows[sentence], [state[sentence] for state in before])
        gradients = tape.gradient(
            results,
            weights,
            output_gradients=[error[sentence] for error in errors],
            unconnected_gradients=tf.UnconnectedGradients.ZERO,
        )
        return tf.linalg.global_norm(gradients)

    return tf.map_fn(norm, tf.range(tf.shape(rows)[0]), fn_output_signature=rows.dtype)


def _mean_where_long_enough(norms: NDArray[Any], lengths: NDArray[Any]) -> list[float | None]:
    reached = [lengths > lag for lag in range(len(norms))]
    return [float(row[mask].mean()) if mask.any() else None for row, mask in zip(norms, reached, strict=True)]
