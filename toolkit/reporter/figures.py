"""The comparison figure: a metric against a swept key, or against named settings where no key is numeric."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from toolkit.reporter.axes import positions, set_scale
from toolkit.reporter.canvas import add_legend, add_note, axis_span, panel_grid
from toolkit.reporter.metrics import Metric, Settings
from toolkit.reporter.roles import Roles, hue_texts, panel_texts
from toolkit.reporter.statistics import summarise
from toolkit.reporter.style import COLUMN_WIDTH, FAINT, INK, RC, Strokes, strokes
from toolkit.spec.words import value_text

ERROR_BAR: dict[str, Any] = {"elinewidth": 0.9, "capsize": 2, "capthick": 0.9}


@dataclass(frozen=True)
class ComparisonData:
    """What a comparison figure shows.

    Attributes:
        means: A row a setting: `value`, `low`, `high`, and its place: `x`, `hue`, `panel`, `line`.
        seeds: A row a finished run: `value` and its place.
        places: The x axis: value to position; empty if the settings are named along the y axis.
        named: The keys whose values name a setting.
    """

    means: pd.DataFrame
    seeds: pd.DataFrame
    places: dict[object, float]
    named: str


def comparison_data(runs: pd.DataFrame, keys: Sequence[str], metric: Metric, roles: Roles) -> ComparisonData:
    """Aggregate a metric over seeds and place each setting in the figure.

    Args:
        runs: The frame of runs.csv.
        keys: The swept keys without the seed, at least one.
        metric: What is drawn.
        roles: What each key is in the figure.

    Returns:
        The means with their 95% intervals, and every seed's value.
    """
    places = positions(list(runs[roles.x].unique())) if roles.x else {}
    means = summarise(runs, keys, [metric.name]).rename(columns=lambda column: column.replace(metric.name, "value"))
    means = means.rename(columns={"value_low": "low", "value_high": "high"})
    seeds = runs[runs["status"] == "done"].rename(columns={metric.name: "value"})
    return ComparisonData(
        _placed(means, keys, roles, places), _placed(seeds, keys, roles, places), places, ",\n".join(keys)
    )


def draw_comparison(data: ComparisonData, metric: Metric, roles: Roles, fixed: Settings) -> Figure:
    """Draw means as lines with an interval at each point and every seed faintly behind them.

    Args:
        data: What `comparison_data` returns.
        metric: Names the axis.
        roles: What each key is in the figure.
        fixed: The settings that all runs share, set small under the axes.

    Returns:
        A figure of a column's width, or of a page's where there are several panels.
    """
    with mpl.rc_context(RC):
        return _draw_lines(data, metric, roles, fixed) if roles.x else _draw_points(data, metric, roles, fixed)


def _placed(frame: pd.DataFrame, keys: Sequence[str], roles: Roles, places: dict[object, float]) -> pd.DataFrame:
    return frame.assign(
        x=frame[roles.x].map(places).astype(float) if roles.x else 0.0,
        hue=hue_texts(frame, roles.hue),
        panel=panel_texts(frame, roles.panels),
        line=panel_texts(frame, roles.lines),
        name=[", ".join(map(value_text, values)) for values in frame[list(keys)].to_numpy(dtype=object)],
    )


def _draw_lines(data: ComparisonData, metric: Metric, roles: Roles, fixed: Settings) -> Figure:
    hues = list(data.means["hue"].unique())
    look = strokes(roles.hue, hues)
    figure, panels = panel_grid(list(data.means["panel"].unique()), str(roles.x), metric.label)
    for panel, axes in panels.items():
        means = data.means[data.means["panel"] == panel].sort_values("x", kind="stable")
        _draw_seeds(axes, data.seeds[data.seeds["panel"] == panel], look)
        _draw_means(axes, means, hues, look)
        set_scale(axes, data.places, axis_span(figure, list(panels.values())))
    add_legend(figure, roles.hue, look)
    add_note(figure, fixed)
    return figure


def _draw_seeds(axes: Axes, seeds: pd.DataFrame, look: Strokes) -> None:
    for hue, group in seeds.groupby("hue", sort=False):
        axes.scatter(
            group["x"],
            group["value"],
            s=12,
            alpha=FAINT,
            color=look.palette[str(hue)],
            marker=look.markers[str(hue)],
            linewidths=0,
        )


def _draw_means(axes: Axes, means: pd.DataFrame, hues: Sequence[str], look: Strokes) -> None:
    labels = axes.get_xlabel(), axes.get_ylabel()
    sns.lineplot(
        means,
        x="x",
        y="value",
        hue="hue",
        style="hue",
        units="line",
        estimator=None,
        hue_order=hues,
        style_order=hues,
        palette=dict(look.palette),
        dashes=dict(look.dashes),
        markers=dict(look.markers),
        legend=False,
        ax=axes,
    )
    axes.set(xlabel=labels[0], ylabel=labels[1])
    spread = means.dropna(subset=["low"])
    for hue, group in spread.groupby("hue", sort=False):
        ends = [group["value"] - group["low"], group["high"] - group["value"]]
        axes.errorbar(group["x"], group["value"], ends, fmt="none", ecolor=look.palette[str(hue)], **ERROR_BAR)
    nothing = means[means["value"].isna()]
    axes.scatter(
        nothing["x"],
        [0.03] * len(nothing),
        color=nothing["hue"].map(look.palette),
        marker="x",
        transform=axes.get_xaxis_transform(),
        clip_on=False,
    )


def _draw_points(data: ComparisonData, metric: Metric, roles: Roles, fixed: Settings) -> Figure:
    look = strokes(roles.hue, list(data.means["hue"].unique()))
    rows = {name: row for row, name in enumerate(data.means["name"])}
    figure = Figure(figsize=(COLUMN_WIDTH, 1.2 + 0.28 * len(rows)))
    axes = figure.subplots()
    axes.scatter(data.seeds["value"], data.seeds["name"].map(rows), s=12, alpha=FAINT, color=INK, linewidths=0)
    for row, (_, mean) in enumerate(data.means.iterrows()):
        ends = [[mean["value"] - mean["low"]], [mean["high"] - mean["value"]]]
        pen: dict[str, Any] = {"color": look.palette[mean["hue"]], "fmt": look.markers[mean["hue"]]}
        axes.errorbar(mean["value"], row, xerr=ends, **pen, **ERROR_BAR)
        if pd.isna(mean["value"]):
            axes.plot(0.03, row, "x", color=INK, transform=axes.get_yaxis_transform())
    axes.set(xlabel=metric.label, ylabel=data.named, ylim=(len(rows) - 0.5, -0.5))
    axes.set_yticks(list(rows.values()), list(rows))
    add_note(figure, fixed)
    return figure
