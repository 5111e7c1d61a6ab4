"""The kinds of figures as the language knows them: a row each, of what stands along its axes and where it is drawn."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic_core import PydanticKnownError

KEYS, MEASURES, CURVES, GROUPS, EACH_GROUP = "keys", "measures", "curves", "groups", "grouped"
"""Columns that there are several of: dotted keys of runs, what is measured of a run, at every epoch, by which groups,
and for each value of a group."""
EPOCH, LAG, NORM, SENTENCES, SETTINGS = "epoch", "lag", "norm", "sentences", "settings"
"""Columns of a name of their own."""

SCALELESS = "bars stand side by side, so x has no scale; use [y], or kind: line"
BY_LAG = "a figure over the lag has none; leave it out"
BY_COLOUR = "a heatmap has none, its colours show value; leave it out, or use facet"


@dataclass(frozen=True)
class FigureKind:
    """A kind of figure, or what it is over some axis: a `line` over settings, over the lag and over a group are three.

    Attributes:
        name: What a spec writes for `kind`.
        drawn: Where its data, drawing and caption are, as `package.module:NAME`; imported where one is drawn.
        x: What stands on its horizontal axis: columns, or names of several from above.
        y: The same of its vertical axis.
        coloured: Whether it takes `value`, the measure that its colours show, and needs it.
        without: What has no effect in it, with the mend: `hue`, `style`, `facet`, `log`, or `log.x` for one axis.
    """

    name: str
    drawn: str
    x: tuple[str, ...]
    y: tuple[str, ...] = (MEASURES,)
    coloured: bool = False
    without: Mapping[str, str] = field(default_factory=dict)

    def is_over(self, x: str, groups: Collection[str]) -> bool:
        """Whether this column, and no other kind of column of the same name, is its horizontal axis."""
        return x in self.x or (GROUPS in self.x and x in groups)


ROOM = "toolkit.reporter.figures"
FIGURE_KINDS = [
    FigureKind("line", f"{ROOM}.lines:KIND", (KEYS,)),
    FigureKind("line", f"{ROOM}.groups:LINES", (GROUPS,), (EACH_GROUP,)),
    FigureKind("line", f"{ROOM}.lags:KIND", (LAG,), (NORM,), without={"style": BY_LAG, "log": BY_LAG}),
    FigureKind("bar", f"{ROOM}.bars:KIND", (KEYS,), without={"log.x": SCALELESS}),
    FigureKind("bar", f"{ROOM}.groups:BARS", (GROUPS,), (EACH_GROUP,), without={"log.x": SCALELESS}),
    FigureKind(
        "heatmap",
        f"{ROOM}.heatmap:KIND",
        (KEYS,),
        (KEYS,),
        coloured=True,
        without=dict.fromkeys(("hue", "style", "log"), BY_COLOUR),
    ),
    FigureKind("scatter", f"{ROOM}.scatter:KIND", (MEASURES, KEYS)),
    FigureKind("curves", f"{ROOM}.curves:KIND", (EPOCH,), (CURVES,)),
    FigureKind("histogram", f"{ROOM}.histogram:KIND", (GROUPS,), (SENTENCES,)),
    FigureKind("parallel", f"{ROOM}.parallel:KIND", (SETTINGS,)),
    FigureKind("importance", f"{ROOM}.importance:KIND", (SETTINGS,)),
]
"""Whoever adds a kind adds its file, and a row here."""


def kind_names() -> list[str]:
    """What a spec can write for `kind`."""
    return list(dict.fromkeys(kind.name for kind in FIGURE_KINDS))


def rows_of(name: str) -> list[FigureKind]:
    """The rows of a kind, for its different axes."""
    return [kind for kind in FIGURE_KINDS if kind.name == name]


def figure_kind(name: str, x: str, groups: Collection[str]) -> FigureKind:
    """The row that a figure is of: the one for its horizontal axis, else the first of its kind.

    Args:
        name: What it writes for `kind`.
        x: What it writes for `x`.
        groups: The groups that measures can be split by.
    """
    rows = rows_of(name)
    return next((row for row in rows if row.is_over(x, groups)), rows[0])


def known_kind(name: Any) -> Any:
    """The name of a kind, or a mistake of the spec."""
    *others, last = (f"'{each}'" for each in kind_names())
    if name not in kind_names():
        raise PydanticKnownError("literal_error", {"expected": f"{', '.join(others)} or {last}"})
    return name
