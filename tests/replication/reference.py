"""The coursework protocol as plain loops over sentences, written from its description.

One `RandomState` draws the weights and then one permutation before each epoch; sentences stream through one by one;
gradients add up, and are applied where the protocol says so. Nothing is shared with the toolkit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tests.builder import reference

SHAPES = {"rnn": ["U", "V", "W"], "gru": ["Ur", "Vr", "Uz", "Vz", "Uh", "Vh", "W"]}


@dataclass
class Setting:
    cell: str
    gradient: str
    hidden: int
    lookback: int
    batch: int
    epochs: int
    rate: float
    anneal: int
    seed: int


def losses(setting: Setting, words: int, outputs: int, train: Any, dev: Any) -> list[float]:
    """Dev loss before training and after every epoch, until the stop rule ends it."""
    random = np.random.RandomState(setting.seed)
    weights = {}
    for name in SHAPES[setting.cell]:
        rows = outputs if name == "W" else setting.hidden
        columns = words if name.startswith("V") else setting.hidden
        weights[name] = random.randn(rows, columns) * np.sqrt(0.1)
    told = [_mean_loss(setting, weights, dev)]
    kept = {name: np.zeros_like(value) for name, value in weights.items()}
    still = -1
    for epoch in range(setting.epochs):
        rate = setting.rate / ((epoch + setting.anneal) / setting.anneal) if setting.anneal else setting.rate
        order = random.permutation(len(train.inputs))
        for i, index in enumerate(order):
            for name, value in _gradient(setting, weights, train.inputs[index], train.targets[index]).items():
                kept[name] = kept[name] + value
            if i % setting.batch == 0:
                _apply(weights, kept, rate, setting.batch)
        if len(order) % setting.batch > 0:
            _apply(weights, kept, rate, len(order) % setting.batch)
        told.append(_mean_loss(setting, weights, dev))
        still = still + 1 if abs(told[-2] - told[-1]) < 0.0001 else 0
        if still > 2:
            break
    return told


def _apply(weights: reference.Weights, kept: reference.Weights, rate: float, divisor: int) -> None:
    for name in weights:
        weights[name] = weights[name] - rate * (kept[name] / divisor)
        kept[name] = np.zeros_like(kept[name])


def _rows(setting: Setting, weights: reference.Weights) -> reference.Weights:
    """The weights as the sentence reference takes them: one V with a row a word."""
    inputs = [weights[name].T for name in SHAPES[setting.cell] if name.startswith("V")]
    return {**{name: value for name, value in weights.items() if name[0] != "V"}, "V": np.concatenate(inputs, axis=1)}


def _mean_loss(setting: Setting, weights: reference.Weights, dev: Any) -> float:
    result = reference.loss_and_gradient(setting.cell, _rows(setting, weights), dev.inputs, dev.targets, 0)
    return result.loss / sum(len(targets) for targets in dev.targets)


def _gradient(setting: Setting, weights: reference.Weights, words: Any, wanted: Any) -> reference.Weights:
    if setting.gradient == "coursework":
        return study_gru_gradient(weights, words, int(wanted[0]), setting.lookback)
    result = reference.loss_and_gradient(setting.cell, _rows(setting, weights), [words], [wanted], setting.lookback)
    names = [name for name in SHAPES[setting.cell] if name.startswith("V")]
    blocks = np.split(result.gradient.pop("V"), len(names), axis=1)
    return {**result.gradient, **{name: block.T for name, block in zip(names, blocks, strict=True)}}


def study_gru_gradient(
    weights: reference.Weights, words: Sequence[int], target: int, lookback: int
) -> reference.Weights:
    """The gradient that the study's program computes for one sentence of the agreement task."""
    sigmoid = reference.sigmoid
    states, gates = [np.zeros(weights["Ur"].shape[0])], []
    for word in words:
        before = states[-1]
        r = sigmoid(weights["Vr"][:, word] + weights["Ur"] @ before)
        z = sigmoid(weights["Vz"][:, word] + weights["Uz"] @ before)
        h = np.tanh(weights["Vh"][:, word] + weights["Uh"] @ (r * before))
        gates.append((r, z, h))
        states.append(z * before + (1 - z) * h)
    scores = weights["W"] @ states[-1]
    errors = np.exp(scores - scores.max()) / np.exp(scores - scores.max()).sum()
    errors[target] -= 1
    gradient = {name: np.zeros_like(value) for name, value in weights.items()}
    gradient["W"] = np.outer(errors, states[-1])
    error = weights["W"].T @ errors
    last = len(words) - 1
    for step in range(last, max(last - lookback, 0) - 1, -1):
        if step == 0 and last > 0:
            break
        before, (r, z, h), word = states[step], gates[step], words[step]
        inner_h = error * (1 - z) * (1 - h**2)
        inner_z = error * (before - h) * z * (1 - z)
        through = weights["Uh"].T @ inner_h
        candidate = gates[step - 1][2]  # the deviation; at step 0 the index wraps around to the last step
        inner_r = through * candidate * r * (1 - r)
        for name, inner, factor in (("h", inner_h, r * before), ("z", inner_z, before), ("r", inner_r, before)):
            gradient[f"U{name}"] += np.outer(inner, factor)
            gradient[f"V{name}"][:, word] += inner
        error = error * z + through * r + weights["Uz"].T @ inner_z + weights["Ur"].T @ inner_r
    return gradient
