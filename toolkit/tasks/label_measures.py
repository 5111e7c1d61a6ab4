"""What is measured where one of several labels is said, however many there are and however unequal in number."""

from collections.abc import Mapping
from dataclasses import replace

from toolkit.tasks.accuracy import ACCURACY, TEST_ACCURACY
from toolkit.tasks.measure import Measure, Yardstick
from toolkit.tasks.measures import by_sentence
from toolkit.tasks.task import Predictions

BALANCED_ACCURACY = Measure(
    "balanced_accuracy",
    4,
    "the mean, over the labels that the dev set has, of the share of each that is found",
    found=by_sentence("balanced_accuracy"),
    highest_is_best=True,
    most=1.0,
    by_sentence=True,
    is_compared=True,
)
MACRO_F1 = Measure(
    "macro_f1",
    4,
    "the mean of the F1 scores of all labels that the dev set has or that are said of it",
    found=by_sentence("macro_f1"),
    highest_is_best=True,
    most=1.0,
    by_sentence=True,
    is_compared=True,
)
MAJORITY_ACCURACY = Measure(
    "majority_accuracy",
    4,
    "what always saying the most frequent label of the training set gets right",
    found=by_sentence("majority_accuracy"),
    highest_is_best=True,
    is_ranked=False,
    most=1.0,
    by_sentence=True,
)
MEASURES = (
    replace(ACCURACY, yardstick=Yardstick(MAJORITY_ACCURACY, "always saying the most frequent label")),
    BALANCED_ACCURACY,
    MACRO_F1,
    TEST_ACCURACY,
    MAJORITY_ACCURACY,
)
"""The measures of a task that says labels, the most telling first."""


def measure(predictions: Predictions) -> Mapping[str, float | None]:
    """What suits labels of different size.

    With TP, FP and FN of each label those that are rightly said, wrongly said and not found:

        balanced_accuracy = mean of TP / (TP + FN)
        macro_f1          = mean of 2 TP / (2 TP + FP + FN)
        majority_accuracy = accuracy of always saying the label that is most frequent among the training targets
    """
    import numpy as np  # noqa: PLC0415  a task is plain data until something is measured

    targets, said = predictions.targets, predictions.said
    size = 1 + max(int(array.max()) for array in (targets, said, predictions.training))
    right, there, told = (np.bincount(array, minlength=size) for array in (targets[targets == said], targets, said))
    known = there + told > 0
    return {
        "balanced_accuracy": float(np.mean(right[there > 0] / there[there > 0])),
        "macro_f1": float(np.mean(2 * right[known] / (there + told)[known])),
        "majority_accuracy": float(np.mean(targets == np.argmax(np.bincount(predictions.training)))),
    }
