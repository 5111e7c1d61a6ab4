"""Means over seeds, with intervals of what the mean would be over many more."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.typing import DataFrameGroupBy
from scipy import stats

from toolkit.reporter.frames import perplexity
from toolkit.spec.words import value_text

CONFIDENCE = 0.95

COUNTS = ("seeds", "diverged", "failed", "missing")
"""Columns of a summary: how many runs of a setting are done, have diverged, have failed and were not trained."""

BROKEN_OFF = ("diverged", "failed")
"""Statuses of runs that have a history but no result that enters a mean."""

_STATUSES = ("done", "diverged", "failed", "missing")


@dataclass(frozen=True)
class Estimate:
    """A mean over seeds.

    Attributes:
        mean: The arithmetic mean; NaN where there is no value.
        low: Lower end of the 95% interval; NaN where fewer than two values say nothing about spread.
        high: Upper end of the 95% interval, likewise.
    """

    mean: float
    low: float
    high: float


def estimate(values: Sequence[float]) -> Estimate:
    """The mean of some seeds' values and its 95% interval by Student's t.

    mean ± t(0.975, n - 1) * s / sqrt(n), with s the standard deviation with n - 1 in its denominator.

    Args:
        values: One value a seed.

    Returns:
        The mean and its interval.
    """
    sample = np.asarray(values, dtype=float)
    mean = float(sample.mean()) if len(sample) else math.nan
    if len(sample) < 2 or not np.isfinite(sample).all():
        return Estimate(mean, math.nan, math.nan)
    half = float(interval_half(stats.sem(sample), len(sample)))
    return Estimate(mean, mean - half, mean + half)


def interval_half(standard_error: Any, count: Any) -> Any:
    """Half the length of the 95% interval of a mean, by Student's t; NaN for fewer than two values.

    Args:
        standard_error: s / sqrt(n) of each mean, any shape.
        count: n, the number of values that each mean is over, same shape.

    Returns:
        t(0.975, n - 1) * s / sqrt(n), same shape.
    """
    return stats.t.ppf((1 + CONFIDENCE) / 2, np.asarray(count) - 1) * np.asarray(standard_error)


def means_with_intervals(groups: "DataFrameGroupBy[Any, Any]") -> pd.DataFrame:
    """The mean of each column in each group, and its 95% interval.

    Args:
        groups: Columns of numbers, grouped.

    Returns:
        One row a group: its keys, then `COLUMN`, `COLUMN_low` and `COLUMN_high` for each column; an interval's ends are
        NaN where there are fewer than two values.
    """
    mean, count = groups.mean(), groups.count()
    half = pd.DataFrame(interval_half(groups.sem(), count), index=mean.index, columns=mean.columns)
    return mean.join((mean - half).add_suffix("_low")).join((mean + half).add_suffix("_high")).reset_index()


def summarise(runs: pd.DataFrame, keys: Sequence[str], metrics: Sequence[str]) -> pd.DataFrame:
    """Aggregate runs that differ in nothing but their seed.

    Only finished runs enter a mean; the others are counted. The perplexity of several seeds is exp(mean loss), and its
    interval likewise, so that both columns say the same.

    Args:
        runs: The frame of runs.csv.
        keys: Dotted keys that set the rows apart, without the seed; none for a single row.
        metrics: Columns of `runs` to average.

    Returns:
        One row a setting in the order of the sweep: the keys, then `METRIC`, `METRIC_low`, `METRIC_high` for each
        metric, then `seeds` (finished runs that the mean is over), `diverged`, `failed` and `missing`.
    """
    rows = [[*group[list(keys)].iloc[0], *_aggregate(group, metrics)] for group in _settings(runs, keys)]
    frame = pd.DataFrame(rows, columns=[*keys, *_columns(metrics)], dtype=object)
    return frame.astype({column: "int64" if column in COUNTS else "float64" for column in _columns(metrics)})


_LOSS_OF = {"perplexity": "best_loss", "test_perplexity": "test_loss"}


def _settings(runs: pd.DataFrame, keys: Sequence[str]) -> list[pd.DataFrame]:
    if not keys:
        return [runs]
    # By their text: pandas 3.1 turns whole numbers beside a null into floats when it groups by the values themselves.
    return [group for _, group in runs.groupby([runs[key].map(value_text) for key in keys], sort=False)]


def _columns(metrics: Sequence[str]) -> list[str]:
    return [*(f"{metric}{end}" for metric in metrics for end in ("", "_low", "_high")), *COUNTS]


def _aggregate(group: pd.DataFrame, metrics: Sequence[str]) -> list[float]:
    done = group[group["status"] == "done"]
    counts = [int((group["status"] == status).sum()) for status in _STATUSES]
    estimates = [_estimate_metric(done, metric) for metric in metrics]
    return [*(value for one in estimates for value in (one.mean, one.low, one.high)), *counts]


def _estimate_metric(done: pd.DataFrame, metric: str) -> Estimate:
    if metric not in _LOSS_OF:
        return estimate(done[metric].tolist())
    loss = estimate(done[_LOSS_OF[metric]].tolist())
    return Estimate(perplexity(loss.mean), perplexity(loss.low), perplexity(loss.high))
