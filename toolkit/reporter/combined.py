"""The report over several reports: their tables and figures on one page, and what became of all published values."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from toolkit.reporter.answer.phrasing import Sentence, counted
from toolkit.reporter.figures.canvas import Drawn
from toolkit.reporter.page.folder import write_folder
from toolkit.reporter.page.listing import ENTRY, INDEX, Entry
from toolkit.reporter.page.rendering import FIGURES, TABLES, Page, PageFigure, rendered
from toolkit.reporter.published.deviation import (
    EQUAL,
    NOT_JUDGED,
    NOT_MEASURED,
    REPRODUCED,
    VERDICTS,
    WITHIN,
    closest,
    verdict_kind,
)
from toolkit.reporter.published.reproduction import REPRODUCTION, draw_reproduction, reproduction_data
from toolkit.reporter.report import csv_text, images, page_figure, table_files
from toolkit.reporter.tables.catalogue import ReportTable
from toolkit.reporter.tables.printed import PrintedTable
from toolkit.spec.schema import Experiment
from toolkit.spec.words import plural
from toolkit.tasks.measure import MISSING

VERDICT_TABLE = "verdicts"
HOLDS = "what_holds.html"
SHORT = {
    EQUAL: "equal",
    REPRODUCED: "reproduced",
    WITHIN: "within one unit",
    "printed": "printed decimals",
    "determined": "determined decimals",
}
"""Headings that leave the table narrow; its caption says what they mean."""
NUMBER_COLUMNS = [
    "report", "number", "metric", "published", "measured", "difference", "low", "high", "determined", "verdict", "note"
]  # fmt: skip


@dataclass(frozen=True)
class Part:
    """One of the reports that are combined.

    Attributes:
        experiment: Its spec.
        page: What it says.
    """

    experiment: Experiment
    page: Page

    @property
    def figures(self) -> list[PageFigure]:
        """The figures that its spec declares, under names that no other part has."""
        declared = {figure.name for figure in self.experiment.report.figures}
        return [
            replace(figure, name=f"{self.page.name}-{figure.name}")
            for figure in self.page.figures
            if figure.name in declared
        ]


def write_combined(experiment: Experiment, parts: Sequence[Part], folder: Path, command: str) -> Path:
    """Write a report folder over several reports.

    Args:
        experiment: The spec that combines them.
        parts: The reports in their order.
        folder: Where the report goes, beside theirs.
        command: The command that makes this report again.

    Returns:
        The path of the page to open.
    """
    numbers = published_numbers(parts)
    verdicts = [verdict_table(experiment, numbers)] if len(numbers) else []
    drawn = _reproduction(parts, numbers)
    shown = [page_figure(figure) for figure in drawn]
    claiming = [part for part in parts if part.page.claims]
    sentences = _answer(parts, numbers)
    page = {
        "name": experiment.name,
        "question": experiment.question,
        "answer": sentences,
        "verdicts": verdicts,
        "figures": shown,
        "parts": parts,
        "claiming": claiming,
        "claim_counts": _claim_counts(claiming),
        "holds": HOLDS,
        "command": command,
    }
    counts = f"{plural(len(parts), 'report')} in one"
    texts = {
        INDEX: rendered("combined.html", page=page),
        "report.md": rendered("combined.md", page=page),
        ENTRY: Entry(experiment.name, experiment.question, sentences[0].text, counts).json(),
        **({HOLDS: rendered("holds.html", page=page)} if claiming else {}),
        **({f"{TABLES}/published.csv": csv_text(numbers)} if len(numbers) else {}),
        **{f"{FIGURES}/{figure.name}.svg": figure.svg for figure in shown},
        **{f"{FIGURES}/{figure.name}.csv": csv_text(figure.data) for figure in drawn},
    }
    for table in verdicts:
        texts |= table_files(table)
    write_folder(folder, images(drawn) | {name: text.encode() for name, text in texts.items()})
    return folder / INDEX


def published_numbers(parts: Sequence[Part]) -> pd.DataFrame:
    """All published numbers, each once with its closest measured one.

    Returns:
        A row a number: `report`, `number` (its place in that report's published table), `metric`, `published`,
        `measured`, `difference`, `low`, `high`, `determined`, `verdict`, `note`.
    """
    frames = [
        closest(part.page.published.table.frame).assign(report=part.page.name)
        for part in parts
        if part.page.published is not None
    ]
    numbers = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=NUMBER_COLUMNS)
    return numbers[NUMBER_COLUMNS].astype({"determined": "Float64"})


def verdict_table(experiment: Experiment, numbers: pd.DataFrame) -> ReportTable:
    """How many numbers of each report got which verdict, and how many decimals rounding leaves determined.

    Args:
        experiment: The spec that combines the reports.
        numbers: What `published_numbers` returns.
    """
    counts = pd.crosstab(numbers["report"], numbers["verdict"].map(verdict_kind))
    counts = counts.reindex(index=numbers["report"].unique(), columns=[kind for kind in VERDICTS if kind in counts])
    printed = numbers["published"].map(lambda text: len(text.partition(".")[2]))
    judged = numbers.assign(printed=printed)[~numbers["verdict"].isin([NOT_JUDGED, NOT_MEASURED])]
    decimals = judged.groupby("report", sort=False)[["printed", "determined"]].median()
    frame = counts.assign(numbers=counts.sum(axis=1)).join(decimals).reset_index()
    total = frame.drop(columns=["printed", "determined"]).sum(numeric_only=True)
    frame = pd.concat([frame, pd.DataFrame([{"report": "all", **total}])], ignore_index=True)
    frame = frame.astype(dict.fromkeys([*counts.columns, "numbers"], "int64"))
    order = ["report", "numbers", *counts.columns, "printed", "determined"]
    cells = frame[order].astype(object)
    cells[order[1:]] = cells[order[1:]].map(lambda value: MISSING if pd.isna(value) else f"{value:g}")
    cells = cells.rename(columns=SHORT)
    marks = pd.DataFrame(False, index=cells.index, columns=cells.columns)
    caption = (
        f"Published numbers by report, each counted once: {EQUAL}; {REPRODUCED}; {WITHIN}; or not. Decimals are "
        "medians over the judged numbers; those are determined that initial weights changed by one unit in the last "
        "place leave alone."
    )
    table = PrintedTable(cells, marks, list(cells.columns[1:]))
    return ReportTable(VERDICT_TABLE, table, caption, frame[order], f"tab:{experiment.name}-{VERDICT_TABLE}")


def _reproduction(parts: Sequence[Part], numbers: pd.DataFrame) -> list[Drawn]:
    data = reproduction_data(numbers[numbers["verdict"] != NOT_JUDGED])
    if not len(data):
        return []
    compared = [part.page.published for part in parts if part.page.published is not None]
    measures = {name: measure for one in compared for name, measure in one.measures.items()}
    caption = "Measured values against published ones, of all reports; on the line they are equal."
    return [Drawn(REPRODUCTION, draw_reproduction(data, [], measures), caption, data)]


def _answer(parts: Sequence[Part], numbers: pd.DataFrame) -> list[Sentence]:
    told = []
    if len(numbers):
        counts = numbers["verdict"].map(verdict_kind).value_counts()
        judged = len(numbers) - sum(counts.get(kind, 0) for kind in (NOT_JUDGED, NOT_MEASURED))
        same = counts.get(EQUAL, 0) + counts.get(REPRODUCED, 0)
        others = ", ".join(counted(counts[kind], kind) for kind in VERDICTS if counts.get(kind, 0))
        told.append(
            Sentence(
                f"Of {plural(len(numbers), 'published number')}, {plural(judged, 'was', 'were')} judged, and "
                f"{plural(same, 'of these is', 'of these are')} equal to the printed digits or within what rounding "
                f"decides: {others}.",
                VERDICT_TABLE,
            )
        )
    if any(part.page.claims for part in parts):
        told.append(Sentence(_claim_counts(parts), HOLDS))
    states = ", ".join(part.page.name for part in parts if part.page.failures or part.page.missing)
    if states:
        told.append(Sentence(f"Runs failed, or were not trained, in {states}."))
    return told or [Sentence(f"{plural(len(parts), 'report')}: {', '.join(part.page.name for part in parts)}.")]


def _claim_counts(parts: Sequence[Part]) -> str:
    verdicts = Counter(claim.verdict for part in parts for claim in part.page.claims)
    told = ", ".join(counted(count, verdict) for verdict, count in verdicts.most_common())
    return f"Of {plural(verdicts.total(), 'claim')}: {told}."
