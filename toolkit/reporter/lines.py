"""Lines: a metric against a swept key, with an interval at each point and every seed faintly behind it."""

from typing import Any

import matplotlib as mpl
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from toolkit.reporter.axes import set_logarithmic, set_scale, visible_range
from toolkit.reporter.canvas import add_legend, add_note, axis_span, panel_grid
from toolkit.reporter.comparison import ComparisonData
from toolkit.reporter.metrics import Metric, Settings
from toolkit.reporter.roles import Roles
from toolkit.reporter.style import FAINT, INK, RC, Strokes, styled

ERROR_BAR: dict[str, Any] = {"elinewidth": 0.9, "capsize": 2, "capthick": 0.9}
COUNT_BARS = 0.22
"""Height of the bars that say how many sentences a point is over, as a share of the panel."""


def draw_lines(
    data: ComparisonData, metric: Metric, roles: Roles, fixed: Settings, log: tuple[str, ...] = (), x: str = ""
) -> Figure:
    """Draw means as lines with an interval at each point and every seed faintly behind them.

    Args:
        data: What `comparison_data` returns, with an x axis.
        metric: Names the y axis.
        roles: What each key is in the figure.
        fixed: The settings that all runs share, set small under the axes.
        log: Which of `x` and `y` have a logarithmic scale in any case.
        x: Names the x axis, if that is no key.

    Returns:
        A figure of a column's width, or of a page's where there are several panels.
    """
    with mpl.rc_context(RC):
        look = strokes_of(data.means, roles)
        figure, panels = panel_grid(list(data.means["panel"].unique()), x or str(roles.x), metric.label)
        for panel, axes in panels.items():
            means = data.means[data.means["panel"] == panel].sort_values("x", kind="stable")
            _draw_counts(axes, data.counts, panel)
            _draw_seeds(axes, data.seeds[data.seeds["panel"] == panel], look)
            _draw_means(axes, means, look)
            set_scale(axes, data.places, axis_span(figure, list(panels.values())), True if "x" in log else None)
            set_logarithmic(axes, [name for name in log if name == "y"])
        next(iter(panels.values())).set_ylim(*_limits(data))
        add_legend(figure, roles, look)
        add_note(figure, fixed)
    return figure


def strokes_of(frame: pd.DataFrame, roles: Roles) -> Strokes:
    """Strokes for all values of the columns `hue` and `style` of a figure's data."""
    return styled(roles.hue, list(frame["hue"].unique()), roles.style, list(frame["style"].unique()))


def _limits(data: ComparisonData) -> tuple[float, float]:
    points = pd.concat([data.means["value"], data.seeds["value"]])
    return visible_range(points, data.means["low"], data.means["high"])


def _draw_counts(axes: Axes, counts: pd.DataFrame | None, panel: str) -> None:
    if counts is None:
        return
    own = counts[counts["panel"] == panel]
    behind = axes.twinx()
    behind.bar(own["x"], own["count"], width=0.7, color=INK, alpha=0.15, linewidth=0)
    behind.set_ylim(0, own["count"].max() / COUNT_BARS)
    behind.set_yticks([0, int(own["count"].max())])
    behind.tick_params(labelsize=6, length=2)
    behind.grid(False)
    behind.set_ylabel("sentences (bars)", fontsize=6, loc="bottom")
    axes.set_zorder(behind.get_zorder() + 1)
    axes.patch.set_visible(False)


def _draw_seeds(axes: Axes, seeds: pd.DataFrame, look: Strokes) -> None:
    for (hue, style), group in seeds.groupby(["hue", "style"], sort=False):
        pen: dict[str, Any] = {"color": look.palette[str(hue)], "marker": look.markers[str(style)]}
        axes.scatter(group["x"], group["value"], s=12, alpha=FAINT, linewidths=0, **pen)


def _draw_means(axes: Axes, means: pd.DataFrame, look: Strokes) -> None:
    labels = axes.get_xlabel(), axes.get_ylabel()
    sns.lineplot(
        means,
        x="x",
        y="value",
        hue="hue",
        style="style",
        units="line",
        estimator=None,
        hue_order=list(look.palette),
        style_order=list(look.dashes),
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
