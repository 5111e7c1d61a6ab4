"""write_report: from an experiment's runs to its report folder."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from toolkit.escape import spreadsheet_text, visible_text
from toolkit.reporter.answer.opening import answer, counts_text
from toolkit.reporter.answer.phrasing import Sentence
from toolkit.reporter.claims.judging import judged_claims
from toolkit.reporter.claims.table import claim_sentences, claim_table
from toolkit.reporter.figures.canvas import Drawn, render
from toolkit.reporter.figures.gallery import figures
from toolkit.reporter.figures.style import COLUMN_WIDTH
from toolkit.reporter.findings import Findings
from toolkit.reporter.numbers.frames import Runs
from toolkit.reporter.numbers.metrics import setting_text
from toolkit.reporter.numbers.results import Results
from toolkit.reporter.numbers.sensitivity import sensitivity_sentence, sensitivity_table
from toolkit.reporter.numbers.unmeasured import unmeasured
from toolkit.reporter.page.folder import write_folder
from toolkit.reporter.page.listing import ENTRY, INDEX, entry_json
from toolkit.reporter.page.origin import provenance, spec_yaml
from toolkit.reporter.page.rendering import FIGURES, TABLES, Failure, Page, PageFigure, html_page, markdown_page
from toolkit.reporter.page.runbook import run_data
from toolkit.reporter.published.deviation import PublishedComparison
from toolkit.reporter.published.reproduction import REPRODUCTION, draw_reproduction, reproduction_data
from toolkit.reporter.search.figures import search_figures
from toolkit.reporter.search.ranked import best_spec, search_answer, search_tables
from toolkit.reporter.search.ranking import Trials
from toolkit.reporter.tables.catalogue import ReportTable, tables
from toolkit.reporter.tables.default import all_runs
from toolkit.reporter.tables.printed import to_markdown
from toolkit.spec.schema import Experiment
from toolkit.spec.trials import SearchResult
from toolkit.spec.words import value_text
from toolkit.summary import summary_rows
from toolkit.tasks.measures import GRADIENT


@dataclass(frozen=True)
class Report:
    """A report before it is written.

    Attributes:
        page: What it says.
        files: Everything that it consists of, by its path in the report folder.
    """

    page: Page
    files: Mapping[str, bytes]


def write_report(
    experiment: Experiment,
    runs: Runs,
    folder: Path,
    command: str,
    search: SearchResult | None = None,
    spec_diff: str = "",
) -> Path:
    """Write an experiment's report folder: the same runs give the same bytes.

    Args:
        experiment: What was asked for.
        runs: Its runs in the order of the sweep, each with its record; None for a run that was not trained.
        folder: Where the report goes. A former report there is replaced; files of other origin stay.
        command: The command that makes this report again.
        search: What the experiment's search came to; its trials and confirmations are `runs`.
        spec_diff: How the specs differ whose runs are compared, if these are several.

    Returns:
        The path of the page to open.
    """
    write_folder(folder, make_report(experiment, runs, command, search, spec_diff).files)
    return folder / INDEX


def make_report(
    experiment: Experiment, runs: Runs, command: str, search: SearchResult | None = None, spec_diff: str = ""
) -> Report:
    """Make an experiment's report; the arguments are those of `write_report`."""
    found = Findings(experiment, runs, search)
    every, trials, published = found.every, found.trials, found.published
    drawn = [*(_with_search(trials) if trials else figures(found.results)), *_reproduction(found.results, published)]
    shown = [page_figure(figure) for figure in drawn]
    page = _page(found, shown, command, spec_diff)
    texts = {
        "runs.csv": csv_text(every.runs),
        "history.csv": csv_text(every.history),
        **({f"{GRADIENT.name}.csv": csv_text(every.lags)} if len(every.lags) else {}),
        **({"groups.csv": csv_text(every.groups)} if len(every.groups) else {}),
        "spec.yaml": page.spec,
        **{f"{FIGURES}/{figure.name}.svg": figure.svg for figure in shown},
        **{f"{FIGURES}/{figure.name}.csv": csv_text(figure.data) for figure in drawn},
        "report.md": markdown_page(page),
        INDEX: html_page(page),
        ENTRY: entry_json(page),
    }
    if search and search.winner is not None:
        texts["best.yaml"] = best_spec(experiment, search.trials[search.winner])
    published_table = page.published.table if page.published else None
    for table in filter(None, [*page.tables, page.contrasts, published_table]):
        texts |= table_files(table)
    return Report(page, images(drawn) | {name: text.encode() for name, text in texts.items()})


def images(drawn: Iterable[Drawn]) -> dict[str, bytes]:
    """Figures as images for papers, by their path in the report folder; the page has them as SVG besides."""
    kinds = ("png", "pdf")
    return {f"{FIGURES}/{figure.name}.{kind}": render(figure.figure, kind) for figure in drawn for kind in kinds}


def page_figure(drawn: Drawn) -> PageFigure:
    """A figure as it stands in a page."""
    svg = visible_text(render(drawn.figure, "svg").decode())
    return PageFigure(drawn.name, drawn.caption, svg, drawn.figure.get_figwidth() > COLUMN_WIDTH)


def table_files(table: ReportTable) -> dict[str, str]:
    """A table's files by their path in the report folder: CSV, Markdown and LaTeX."""
    return {
        f"{TABLES}/{table.name}.csv": csv_text(table.frame),
        f"{TABLES}/{table.name}.md": f"{to_markdown(table.table)}\n",
        f"{TABLES}/{table.name}.tex": table.latex,
    }


def _reproduction(results: Results, published: PublishedComparison | None) -> list[Drawn]:
    """Published values against measured ones, where both are known."""
    data = reproduction_data(published.table.frame) if published else pd.DataFrame()
    if published is None or not len(data):
        return []
    caption = f"Measured values against published ones; on the line they are equal. {published.counts}"
    return [Drawn(REPRODUCTION, draw_reproduction(data, results.fixed, published.measures), caption, data)]


def _with_search(trials: Trials) -> list[Drawn]:
    """The figures of a search, then those that its trials suggest as runs like any."""
    own = list(search_figures(trials))
    names = {figure.name for figure in own}
    return [*own, *(figure for figure in figures(trials.results) if figure.name not in names)]


def _tables_with_search(trials: Trials) -> list[ReportTable]:
    """The tables of a search, then those that its spec declares over the trials."""
    declared = trials.results.experiment.report.tables
    return [*search_tables(trials), *(tables(trials.results) if declared else [])]


def _not_drawn(results: Results, figures: list[PageFigure]) -> Iterator[Sentence]:
    """The figures that a spec declares and its report lacks."""
    drawn = {figure.name for figure in figures}
    for name in (figure.name for figure in results.experiment.report.figures if figure.name not in drawn):
        yield Sentence(f"The figure {name} is not drawn: no finished runs have what it shows, or too few.", "runs")


def _page(found: Findings, figures: list[PageFigure], command: str, spec_diff: str) -> Page:
    """The page: tables, figures and claims are of the unperturbed runs, the lists of every run."""
    results, every, runs = found.results, found.every, found.runs
    trials, published = found.trials, found.published
    sensitivity = [sensitivity_table(results, found.spreads)] if any(found.spreads) else []
    claims = judged_claims(results)
    return Page(
        name=results.experiment.name,
        question=results.experiment.question,
        answer=[
            *(search_answer(trials) if trials else answer(results)),
            *claim_sentences(claims),
            *(sensitivity_sentence(results, table) for table in sensitivity),
            *([Sentence(published.counts, REPRODUCTION)] if published else []),
            *_not_drawn(results, figures),
        ],
        counts=counts_text(every.summary),
        claims=claims,
        contrasts=claim_table(claims, results.experiment.name),
        tables=[*(_tables_with_search(trials) if trials else tables(results)), *sensitivity],
        figures=figures,
        published=published,
        runs=all_runs(every.runs, every.shown_keys, every.metrics),
        failures=_failures(every, runs),
        diverged=[
            f"{_setting(every, row)}: {row['error']}"
            for _, row in every.runs[every.runs["status"] == "diverged"].iterrows()
        ],
        missing=[_setting(every, row) for _, row in every.runs.iterrows() if row["status"] == "missing"],
        setup=[*_setup(every), *_data(runs), *(("not measured", told) for told in unmeasured(runs))],
        spec_diff=spec_diff,
        run_data=run_data(runs),
        spec=spec_yaml(results.experiment),
        command=command,
        provenance=provenance(runs),
    )


def _failures(results: Results, runs: Runs) -> list[Failure]:
    return [
        Failure(record.identity, _setting(results, row), record.error or "", record.traceback or "")
        for (_, record), (_, row) in zip(runs, results.runs.iterrows(), strict=True)
        if record is not None and record.status == "failed"
    ]


def _setup(results: Results) -> list[tuple[str, str]]:
    """What was varied, each key with its values, then what was fixed."""
    varied = [(key, list(dict.fromkeys(results.runs[key].map(value_text)))) for key in results.shown_keys]
    texts = [(key, f"{', '.join(values[:20])}{', ..' if len(values) > 20 else ''}") for key, values in varied]
    return [*texts, *((key, value_text(value)) for key, value in results.fixed if key not in dict(varied))]


def _data(runs: Runs) -> list[tuple[str, str]]:
    """What the data sets of the runs hold, and what is odd about them."""
    trained = [record for _, record in runs if record is not None and record.history]
    recorded = [record.data for record in trained if record.data is not None]
    if trained and not recorded:
        return [("sentences and words", "not recorded, since the runs were trained by an earlier version")]
    return summary_rows(recorded)


def _setting(results: Results, row: pd.Series) -> str:
    return setting_text((key, row[key]) for key in results.shown_keys)


def csv_text(frame: pd.DataFrame) -> str:
    """A frame as CSV, its numbers in full, its texts such that no spreadsheet takes them for formulas."""
    safe = frame.map(lambda value: spreadsheet_text(value) if isinstance(value, str) else value)
    return safe.astype(frame.dtypes).to_csv(index=False, lineterminator="\n")
