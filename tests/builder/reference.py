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


@dataclass(frozen=True)
class Wider:
    """What a model has beyond what the study's has.

    Attributes:
        once: Whether one thing is predicted of a sentence, of its last state in each direction.
        pool: `mean` or `max`: from these of the states at all steps, instead.
        numbers: Whether numbers are predicted, and squared errors are the loss.
        weights: What a prediction counts, by its target.
    """

    once: bool = False
    pool: str | None = None
    numbers: bool = False
    weights: Sequence[float] | None = None


PLAIN = Wider()
BACK = "from the end: "
"""How the names of the weights begin of the layer that reads from the end, if there is one."""


def loss_and_gradient(
    cell: str,
    weights: Weights,
    inputs: Sequence[Any],
    targets: Sequence[Any],
    lookback: int,
    add: Callable[[Array, int, Array], None] = add_to_row,
    wider: Wider = PLAIN,
) -> Result:
    """Summed loss of all predictions, and its truncated gradient.

    Args:
        cell: Name of the cell.
        weights: V with a row a word, or where vectors are read one a feature; W with a row an output; the recurrent
            matrices by the study's names; and where there are biases `b` of the cell and `c` of the output.
        inputs: One array a sentence: word indices, or vectors.
        targets: Right outputs, or numbers; they belong to the last positions of their sentence.
        lookback: Steps further back than its own that an error is walked.
        add: Adds an error to the gradient of V, for a word.
        wider: What else the model has.
    """
    result = Result(0.0, {name: np.zeros_like(value) for name, value in weights.items()})
    for read, wanted in zip(inputs, targets, strict=True):
        _add_sentence(cell, weights, read, wanted, lookback, result, add, wider)
    return result


def _of_direction(weights: Weights, back: bool) -> Weights:
    return {name.removeprefix(BACK): value for name, value in weights.items() if name.startswith(BACK) == back}


class _Direction:
    """A layer that has read a sentence, from its beginning or its end."""

    def __init__(
        self, cell: Any, weights: Weights, gradient: Weights, read: Any, add: Callable[[Array, int, Array], None]
    ) -> None:
        self.cell, self.weights, self.gradient, self.read, self.add = cell, weights, gradient, read, add
        self.units = weights[cell.matrices[0]].shape[0]
        state = np.zeros(cell.states * self.units)
        self.outputs, self.kept = [], []
        for item in read:
            row = item @ weights["V"] if np.ndim(item) else weights["V"][item]
            state, memory = cell.step(weights, row + weights["b"] if "b" in weights else row, state)
            self.outputs.append(state[: self.units])
            self.kept.append(memory)

    def features(self, step: int, pool: str | None) -> Array:
        found: Array = np.max(self.outputs, axis=0) if pool == "max" else self.outputs[step]
        if pool == "mean":
            found = sum(self.outputs) / len(self.outputs)
        return found

    def walk(self, step: int, error: Array, pool: str | None, lookback: int) -> None:
        """Walk a prediction's error back from its step, or from each step that was pooled."""
        if pool is None:
            self._walk_from(step, error, lookback)
        for place, output in enumerate(self.outputs if pool else ()):
            largest = output == np.max(self.outputs, axis=0)
            self._walk_from(place, error / len(self.outputs) if pool == "mean" else error * largest, lookback)

    def _walk_from(self, step: int, error: Array, lookback: int) -> None:
        error = np.concatenate([error, np.zeros((self.cell.states - 1) * self.units)])
        for back in range(min(lookback, step) + 1):
            of_row, error = self.cell.back(self.weights, self.kept[step - back], error, self.gradient)
            item = self.read[step - back]
            if np.ndim(item):
                self.gradient["V"] += np.outer(item, of_row)
            else:
                self.add(self.gradient["V"], item, of_row)
            if "b" in self.weights:
                self.gradient["b"] += of_row


def _add_sentence(
    cell: str,
    weights: Weights,
    read: Any,
    wanted: Any,
    lookback: int,
    result: Result,
    add: Callable[[Array, int, Array], None],
    wider: Wider,
) -> None:
    directions = []
    for back in (False, True):
        if own := _of_direction(weights, back):
            gradient = _of_direction(result.gradient, back)
            directions.append(_Direction(CELLS[cell], own, gradient, read[::-1] if back else read, add))
    last = len(read) - 1
    for step, target in enumerate(wanted, start=len(read) - len(wanted)):
        steps = [last if wider.once else step, last if wider.once else last - step][: len(directions)]
        features = np.concatenate([one.features(at, wider.pool) for one, at in zip(directions, steps, strict=True)])
        scores = weights["W"] @ features + weights.get("c", 0.0)
        loss, errors = (_squared if wider.numbers else _cross_entropy)(scores, target)
        share = wider.weights[target] if wider.weights else 1.0
        result.loss += share * loss
        result.gradient["W"] += share * np.outer(errors, features)
        if "c" in weights:
            result.gradient["c"] += share * errors
        of_features = share * weights["W"].T @ errors
        for one, at, error in zip(directions, steps, np.split(of_features, len(directions)), strict=True):
            one.walk(at, error, wider.pool, lookback)


def _cross_entropy(scores: Array, target: int) -> tuple[float, Array]:
    probabilities = np.exp(scores - scores.max())
    probabilities /= probabilities.sum()
    errors = probabilities.copy()
    errors[target] -= 1
    return -float(np.log(probabilities[target])), errors


def _squared(numbers: Array, target: Array) -> tuple[float, Array]:
    errors = numbers - target
    return float(np.mean(errors**2)), 2 * errors / len(errors)
