"""A plain NumPy program as one writes it from the formulas, where a word is a one-hot vector.

Its loops over sentences and words are those that the tests check the toolkit against.
"""

import time

import numpy as np
from workloads import RATE, Workload

from tests.builder import reference

STDDEV = 0.1**0.5


class Trainer:
    """Trains with the gradients of `tests/builder/reference.py`."""

    def prepare(self, workload: Workload) -> None:
        """Draw the weights."""
        self.workload = workload
        recurrent = reference.CELLS[workload.cell].matrices
        shapes = {
            "V": (workload.vocabulary, len(recurrent) * workload.hidden),
            "W": (workload.outputs, workload.hidden),
            **dict.fromkeys(recurrent, (workload.hidden, workload.hidden)),
        }
        generator = np.random.default_rng(1)
        self.weights = {name: generator.normal(0, STDDEV, shape) for name, shape in shapes.items()}

    def seconds(self, updates: int) -> float:
        """Train on the first so many batches of an epoch; how long it took."""
        start = time.perf_counter()
        cell, lookback, train = self.workload.cell, self.workload.lookback, self.workload.train()
        for chosen in self.workload.chosen(updates):
            inputs, targets = ([column[index] for index in chosen] for column in (train.inputs, train.targets))
            gradient = reference.loss_and_gradient(cell, self.weights, inputs, targets, lookback, add_outer).gradient
            for name in self.weights:
                self.weights[name] -= RATE / len(chosen) * gradient[name]
        return time.perf_counter() - start


def add_outer(gradient: reference.Array, word: int, error: reference.Array) -> None:
    """Add the outer product of a word's one-hot vector and an error, shape `(vocabulary, hidden)`."""
    one_hot = np.zeros(len(gradient))
    one_hot[word] = 1
    gradient += np.outer(one_hot, error)
