"""What a verdict on a claim is based on, in words."""

import pandas as pd

from toolkit.reporter.answer.phrasing import Row, name_of
from toolkit.reporter.claims.verdicts import AGAINST, FAILS, FOR, OPEN, region_of
from toolkit.reporter.numbers.statistics import CONFIDENCE
from toolkit.spec.claims import ClaimConfig, is_within_runs
from toolkit.spec.words import plural, value_text
from toolkit.tasks.measure import Measure


def evidence(claim: ClaimConfig, measure: Measure, contrasts: pd.DataFrame, verdict: str) -> str:
    """Say how many contrasts agree with a claim, and which of those that decide on it agrees least.

    Args:
        claim: The claim.
        measure: What it compares.
        contrasts: Its contrasts, as a JudgedClaim has them.
        verdict: What they came to.
    """
    measured = contrasts[contrasts["seeds"] > 0]
    if not len(measured):
        named = " and ".join(filter(is_within_runs, claim.keys))
        return f"no finished run was measured at the {named} that it names" if named else "no finished runs to compare"
    depths = measured["difference"].map(region_of(claim).depth)
    deciding = {FAILS: measured["says"] == AGAINST, OPEN: measured["says"] != FOR}.get(verdict, measured["seeds"] > 0)
    row = measured.assign(depth=depths)[deciding].sort_values("depth", kind="stable").iloc[0].to_dict()
    value = _value(row, measure, len(contrasts) if verdict == FAILS else 1)
    if len(contrasts) == 1:
        margin = f", margin {_margin(claim, measure)}" if claim.margin else ""
        return f"{_noun(claim)} {value} over {_seeds(measured)}{margin}"
    agreeing, absent = int((depths > 0).sum()), len(contrasts) - len(measured)
    parts = [
        f"{agreeing} of {len(contrasts)} contrasts {_agreeing(claim, measure)} over {_seeds(measured)}",
        *([f"{absent} not measured"] if absent else []),
        f"{_which(claim, measured, verdict)} {value}{_place(row, claim, contrasts)}",
    ]
    return "; ".join(parts)


def _agreeing(claim: ClaimConfig, measure: Measure) -> str:
    """What a contrast is that agrees with a claim."""
    if claim.is_ == "the same":
        return f"within {_margin(claim, measure)}"
    return f"{claim.is_} by more than {_margin(claim, measure)}" if claim.margin else claim.is_


def _which(claim: ClaimConfig, measured: pd.DataFrame, verdict: str) -> str:
    """What the contrast is whose difference is told."""
    extreme = f"{'smallest' if claim.is_ == 'better' else 'largest'} {_noun(claim)}"
    shown = int((measured["says"] == FOR).sum())
    if verdict == OPEN and shown:
        return f"{shown} beyond chance, {extreme} of the others"
    return f"against it a {_noun(claim)} of" if verdict == FAILS else extreme


def _value(row: Row, measure: Measure, corrected_for: int) -> str:
    """A contrast's difference with its interval: the 95% one, or that which is corrected for so many contrasts."""
    low, high = (row[f"{'corrected_' if corrected_for > 1 else ''}{end}"] for end in ("low", "high"))
    interval = "" if pd.isna(low) else f" [{measure.text(low)}, {measure.text(high)}]"
    level = f"{100 * (1 - (1 - CONFIDENCE) / corrected_for):.4g}%"
    told = f" ({level} interval, corrected for {corrected_for} contrasts)" if corrected_for > 1 else ""
    return f"{measure.text(row['difference'])}{interval} {measure.unit}".rstrip() + told


def _place(row: Row, claim: ClaimConfig, contrasts: pd.DataFrame) -> str:
    """What sets a contrast apart from the claim's others."""
    at = [f"at {name_of(row, claim.each)}"] if claim.each else []
    several = {"setting": "of", "than": "against", "gain": "from"}
    told = [f"{word} {row[name]}" for name, word in several.items() if name in row and contrasts[name].nunique() > 1]
    return f" {', '.join([*at, *told])}" if at or told else ""


def _noun(claim: ClaimConfig) -> str:
    return "difference of gains" if claim.gain else "difference"


def _margin(claim: ClaimConfig, measure: Measure) -> str:
    return f"{value_text(claim.margin)} {measure.unit}".rstrip()


def _seeds(measured: pd.DataFrame) -> str:
    fewest, most = int(measured["seeds"].min()), int(measured["seeds"].max())
    return plural(most, "seed") if fewest == most else f"{fewest} to {plural(most, 'seed')}"
