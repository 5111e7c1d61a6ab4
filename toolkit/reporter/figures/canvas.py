"""What the figures share: a grid of panels, the legend above it and the note of fixed settings below."""

import re
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from toolkit.reporter.figures.roles import Roles
from toolkit.reporter.figures.style import COLUMN_WIDTH, INK, PAGE_WIDTH, RC, Strokes
from toolkit.reporter.numbers.metrics import Settings, setting_text

PANELS_A_ROW = 3
MOST_LEGEND_ENTRIES = 6
TITLE_LINE = 0.15
"""Height of a further line of a panel's title, in inches."""
NO_BREAK = "\N{NO-BREAK SPACE}"

_NO_METADATA = {
    "svg": dict.fromkeys(("Date", "Creator", "Format", "Type")),
    "png": {"Software": None},
    "pdf": dict.fromkeys(("CreationDate", "Creator", "Producer")),
}


@dataclass(frozen=True)
class Drawn:
    """A finished figure.

    Attributes:
        name: Its files' name.
        figure: The drawing.
        caption: What it shows, over how many seeds, and what its interval is.
        data: The numbers that are drawn.
    """

    name: str
    figure: Figure
    caption: str
    data: pd.DataFrame


def panel_grid(titles: Sequence[str], xlabel: str, ylabel: str, shared: bool = True) -> tuple[Figure, dict[str, Axes]]:
    """A figure with one axes a panel, all on the same scales unless these are not shared.

    Args:
        titles: The panels' titles, distinct; a single panel may have an empty one.
        xlabel: Key or name of the x axis, with its unit.
        ylabel: The same of the y axis.
        shared: Whether all panels have the same scales.

    Returns:
        The figure, a column wide for one panel and a page wide for several; and title to axes.
    """
    columns = 2 if len(titles) == 4 else min(len(titles), PANELS_A_ROW)
    rows = -(-len(titles) // columns)
    # One setting a line: several side by side run into the next panel's.
    lines = {title: re.sub(r", (?=\w+\.\w)", "\n", title) if columns > 1 else title for title in titles}
    tall = 1.2 + (1.7 + TITLE_LINE * max(text.count("\n") for text in lines.values())) * rows
    figure = Figure(figsize=(PAGE_WIDTH, tall) if columns > 1 else (COLUMN_WIDTH, 2.9))
    grid = figure.subplots(rows, columns, sharex=shared, sharey=shared, squeeze=False)
    panels = dict(zip(titles, grid.flat, strict=False))
    for title, axes in panels.items():
        axes.set_title(lines[title])
    for axes in grid.flat[len(titles) :]:
        axes.remove()
    for axes in list(panels.values())[-columns:]:
        axes.tick_params(labelbottom=True)
        axes.set_xlabel(xlabel)
    for row in grid:
        row[0].set_ylabel(ylabel)
    return figure, panels


def axis_span(figure: Figure, panels: Sequence[Axes]) -> float:
    """About how far apart the outermost values of a panel's x axis are, in inches, before the layout is known."""
    return figure.get_figwidth() / min(len(panels), PANELS_A_ROW) * 0.73


def add_legend(figure: Figure, roles: Roles, look: Strokes, others: Sequence[Line2D] = (), style: str = "line") -> None:
    """Name the lines above the panels, or the points if `style` is `marker`; of very many values some are left out."""
    colours, styles = _samples(roles, look, _POINT if style == "marker" else {})
    if styles:
        set_legend(figure, roles, [colours, [*styles, *others]], style)
    else:
        set_legend(figure, roles, [[*colours, *others]])


def set_legend(figure: Figure, roles: Roles, groups: Sequence[Sequence[Artist]], style: str = "line") -> None:
    """Put samples with their labels above the panels, under the names of the keys whose values they are.

    Args:
        figure: The figure.
        roles: What each key is in it.
        groups: Groups of samples, each set in as many lines as it takes.
        style: What tells the values of the key of the line styles apart.
    """
    if not any(groups):
        return
    narrow = figure.get_figwidth() < PAGE_WIDTH
    longest, most = max(map(len, groups)), 3 if narrow else 6
    columns = -(-longest // -(-longest // most))
    lines = [group[start : start + columns] for group in groups for start in range(0, len(group), columns)]
    rows = [[*line, *[_NOTHING] * (columns - len(line))] for line in lines]
    keys = (
        [f"{roles.hue} (colour)", f"{roles.style} ({style})"] if roles.hue and roles.style else [roles.hue, roles.style]
    )
    figure.legend(
        handles=[handle for column in zip(*rows, strict=True) for handle in column],
        title=", ".join(key for key in keys if key) or None,
        loc="outside upper center",
        ncols=columns,
        handlelength=2.8,
        columnspacing=1.4,
    )


def add_note(figure: Figure, fixed: Settings) -> None:
    """Set the fixed settings small at the foot of the figure, a key and its value on one line."""
    settings = (setting_text([setting]).replace(" ", NO_BREAK) for setting in fixed)
    lines = textwrap.wrap(", ".join(settings), int(figure.get_figwidth() * 21), break_on_hyphens=False)
    box = {"boxstyle": "round,pad=0.3", "facecolor": "none", "edgecolor": "#bbbbbb", "linewidth": 0.5}
    figure.supxlabel("\n".join(lines), fontsize=6, color=INK, bbox=box)


def render(figure: Figure, kind: str) -> bytes:
    """The figure as a file: the same bytes for the same figure.

    Its layout is found for the first file and kept for the others: it takes several times as long as the drawing.

    Args:
        figure: What is drawn.
        kind: `png` (200 dots an inch), `svg` or `pdf`.

    Returns:
        The file's content.
    """
    FigureCanvasAgg(figure)
    content = BytesIO()
    with mpl.rc_context(RC):
        figure.savefig(content, format=kind, metadata=_NO_METADATA[kind])
    figure.set_layout_engine(None)
    return content.getvalue()


_NOTHING = Line2D([], [], linestyle="", label=" ")
_POINT: dict[str, Any] = {"linestyle": "", "marker": "o"}


def _samples(roles: Roles, look: Strokes, pen: dict[str, Any]) -> tuple[list[Line2D], list[Line2D]]:
    """Samples of the colours and, if these belong to another key, of the line styles."""
    shown = _some(look.palette) if roles.hue else []
    if not look.apart:
        return [_sample(look, name, pen) for name in shown], []
    in_ink = replace(look, palette=dict.fromkeys(look.dashes, INK))
    colours = [Line2D([], [], **{"color": look.palette[name], "label": name, **pen}) for name in shown]
    return colours, [_sample(in_ink, name, pen) for name in _some(look.dashes)]


def _sample(look: Strokes, name: str, pen: dict[str, Any]) -> Line2D:
    return Line2D([], [], **{**look.line(name, name), **pen, "marker": look.markers[name], "label": name})


def _some(values: Iterable[str]) -> list[str]:
    names = list(values)
    shown = min(len(names), MOST_LEGEND_ENTRIES)
    return [names[round(place)] for place in np.linspace(0, len(names) - 1, shown)]
