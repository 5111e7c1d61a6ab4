"""Means over seeds, with intervals of what the mean would be over many more."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.typing import DataFrameGroupBy
from scipy import stats

from toolkit.spec.words import value_text
from toolkit.tasks.measure import Measure

CONFIDENCE = 0.95

COUNTS = ("seeds", "diverged", "failed", "missing")
"""Columns of a summary: how many runs of a setting are done, have diverged, have failed and were not trained."""

BROKEN_OFF = ("diverged", "failed")
"""Statuses of runs that have a history but no result that enters a mean."""

_STATUSES = ("done", "diverged", "failed", "missing")


def interval_half(standard_error: Any, count: Any, confidence: float = CONFIDENCE) -> Any:
    """Half the length of the interval of a mean, by Student's t; NaN for fewer than two values.

    Args:
        standard_error: s / sqrt(n) of each mean, any shape.
        count: n, the number of values that each mean is over, same shape.
        confidence: How often such intervals hold the mean over many more values, above 0 and below 1.

    Returns:
        t((1 + confidence) / 2, n - 1) * s / sqrt(n), same shape.
    """
    return stats.t.ppf((1 + confidence) / 2, np.asarray(count) - 1) * np.asarray(standard_error)


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


def summarise(runs: pd.DataFrame, keys: Sequence[str], measures: Sequence[Measure]) -> pd.DataFrame:
    """Aggregate runs that differ in nothing but their seed.

    Only finished runs enter a mean; the others are counted. What a measure's `mean` makes of that of another, such as
    exp(mean loss), it makes of the ends of the interval too, so that both columns say the same.

    Args:
        runs: The frame of runs.csv.
        keys: Dotted keys that set the rows apart, without the seed; none for a single row.
        measures: What is averaged.

    Returns:
        One row a setting in the order of the sweep: the keys, then `MEASURE`, `MEASURE_low`, `MEASURE_high` for
        each measure, then `seeds` (finished runs that the mean is over), `diverged`, `failed` and `missing`.
    """
    places = setting_numbers(runs, keys)
    first = runs[list(keys)].astype(object).groupby(places).head(1).reset_index(drop=True)
    settings = first if keys else pd.DataFrame(index=range(min(1, len(runs))))
    counts = pd.crosstab(places, runs["status"]).reindex(columns=_STATUSES, fill_value=0).set_axis(list(COUNTS), axis=1)
    done = runs["status"] == "done"
    estimates = {measure.name: _estimates(runs[done], places[done], measure) for measure in measures}
    columns = {f"{name}{end}": frame[end] for name, frame in estimates.items() for end in ("", "_low", "_high")}
    return settings.join(pd.DataFrame(columns, index=settings.index, dtype="float64")).join(counts)


def setting_numbers(runs: pd.DataFrame, keys: Sequence[str]) -> "pd.Series[int]":
    """A number for each run, equal where the settings are, counted in the order of the sweep."""
    # By their text: pandas 3.1 turns whole numbers beside a null into floats when it groups by the values themselves.
    texts = [runs[key].map(value_text) for key in keys]
    rows = pd.MultiIndex.from_arrays(texts) if texts else pd.Index([""] * len(runs))
    return pd.Series(pd.factorize(rows)[0], index=runs.index)


def settings_groups(runs: pd.DataFrame, keys: Sequence[str]) -> list[pd.DataFrame]:
    """The runs of each setting, in the order of the sweep."""
    return [group for _, group in runs.groupby(setting_numbers(runs, keys))]


def _estimates(done: pd.DataFrame, places: "pd.Series[int]", measure: Measure) -> pd.DataFrame:
    """The mean of a measure and the ends of its interval, under the columns ``, `_low` and `_high`, by place."""
    values = done[(measure.mean.of if measure.mean else measure).name]
    groups = values.groupby(places)
    mean, half = groups.mean(), pd.Series(interval_half(groups.sem(), groups.count()), dtype="float64")
    whole = groups.count() == groups.size()  # a mean that leaves out a finished run would hide that it does
    half.index = mean.index
    frame = pd.DataFrame({"": mean, "_low": mean - half, "_high": mean + half}).where(whole)
    return frame.map(measure.mean.then) if measure.mean else frame
