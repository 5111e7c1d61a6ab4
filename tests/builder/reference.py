"""Truncated back-propagation through time as plain loops over sentences, predictions and steps.

Written from the formulas, in the notation of the study: x selects a row of V, s is the state, W the output weights.
Nothing is shared with the engine, and nothing is batched, summed as a series or differentiated by a library: each
prediction's error is walked back from its own step, `lookback` steps and no further.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[np.float64]]
Indices = np.ndarray[Any, np.dtype[np.int32]]
Weights = dict[str, Array]


def sigmoid(a: Array) -> Array:
    return 1 / (1 + np.exp(-a))


class Rnn:
    """s_t = sigmoid(V x_t + U s_{t-1})."""

    states = 1
    matrices = ("U",)

    def step(self, weights: Weights, row: Array, before: Array) -> tuple[Array, Any]:
        state = sigmoid(row + weights["U"] @ before)
        return state, (before, state)

    def back(self, weights: Weights, kept: Any, error: Array, gradient: Weights) -> tuple[Array, Array]:
        before, state = kept
        inner = error * state * (1 - state)
        gradient["U"] += np.outer(inner, before)
        return inner, weights["U"].T @ inner


class Gru:
    """s_t = z_t * s_{t-1} + (1 - z_t) * h_t; rows are those of Vr, Vz, Vh, one after the other."""

    states = 1
    matrices = ("Ur", "Uz", "Uh")

    def step(self, weights: Weights, row: Array, before: Array) -> tuple[Array, Any]:
        row_r, row_z, row_h = np.split(row, 3)
        r = sigmoid(row_r + weights["Ur"] @ before)
        z = sigmoid(row_z + weights["Uz"] @ before)
        h = np.tanh(row_h + weights["Uh"] @ (r * before))
        return z * before + (1 - z) * h, (before, r, z, h)

    def back(self, weights: Weights, kept: Any, error: Array, gradient: Weights) -> tuple[Array, Array]:
        before, r, z, h = kept
        inner_h = error * (1 - z) * (1 - h**2)
        inner_z = error * (before - h) * z * (1 - z)
        through_h = weights["Uh"].T @ inner_h
        inner_r = through_h * before * r * (1 - r)
        gradient["Uh"] += np.outer(inner_h, r * before)
        gradient["Uz"] += np.outer(inner_z, before)
        gradient["Ur"] += np.outer(inner_r, before)
        back = error * z + through_h * r + weights["Uz"].T @ inner_z + weights["Ur"].T @ inner_r
        return np.concatenate([inner_r, inner_z, inner_h]), back


class Lstm:
    """s_t = o_t * tanh(c_t), c_t = f_t * c_{t-1} + i_t * g_t; the state is s_t, then c_t."""

    states = 2
    matrices = ("Ui", "Uf", "Uo", "Ug")

    def step(self, weights: Weights, row: Array, before: Array) -> tuple[Array, Any]:
        previous, memory = np.split(before, 2)
        i, f, o, g = (
            each + weights[name] @ previous for each, name in zip(np.split(row, 4), self.matrices, strict=True)
        )
        i, f, o, g = sigmoid(i), sigmoid(f), sigmoid(o), np.tanh(g)
        new = f * memory + i * g
        return np.concatenate([o * np.tanh(new), new]), (previous, memory, i, f, o, g, np.tanh(new))

    def back(self, weights: Weights, kept: Any, error: Array, gradient: Weights) -> tuple[Array, Array]:
        previous, memory, i, f, o, g, squashed = kept
        error_state, error_memory = np.split(error, 2)
        error_memory = error_memory + error_state * o * (1 - squashed**2)
        inner = [
            error_memory * g * i * (1 - i),
            error_memory * memory * f * (1 - f),
            error_state * squashed * o * (1 - o),
            error_memory * i * (1 - g**2),
        ]
        back = np.zeros_like(previous)
        for name, each in zip(self.matrices, inner, strict=True):
            gradient[name] += np.outer(each, previous)
            back += weights[name].T @ each
        return np.concatenate(inner), np.concatenate([back, error_memory * f])


CELLS: dict[str, Any] = {"rnn": Rnn(), "gru": Gru(), "lstm": Lstm()}
"""Reference cells by the name of the cell that they check."""


@dataclass
class Result:
    loss: float
    gradient: Weights


def add_to_row(gradient: Array, word: int, error: Array) -> None:
    """Add an error to a word's row."""
    gradient[word] += error


def loss_and_gradient(
    cell: str,
    weights: Weights,
    inputs: Sequence[Indices],
    targets: Sequence[Indices],
    lookback: int,
    add: Callable[[Array, int, Array], None] = add_to_row,
) -> Result:
    """Summed cross-entropy of all predictions, and its truncated gradient.

    Args:
        cell: Name of the cell.
        weights: V with a row a word, W with a row an output, and the recurrent matrices by the study's names.
        inputs: Word indices, one array a sentence.
        targets: Right outputs; they belong to the last positions of their sentence.
        lookback: Steps further back than its own that an error is walked.
        add: Adds an error to the gradient of V, for a word.
    """
    result = Result(0.0, {name: np.zeros_like(value) for name, value in weights.items()})
    for words, wanted in zip(inputs, targets, strict=True):
        _add_sentence(CELLS[cell], weights, words, wanted, lookback, result, add)
    return result


def _add_sentence(
    cell: Any,
    weights: Weights,
    words: Indices,
    wanted: Indices,
    lookback: int,
    result: Result,
    add: Callable[[Array, int, Array], None],
) -> None:
    state = np.zeros(cell.states * weights["W"].shape[1])
    outputs, kept = [], []
    for word in words:
        state, memory = cell.step(weights, weights["V"][word], state)
        outputs.append(state[: weights["W"].shape[1]])
        kept.append(memory)
    first = len(words) - len(wanted)
    for step, target in enumerate(wanted, start=first):
        scores = weights["W"] @ outputs[step]
        probabilities = np.exp(scores - scores.max())
        probabilities /= probabilities.sum()
        result.loss -= np.log(probabilities[target])
        errors = probabilities.copy()
        errors[target] -= 1
        result.gradient["W"] += np.outer(errors, outputs[step])
        error = np.zeros_like(state)
        error[: len(outputs[step])] = weights["W"].T @ errors
        for back in range(min(lookback, step) + 1):
            row_error, error = cell.back(weights, kept[step - back], error, result.gradient)
            add(result.gradient["V"], words[step - back], row_error)
