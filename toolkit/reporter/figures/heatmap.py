"""Heatmaps: a metric over the values of two keys, as colours and numbers."""

from dataclasses import replace
from typing import Any

import matplotlib as mpl
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from toolkit.reporter.figures.axes import positions
from toolkit.reporter.figures.canvas import PANELS_A_ROW, add_note, panel_grid
from toolkit.reporter.figures.kind import Asked, Kind
from toolkit.reporter.figures.roles import Roles, declared_roles, panel_texts, roles_text
from toolkit.reporter.figures.style import COLUMN_WIDTH, PAGE_WIDTH, RC
from toolkit.reporter.numbers.caption_sentences import joined, over_seeds
from toolkit.reporter.numbers.metrics import Settings
from toolkit.reporter.numbers.results import Results
from toolkit.spec.reporting import FigureConfig
from toolkit.spec.words import value_text
from toolkit.tasks.measure import Measure

COLOURS = "viridis"
INCHES_A_NUMBER = 0.36
"""Width that a number needs to be read in its cell."""


def heatmap_data(results: Results, x: str, y: str, metric: Measure, roles: Roles) -> pd.DataFrame:
    """Aggregate a metric over seeds at each pair of two keys' values.

    Args:
        results: The runs to show.
        x: The key across.
        y: The key upwards.
        metric: What the colours show.
        roles: Which keys have panels.

    Returns:
        A row a setting: its keys, the metric with its interval, the counts of runs, `column`, `row` (the values as
        text) and `panel`.
    """
    keys = list(dict.fromkeys([x, y, *results.keys, *roles.panels]))
    summary = results.summarised(keys, [metric])
    return summary.assign(
        column=summary[x].map(value_text), row=summary[y].map(value_text), panel=panel_texts(summary, roles.panels)
    )


def draw_heatmap(data: pd.DataFrame, x: str, y: str, metric: Measure, fixed: Settings) -> Figure:
    """Draw one map a panel, all on one scale of colours; a cell without a finished run stays empty.

    Args:
        data: What `heatmap_data` returns.
        x: The key across.
        y: The key upwards.
        metric: What the colours show.
        fixed: The settings that all runs share, set small under the axes.

    Returns:
        A figure of a column's width, or of a page's where there are several panels or many columns.
    """
    with mpl.rc_context(RC | {"axes.grid": False}):
        titles = list(data["panel"].unique())
        columns, rows = _ordered(data[x]), _ordered(data[y])[::-1]
        figure, panels = panel_grid(titles, x, y)
        wide = len(titles) > 1 or len(columns) * INCHES_A_NUMBER > COLUMN_WIDTH - 1
        figure.set_size_inches(PAGE_WIDTH if wide else COLUMN_WIDTH, _height(len(rows), len(titles)))
        for panel, axes in panels.items():
            grid = data[data["panel"] == panel].pivot_table(metric.name, "row", "column", dropna=False)
            width = (figure.get_figwidth() - 1.2) / min(len(titles), PANELS_A_ROW) / len(columns)
            _draw(axes, grid.reindex(index=rows, columns=columns), data[metric.name], metric, width)
        bar = figure.colorbar(next(iter(panels.values())).collections[0], ax=list(panels.values()), pad=0.02)
        bar.set_label(metric.label)
        bar.outline.set_visible(False)
        add_note(figure, fixed)
    return figure


def _draw(axes: Axes, grid: pd.DataFrame, values: pd.Series, metric: Measure, width: float) -> None:
    labels: dict[str, Any] = {"xlabel": axes.get_xlabel(), "ylabel": axes.get_ylabel()}
    texts = grid.map(metric.text)
    fits = texts.map(len).to_numpy().max() * 0.07 < width
    sns.heatmap(
        grid,
        vmin=values.min(),
        vmax=values.max(),
        cmap=COLOURS,
        annot=texts if fits else False,
        fmt="",
        annot_kws={"size": 7},
        linewidths=0.5,
        cbar=False,
        ax=axes,
    )
    axes.set(**labels)
    axes.tick_params(length=0, rotation=0)


def _ordered(values: pd.Series) -> list[str]:
    places = positions(list(values.unique()))
    return [value_text(value) for value in sorted(places, key=lambda value: places[value])]


def _height(rows: int, panels: int) -> float:
    return 1.1 + (0.35 + 0.24 * max(rows, 4)) * -(-panels // PANELS_A_ROW)


def _roles(figure: FigureConfig, results: Results) -> Roles:
    roles = declared_roles(results, figure, figure.x, figure.y)
    return replace(roles, panels=[*roles.panels, *roles.lines], lines=())


def _coloured(asked: Asked) -> Measure:
    return asked.results.measures[asked.figure.value or asked.figure.y]


def _data(asked: Asked) -> pd.DataFrame:
    return heatmap_data(asked.results, asked.figure.x, asked.figure.y, _coloured(asked), asked.roles)


def _drawing(asked: Asked, data: pd.DataFrame) -> Figure:
    return draw_heatmap(data, asked.figure.x, asked.figure.y, _coloured(asked), asked.results.fixed)


def _caption(asked: Asked, _: pd.DataFrame) -> str:
    unfinished = (asked.results.summary["seeds"] == 0).any()
    return joined(
        f"{_coloured(asked).name} over {asked.figure.x} and {asked.figure.y}.",
        roles_text(asked.results, asked.roles),
        over_seeds(asked.results),
        "A cell without a finished run is empty." if unfinished else "",
    )


def _table(_: Asked, data: pd.DataFrame) -> pd.DataFrame:
    return data.drop(columns=["column", "row", "panel"])


KIND = Kind(_data, _drawing, _caption, _table, _roles)
