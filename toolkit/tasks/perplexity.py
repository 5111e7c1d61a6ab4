"""Perplexity: what the loss of a prediction of words comes to in words."""

import math
from typing import Any

from toolkit.tasks.measure import Mean, Measure
from toolkit.tasks.measures import BEST_LOSS, TEST_LOSS


def perplexity(loss: float) -> float:
    """exp(loss) of a cross-entropy in nats a token; infinite where a float cannot hold it."""
    try:
        return math.exp(loss)
    except OverflowError:
        return math.inf


def _perplexity_of(loss: Measure, name: str, on_test: bool = False) -> Measure:
    """The measure exp(loss); of several seeds it is exp(mean loss)."""

    def found(record: Any) -> float | None:
        value = loss.found(record)
        return None if value is None else perplexity(value)

    mean = Mean(loss, perplexity, "A perplexity of several seeds is exp(mean loss)")
    return Measure(name, 2, f"exp({loss.name})", found=found, mean=mean, on_test=on_test, is_compared=True)


PERPLEXITY = _perplexity_of(BEST_LOSS, "perplexity")
TEST_PERPLEXITY = _perplexity_of(TEST_LOSS, "test_perplexity", on_test=True)
