"""A kind of figure: the data that it shows, its drawing and its caption, which a file each puts together."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, TypeVar

import pandas as pd
from matplotlib.figure import Figure

from toolkit.entries import found
from toolkit.reporter.figures.canvas import Drawn
from toolkit.reporter.figures.roles import Roles, declared_roles
from toolkit.reporter.numbers.results import Results
from toolkit.spec.figure_kinds import figure_kind
from toolkit.spec.reporting import FigureConfig
from toolkit.tasks.measure import Measure
from toolkit.tasks.task import Group

Data = TypeVar("Data")


@dataclass(frozen=True)
class Asked:
    """A figure that is asked for.

    Attributes:
        figure: What a spec declares, or a report suggests by itself.
        results: The runs that it shows.
        roles: What each key is in it.
    """

    figure: FigureConfig
    results: Results
    roles: Roles

    @cached_property
    def metric(self) -> Measure:
        """The measure of runs on its vertical axis."""
        return self.results.measures[self.figure.y]

    @property
    def group(self) -> Group:
        """The group on its horizontal axis."""
        return self.results.known_groups[self.figure.x]

    @property
    def log(self) -> tuple[str, ...]:
        """Its axes with a logarithmic scale."""
        return tuple(self.figure.log)


def along_x(figure: FigureConfig, results: Results) -> Roles:
    """Roles as declared, with a key along the horizontal axis."""
    return declared_roles(results, figure, figure.x)


def along_none(figure: FigureConfig, results: Results) -> Roles:
    """Roles as declared, without a key along an axis."""
    return declared_roles(results, figure)


@dataclass(frozen=True)
class Kind(Generic[Data]):
    """What a figure of one kind is made by; its row in `toolkit.spec.figure_kinds` says what it takes.

    Attributes:
        data: What it shows; None where there is nothing to show.
        draw: The drawing of that.
        caption: What it shows in words, over how many seeds, and what its interval is.
        table: The numbers that are drawn, as its CSV file has them.
        roles: What each key is in a figure as it was declared.
    """

    data: Callable[[Asked], Data | None]
    draw: Callable[[Asked, Data], Figure]
    caption: Callable[[Asked, Data], str]
    table: Callable[[Asked, Data], pd.DataFrame]
    roles: Callable[[FigureConfig, Results], Roles] = along_none

    def drawn(self, figure: FigureConfig, results: Results, roles: Roles | None = None) -> Drawn | None:
        """The finished figure; None where there is nothing to show.

        Args:
            figure: What is asked for.
            results: The runs to show.
            roles: What each key is in it; None for what the figure declares.
        """
        asked = Asked(figure, results, self.roles(figure, results) if roles is None else roles)
        data = self.data(asked)
        if data is None:
            return None
        caption = self.caption(asked, data) if figure.caption is None else figure.caption
        return Drawn(figure.name, self.draw(asked, data), caption, self.table(asked, data))


def kind_of(figure: FigureConfig, results: Results) -> "Kind[object]":
    """The kind that a figure of these results is of."""
    kind: Kind[object] = found(figure_kind(figure.kind, figure.x, results.known_groups).drawn)
    return kind
