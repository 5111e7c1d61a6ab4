"""The task `agreement`: the number of a sentence's verb, from the words before it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from toolkit.tasks import label_measures
from toolkit.tasks.accuracy import ACCURACY, DEV_ACCURACY, TEST_ACCURACY
from toolkit.tasks.marked_verbs import ATTRACTORS, DISTANCE, NUMBERS
from toolkit.tasks.measure import Measure, Yardstick
from toolkit.tasks.measures import by_sentence
from toolkit.tasks.task import Columns, Predictions, Softmax, Task

SINGULAR, PLURAL = range(len(NUMBERS))


def encode(sentence: Columns) -> tuple[Sequence[str], str]:
    """The words before the verb, and its number."""
    return sentence["words"][: sentence["verb_idx"]], sentence["verb_pos"]


def measure(predictions: Predictions) -> Mapping[str, float | None]:
    """What suits classes of different size.

    balanced_accuracy = (share of right singulars + share of right plurals) / 2
    plural_f1         = 2 TP / (2 TP + FP + FN), plural being the positive class; None without any
    majority_accuracy = accuracy of always saying what is more frequent among the training sentences
    """
    import numpy as np  # noqa: PLC0415  a task is plain data until something is measured

    targets, said, training = predictions.targets, predictions.said, predictions.training
    shares = [np.mean(said[targets == number] == number) for number in (SINGULAR, PLURAL) if (targets == number).any()]
    wrong = np.sum((said == PLURAL) != (targets == PLURAL))
    hits = np.sum((said == PLURAL) & (targets == PLURAL))
    majority = PLURAL if 2 * np.sum(training == PLURAL) > len(training) else SINGULAR
    return {
        "balanced_accuracy": float(np.mean(shares)),
        "plural_f1": float(2 * hits / (2 * hits + wrong)) if hits + wrong else None,
        "majority_accuracy": float(np.mean(targets == majority)),
    }


BALANCED_ACCURACY = replace(
    label_measures.BALANCED_ACCURACY,
    meaning="the mean of the shares of right singulars and of right plurals (dev set)",
    by_guessing=0.5,
)
PLURAL_F1 = Measure(
    "plural_f1",
    4,
    "the F1 score of the plural on the dev set, at the epoch of the lowest dev loss",
    found=by_sentence("plural_f1"),
    highest_is_best=True,
    most=1.0,
    by_sentence=True,
    is_compared=True,
)
MAJORITY_ACCURACY = replace(
    label_measures.MAJORITY_ACCURACY, meaning="what always saying the more frequent number gets right"
)

TASK = Task(
    name="agreement",
    meaning="predict the verb's number from the words before it",
    version=5,
    needs=("words", "verb_idx", "verb_pos"),
    predicts="last",
    head=Softmax(labels=NUMBERS),
    encode=encode,
    measures=(
        replace(ACCURACY, yardstick=Yardstick(MAJORITY_ACCURACY, "always saying the more frequent number")),
        BALANCED_ACCURACY,
        PLURAL_F1,
        TEST_ACCURACY,
        MAJORITY_ACCURACY,
    ),
    tracks=("accuracy",),
    curves=(DEV_ACCURACY,),
    measure=measure,
    groups=(DISTANCE, ATTRACTORS),
    gradients=("exact", "coursework"),
)
