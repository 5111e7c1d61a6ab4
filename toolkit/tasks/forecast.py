"""The task `forecast`: the number of a series some steps after a window, from the window."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from toolkit.tasks.measure import Measure, Yardstick
from toolkit.tasks.measures import by_sentence
from toolkit.tasks.number_measures import CURVES, LOSSES, MAE, RMSE, mae, rmse
from toolkit.tasks.task import Columns, Linear, Predictions, Task


def encode(window: Columns) -> tuple[Any, float]:
    """The steps of a window, and the number that comes after it."""
    return window["vectors"], window["ahead"]


MASE = Measure(
    "mase",
    4,
    "the mean distance of what is said from what is right, in those that lie between two steps of the training part "
    "on average (Hyndman and Koehler, 2006)",
    found=by_sentence("mase"),
    by_sentence=True,
    is_compared=True,
)
LAST_VALUE_MAE = Measure(
    "last_value_mae",
    4,
    "the mae of saying the window's last value",
    found=by_sentence("last_value_mae"),
    is_ranked=False,
    by_sentence=True,
)
LAST_SEASON_MAE = Measure(
    "last_season_mae",
    4,
    "the mae of saying the value a season before",
    found=by_sentence("last_season_mae"),
    is_ranked=False,
    by_sentence=True,
)


def measure(predictions: Predictions) -> Mapping[str, float | None]:
    """How far off what is said is, in the series' own unit, and how far off one is by going on as before."""
    import numpy as np  # noqa: PLC0415  a task is plain data until something is measured

    beside = {name: values[:, None] for name, values in predictions.beside.items()}
    last_season = beside.get("last_season")
    return {
        "mae": mae(predictions),
        "rmse": rmse(predictions),
        "mase": float(np.mean(np.abs(predictions.targets - predictions.said) / beside["naive_error"])),
        "last_value_mae": mae(predictions, beside["last_value"]),
        "last_season_mae": None if last_season is None else mae(predictions, last_season),
    }


TASK = Task(
    name="forecast",
    meaning="predict what comes some steps after a window of a series",
    version=1,
    needs=("vectors", "ahead", "last_value", "naive_error"),
    beside=("last_value", "last_season", "naive_error"),
    predicts="last",
    head=Linear("ahead"),
    encode=encode,
    measures=(
        *LOSSES,
        replace(MAE, yardstick=Yardstick(LAST_VALUE_MAE, "saying the last value")),
        RMSE,
        MASE,
        LAST_VALUE_MAE,
        LAST_SEASON_MAE,
    ),
    curves=CURVES,
    measure=measure,
)
