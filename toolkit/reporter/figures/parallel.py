"""Parallel coordinates: every setting as a line over its keys' values to its result."""

import math
from collections.abc import Sequence

import matplotlib as mpl
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.collections import LineCollection
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from toolkit.reporter.figures.axes import is_logarithmic, is_number, positions
from toolkit.reporter.figures.canvas import add_note
from toolkit.reporter.figures.kind import Asked, Kind
from toolkit.reporter.figures.style import INK, PAGE_WIDTH, RC
from toolkit.reporter.numbers.caption_sentences import joined, over_seeds
from toolkit.reporter.numbers.metrics import Settings
from toolkit.reporter.numbers.results import Results
from toolkit.spec.words import value_text
from toolkit.tasks.measure import Measure

MOST_TICKS = 8


def parallel_data(results: Results, metric: Measure) -> pd.DataFrame:
    """Each finished setting: its swept keys and the mean of a metric, the best last, so that it is drawn on top."""
    summary = results.summary if metric in results.metrics else results.summarised(results.keys, [metric])
    known = summary.dropna(subset=[metric.name]).sort_values(metric.name, ascending=metric.highest_is_best)
    return known[[*results.keys, metric.name]].reset_index(drop=True)


def draw_parallel(data: pd.DataFrame, keys: Sequence[str], metric: Measure, fixed: Settings) -> Figure:
    """Draw a line for each setting, coloured by its result, from one key's axis to the next.

    Args:
        data: What `parallel_data` returns, at least two rows.
        keys: The keys in the order of their axes.
        metric: What the colours show.
        fixed: The settings that all runs share, set small under the axes.

    Returns:
        A figure of a page's width.
    """
    with mpl.rc_context(RC | {"axes.grid": False}):
        figure = Figure(figsize=(PAGE_WIDTH, 3.2))
        axes = figure.subplots()
        heights = {key: _heights(data[key]) for key in keys}
        columns = [data[key].map(heights[key]).astype(float) for key in keys]
        colours = sns.color_palette("viridis_r" if metric.highest_is_best else "viridis", as_cmap=True)
        scale = Normalize(data[metric.name].min(), data[metric.name].max())
        lines = [list(enumerate(row)) for row in np.column_stack(columns)]
        axes.add_collection(LineCollection(lines, colors=colours(scale(data[metric.name])), linewidths=1.1, alpha=0.8))
        for place, key in enumerate(keys):
            _draw_axis(axes, place, heights[key])
        axes.set(xlim=(-0.3, len(keys) - 0.9), ylim=(-0.06, 1.06), yticks=[])
        axes.set_xticks(range(len(keys)), keys)
        axes.tick_params(length=0)
        axes.spines[:].set_visible(False)
        figure.colorbar(ScalarMappable(scale, colours), ax=axes, pad=0.02).set_label(metric.label)
        add_note(figure, fixed)
    return figure


def _heights(values: pd.Series) -> dict[object, float]:
    """Where each value stands on its axis: words and few numbers evenly apart, many numbers to scale."""
    places = positions(list(values.unique()))
    ordered = sorted(places, key=lambda value: places[value])
    if len(ordered) <= MOST_TICKS or not all(map(is_number, ordered)):
        return {value: place / max(len(ordered) - 1, 1) for place, value in enumerate(ordered)}
    if is_logarithmic(list(places.values())):
        places = {value: math.log(place) for value, place in places.items()}
    ends = places[ordered[0]], places[ordered[-1]]
    return {value: (place - ends[0]) / (ends[1] - ends[0]) for value, place in places.items()}


def _draw_axis(axes: Axes, place: int, heights: dict[object, float]) -> None:
    axes.plot([place, place], [0, 1], color=INK, linewidth=0.7)
    ordered = sorted(heights, key=lambda value: heights[value])
    names = {value: value_text(value) for value in ordered}
    if len(ordered) > MOST_TICKS:
        names = {
            value: f"{value:.3g}" if is_number(value) else value_text(value) for value in (ordered[0], ordered[-1])
        }
    box = {"facecolor": "white", "edgecolor": "none", "pad": 0.6, "alpha": 0.8}
    for value, name in names.items():
        axes.text(place - 0.02, heights[value], name, fontsize=7, va="center", ha="right", bbox=box)


def _data(asked: Asked) -> pd.DataFrame | None:
    data = parallel_data(asked.results, asked.metric)
    return data if len(data) > 1 and len(asked.results.keys) > 1 else None


def _draw(asked: Asked, data: pd.DataFrame) -> Figure:
    return draw_parallel(data, asked.results.keys, asked.metric, asked.results.fixed)


def _caption(asked: Asked, _: pd.DataFrame) -> str:
    unfinished = (asked.results.summary["seeds"] == 0).any()
    return joined(
        f"A line for each setting, from its value of one key to that of the next; its colour is {asked.figure.y}.",
        over_seeds(asked.results),
        "A setting without a finished run has no line." if unfinished else "",
    )


KIND = Kind(_data, _draw, _caption, lambda _, data: data)
