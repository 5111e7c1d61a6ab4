"""Keras's own recurrent layers, trained by `fit`."""

import time
from collections.abc import Iterator
from itertools import chain, islice
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras.layers import GRU, Dense, Embedding, SimpleRNN
from workloads import RATE, Workload

from toolkit.data.batches import Batch


class Trainer:
    """Trains Keras models.

    Args:
        jit_compile: Whether XLA compiles them.
    """

    def __init__(self, jit_compile: bool) -> None:
        self.jit_compile = jit_compile

    def prepare(self, workload: Workload) -> None:
        """Make the model."""
        keras.backend.clear_session()
        self.elements = [_element(batch, workload) for batch in workload.batches(workload.updates)]
        self.model = _model(workload)
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        self.model.compile(optimizer=keras.optimizers.SGD(RATE), loss=loss, jit_compile=self.jit_compile)

    def seconds(self, updates: int) -> float:
        """Train on the first so many batches of an epoch; how long it took.

        `fit` trains on the first batch once more beforehand, so that its start does not count.
        """
        clock = Clock()
        self.model.fit(self._dataset(updates), shuffle=False, verbose=0, callbacks=[clock])
        return clock.seconds

    def _dataset(self, updates: int) -> tf.data.Dataset:
        def batches() -> Iterator[tuple[Any, ...]]:
            return chain(self.elements[:1], islice(self.elements, updates))

        signature = tuple(tf.TensorSpec([None] * part.ndim, part.dtype) for part in self.elements[0])
        dataset = tf.data.Dataset.from_generator(batches, output_signature=signature)
        return dataset.apply(tf.data.experimental.assert_cardinality(1 + updates)).prefetch(2)


class Clock(keras.callbacks.Callback):
    """Times an epoch from the end of its first batch."""

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Start."""
        if batch == 0:
            self.start = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Stop."""
        self.seconds = time.perf_counter() - self.start


def _model(workload: Workload) -> keras.Model:
    """`language_model` needs no mask, since sentences are padded behind their end and padding weighs nothing."""
    is_model, hidden = workload.task == "language_model", workload.hidden
    named = {"use_bias": False, "dtype": workload.dtype}
    recurrent: Any = {
        "rnn": lambda **more: SimpleRNN(hidden, "sigmoid", **named, **more),
        "gru": lambda **more: GRU(hidden, reset_after=False, **named, **more),
    }
    layers = [
        Embedding(workload.vocabulary, hidden, mask_zero=not is_model, dtype=workload.dtype),
        recurrent[workload.cell](return_sequences=is_model),
        Dense(workload.outputs, **named),
    ]
    return keras.Sequential([keras.Input((None,), dtype="int32"), *layers])


def _element(batch: Batch, workload: Workload) -> tuple[Any, ...]:
    """Words, targets and, for `language_model`, the weight of each, 0 where padded."""
    if workload.task == "agreement":
        return batch.inputs["tokens"], batch.targets.ravel()[: len(batch.inputs["tokens"])]
    places = batch.inputs["positions"].ravel()[batch.weights.ravel() > 0]
    targets, weights = (
        np.zeros(batch.inputs["tokens"].size, np.int32),
        np.zeros(batch.inputs["tokens"].size, workload.dtype),
    )
    targets[places] = batch.targets.ravel()[batch.weights.ravel() > 0]
    weights[places] = 1
    return (
        batch.inputs["tokens"],
        targets.reshape(batch.inputs["tokens"].shape),
        weights.reshape(batch.inputs["tokens"].shape),
    )
