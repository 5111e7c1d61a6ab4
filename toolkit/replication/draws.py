"""The random numbers of the study's program, in its order: weights first, then one permutation an epoch."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

SCALE = np.sqrt(0.1)

MATRICES = {"rnn": ("U", "V", "W"), "gru": ("Ur", "Vr", "Uz", "Vz", "Uh", "Vh", "W")}
"""The weight matrices of the study's cells, in the order in which its program draws them."""


class Draws:
    """One `RandomState` for a whole run.

    Args:
        seed: Its seed.
        cell: `rnn` or `gru`.
        hidden: Number of hidden units.
        vocabulary: Number of words.
        outputs: Number of outputs.

    Attributes:
        weights: The initial weights by the study's names, drawn as `randn(rows, columns) * sqrt(0.1)`: each U
            `(hidden, hidden)`, each V `(hidden, vocabulary)`, W `(outputs, hidden)`.
    """

    def __init__(self, seed: int, cell: str, hidden: int, vocabulary: int, outputs: int) -> None:
        columns = {"U": (hidden, hidden), "V": (hidden, vocabulary), "W": (outputs, hidden)}
        self._random = np.random.RandomState(seed)
        self.weights = {name: self._random.randn(*columns[name[0]]) * SCALE for name in MATRICES[cell]}
        self._orders: list[NDArray[np.int64]] = []

    def order(self, size: int, epoch: int) -> NDArray[np.int64]:
        """The permutation of `size` sentences before epoch `epoch`, 0 being the first."""
        while len(self._orders) <= epoch:
            self._orders.append(self._random.permutation(size))
        return self._orders[epoch]

    def keras_weights(self) -> Sequence[NDArray[Any]]:
        """The weights in the order and form of `SequenceModel`: lookup, recurrent kernel, output kernel."""
        blocks = {letter: [self.weights[name].T for name in self.weights if name[0] == letter] for letter in "UVW"}
        return [np.concatenate(blocks[letter], axis=1) for letter in "VUW"]
