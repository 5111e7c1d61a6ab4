"""write_report: from an experiment's runs to its report folder."""

from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from toolkit.reporter.answer import answer, counts_text
from toolkit.reporter.canvas import render
from toolkit.reporter.captions import comparison_caption, curves_caption, lag_caption, table_caption
from toolkit.reporter.curves import curves_data, draw_curves, is_crowded
from toolkit.reporter.figures import comparison_data, draw_comparison
from toolkit.reporter.folder import write_folder
from toolkit.reporter.frames import Runs
from toolkit.reporter.lags import draw_lags, lag_data, last_measured
from toolkit.reporter.metrics import ACCURACY, BEST_LOSS, setting_text
from toolkit.reporter.page import FIGURES, TABLES, Failure, Page, PageFigure, html_page, markdown_page
from toolkit.reporter.provenance import provenance, spec_yaml
from toolkit.reporter.published import compare_published
from toolkit.reporter.results import Results, collect_results
from toolkit.reporter.roles import comparison_roles, curve_roles
from toolkit.reporter.style import COLUMN_WIDTH
from toolkit.reporter.tables import PrintedTable, all_runs, comparison, to_latex, to_markdown
from toolkit.spec.schema import Experiment

INDEX = "index.html"
COMPARISON = "comparison"
LAGS = "gradient_by_lag"


def write_report(experiment: Experiment, runs: Runs, folder: Path, command: str) -> Path:
    """Write an experiment's report folder: the same runs give the same bytes.

    Args:
        experiment: What was asked for.
        runs: Its runs in the order of the sweep, each with its record; None for a run that was not trained.
        folder: Where the report goes. A former report there is replaced; files of other origin stay.
        command: The command that makes this report again.

    Returns:
        The path of the page to open.
    """
    write_folder(folder, report_files(experiment, runs, command))
    return folder / INDEX


def report_files(experiment: Experiment, runs: Runs, command: str) -> dict[str, bytes]:
    """Everything that a report consists of, by its path in the report folder."""
    results = collect_results(experiment, runs)
    drawn = _figures(results)
    figures = [
        PageFigure(name, caption, render(figure, "svg").decode(), figure.get_figwidth() > COLUMN_WIDTH)
        for name, (figure, caption) in drawn.items()
    ]
    page = _page(results, runs, figures, command)
    texts = {
        "runs.csv": _csv(results.runs),
        "history.csv": _csv(results.history),
        **({f"{LAGS}.csv": _csv(results.lags)} if len(results.lags) else {}),
        "spec.yaml": page.spec,
        **_table_files(COMPARISON, results.summary, page.table, page.table_caption, f"tab:{experiment.name}"),
        **{f"{FIGURES}/{figure.name}.svg": figure.svg for figure in figures},
        "report.md": markdown_page(page),
        INDEX: html_page(page),
    }
    if page.published is not None:
        compared, label = page.published, f"tab:{experiment.name}-published"
        texts |= _table_files("published", compared.frame, compared.table, compared.counts, label)
    images = {f"{FIGURES}/{name}.png": render(figure, "png") for name, (figure, _) in drawn.items()}
    return images | {name: text.encode() for name, text in texts.items()}


def _table_files(name: str, frame: pd.DataFrame, table: PrintedTable, caption: str, label: str) -> dict[str, str]:
    return {
        f"{TABLES}/{name}.csv": _csv(frame),
        f"{TABLES}/{name}.md": f"{to_markdown(table)}\n",
        f"{TABLES}/{name}.tex": to_latex(table, caption, label),
    }


def _figures(results: Results) -> dict[str, tuple[Figure, str]]:
    """Each figure with its caption: a comparison takes two settings, curves take something measured."""
    comparable = len(results.summary) > 1 and results.summary["seeds"].any()
    return (
        (_comparisons(results) if comparable else {})
        | (_learning_curves(results) if len(results.history) else {})
        | _gradient_by_lag(results)
    )


def _comparisons(results: Results) -> dict[str, tuple[Figure, str]]:
    roles = comparison_roles(results.runs, results.keys)
    drawn = {}
    for metric in (metric for metric in results.metrics if metric in (BEST_LOSS, ACCURACY)):
        data = comparison_data(results.runs, results.keys, metric, roles)
        figure = draw_comparison(data, metric, roles, results.fixed)
        drawn[metric.name] = figure, comparison_caption(results, metric, roles)
    return drawn


def _learning_curves(results: Results) -> dict[str, tuple[Figure, str]]:
    roles = curve_roles(results.runs, results.keys)
    data = curves_data(results.runs, results.history, results.keys, roles)
    figure = draw_curves(data, roles, results.fixed)
    return {"learning_curves": (figure, curves_caption(results, roles, is_crowded(data)))}


def _gradient_by_lag(results: Results) -> dict[str, tuple[Figure, str]]:
    measured = last_measured(results.runs, results.lags)
    if measured["norm"].isna().all():
        return {}
    roles = curve_roles(results.runs, results.keys)
    figure = draw_lags(lag_data(measured, results.keys, roles), roles, results.fixed)
    return {LAGS: (figure, lag_caption(results, roles, measured["epoch"].unique().tolist()))}


def _page(results: Results, runs: Runs, figures: list[PageFigure], command: str) -> Page:
    return Page(
        name=results.experiment.name,
        question=results.experiment.question,
        answer=answer(results.summary, results.keys, results.metrics[0]),
        counts=counts_text(results.summary),
        table=comparison(results.summary, results.keys, results.metrics),
        table_caption=table_caption(results),
        figures=figures,
        published=compare_published(results.experiment, runs),
        runs=all_runs(results.runs, results.shown_keys, results.metrics),
        failures=_failures(results, runs),
        missing=[_setting(results, row) for _, row in results.runs.iterrows() if row["status"] == "missing"],
        spec=spec_yaml(results.experiment),
        command=command,
        provenance=provenance(runs),
    )


def _failures(results: Results, runs: Runs) -> list[Failure]:
    return [
        Failure(record.run, _setting(results, row), record.error or "", record.traceback or "")
        for (_, record), (_, row) in zip(runs, results.runs.iterrows(), strict=True)
        if record is not None and record.status == "failed"
    ]


def _setting(results: Results, row: pd.Series) -> str:
    return setting_text((key, row[key]) for key in results.shown_keys)


def _csv(frame: pd.DataFrame) -> str:
    return frame.to_csv(index=False, lineterminator="\n")
