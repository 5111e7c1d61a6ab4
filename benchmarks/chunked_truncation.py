"""What truncation per prediction learns, and what cutting sentences into chunks learns.

python benchmarks/chunked_truncation.py

prints a table of docs/truncated-bptt.md and writes benchmarks/chunked_truncation.json. One GRU, one grammar, one loss;
for each seed both start from the same weights and see the same batches in the same order. With `lookback` tau, the
former passes every prediction's error tau steps back; the latter cuts each sentence from its start into chunks of
tau + 1 words and passes no error from a chunk to the one before, so that it travels 0 to tau steps.
"""

import json
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from statistics import mean
from typing import Any

import keras
import tensorflow as tf
from machine import machine_text
from markdown import markdown_table

from toolkit.builder.model.network import build
from toolkit.builder.model.sequence_model import SequenceModel
from toolkit.builder.training.feed import Feed
from toolkit.data.dataset import Dataset, load_examples
from toolkit.spec.annealing import rate_at
from toolkit.spec.schema import RunConfig

CONFIG = RunConfig.model_validate(
    {
        "data": {"task": "agreement", "distance": "uniform", "max_distance": 6, "train_size": 2000, "dev_size": 1000},
        "model": {"cell": "gru", "hidden": 20},
        "train": {"epochs": 10, "batch_size": 20, "learning_rate": 2.0, "anneal": 10},
    }
)
LOOKBACKS = (0, 1, 2, 4, 8)
SEEDS = (1, 2, 3)
RESULTS = Path(__file__).with_suffix(".json")


class ChunkedRNN(keras.layers.Layer):
    """Runs a cell over chunks of a sequence; the state is carried over, its gradient is not.

    Args:
        cell: A Keras RNN cell.
        chunk: Number of steps of a chunk; the last one may be shorter.
    """

    def __init__(self, cell: Any, chunk: int) -> None:
        super().__init__()
        self.layer = keras.layers.RNN(cell, return_sequences=True, return_state=True)
        self.chunk = chunk
        self.return_sequences = True

    @property
    def cell(self) -> Any:
        """The cell."""
        return self.layer.cell

    def build(self, input_shape: Any) -> None:
        """Create the cell's weights."""
        self.layer.build(input_shape)

    def call(self, sequences: Any, training: bool = False) -> Any:
        """From `(batch, steps, features)` to the outputs, `(batch, steps, units)`."""
        outputs, states = [], None
        for start in range(0, sequences.shape[1], self.chunk):
            output, *states = self.layer(
                sequences[:, start : start + self.chunk], initial_state=states, training=training
            )
            states = [tf.stop_gradient(state) for state in states]
            outputs.append(output)
        return tf.concat(outputs, axis=1)


class Trainer:
    """Trains one model again and again, from other weights each time, with one compilation a shape of batches."""

    def __init__(self, model: SequenceModel, data: Dataset) -> None:
        self.model = model
        self.data = data
        # Chunks are cut in Python, so every number of steps is a shape of its own.
        self.train_step = tf.function(model.train_step, jit_compile=True)
        self.test_step = tf.function(model.test_step, jit_compile=True)

    def train(self, seed: int) -> dict[str, float]:
        """Dev loss and accuracy after the last epoch."""
        train = CONFIG.train
        self.model.set_weights(_network(seed, len(self.data.vocabulary)).get_weights())
        for epoch in range(train.epochs):
            self.model.optimizer.learning_rate.assign(rate_at(train.learning_rate, train.anneal, epoch))
            self._each_block(self.train_step, Feed(self.data.train, train.batch_size, seed), epoch)
        return self._each_block(self.test_step, Feed(self.data.dev, 200), 0)

    def _each_block(self, step: Any, feed: Feed, epoch: int) -> dict[str, float]:
        for metric in self.model.metrics:
            metric.reset_state()
        feed.epoch = epoch
        for block in islice(feed.epochs(), feed.blocks()):
            step(block)
        return {metric.name: float(metric.result()) for metric in self.model.metrics}


def main() -> None:
    """Train everything, write the JSON file and print the table."""
    data = load_examples(CONFIG.data)
    words = len(data.vocabulary)
    per_prediction = Trainer(_network(SEEDS[0], words), data)
    rows = []
    for lookback in LOOKBACKS:
        per_prediction.model.recurrent.lookback = lookback
        chunked = Trainer(_chunked(_network(SEEDS[0], words), lookback + 1), data)
        rows.append(
            {
                "lookback": lookback,
                "per prediction": [per_prediction.train(seed) for seed in SEEDS],
                "chunked": [chunked.train(seed) for seed in SEEDS],
            }
        )
    results = {"machine": machine_text("float32"), "config": CONFIG.model_dump(), "seeds": SEEDS, "rows": rows}
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    print(table(results))


def table(results: dict[str, Any]) -> str:
    """Mean dev loss and accuracy over the seeds with the least and the greatest, in Markdown."""
    kinds = ("per prediction", "chunked")
    heads = ["tau", *(f"{name}, {kind}" for name in ("loss", "accuracy") for kind in kinds)]
    lines = [
        [
            row["lookback"],
            *(_range([run[name] for run in row[kind]]) for name in ("loss", "accuracy") for kind in kinds),
        ]
        for row in results["rows"]
    ]
    return markdown_table(heads, lines)


def _network(seed: int, words: int) -> SequenceModel:
    train = CONFIG.train.model_copy(update={"seed": seed})
    return build(CONFIG.model_copy(update={"train": train}), words)


def _chunked(model: SequenceModel, chunk: int) -> SequenceModel:
    """A model of the same structure that cuts sentences into chunks."""
    lookup, cell, output_layer = (
        type(part).from_config(part.get_config())
        for part in (model.get_layer("lookup"), model.recurrent.cell, model.output_layer)
    )
    chunked = SequenceModel(lookup, ChunkedRNN(cell, chunk), output_layer, tracks=model.tracks)
    chunked.build()
    chunked.compile(optimizer=keras.optimizers.SGD())
    chunked.optimizer.build(chunked.trainable_variables)
    return chunked


def _range(values: Sequence[float]) -> str:
    return f"{mean(values):.3f} ({min(values):.3f} to {max(values):.3f})"


if __name__ == "__main__":
    main()
