"""Windows of series: what is read for each forecast, what is to be forecast, and what forecasts are held against."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from toolkit.data.corpus import Origin, Sequences
from toolkit.data.scaling import Scaling
from toolkit.data.sources.series.reading import Series
from toolkit.spec.layout import SplitConfig
from toolkit.spec.schema import DataConfig

COLUMNS = ("vectors", "ahead", "last_value", "naive_error", "last_season")


@dataclass(frozen=True)
class Stretch:
    """Steps of a series that are to be forecast, all of one part.

    Attributes:
        series: The series; windows may reach back before the stretch, and never beyond it.
        begin: Its first step, from 0.
        end: The step after its last one.
    """

    series: Series
    begin: int
    end: int

    def __len__(self) -> int:
        return self.end - self.begin


def cut_in_time(series: Series, split: SplitConfig) -> dict[str, Stretch]:
    """The parts of a series, one after another: the last steps are the test part, those before them dev."""
    steps = len(series)
    dev, test = round(split.dev * steps), round((split.test or 0) * steps)
    cuts = {"train": (0, steps - dev - test), "dev": (steps - dev - test, steps - test)}
    if split.test is not None:
        cuts["test"] = (steps - test, steps)
    return {part: Stretch(series, *cut) for part, cut in cuts.items()}


def naive_errors(training: Sequence[Stretch]) -> Mapping[str, float]:
    """The mean absolute error of the last value, one step ahead, within the training part of each series.

        mean over i of |y_i - y_(i-1)|

    It is what errors are divided by in a mean absolute scaled error (Hyndman and Koehler, 2006), in the unit of the
    target. A series that is constant there, or has one step, counts with the mean of the others.

    Returns:
        By the name of the series; under the empty name the mean of all, for a series that has no training part.
    """
    errors = {}
    for stretch in training:
        steps = stretch.series.target[stretch.begin : stretch.end].tolist()
        apart = [abs(later - earlier) for earlier, later in pairwise(steps)]
        if any(apart):
            errors[stretch.series.name] = math.fsum(apart) / len(apart)
    mean = math.fsum(errors.values()) / len(errors) if errors else math.nan
    return {"": mean, **errors}


def windows(
    stretches: Sequence[Stretch], scaling: Scaling, naive: Mapping[str, float], config: DataConfig
) -> Sequences:
    """A window for each step of some stretches that has one.

    For the step t the steps t - horizon - window + 1 to t - horizon are read; no later one is.

    Args:
        stretches: Of one file, at least one.
        scaling: What inputs and target are scaled by.
        naive: What `naive_errors` says.
        config: The `data` section, with `window`.

    Returns:
        By column: `vectors`, what is read, scaled; `ahead`, the target at t, scaled; in the target's own unit
        `last_value`, the target at the last step that is read, `last_season`, the last one read that stands whole
        seasons before t, NaN where the series does not reach back so far, and `naive_error`, the scale of a mean
        absolute scaled error. Their places are the lines of t.
    """
    columns: dict[str, list[object]] = {name: [] for name in COLUMNS if name != "last_season" or config.season}
    lines: list[int] = []
    for stretch in stretches:
        series, length = stretch.series, config.window or 0
        if not (steps := forecast_steps(stretch, config)):
            continue
        target, scaled = series.target, scaling.scaled_vectors(series.inputs)
        views = np.lib.stride_tricks.sliding_window_view(scaled, length, axis=0).transpose(0, 2, 1)
        columns["vectors"] += [views[step - config.horizon - length + 1] for step in steps]
        columns["ahead"] += (scaling.target.scaled(target[steps]) if scaling.target else target[steps]).tolist()
        columns["last_value"] += target[[step - config.horizon for step in steps]].tolist()
        columns["naive_error"] += [naive.get(series.name, naive[""])] * len(steps)
        if config.season:
            back = seasons_back(config.season, config.horizon)
            columns["last_season"] += [float(target[step - back]) if step >= back else math.nan for step in steps]
        lines += [series.lines[step] for step in steps]
    return Sequences(columns, Origin(stretches[0].series.file, lines))


def forecast_steps(stretch: Stretch, config: DataConfig) -> range:
    """The steps of a stretch that have a whole window before them."""
    return range(max(stretch.begin, (config.window or 0) + config.horizon - 1), stretch.end)


def seasons_back(season: int, horizon: int) -> int:
    """The fewest steps of whole seasons that lead back from a step to one that may be read for it."""
    return season * -(-horizon // season)
