"""Seconds and memory of training steps of `TruncatedRNN` and of `keras.layers.RNN`, of one cell, printed as JSON.

python benchmarks/training_step.py time CELL
python benchmarks/training_step.py memory CELL LOOKBACK
"""

import json
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from memory import most_resident

from toolkit import TruncatedRNN
from toolkit.builder.recurrent.cells import CELLS

UNITS = FEATURES = 50
LOOKBACKS: Sequence[int | str] = (0, 3, 10, "full")
"""`full` stands for `keras.layers.RNN`."""
LENGTHS = (20, 100, 400)
BATCHES = (100, 5)
ROUNDS = 7
ROUND_SECONDS = 0.1
"""A round repeats a step until it lasts about this long, so that short steps are timed as well as long ones."""

MEMORY_LENGTH, MEMORY_BATCH = 400, 100


def measure_times(cell: str) -> list[dict[str, Any]]:
    """Milliseconds of a training step, for every batch, length and lookback."""
    return [
        {"cell": cell, "batch": batch, "length": length, "milliseconds": _taking_turns(cell, batch, length)}
        for batch in BATCHES
        for length in LENGTHS
    ]


def measure_memory(cell: str, lookback: int | str) -> float:
    """MiB by which steps of a batch raise the highest resident memory above that of steps of one sentence.

    What TensorFlow and the compiler take is in both.
    """
    one, many = (training_step(cell, lookback, batch, MEMORY_LENGTH) for batch in (1, MEMORY_BATCH))
    _repeat(one, 3)
    before = most_resident()
    _repeat(many, 3)
    return most_resident() - before


def training_step(cell: str, lookback: int | str, batch: int, length: int) -> Callable[[], Any]:
    """A compiled step: forwards, the gradient of every weight under a loss at every position, and the update."""
    keras.utils.set_random_seed(1)
    own = CELLS[cell](UNITS)
    layer: Any = keras.layers.RNN(own, return_sequences=True)
    if lookback != "full":
        layer = TruncatedRNN(own, int(lookback), return_sequences=True)
    generator = np.random.default_rng(1)
    inputs, targets = (
        tf.constant(generator.normal(size=(batch, length, width)), tf.float32) for width in (FEATURES, UNITS)
    )
    layer.build(inputs.shape)
    optimizer = keras.optimizers.SGD(0.01)
    optimizer.build(layer.trainable_variables)

    @tf.function(jit_compile=True)
    def step(inputs: Any, targets: Any) -> Any:
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((layer(inputs) - targets) ** 2)
        gradients = tape.gradient(loss, layer.trainable_variables)
        optimizer.apply_gradients(zip(gradients, layer.trainable_variables, strict=True))
        return loss

    return lambda: step(inputs, targets).numpy()


def _taking_turns(cell: str, batch: int, length: int) -> dict[str, float]:
    steps = {str(lookback): training_step(cell, lookback, batch, length) for lookback in LOOKBACKS}
    counts = {}
    for name, step in steps.items():
        _repeat(step, 2)
        counts[name] = max(1, round(ROUND_SECONDS / _seconds(step, 1)))
    rounds = [{name: _seconds(step, counts[name]) for name, step in steps.items()} for _ in range(ROUNDS)]
    return {name: 1000 * statistics.median(each[name] for each in rounds) for name in steps}


def _seconds(step: Callable[[], Any], count: int) -> float:
    started = time.perf_counter()
    _repeat(step, count)
    return (time.perf_counter() - started) / count


def _repeat(step: Callable[[], Any], count: int) -> None:
    for _ in range(count):
        step()


if __name__ == "__main__":
    what, cell, *lookbacks = sys.argv[1:]
    print(json.dumps(measure_memory(cell, lookbacks[0]) if what == "memory" else measure_times(cell)))
