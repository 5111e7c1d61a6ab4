"""Bars: a metric of a few settings side by side, each with its interval and every seed's point."""

from typing import Any

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from toolkit.reporter.axes import set_logarithmic
from toolkit.reporter.canvas import add_note, panel_grid, set_legend
from toolkit.reporter.comparison import ComparisonData
from toolkit.reporter.lines import ERROR_BAR, strokes_of
from toolkit.reporter.metrics import Metric, Settings
from toolkit.reporter.roles import Roles
from toolkit.reporter.style import INK, RC, Strokes
from toolkit.spec.words import value_text

GROUP_WIDTH = 0.8
Offsets = dict[tuple[Any, ...], float]
"""Where in its group each bar stands, by hue, style and line."""
HATCHES = ("", "///", "...", "xxx", "---", "ooo")


def draw_bars(
    data: ComparisonData, metric: Metric, roles: Roles, fixed: Settings, log: tuple[str, ...] = (), x: str = ""
) -> Figure:
    """Draw a group of bars for each value of the x axis, one bar for each colour and hatch.

    Args:
        data: What `comparison_data` returns, with an x axis.
        metric: Names the y axis.
        roles: What each key is in the figure.
        fixed: The settings that all runs share, set small under the axes.
        log: Whether `y` has a logarithmic scale.
        x: Names the x axis, if that is no key.

    Returns:
        A figure of a column's width, or of a page's where there are several panels.
    """
    with mpl.rc_context(RC | {"hatch.linewidth": 0.4}):
        look = strokes_of(data.means, roles)
        figure, panels = panel_grid(list(data.means["panel"].unique()), x or str(roles.x), metric.label)
        offsets = _offsets(data.means)
        places = {position: place for place, position in enumerate(sorted(data.places.values()))}
        for panel, axes in panels.items():
            _draw_groups(axes, data.means[data.means["panel"] == panel], places, offsets, look)
            _draw_seeds(axes, data.seeds[data.seeds["panel"] == panel], places, offsets)
            axes.set_xticks(list(places.values()), [value_text(value) for value in data.places])
            axes.grid(False, axis="x")
            set_logarithmic(axes, [name for name in log if name == "y"])
        set_legend(figure, roles, [_samples(data.means, roles, look)])
        add_note(figure, fixed)
    return figure


def _offsets(means: pd.DataFrame) -> Offsets:
    kinds = list(dict.fromkeys(zip(means["hue"], means["style"], means["line"], strict=True)))
    return {kind: (place - (len(kinds) - 1) / 2) * GROUP_WIDTH / len(kinds) for place, kind in enumerate(kinds)}


def _draw_groups(
    axes: Axes,
    means: pd.DataFrame,
    places: dict[float, int],
    offsets: Offsets,
    look: Strokes,
) -> None:
    for kind, group in means.groupby(["hue", "style", "line"], sort=False):
        hue, style, _ = map(str, kind)
        x = group["x"].map(places) + offsets[kind]
        axes.bar(x, group["value"], width=GROUP_WIDTH / len(offsets), **_fill(look, hue, style))
        ends = [group["value"] - group["low"], group["high"] - group["value"]]
        axes.errorbar(x, group["value"], ends, fmt="none", ecolor=INK, **ERROR_BAR)
        for nothing in x[group["value"].isna()]:
            axes.plot(nothing, 0.03, "x", color=INK, transform=axes.get_xaxis_transform(), clip_on=False)


def _draw_seeds(axes: Axes, seeds: pd.DataFrame, places: dict[float, int], offsets: Offsets) -> None:
    kinds = zip(seeds["hue"], seeds["style"], seeds["line"], strict=True)
    x = seeds["x"].map(places) + [offsets[kind] for kind in kinds]
    axes.scatter(x, seeds["value"], s=7, facecolor="white", edgecolor=INK, linewidths=0.5, zorder=3)


def _fill(look: Strokes, hue: str, style: str) -> dict[str, Any]:
    """Colour and hatch of a bar; the hatch tells bars apart in print without colour."""
    hatch = HATCHES[list(look.dashes).index(style) % len(HATCHES)]
    return {"facecolor": look.palette[hue], "hatch": hatch, "edgecolor": "white", "linewidth": 0.6}


def _samples(means: pd.DataFrame, roles: Roles, look: Strokes) -> list[Patch]:
    if not (roles.hue or roles.style):
        return []
    kinds = means[["hue", "style"]].drop_duplicates().itertuples(index=False)
    return [Patch(label=", ".join(dict.fromkeys(kind)), **_fill(look, *kind)) for kind in kinds]
