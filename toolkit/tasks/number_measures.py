"""What is measured where numbers are said: how far they are off, and how far one is off without reading anything."""

from dataclasses import replace

from toolkit.tasks.measure import Measure
from toolkit.tasks.measures import BEST_LOSS, DEV_LOSS, FINAL_LOSS, TEST_LOSS, TRAIN_LOSS, by_sentence
from toolkit.tasks.task import Predictions

_KIND = "mean squared error"

LOSSES = (
    replace(BEST_LOSS, unit="", meaning=f"the lowest dev loss of any epoch ({_KIND})"),
    replace(FINAL_LOSS, unit="", meaning=f"the dev loss after the last epoch ({_KIND})"),
    replace(TEST_LOSS, unit=""),
)
"""The losses of all runs, in the words of mean squared errors."""
CURVES = (replace(DEV_LOSS, unit=""), replace(TRAIN_LOSS, unit=""))

MAE = Measure(
    "mae",
    4,
    "the mean distance of what is said from what is right, in its own unit (dev set)",
    found=by_sentence("mae"),
    by_sentence=True,
    is_compared=True,
)
RMSE = Measure(
    "rmse",
    4,
    "the root of the mean squared distance of what is said from what is right, in its own unit (dev set)",
    found=by_sentence("rmse"),
    by_sentence=True,
    is_compared=True,
)


def mae(predictions: Predictions, said: object = None) -> float:
    """The mean distance from what is right of what a model says, or of what is said in its place.

    Args:
        predictions: What a model says.
        said: Numbers in place of that, of a shape that goes along with `(predictions, outputs)`.
    """
    import numpy as np  # noqa: PLC0415  a task is plain data until something is measured

    return float(np.mean(np.abs(predictions.targets - (predictions.said if said is None else said))))


def rmse(predictions: Predictions) -> float:
    """The root of the mean squared distance of what a model says from what is right."""
    import numpy as np  # noqa: PLC0415  as above

    return float(np.sqrt(np.mean((predictions.targets - predictions.said) ** 2)))
