"""When a claim holds: the differences that it allows, where an interval lies, and the verdict over all contrasts."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from toolkit.spec.claims import ClaimConfig

HOLDS, FAILS, OPEN = "holds", "does not hold", "cannot be told apart from chance"
ONE_SEED, NOT_MEASURED = "one seed: nothing can be said about chance", "not measured"

FOR, AGAINST, NEITHER, SINGLE, ABSENT = "for", "against", "neither", "one seed", "not measured"
"""What a contrast says of its claim."""


@dataclass(frozen=True)
class Region:
    """The differences with which a claim agrees, between two ends that are not part of it."""

    low: float
    high: float

    def depth(self, difference: float) -> float:
        """How far inside a difference lies, below 0 if it is outside."""
        return min(difference - self.low, self.high - difference)

    def holds(self, low: float, high: float) -> bool:
        """Whether a whole interval lies inside."""
        return self.low < low and high < self.high

    def excludes(self, low: float, high: float) -> bool:
        """Whether a whole interval lies outside."""
        return high <= self.low or low >= self.high


def region_of(claim: ClaimConfig) -> Region:
    """The differences with which a claim agrees, positive where its setting is better."""
    match claim.is_:
        case "better":
            return Region(claim.margin, math.inf)
        case "not better":
            return Region(-math.inf, claim.margin)
        case _:
            return Region(-claim.margin, claim.margin)


def stance(region: Region, seeds: int, interval: tuple[float, float], corrected: tuple[float, float]) -> str:
    """What one contrast says of its claim.

    Args:
        region: The differences with which the claim agrees.
        seeds: Number of seeds that the contrast is over.
        interval: The 95% interval of its mean difference.
        corrected: The same at the level that is corrected for all contrasts of the claim.
    """
    if seeds < 2:
        return SINGLE if seeds else ABSENT
    if region.holds(*interval):
        return FOR
    return AGAINST if region.excludes(*corrected) else NEITHER


def verdict_of(stances: Sequence[str]) -> str:
    """The verdict on a claim by what its contrasts say.

    A claim holds if each contrast's 95% interval lies inside its region: this is an intersection-union test (Berger,
    1982), whose level is that of its parts, so that it needs no correction. It does not hold if an interval at the
    level that Bonferroni corrects for the number of contrasts lies outside, whatever is unknown of the others.
    """
    if AGAINST in stances:
        return FAILS
    if not stances or ABSENT in stances:
        return NOT_MEASURED
    if set(stances) == {SINGLE}:
        return ONE_SEED
    return HOLDS if set(stances) == {FOR} else OPEN
