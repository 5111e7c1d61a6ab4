"""Bars: a metric of a few settings side by side, each with its interval and every seed's point."""

from typing import Any

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from toolkit.reporter.figures.axes import set_logarithmic, set_ticks, visible_range
from toolkit.reporter.figures.canvas import add_note, axis_span, panel_grid, set_legend
from toolkit.reporter.figures.comparison import ComparisonData, compared, comparison_caption, comparison_table, is_thin
from toolkit.reporter.figures.kind import Asked, Kind, along_x
from toolkit.reporter.figures.lines import ERROR_BAR, strokes_of
from toolkit.reporter.figures.roles import Roles
from toolkit.reporter.figures.style import FAINT, INK, RC, Strokes
from toolkit.reporter.numbers.metrics import Settings
from toolkit.tasks.measure import Measure

GROUP_WIDTH = 0.8
Offsets = dict[tuple[Any, ...], float]
"""Where in its group each bar stands, by hue, style and line."""
HATCHES = ("", "///", "...", "xxx", "---", "ooo")


def draw_bars(
    data: ComparisonData, metric: Measure, roles: Roles, fixed: Settings, log: tuple[str, ...] = (), x: str = ""
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
            seeds = data.seeds[data.seeds["panel"] == panel]
            _draw_seeds(axes, seeds[~is_thin(seeds)], places, offsets)
            axes.set_ylim(*_limits(data, metric, "y" in log))
            set_ticks(
                axes, dict(zip(data.places, places.values(), strict=True)), axis_span(figure, list(panels.values()))
            )
            axes.grid(False, axis="x")
            set_logarithmic(axes, [name for name in log if name == "y"])
        set_legend(figure, roles, _samples(data.means, roles, look), "hatch")
        add_note(figure, fixed)
    return figure


def _limits(data: ComparisonData, metric: Measure, logarithmic: bool) -> tuple[float, float]:
    """From 0, where bars begin; a logarithmic axis has none."""
    means = data.means[~is_thin(data.means)]
    points = pd.concat([data.means["value"], data.seeds["value"]])
    low, high = visible_range(points, means["low"], means["high"], metric.most, logarithmic)
    return (low if logarithmic else 0), high


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
        thin = is_thin(group)
        for part, alpha in ((group[~thin], 1), (group[thin], FAINT)):
            axes.bar(x[part.index], part["value"], GROUP_WIDTH / len(offsets), alpha=alpha, **_fill(look, hue, style))
        solid = group[~thin]
        ends = [solid["value"] - solid["low"], solid["high"] - solid["value"]]
        axes.errorbar(x[solid.index], solid["value"], ends, fmt="none", ecolor=INK, **ERROR_BAR)
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


def _samples(means: pd.DataFrame, roles: Roles, look: Strokes) -> list[list[Patch]]:
    """A bar of each kind; one hatch a line where hatches belong to a key of their own."""
    if not (roles.hue or roles.style):
        return []
    kinds = means[["hue", "style"]].drop_duplicates()
    rows = [row for _, row in kinds.groupby("style", sort=False)] if look.apart and roles.hue else [kinds]
    return [[_sample(look, *kind) for kind in row.itertuples(index=False)] for row in rows]


def _sample(look: Strokes, hue: str, style: str) -> Patch:
    return Patch(label=", ".join(filter(None, dict.fromkeys((hue, style)))), **_fill(look, hue, style))


def _draw(asked: Asked, data: ComparisonData) -> Figure:
    return draw_bars(data, asked.metric, asked.roles, asked.results.fixed, asked.log)


KIND = Kind(compared, _draw, comparison_caption, comparison_table, along_x)
