"""Whether a report's claims hold: the difference of each contrast over seeds, its intervals, and the verdict."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from toolkit.reporter.claims.compared import claimed_measure, compared_values
from toolkit.reporter.claims.evidence import evidence
from toolkit.reporter.claims.verdicts import region_of, stance, verdict_of
from toolkit.reporter.numbers.metrics import setting_text
from toolkit.reporter.numbers.results import Results
from toolkit.reporter.numbers.statistics import CONFIDENCE, interval_half
from toolkit.spec.claims import ClaimConfig
from toolkit.spec.contrasts import Contrast, Texts, contrasts_of
from toolkit.spec.sweep import SEED_KEY
from toolkit.spec.words import value_text
from toolkit.tasks.measure import Measure

NUMBERS = ("difference", "low", "high", "corrected_low", "corrected_high")


@dataclass(frozen=True)
class JudgedClaim:
    """A claim and what the runs say of it.

    Attributes:
        claim: The conclusion in words.
        measure: What it compares.
        verdict: Whether it holds: one of the verdicts of `verdicts`.
        evidence: What the verdict is based on, in words.
        contrasts: A row a contrast: `measure`, `setting`, `than`, for a claim about gains `gain`, each key of `each`
            (texts), `difference` (mean over seeds, positive where the setting is better), its 95% interval `low` to
            `high`, the same corrected for the number of contrasts (`corrected_low`, `corrected_high`), `seeds`, and
            what it `says` of the claim.
    """

    claim: str
    measure: Measure
    verdict: str
    evidence: str
    contrasts: pd.DataFrame


def judged_claims(results: Results) -> list[JudgedClaim]:
    """Judge the claims that an experiment's report declares, in their order."""
    return [judge(claim, results) for claim in results.experiment.report.claims]


def judge(claim: ClaimConfig, results: Results) -> JudgedClaim:
    """Judge a claim by runs.

    Args:
        claim: The claim.
        results: What the runs gave; only finished ones count, and of each contrast the seeds that all its sides have.
    """
    values = compared_values(claim, results)
    keys = claim.keys
    rows = [dict(zip(keys, map(value_text, row), strict=True)) for row in values[keys].to_numpy(dtype=object)]
    by_seed = pd.DataFrame({"seed": values[SEED_KEY], "value": values["value"]})
    contrasts = contrasts_of(claim, rows)
    gaps = [_gaps(contrast, by_seed) for contrast in contrasts]
    texts = [{"measure": claim.measure, **_texts(contrast)} for contrast in contrasts]
    columns = ["measure", "setting", "than", *(["gain"] if claim.gain else []), *claim.each]
    frame = pd.DataFrame(texts, columns=columns, dtype=object).join(_estimates(gaps))
    region = region_of(claim)
    frame["says"] = [
        stance(region, row["seeds"], (row["low"], row["high"]), (row["corrected_low"], row["corrected_high"]))
        for row in frame.to_dict("records")
    ]
    verdict, measure = verdict_of(list(frame["says"])), claimed_measure(claim, results)
    return JudgedClaim(claim.claim, measure, verdict, evidence(claim, measure, frame, verdict), frame)


def _texts(contrast: Contrast) -> Mapping[str, str]:
    setting, than = setting_text(contrast.setting.items()), setting_text(contrast.than.items())
    gain = {"gain": _gain_text(*contrast.gain)} if contrast.gain else {}
    return {"setting": setting, "than": than, **gain, **contrast.each}


def _gain_text(start: Texts, end: Texts) -> str:
    if start.keys() == end.keys():
        return setting_text((key, f"{text} to {end[key]}") for key, text in start.items())
    return f"{setting_text(start.items())} to {setting_text(end.items())}"


def _gaps(contrast: Contrast, by_seed: pd.DataFrame) -> "pd.Series[float]":
    """The difference of each seed of which all sides have a finite value."""
    sides = [by_seed.iloc[list(side.rows)].set_index("seed")["value"] * side.sign for side in contrast.sides]
    together = pd.concat(sides, axis="columns")
    gaps: pd.Series[float] = together[np.isfinite(together.to_numpy()).all(axis=1)].sum(axis="columns")
    return gaps


def _estimates(gaps: list["pd.Series[float]"]) -> pd.DataFrame:
    """Mean, intervals and number of seeds of each contrast's differences; missing values where there are too few."""
    mean = np.array([gap.mean() for gap in gaps], dtype="float64")
    error = np.array([gap.sem() for gap in gaps], dtype="float64")
    seeds = np.array([len(gap) for gap in gaps], dtype="int64")
    corrected = 1 - (1 - CONFIDENCE) / max(1, len(gaps))
    half, wide = interval_half(error, seeds), interval_half(error, seeds, corrected)
    ends: dict[str, Any] = dict(zip(NUMBERS, (mean, mean - half, mean + half, mean - wide, mean + wide), strict=True))
    return pd.DataFrame({**ends, "seeds": seeds})
