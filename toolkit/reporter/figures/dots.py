"""Dots: a metric of named settings, one below the other, where no swept key is numeric."""

from typing import Any

import matplotlib as mpl
import pandas as pd
from matplotlib.figure import Figure

from toolkit.reporter.figures.canvas import add_note
from toolkit.reporter.figures.comparison import ComparisonData, compared, comparison_caption, comparison_table
from toolkit.reporter.figures.kind import Asked, Kind
from toolkit.reporter.figures.lines import ERROR_BAR, strokes_of
from toolkit.reporter.figures.roles import Roles
from toolkit.reporter.figures.style import COLUMN_WIDTH, FAINT, INK, RC
from toolkit.reporter.numbers.metrics import Settings
from toolkit.tasks.measure import Measure


def draw_dots(data: ComparisonData, metric: Measure, roles: Roles, fixed: Settings) -> Figure:
    """Draw each setting's mean with its interval, and every seed faintly behind it.

    Args:
        data: What `comparison_data` returns, without an x axis.
        metric: Names the x axis.
        roles: What each key is in the figure.
        fixed: The settings that all runs share, set small under the axes.

    Returns:
        A figure of a column's width.
    """
    with mpl.rc_context(RC):
        look = strokes_of(data.means, roles)
        rows = {name: row for row, name in enumerate(data.means["name"])}
        figure = Figure(figsize=(COLUMN_WIDTH, 1.2 + 0.28 * len(rows)))
        axes = figure.subplots()
        axes.scatter(data.seeds["value"], data.seeds["name"].map(rows), s=12, alpha=FAINT, color=INK, linewidths=0)
        for row, (_, mean) in enumerate(data.means.iterrows()):
            ends = [[mean["value"] - mean["low"]], [mean["high"] - mean["value"]]]
            pen: dict[str, Any] = {"color": look.palette[mean["hue"]], "fmt": look.markers[mean["style"]]}
            axes.errorbar(mean["value"], row, xerr=ends, **pen, **ERROR_BAR)
            if pd.isna(mean["value"]):
                axes.plot(0.03, row, "x", color=INK, transform=axes.get_yaxis_transform())
        axes.set(xlabel=metric.label, ylabel=data.named, ylim=(len(rows) - 0.5, -0.5))
        axes.set_yticks(list(rows.values()), list(rows))
        add_note(figure, fixed)
    return figure


def _draw(asked: Asked, data: ComparisonData) -> Figure:
    return draw_dots(data, asked.metric, asked.roles, asked.results.fixed)


KIND = Kind(compared, _draw, comparison_caption, comparison_table)
"""No spec asks for it: a report has it where a line would have no axis."""
