"""Which swept key a figure shows as what: along the axis, by colour, or in panels."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas as pd

from toolkit.reporter.figures.axes import is_number
from toolkit.reporter.numbers.caption_sentences import joined
from toolkit.reporter.numbers.metrics import setting_text
from toolkit.reporter.numbers.results import Results
from toolkit.spec.reporting import FigureConfig
from toolkit.spec.words import value_text

LOOKBACK = "model.lookback"
CELL = "model.cell"
MOST_PANELS = 12


@dataclass(frozen=True)
class Roles:
    """What each swept key is in a figure; together they are all swept keys but the seed.

    Attributes:
        x: The key along the x axis; None where no key has two numbers.
        hue: The key that colour, dash and marker tell apart; None for lines of one kind.
        panels: Keys whose combinations have a panel each.
        lines: Keys that only draw further lines, because a panel each would be too many.
        style: The key that dash and marker tell apart, if that is not the one of the colours.
    """

    x: str | None
    hue: str | None
    panels: Sequence[str]
    lines: Sequence[str] = ()
    style: str | None = None


def comparison_roles(runs: pd.DataFrame, keys: Sequence[str]) -> Roles:
    """Roles for a metric against a swept key: the lookback if it was swept, else the key with the most numbers."""
    x = _numeric_key(runs, keys)
    rest = [key for key in keys if key != x]
    return _with_panels(runs, x, CELL if CELL in rest else next(iter(rest), None), rest)


def curve_roles(runs: pd.DataFrame, keys: Sequence[str]) -> Roles:
    """Roles for a metric against the epoch: colour for the architecture, else for the only key or the second one."""
    hue = CELL if CELL in keys else comparison_roles(runs, keys).hue or next(iter(keys), None)
    return _with_panels(runs, None, hue, keys)


def declared_roles(results: Results, figure: FigureConfig, *axes: str | None) -> Roles:
    """Roles as a figure declares them; a swept key that it does not name has panels, so that nothing is mixed.

    Args:
        results: The runs that the figure shows.
        figure: What was declared.
        *axes: The keys that stand along its axes.

    Returns:
        The roles.
    """
    named = [key for key in (*axes, figure.hue, figure.style, figure.facet) if key]
    panels = [figure.facet] if figure.facet else []
    rest = results.differing_beside(named)
    roles = _with_panels(results.runs, axes[0] if axes else None, figure.hue, [*panels, *rest])
    return replace(roles, style=figure.style if figure.style != figure.hue else None)


def goes_along(runs: pd.DataFrame, key: str, hue: str | None) -> bool:
    """Whether a key's values are told by those of the key that has colours, as where both were swept together."""
    if hue is None or key == hue:
        return False
    texts = runs[[hue, key]].map(value_text)
    return len(texts[hue].unique()) > 1 and len(texts.drop_duplicates()) == texts[hue].nunique()


def place(frame: pd.DataFrame, roles: Roles) -> dict[str, pd.Series]:
    """For each row where it stands in a figure, as text: its `panel`, `hue`, `style` and `line`."""
    hue = hue_texts(frame, roles.hue)
    return {
        "panel": panel_texts(frame, roles.panels),
        "hue": hue,
        "style": hue_texts(frame, roles.style) if roles.style else hue,
        "line": panel_texts(frame, roles.lines),
    }


def roles_text(results: Results, roles: Roles) -> str:
    """What colours, line styles, panels and further lines stand for, and which keys go along with the colours."""
    along = [key for key in results.keys if key != roles.style and goes_along(results.runs, key, roles.hue)]
    return joined(
        f"Colour is {roles.hue}." if roles.hue else "",
        f"Line style and marker are {roles.style}." if roles.style else "",
        f"One panel for each {_listed(roles.panels)}." if roles.panels else "",
        f"One line for each {_listed(roles.lines)}." if roles.lines else "",
        *(f"{key} is {_along(results, key, roles.hue or key)}." for key in along),
    )


def _along(results: Results, key: str, hue: str) -> str:
    pairs = results.runs[[key, hue]].map(value_text).drop_duplicates()
    return ", ".join(f"{value} for {name}" for value, name in pairs.itertuples(index=False))


def _listed(keys: Sequence[str]) -> str:
    return " and ".join(keys)


def panel_texts(frame: pd.DataFrame, keys: Sequence[str]) -> pd.Series:
    """For each row the settings of these keys in one line, as a panel's title and a line's name."""
    texts = [setting_text(zip(keys, values, strict=True)) for values in frame[list(keys)].to_numpy(dtype=object)]
    return pd.Series(texts, index=frame.index, dtype=object)


def hue_texts(frame: pd.DataFrame, hue: str | None) -> pd.Series:
    """For each row the value of the key that colours it; empty if there is none."""
    return frame[hue].map(value_text) if hue else pd.Series("", index=frame.index, dtype=object)


def _numeric_key(runs: pd.DataFrame, keys: Sequence[str]) -> str | None:
    counts = {key: sum(map(is_number, runs[key].unique())) for key in keys}
    if counts.get(LOOKBACK, 0) > 1:
        return LOOKBACK
    most = max(counts, key=lambda key: counts[key], default=None)
    return most if most and counts[most] > 1 else None


def _with_panels(runs: pd.DataFrame, x: str | None, hue: str | None, keys: Sequence[str]) -> Roles:
    panels: list[str] = []
    lines: list[str] = []
    for key in (key for key in keys if key not in (x, hue) and not goes_along(runs, key, hue)):
        few = len(runs[[*panels, key]].drop_duplicates()) <= MOST_PANELS
        (panels if few else lines).append(key)
    return Roles(x, hue, panels, lines)
