"""The contrasts that a claim consists of: which runs are compared with which."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from toolkit.spec.claims import ClaimConfig
from toolkit.spec.reporting import is_chosen
from toolkit.spec.words import value_text

Texts: TypeAlias = Mapping[str, str]
"""Dotted keys with their values as a spec writes them."""


@dataclass(frozen=True)
class Side:
    """Runs that differ in nothing but their seed, and how they count.

    Attributes:
        sign: 1 if more of the measure speaks for the claim's setting, -1 if it speaks for the other.
        settings: What the claim asks of these runs, beside the values of `each`.
        rows: Their places among all rows.
    """

    sign: int
    settings: Texts
    rows: Sequence[int]


@dataclass(frozen=True)
class Contrast:
    """One comparison of a claim.

    Attributes:
        setting: What is said to be better.
        than: What it is compared with.
        gain: Where the gain starts and where it leads, for a claim about gains; else None.
        each: The values at which it is compared; empty where no rows can be.
        sides: The rows that are compared: two sides, or for a difference of gains four.
    """

    setting: Texts
    than: Texts
    gain: tuple[Texts, Texts] | None
    each: Texts
    sides: Sequence[Side]

    @property
    def has_rows(self) -> bool:
        """Whether there is anything to compare."""
        return all(side.rows for side in self.sides)


def contrasts_of(claim: ClaimConfig, rows: Sequence[Texts]) -> list[Contrast]:
    """Spell out a claim's contrasts.

    Each value of `setting` is compared with each of `than`, at every combination of the values of `each` that rows of
    all sides have.

    Args:
        claim: The claim.
        rows: The settings of each run (of each run's lags or distances, if the claim names these), with a text for
            every key that the claim names.

    Returns:
        The contrasts; where values of `setting` and `than` have no rows in common combinations, one without rows.
    """
    chosen = [place for place, row in enumerate(rows) if is_chosen(row, claim.where)]
    gains: list[tuple[Texts, Texts] | None] = [None]
    if claim.gain:
        gains = list(itertools.product(alternatives(claim.gain.from_), alternatives(claim.gain.to)))
    found = []
    for setting, than, gain in itertools.product(alternatives(claim.setting), alternatives(claim.than), gains):
        signed = _signed(setting, than, gain)
        groups = [_by_each(rows, chosen, settings, claim.each) for _, settings in signed]
        shared = [values for values in groups[0] if all(values in group for group in groups)]
        for values in shared or [()]:
            sides = [
                Side(sign, settings, group.get(values, []) if shared else [])
                for (sign, settings), group in zip(signed, groups, strict=True)
            ]
            found.append(Contrast(setting, than, gain, dict(zip(claim.each, values, strict=False)), sides))
    return found


def alternatives(settings: Mapping[str, Any]) -> list[Texts]:
    """Every combination of the values that settings list, as texts."""
    lists = [map(value_text, value if isinstance(value, list) else [value]) for value in settings.values()]
    return [dict(zip(settings, values, strict=True)) for values in itertools.product(*lists)]


def _signed(setting: Texts, than: Texts, gain: tuple[Texts, Texts] | None) -> list[tuple[int, Texts]]:
    if gain is None:
        return [(1, setting), (-1, than)]
    start, end = gain
    return [(1, {**setting, **end}), (-1, {**setting, **start}), (-1, {**than, **end}), (1, {**than, **start})]


def _by_each(
    rows: Sequence[Texts], chosen: Sequence[int], settings: Texts, each: Sequence[str]
) -> dict[tuple[str, ...], list[int]]:
    """The places of the rows with these settings, by their values of the keys of `each`."""
    found: dict[tuple[str, ...], list[int]] = {}
    for place in chosen:
        row = rows[place]
        if all(row[key] == text for key, text in settings.items()):
            found.setdefault(tuple(row[key] for key in each), []).append(place)
    return found
