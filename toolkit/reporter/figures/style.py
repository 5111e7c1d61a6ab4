"""How figures look: one colour, dash and marker an architecture, and sizes for a paper's column."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import seaborn as sns

COLUMN_WIDTH = 3.4
"""Inches; one column of a two-column paper."""

PAGE_WIDTH = 7.0
"""Inches; both columns."""

RC: dict[Any, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 8,
    "axes.labelsize": 8.5,
    "axes.titlesize": 8,
    "xtick.labelsize": 8,
    "ytick.labelsize": 8,
    "legend.fontsize": 8,
    "legend.title_fontsize": 8,
    "legend.frameon": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.7,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#e4e4e4",
    "grid.linewidth": 0.5,
    "lines.linewidth": 1.4,
    "lines.markersize": 4.5,
    "figure.constrained_layout.use": True,
    "figure.dpi": 100,
    "savefig.dpi": 200,
    "savefig.facecolor": "white",
    "text.parse_math": False,
    "svg.fonttype": "path",
    "svg.hashsalt": "toolkit",
}
"""Matplotlib settings of every figure, on top of its defaults."""

INK = "#333333"
FAINT = 0.35

_PALETTE: Sequence[str] = sns.color_palette("colorblind").as_hex()
_DASHES: Sequence[Any] = ("", (4, 1.6), (1, 1.4), (5, 1.5, 1, 1.5), (3, 1.2, 1, 1.2, 1, 1.2))
_MARKERS = ("o", "s", "^", "D", "v", "P")


@dataclass(frozen=True)
class Strokes:
    """How lines are drawn.

    Attributes:
        palette: The colour of each value of the key that has colours.
        dashes: The dash pattern of each value of the key that has line styles, often the same key.
        markers: The marker of each value of that key.
        apart: Whether line styles belong to a key of their own.
    """

    palette: Mapping[str, str]
    dashes: Mapping[str, Any]
    markers: Mapping[str, str]
    apart: bool = False

    def line(self, hue: str, style: str) -> dict[str, Any]:
        """Matplotlib's colour and dash pattern of a line."""
        return {"color": self.palette[hue], "linestyle": (0, self.dashes[style]) if self.dashes[style] else "-"}


ARCHITECTURES = ("rnn", "gru", "lstm")
"""Cells that keep their place in the palette in every figure; others come after them."""

MOST_DASHES = 6
"""More values than this are told apart as a scale of colours."""

_ARCHITECTURE_COLOURS = (_PALETTE[0], _PALETTE[3], _PALETTE[2])


def strokes(key: str | None, values: Sequence[str]) -> Strokes:
    """Choose colours, dashes and markers that tell a key's values apart, in print without colour as well.

    Args:
        key: The dotted key; `model.cell` has fixed colours throughout the project. None: all lines are one.
        values: Its values as text, in their order.

    Returns:
        A stroke for each value.
    """
    order = _architecture_places(values) if key == "model.cell" else list(range(len(values)))
    colours = _colours(key, max(order, default=0) + 1)
    if key != "model.cell" and len(values) > MOST_DASHES:
        scale = _by_size(values)
        return Strokes(dict(zip(scale, colours, strict=True)), dict.fromkeys(scale, ""), dict.fromkeys(scale, "o"))
    return Strokes(
        {value: colours[place] for value, place in zip(values, order, strict=True)},
        {value: _DASHES[place % len(_DASHES)] for value, place in zip(values, order, strict=True)},
        {value: _MARKERS[place % len(_MARKERS)] for value, place in zip(values, order, strict=True)},
    )


def styled(hue: str | None, hues: Sequence[str], style: str | None, styles: Sequence[str]) -> Strokes:
    """Strokes whose colours tell one key's values apart, and whose dashes and markers another's.

    Colours that no dash goes along with differ in how dark they are, for prints without colour.

    Args:
        hue: The dotted key that has colours.
        hues: Its values as text.
        style: The dotted key that has dashes and markers; None if colours, dashes and markers tell the same apart.
        styles: Its values as text.

    Returns:
        A stroke for each pair of values.
    """
    coloured = strokes(hue, hues)
    if style is None:
        return coloured
    dashed = strokes(style, styles)
    graded = dict(zip(_by_size(hues), sns.color_palette("viridis", len(hues)).as_hex(), strict=True))
    palette = coloured.palette if hue in (None, "model.cell") else graded
    return Strokes(palette, dashed.dashes, dashed.markers, apart=True)


def _by_size(values: Sequence[str]) -> Sequence[str]:
    """The values along a scale of colours: in order of size if all are numbers, else as they come."""
    try:
        return sorted(values, key=float)
    except ValueError:
        return values


def _architecture_places(values: Sequence[str]) -> list[int]:
    others = [value for value in values if value not in ARCHITECTURES]
    return [(*ARCHITECTURES, *others).index(value) for value in values]


def _colours(key: str | None, count: int) -> Sequence[str]:
    if key == "model.cell":
        rest = [colour for colour in _PALETTE if colour not in _ARCHITECTURE_COLOURS]
        return [*_ARCHITECTURE_COLOURS, *rest * count][:count]
    if key is None:
        return [INK]
    named = [_PALETTE[place] for place in (4, 1, 9, 5, 7, 8)]
    return named if count <= MOST_DASHES else sns.color_palette("viridis", count).as_hex()
