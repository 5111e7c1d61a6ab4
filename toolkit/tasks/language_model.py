"""The task `language_model`: `<s> w1 .. wn </s>`, of which all but the last is read and all but the first predicted."""

import math
from collections.abc import Sequence
from typing import Any

from toolkit.tasks.marked_verbs import ATTRACTORS, DISTANCE
from toolkit.tasks.measure import Mean, Measure
from toolkit.tasks.measures import BEST_LOSS, TEST_LOSS
from toolkit.tasks.special_words import END, START
from toolkit.tasks.task import Columns, Softmax, Task


def encode(sentence: Columns) -> tuple[Sequence[str], Sequence[str]]:
    """The sentence between its marks, without the last and without the first."""
    words = sentence["words"]
    return [START, *words], [*words, END]


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

TASK = Task(
    name="language_model",
    meaning="predict each next word",
    version=3,
    needs=("words",),
    predicts="each",
    head=Softmax("vocabulary"),
    encode=encode,
    special_words=(START, END),
    measures=(PERPLEXITY, TEST_PERPLEXITY),
    hashed=(DISTANCE, ATTRACTORS),
    directions=("forward",),  # read from its end, a sentence shows each word before it is to be predicted
)
