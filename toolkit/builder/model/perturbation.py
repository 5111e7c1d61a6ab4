"""Weights changed by what rounding changes, to see how far a result hangs on it."""

from collections.abc import Iterable

import numpy as np

from toolkit.builder.shapes import Variable


def perturb(weights: Iterable[Variable], number: int) -> None:
    """Change each weight by one unit in the last place, up or down at random.

    Args:
        weights: Keras variables of floating-point numbers, in an order that does not change.
        number: Which of the random draws of directions it is.
    """
    generator = np.random.default_rng(number)
    for weight in weights:
        value = weight.numpy()
        away = np.where(generator.random(value.shape) < 0.5, -np.inf, np.inf).astype(value.dtype)
        weight.assign(np.nextafter(value, away))
