"""How predictions are scored, by the name that the head of a task gives: the loss, and what else is counted."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import tensorflow as tf

from toolkit.builder.model.losses import cross_entropy_sum


@dataclass(frozen=True)
class Scoring:
    """A way of scoring predictions.

    Attributes:
        name: Its name.
        total: From features `(chunks, rows, units)`, the output layer's kernel, targets and weights `(chunks, rows)`
            to the weighted sum of losses, with its gradient.
        of_each: From targets `(rows,)` and scores `(rows, outputs)` to the loss of each.
        said: From scores `(.., outputs)` and a type to what they predict.
        tracked: By name what can be measured after every epoch beside the loss: from scores and targets to a value of
            each prediction, which are averaged.
    """

    name: str
    total: Callable[[Any, Any, Any, Any], Any]
    of_each: Callable[[Any, Any], Any]
    said: Callable[[Any, Any], Any]
    tracked: Mapping[str, Callable[[Any, Any], Any]]


def _most_likely(scores: Any, dtype: Any) -> Any:
    return tf.argmax(scores, axis=-1, output_type=dtype)


SCORINGS = {
    scoring.name: scoring
    for scoring in (
        Scoring(
            "cross_entropy",
            total=cross_entropy_sum,
            of_each=tf.nn.sparse_softmax_cross_entropy_with_logits,
            said=_most_likely,
            tracked={"accuracy": lambda scores, targets: _most_likely(scores, targets.dtype) == targets},
        ),
    )
}
"""The ways of scoring by name."""
