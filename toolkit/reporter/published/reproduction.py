"""Published values against measured ones: what was reproduced lies on the diagonal."""

from collections.abc import Iterator, Mapping

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from toolkit.reporter.figures.canvas import add_note, panel_grid
from toolkit.reporter.figures.style import INK, RC
from toolkit.reporter.numbers.metrics import Settings
from toolkit.reporter.published.deviation import DIFFERS, EQUAL, NOT_JUDGED, REPRODUCED, WITHIN, verdict_kind
from toolkit.tasks.measure import Measure

REPRODUCTION = "published_and_measured"
MARKS = {
    EQUAL: ("o", "#0173b2"),
    REPRODUCED: ("D", "#029e73"),
    WITHIN: ("s", "#de8f05"),
    DIFFERS: ("X", "#cc78bc"),
    NOT_JUDGED: ("^", "#949494"),
}
"""Marker and colour by the kind of verdict, in the order of the legend and of drawing."""
MOST_TICKS = 4
"""Intervals between the numbers of an axis: they may be long."""


def reproduction_data(frame: pd.DataFrame) -> pd.DataFrame:
    """The comparisons of which both values are known, `published` as a number.

    Args:
        frame: What `published_frame` returns.

    Returns:
        A row a comparison: the keys, `metric`, `published`, `measured`, `difference` and `verdict`.
    """
    known = frame.dropna(subset=["measured"]).drop(columns=["number", "note"])
    return known.assign(published=known["published"].astype(float)).reset_index(drop=True)


def draw_reproduction(data: pd.DataFrame, fixed: Settings, measures: Mapping[str, Measure]) -> Figure:
    """Draw a panel a metric, with a point a comparison and the diagonal.

    Args:
        data: What `reproduction_data` returns, at least one row.
        fixed: The settings that all runs share, set small under the axes.
        measures: What each metric is, by its name.

    Returns:
        A figure of a column's width, or of a page's where there are several metrics.
    """
    with mpl.rc_context(RC):
        titles = list(data["metric"].unique())
        figure, panels = panel_grid(titles, "published", "measured", shared=False)
        for metric, axes in panels.items():
            axes.set_title(measures[metric].label)
            _draw(axes, data[data["metric"] == metric])
        samples = dict(sample for axes in panels.values() for sample in _legend(axes))
        shown = [kind for kind in MARKS if kind in samples]
        figure.legend([samples[kind] for kind in shown], shown, loc="outside upper center", ncols=2)
        add_note(figure, fixed)
    return figure


def _draw(axes: Axes, data: pd.DataFrame) -> None:
    values = data[["published", "measured"]].to_numpy()
    low, high = np.nanmin(values), np.nanmax(values)
    margin = (high - low or abs(high) or 1) * 0.06
    ends = [low - margin, high + margin]
    axes.plot(ends, ends, color=INK, linewidth=0.6, zorder=1)
    kinds = data["verdict"].map(verdict_kind)
    for kind, (marker, colour) in MARKS.items():  # what differs lies on top
        group = data[kinds == kind]
        if len(group):
            axes.scatter(
                group["published"], group["measured"], s=16, marker=marker, color=colour, label=kind, alpha=0.9
            )
    axes.set(xlim=ends, ylim=ends)
    axes.locator_params(nbins=MOST_TICKS)


def _legend(axes: Axes) -> Iterator[tuple[str, Artist]]:
    handles, texts = axes.get_legend_handles_labels()
    yield from zip(texts, handles, strict=True)
