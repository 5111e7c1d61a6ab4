"""The task `regression`: a number that a sequence has, from all of it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from toolkit.tasks.measure import Measure, Yardstick
from toolkit.tasks.measures import by_sentence
from toolkit.tasks.number_measures import CURVES, LOSSES, MAE, RMSE, mae, rmse
from toolkit.tasks.task import Columns, Linear, Predictions, Task
from toolkit.tasks.what_is_read import what_is_read


def encode(sequence: Columns) -> tuple[Any, float]:
    """All words or vectors, and the number."""
    return what_is_read(sequence), sequence["target"]


R2 = Measure(
    "r2",
    4,
    "the share of the numbers' variance that is explained (dev set); 0 is what their mean explains",
    found=by_sentence("r2"),
    highest_is_best=True,
    most=1.0,
    by_sentence=True,
    is_compared=True,
)
MEAN_MAE = Measure(
    "mean_mae",
    4,
    "the mae of always saying the mean of the training part",
    found=by_sentence("mean_mae"),
    is_ranked=False,
    by_sentence=True,
)


def measure(predictions: Predictions) -> Mapping[str, float | None]:
    """How far off what is said is.

    r2 = 1 - sum of (target - said)^2 / sum of (target - mean target)^2; None where all targets are one
    """
    import numpy as np  # noqa: PLC0415  a task is plain data until something is measured

    targets = predictions.targets
    spread = float(np.sum((targets - targets.mean(axis=0)) ** 2))
    return {
        "mae": mae(predictions),
        "rmse": rmse(predictions),
        "r2": 1 - float(np.sum((targets - predictions.said) ** 2)) / spread if spread else None,
        "mean_mae": mae(predictions, predictions.training.mean(axis=0)),
    }


TASK = Task(
    name="regression",
    meaning="predict a number that a sequence has",
    version=1,
    needs=("target",),
    reads=("words", "vectors"),
    predicts="last",
    head=Linear("target"),
    encode=encode,
    measures=(
        *LOSSES,
        replace(MAE, yardstick=Yardstick(MEAN_MAE, "always saying the training mean")),
        RMSE,
        R2,
        MEAN_MAE,
    ),
    curves=CURVES,
    measure=measure,
)
