"""Lines: a metric against a swept key, with an interval at each point and every seed faintly behind it."""

from typing import Any

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.transforms import ScaledTranslation, Transform

from toolkit.reporter.figures.axes import set_logarithmic, set_scale, visible_range
from toolkit.reporter.figures.canvas import add_legend, add_note, axis_span, panel_grid
from toolkit.reporter.figures.comparison import ComparisonData, compared, comparison_caption, comparison_table, is_thin
from toolkit.reporter.figures.kind import Asked, Kind, along_x
from toolkit.reporter.figures.roles import Roles
from toolkit.reporter.figures.style import FAINT, INK, RC, Strokes, styled
from toolkit.reporter.numbers.metrics import Settings
from toolkit.tasks.measure import Measure

ERROR_BAR: dict[str, Any] = {"elinewidth": 0.9, "capsize": 2, "capthick": 0.9}
STEP, WIDEST = 2.4, 12
"""How far apart, in points, lines with intervals stand at one value, and the first and the last of them at most."""
COUNT_BARS = 0.22
"""Height of the bars that say how many sentences a point is over, as a share of the panel."""


def draw_lines(
    data: ComparisonData, metric: Measure, roles: Roles, fixed: Settings, log: tuple[str, ...] = (), x: str = ""
) -> Figure:
    """Draw means as lines with an interval at each point and every seed faintly behind them.

    Lines with intervals stand a little apart at each value. A point over few sentences is faint and by itself.

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
        span = axis_span(figure, list(panels.values()))
        for panel, axes in panels.items():
            means = data.means[data.means["panel"] == panel].sort_values("x", kind="stable")
            _draw_counts(axes, data.counts, panel)
            _draw_panel(axes, means, data.seeds[data.seeds["panel"] == panel], look, span * 72 / len(data.places))
            axes.set_ylim(*_limits(data, metric, "y" in log))
            set_scale(axes, data.places, span, True if "x" in log else None)
            set_logarithmic(axes, [name for name in log if name == "y"])
        add_legend(figure, roles, look)
        add_note(figure, fixed)
    return figure


def strokes_of(frame: pd.DataFrame, roles: Roles) -> Strokes:
    """Strokes for all values of the columns `hue` and `style` of a figure's data."""
    return styled(roles.hue, list(frame["hue"].unique()), roles.style, list(frame["style"].unique()))


def _limits(data: ComparisonData, metric: Measure, logarithmic: bool) -> tuple[float, float]:
    means, seeds = (frame[~is_thin(frame)] for frame in (data.means, data.seeds))
    points = pd.concat([data.means["value"], seeds["value"]])
    return visible_range(points, means["low"], means["high"], metric.most, logarithmic)


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


def _draw_panel(axes: Axes, means: pd.DataFrame, seeds: pd.DataFrame, look: Strokes, room: float) -> None:
    lines = dict(list(means.groupby(LINE, sort=False)))
    behind = dict(list(seeds[~is_thin(seeds)].groupby(LINE, sort=False)))
    shifts = _shifts(axes, len(lines), min(WIDEST, room / 2) if means["low"].notna().any() else 0)
    for (kind, line), shift in zip(lines.items(), shifts, strict=True):
        hue, style, _ = map(str, kind)
        point: dict[str, Any] = {"color": look.palette[hue], "marker": look.markers[style], "linewidths": 0}
        faint = [behind[kind]] if kind in behind else []
        thin = is_thin(line)
        for group, size in [(group, 12) for group in faint] + [(line[thin], 20)]:
            axes.scatter(group["x"], group["value"], s=size, alpha=FAINT, transform=shift, **point)
        _draw_line(axes, line[~thin], look.line(hue, style) | {"marker": look.markers[style]}, shift)
    nothing = means[means["value"].isna()]
    axes.scatter(
        nothing["x"],
        [0.03] * len(nothing),
        color=nothing["hue"].map(look.palette),
        marker="x",
        transform=axes.get_xaxis_transform(),
        clip_on=False,
    )


LINE = ["hue", "style", "line"]
"""What sets a line apart within a panel."""


def _draw_line(axes: Axes, line: pd.DataFrame, pen: dict[str, Any], shift: Transform) -> None:
    axes.plot(line["x"], line["value"], transform=shift, markeredgecolor="white", markeredgewidth=0.5, **pen)
    spread = line.dropna(subset=["low"])
    ends = [spread["value"] - spread["low"], spread["high"] - spread["value"]]
    axes.errorbar(
        spread["x"], spread["value"], ends, fmt="none", ecolor=pen["color"], transform=shift, zorder=1.9, **ERROR_BAR
    )


def _shifts(axes: Axes, count: int, widest: float) -> list[Transform]:
    """Where each of several lines is drawn: beside its values, so that intervals do not hide one another."""
    inches = axes.figure.dpi_scale_trans
    step = min(STEP, widest / max(count - 1, 1)) / 72
    return [axes.transData + ScaledTranslation((n - (count - 1) / 2) * step, 0, inches) for n in range(count)]


def _draw(asked: Asked, data: ComparisonData) -> Figure:
    return draw_lines(data, asked.metric, asked.roles, asked.results.fixed, asked.log)


KIND = Kind(compared, _draw, comparison_caption, comparison_table, along_x)
"""A line over settings; `groups` and `lags` have those over other axes."""
