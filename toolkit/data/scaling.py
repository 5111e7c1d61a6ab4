"""How the numbers of a data set are scaled, and how to come back to their own units."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Scale:
    """One column: z = (x - mean) / deviation.

    Attributes:
        name: The column.
        mean: Its mean over the training part, in its own unit.
        deviation: Its standard deviation there, in its own unit; 1 where it is constant.
    """

    name: str
    mean: float
    deviation: float

    def scaled(self, values: Any) -> FloatArray:
        """Numbers in their own unit, as they are read and predicted."""
        return (np.asarray(values, np.float64) - self.mean) / self.deviation

    def in_own_unit(self, scaled: Any) -> FloatArray:
        """Numbers as they are read and predicted, in their own unit."""
        return np.asarray(scaled, np.float64) * self.deviation + self.mean


@dataclass(frozen=True)
class Scaling:
    """All columns of a data set whose numbers are scaled.

    Attributes:
        inputs: Those that are read, in their order in a vector.
        target: The one that is predicted; None where that is no number.
    """

    inputs: Sequence[Scale]
    target: Scale | None = None

    def scaled_vectors(self, vectors: FloatArray) -> FloatArray:
        """Vectors in their own units, shape `(steps, features)`, as they are read; read-only."""
        means, deviations = np.array([(scale.mean, scale.deviation) for scale in self.inputs]).T
        scaled: FloatArray = (vectors - means) / deviations
        scaled.setflags(write=False)
        return scaled


def scale_of(name: str, values: FloatArray) -> Scale:
    """The scale of a column, from its numbers in the training part.

    Its sums are rounded once, so that they are the same on every machine, and with them the digest of the data.

    Args:
        name: The column.
        values: Its numbers there, at least one, shape `(steps,)`.
    """
    plain = values.tolist()
    mean = math.fsum(plain) / len(plain)
    constant = plain.count(plain[0]) == len(plain)
    deviation = 1.0 if constant else math.sqrt(math.fsum(((values - mean) ** 2).tolist()) / len(plain))
    return Scale(name, plain[0] if constant else mean, deviation)
