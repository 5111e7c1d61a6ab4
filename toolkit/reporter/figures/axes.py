"""A swept key as an axis: where its values lie, on which scale, and which of them are labelled."""

import math
from collections.abc import Collection, Sequence
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, LogLocator, NullFormatter, NullLocator

from toolkit.spec.words import value_text

LOG_RATIO = 50
"""Counts that span more than this factor are drawn on a logarithmic axis."""

LOG_RATIO_OF_RATES = 4
"""The same for values with a fraction, such as learning rates, which are swept by factors."""

FEW_DECADES = 2

MOST_TICKS = 20
"""Of more values than this, as a search tries them, the axis has round numbers for ticks."""

ROOM = 0.75
"""How far beyond all points intervals are shown, as a share of the points' range; what is longer is cut off."""

MARGIN = 0.05
"""How far an axis goes beyond what is on it, as a share of its length."""

BESIDE = 0.3
"""How far beside the smallest number above it 0 stands on a logarithmic axis, in decades."""

_DIGIT, _GAP = 5.1, 2.5
"""Width of a tick label's character and of the space between two labels, in points."""


def is_number(value: Any) -> bool:
    """Whether a setting's value has a place on a scale: not a word such as `full`, not true or false, not null."""
    return isinstance(value, Real) and not isinstance(value, bool) and math.isfinite(value)


def positions(values: Sequence[Any]) -> dict[Any, float]:
    """Where each value of a key lies on its axis, from left to right.

    Args:
        values: The key's distinct values. Words stand to the right of all numbers, as `lookback: full` is more than
            any number of steps; where there are not two numbers, values stand side by side in their order.

    Returns:
        Value to position.
    """
    numbers = sorted(value for value in values if is_number(value))
    if len(numbers) < 2:
        return {value: float(place) for place, value in enumerate(values)}
    step = (numbers[-1] - numbers[0]) / (len(numbers) - 1)
    factor = (numbers[-1] / numbers[0]) ** (1 / (len(numbers) - 1)) if is_logarithmic(numbers) else None
    words = [value for value in values if not is_number(value)]
    placed = {number: float(number) for number in numbers}
    for place, word in enumerate(words, start=1):
        placed[word] = numbers[-1] * factor**place if factor else numbers[-1] + step * place
    return placed


def is_logarithmic(numbers: Sequence[float]) -> bool:
    """Whether these values are better told apart by their ratios than by their differences."""
    if min(numbers) <= 0:
        return False
    has_fractions = any(number != int(number) for number in numbers)
    return max(numbers) / min(numbers) > (LOG_RATIO_OF_RATES if has_fractions else LOG_RATIO)


def set_scale(axes: Axes, places: dict[Any, float], width: float, logarithmic: bool | None = None) -> None:
    """Put ticks at the values that were swept, labelled as far as labels do not touch.

    Args:
        axes: The axes whose x axis is set.
        places: What `positions` returns.
        width: Length of the axis between its outermost values, in inches.
        logarithmic: Whether the scale is, 0 standing beside it; None for the one that suits the values.
    """
    values = list(places.values())
    if logarithmic is None:
        logarithmic = is_logarithmic(values)
    logarithmic = logarithmic and max(values) > 0
    has_zero = logarithmic and min(values) <= 0
    axes.set_xlim(*_with_margin(values, logarithmic))
    if len(places) > MOST_TICKS and all(map(is_number, places)) and not has_zero:
        set_logarithmic(axes, ["x"] if logarithmic else [])
        return
    if has_zero:
        axes.set_xscale("symlog", linthresh=_smallest(values), linscale=BESIDE * _OF_LINEAR_PART)
    else:
        axes.set_xscale("log" if logarithmic else "linear")
    set_ticks(axes, places, width, logarithmic)


_OF_LINEAR_PART = 0.9
"""What matplotlib's symlog scale is told for a decade from 0 to its threshold: 1 - 1 / base of it."""


def _smallest(values: Sequence[float]) -> float:
    """The smallest of the values that a logarithm has."""
    return min(value for value in values if value > 0)


def _with_margin(places: Sequence[float], logarithmic: bool) -> tuple[float, float]:
    low, high = min(places), max(places)
    if logarithmic:
        first = _smallest(places)
        ratio = (high / first) ** MARGIN
        return (low / ratio if low > 0 else low - first * MARGIN), high * ratio
    return low - (high - low or 1) * MARGIN, high + (high - low or 1) * MARGIN


def set_ticks(axes: Axes, places: dict[Any, float], width: float, logarithmic: bool = False) -> None:
    """Label the x axis at these places: numbers as far as labels do not touch, words aslant where they would.

    Args:
        axes: The axes.
        places: Value to position, from left to right.
        width: Length of the axis between its outermost values, in inches.
        logarithmic: Whether the scale is.
    """
    axes.xaxis.set_major_locator(FixedLocator(list(places.values())))
    axes.xaxis.set_minor_locator(NullLocator())
    labels = _labels(places, width * 72, logarithmic)
    if all(labels) or sum(map(is_number, places)) > 1:
        axes.set_xticklabels(labels)
    else:
        axes.set_xticklabels(map(value_text, places), rotation=30, ha="right", rotation_mode="anchor")


def set_logarithmic(axes: Axes, names: Collection[str]) -> None:
    """Give axes a logarithmic scale with labels in plain numbers, at 1, 2 and 5 of each decade if there are few.

    Args:
        axes: The panel, drawn.
        names: Which of its axes, of `x` and `y`.
    """
    for name in names:
        axes.set(**{f"{name}scale": "log"})
        axis, (low, high) = (axes.xaxis, axes.get_xlim()) if name == "x" else (axes.yaxis, axes.get_ylim())
        axis.set_major_locator(LogLocator(subs=(1, 2, 5) if high < low * 10**FEW_DECADES else (1,)))
        axis.set_major_formatter(FuncFormatter(lambda value, _: _number_text(value)))
        axis.set_minor_formatter(NullFormatter())


def _number_text(value: float) -> str:
    """A tick's number: powers of ten that would be long are written as such."""
    power = round(math.log10(value))
    if -4 < power < 6:
        return f"{value:g}"
    factor = f"{value / 10.0**power:g}\N{MULTIPLICATION SIGN}".removeprefix("1\N{MULTIPLICATION SIGN}")
    return f"{factor}10{str(power).translate(_RAISED)}"


_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def visible_range(
    points: pd.Series, low: pd.Series, high: pd.Series, most: float = math.inf, logarithmic: bool = False
) -> tuple[float, float]:
    """The ends of the y axis: all points, and as much of the intervals as leaves the points room to be told apart.

    Args:
        points: All values that are drawn.
        low: Lower ends of intervals.
        high: Upper ends of intervals.
        most: The largest value that there can be; the smallest is 0.
        logarithmic: Whether the axis is; only what is above 0 has a place on it.

    Returns:
        The lower and the upper end.
    """
    low, high = low.clip(lower=0), high.clip(upper=most)
    if logarithmic:
        low, high, points = (np.log10(values.where(values > 0)) for values in (low, high, points))
    ends = _range(points, low, high)
    return (10 ** ends[0], 10 ** ends[1]) if logarithmic else ends


def _range(points: pd.Series, low: pd.Series, high: pd.Series) -> tuple[float, float]:
    known = points.replace([np.inf, -np.inf], np.nan).dropna()
    if not len(known):
        return 0, 1
    bottom, top = known.min(), known.max()
    room = (top - bottom or abs(top) or 1) * ROOM
    lowest, highest = np.nanmin([bottom, low.min()]), np.nanmax([top, high.max()])
    ends = max(bottom - room, lowest), min(top + room, highest)
    margin = (ends[1] - ends[0] or room) * MARGIN
    return float(ends[0] - margin), float(ends[1] + margin)


def _labels(places: dict[Any, float], width: float, logarithmic: bool) -> list[str]:
    at = np.array(list(places.values()))
    if logarithmic:
        first = _smallest(at.tolist())
        at = np.log10(np.maximum(at / first, 1)) + np.minimum(at / first, 1) * BESIDE
    at = (at - at[0]) / ((at[-1] - at[0]) or 1) * width
    labels: list[str] = []
    end = -np.inf
    for point, value in zip(at, places, strict=True):
        text = value_text(value)
        half = (len(text) * _DIGIT + _GAP) / 2
        labels.append(text if point - half >= end else "")
        end = point + half if labels[-1] else end
    return labels
