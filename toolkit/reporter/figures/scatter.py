"""Scatter plots: one measure against another, such as loss against training time, with the Pareto front."""

from dataclasses import replace
from typing import Any

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from toolkit.reporter.figures.axes import positions, set_logarithmic, set_scale
from toolkit.reporter.figures.canvas import add_legend, add_note, axis_span, panel_grid
from toolkit.reporter.figures.kind import Asked, Kind
from toolkit.reporter.figures.lines import strokes_of
from toolkit.reporter.figures.roles import Roles, declared_roles, place, roles_text
from toolkit.reporter.figures.style import FAINT, INK, RC, Strokes
from toolkit.reporter.numbers.caption_sentences import has_several_seeds, joined, meanings, over_seeds
from toolkit.reporter.numbers.metrics import Settings, setting_text
from toolkit.reporter.numbers.results import Results
from toolkit.spec.reporting import FigureConfig
from toolkit.tasks.measure import Measure

MOST_NAMED = 6
"""More settings on the front are not named in the caption."""


def scatter_data(results: Results, x: str, metric: Measure, roles: Roles) -> pd.DataFrame:
    """Each setting's means of two measures, each finished run's values, and which settings are on the Pareto front.

    Args:
        results: The runs to show.
        x: The measure, or the key, on the horizontal axis.
        metric: The measure on the vertical axis.
        roles: Which keys have colours, line styles and panels.

    Returns:
        A row a setting and a row a finished run: `run` (empty for a setting), the keys, both measures, `front` and its
        place in the figure.
    """
    keys = list(dict.fromkeys(key for key in (*results.keys, roles.hue, roles.style, *roles.panels) if key))
    measured = [results.measures[x]] if x in results.measures else []
    means = results.summarised(list(dict.fromkeys([*keys, *([] if measured else [x])])), [*measured, metric])
    done = results.distinct[results.distinct["status"] == "done"]
    columns = list(dict.fromkeys([*keys, x, metric.name]))
    both = pd.concat([means[columns].assign(run=""), done[["run", *columns]]], ignore_index=True)
    known = both.dropna(subset=[metric.name])
    placed = known.assign(**place(known, roles))
    return placed.assign(front=_on_front(placed, x, metric) if measured else False)


def _on_front(data: pd.DataFrame, x: str, metric: Measure) -> "pd.Series[bool]":
    """Whether no other setting of the panel is as cheap and better, or cheaper and as good; False for single runs."""
    marks = pd.Series(False, index=data.index)
    if not metric.is_ranked:
        return marks
    sign = -1 if metric.highest_is_best else 1
    for _, panel in data[data["run"] == ""].groupby("panel"):
        ordered = panel.assign(cost=sign * panel[metric.name]).sort_values([x, "cost"], kind="stable")
        best_before = ordered["cost"].cummin().shift(fill_value=float("inf"))
        marks[ordered.index[ordered["cost"] < best_before]] = True
    return marks


def draw_scatter(
    data: pd.DataFrame, x: str | Measure, metric: Measure, roles: Roles, fixed: Settings, log: tuple[str, ...] = ()
) -> Figure:
    """Draw settings as points, single runs faintly behind them, and the front as a line.

    Args:
        data: What `scatter_data` returns.
        x: The measure, or the key, on the horizontal axis.
        metric: The measure on the vertical axis.
        roles: Which keys have colours, line styles and panels.
        fixed: The settings that all runs share, set small under the axes.
        log: Which of `x` and `y` have a logarithmic scale.

    Returns:
        A figure of a column's width, or of a page's where there are several panels.
    """
    with mpl.rc_context(RC):
        look = strokes_of(data, roles)
        label, column = (x, x) if isinstance(x, str) else (x.label, x.name)
        places = positions(list(data[column].unique())) if isinstance(x, str) else {}
        figure, panels = panel_grid(list(data["panel"].unique()), label, metric.label)
        for panel, axes in panels.items():
            own = data[data["panel"] == panel]
            across = own[column].map(places).astype(float) if places else own[column].astype(float)
            _draw_points(axes, own.assign(across=across), metric, look)
            if places:
                set_scale(axes, places, axis_span(figure, list(panels.values())), True if "x" in log else None)
            set_logarithmic(axes, [name for name in log if name == "y" or not places])
        add_legend(figure, roles, look, [_front_sample()] if data["front"].any() else [], "marker")
        add_note(figure, fixed)
    return figure


def _draw_points(axes: Axes, data: pd.DataFrame, metric: Measure, look: Strokes) -> None:
    front = data[data["front"]].sort_values("across")
    axes.plot(front["across"], front[metric.name], **FRONT)
    for (hue, style, single), group in data.groupby(["hue", "style", data["run"] != ""], sort=False):
        pen: dict[str, Any] = {"color": look.palette[str(hue)], "marker": look.markers[str(style)]}
        size: dict[str, Any] = {"s": 9, "alpha": FAINT, "linewidths": 0} if single else {"s": 20, "linewidths": 0}
        axes.scatter(group["across"], group[metric.name], **pen, **size)


FRONT: dict[str, Any] = {"color": INK, "linewidth": 0.8, "drawstyle": "steps-post", "zorder": 1}


def _front_sample() -> Line2D:
    return Line2D([], [], label="best for its cost", **FRONT)


def _roles(figure: FigureConfig, results: Results) -> Roles:
    return replace(declared_roles(results, figure), panels=[figure.facet] if figure.facet else [], lines=())


def _data(asked: Asked) -> pd.DataFrame:
    return scatter_data(asked.results, asked.figure.x, asked.metric, asked.roles)


def _draw(asked: Asked, data: pd.DataFrame) -> Figure:
    x = asked.results.measures.get(asked.figure.x, asked.figure.x)
    return draw_scatter(data, x, asked.metric, asked.roles, asked.results.fixed, asked.log)


def _caption(asked: Asked, data: pd.DataFrame) -> str:
    results, x, y = asked.results, asked.figure.x, asked.figure.y
    return joined(
        f"{y} against {x}, a point for each setting.",
        meanings(results, [x, y]),
        roles_text(results, asked.roles),
        over_seeds(results, "Points are means"),
        "Faint points are single seeds." if has_several_seeds(results) else "",
        _front_text(results, x, data[data["front"]]),
    )


def _front_text(results: Results, x: str, front: pd.DataFrame) -> str:
    """Which settings are on the Pareto front, named if they are few."""
    if not len(front):
        return ""
    settings = [setting_text((key, row[key]) for key in results.keys) for row in front.to_dict("records")]
    named = f": {'; '.join(settings)}." if len(settings) <= MOST_NAMED else "."
    return f"No setting is better than those on the line at no more {x}{named}"


def _table(_: Asked, data: pd.DataFrame) -> pd.DataFrame:
    return data.drop(columns=["panel", "hue", "style", "line"])


KIND = Kind(_data, _draw, _caption, _table, _roles)
