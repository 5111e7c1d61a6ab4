"""Judged claims as a report shows them: sentences of its answer, and the table of all their contrasts."""

from collections.abc import Sequence

import pandas as pd

from toolkit.reporter.answer.phrasing import Sentence
from toolkit.reporter.claims.judging import NUMBERS, JudgedClaim
from toolkit.reporter.numbers.metrics import setting_text
from toolkit.reporter.tables.catalogue import ReportTable
from toolkit.reporter.tables.printed import PrintedTable
from toolkit.spec.claims import CLAIMS
from toolkit.tasks.measure import MISSING, Measure

FRONT = ("claim", "verdict", "measure", "setting", "than")
ESTIMATES = (*NUMBERS, "seeds", "says")
_MEANING = (
    "Differences are paired by seed and positive where the setting is better; intervals are Student's t over seeds. A "
    "claim holds if every 95% interval lies where the claim says; it does not hold if one lies elsewhere at the level "
    "that Bonferroni corrects for the claim's contrasts."
)


def claim_sentences(claims: Sequence[JudgedClaim]) -> list[Sentence]:
    """A sentence a claim."""
    return [Sentence(f"{_words(one)}: {one.verdict} ({one.evidence}).", CLAIMS) for one in claims]


def claim_table(claims: Sequence[JudgedClaim], name: str) -> ReportTable | None:
    """Print the contrasts of all claims, a row each; None if there are no claims.

    Args:
        claims: The judged claims, numbered from 1 in the printed table.
        name: The report's name.
    """
    if not claims:
        return None
    frame = pd.concat([one.contrasts.assign(claim=one.claim, verdict=one.verdict) for one in claims], ignore_index=True)
    front = [*FRONT, *(["gain"] if "gain" in frame else [])]
    each = [str(column) for column in frame if column not in (*front, *ESTIMATES)]
    frame = frame[[*front, *each, *ESTIMATES]]
    numbers = [str(number) for number, one in enumerate(claims, start=1) for _ in range(len(one.contrasts))]
    measures = [one.measure for one in claims for _ in range(len(one.contrasts))]
    told = " ".join(f"({number}) {_words(one)}: {one.verdict}." for number, one in enumerate(claims, start=1))
    printed = _printed(frame, numbers, measures, each)
    return ReportTable(CLAIMS, printed, f"{told} {_MEANING}", frame, f"tab:{name}-{CLAIMS}")


def _printed(
    frame: pd.DataFrame, numbers: Sequence[str], measures: Sequence[Measure], each: Sequence[str]
) -> PrintedTable:
    cells = pd.DataFrame({"claim": numbers}, dtype=object)
    for column in ("setting", "than", "gain"):
        if column in frame:
            cells[column] = frame[column].fillna(MISSING)
    if each:
        settings = frame[list(each)].to_numpy(dtype=object)
        cells["at"] = [
            setting_text((key, text) for key, text in zip(each, row, strict=True) if pd.notna(text)) for row in settings
        ]
        cells["at"] = cells["at"].replace("", MISSING)
    ends = {end: [measure.text(value) for measure, value in zip(measures, frame[end], strict=True)] for end in NUMBERS}
    cells["difference"] = ends["difference"]
    cells["95% interval"] = [
        MISSING if low == MISSING else f"[{low}, {high}]" for low, high in zip(ends["low"], ends["high"], strict=True)
    ]
    cells["seeds"] = frame["seeds"].map(str)
    cells["says"] = frame["says"]
    marks = pd.DataFrame(False, index=cells.index, columns=cells.columns)
    return PrintedTable(cells, marks, ["claim", "difference", "95% interval", "seeds"])


def _words(one: JudgedClaim) -> str:
    """A claim as part of a sentence."""
    return " ".join(one.claim.split()).rstrip(".")
