"""How predictions are scored, by the name that the head of a task gives: the loss, and what else is counted."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import tensorflow as tf

from toolkit.builder.model.losses import cross_entropy_sum, squared_error_sum
from toolkit.builder.shapes import Bias, Chunks, Kernel, Number, Rows, Tensor


@dataclass(frozen=True)
class Scoring:
    """A way of scoring predictions.

    Attributes:
        name: Its name.
        total: From features `(chunks, rows, units)`, the output layer's kernel, targets and weights `(chunks, rows)`,
            and its bias, if any, to the weighted sum of losses, with its gradient.
        of_each: From targets `(rows,)`, numbers `(rows, outputs)`, and scores `(rows, outputs)` to the loss of each.
        said: From scores `(.., outputs)` and the type of targets to what they predict.
        tracked: By name what can be measured after every epoch beside the loss: from scores and targets to a value of
            each prediction, which are averaged.
    """

    name: str
    total: Callable[[Chunks, Kernel, Bias, Chunks, Chunks], Number]
    of_each: Callable[[Rows, Rows], Rows]
    said: Callable[[Tensor, Any], Tensor]
    tracked: Mapping[str, Callable[[Tensor, Tensor], Tensor]]


def _most_likely(scores: Tensor, dtype: Any) -> Tensor:
    return tf.argmax(scores, axis=-1, output_type=dtype)


def _squared_errors(targets: Tensor, numbers: Tensor) -> Tensor:
    return tf.reduce_mean(tf.square(numbers - tf.cast(targets, numbers.dtype)), axis=-1)


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
        Scoring("squared_error", total=squared_error_sum, of_each=_squared_errors, said=tf.cast, tracked={}),
    )
}
"""The ways of scoring by name."""
