"""What declared tables and figures may show, and of which runs."""

from pathlib import Path

import pytest

from tests.spec.test_loader import error_of, write
from toolkit.reporter.numbers.sensitivity import SENSITIVITY
from toolkit.reporter.published.deviation import PUBLISHED
from toolkit.reporter.published.reproduction import REPRODUCTION
from toolkit.reporter.tables.catalogue import DIFFERENCES
from toolkit.spec.claims import CLAIMS
from toolkit.spec.loader import load_spec

BASE = "name: a\ndata: {task: agreement}\nsweep: {grid: {model.hidden: [5, 10]}}\n"


@pytest.mark.parametrize(
    ("report", "message"),
    [
        ("tables: [{name: t, rows: [model.hidden], where: {model.hidden: 7}}]", "where: no run has model.hidden: 7"),
        ("tables: [{name: t, rows: [model.hidden], where: {model.hiden: 5}}]", "model.hiden is no column for where"),
        ("figures: [{name: f, x: model.hidden, y: best_loss, where: {model.cell: [gru]}}]", "no run has model.cell"),
        ("figures: [{name: f, x: distance, y: accuracy}]", "distance is measured with evaluate.by: [distance]"),
        ("figures: [{name: f, kind: histogram, x: distance, y: best_loss}]", "best_loss is no column for y"),
        ("figures: [{name: f, kind: parallel, x: model.hidden, y: best_loss}]", "model.hidden is no column for x"),
    ],
)
def test_what_no_run_can_show_is_told(tmp_path: Path, report: str, message: str) -> None:
    assert message in error_of(write(tmp_path, f"{BASE}report:\n  {report}\n"))


def test_measures_by_group_are_not_those_of_runs(tmp_path: Path) -> None:
    text = f"{BASE}evaluate: {{by: [distance]}}\nreport:\n  figures: [{{name: f, x: distance, y: best_loss}}]\n"
    assert "best_loss is no column for y" in error_of(write(tmp_path, text))


@pytest.mark.parametrize("where", ["{model.hidden: 5}", "{model.hidden: [5, 10]}", "{model.cell: rnn}"])
def test_runs_are_chosen_by_a_value_or_by_one_of_several(tmp_path: Path, where: str) -> None:
    text = f"{BASE}report:\n  tables: [{{name: t, rows: [model.hidden], where: {where}}}]\n"
    assert load_spec(write(tmp_path, text)).report.tables[0].where


MARKED = """name: a
data: {source: coursework, path: ., task: agreement}
evaluate: {by: [distance, attractors]}
sweep: {grid: {model.cell: [rnn, gru]}}
report:
  figures: [{name: f, x: attractors, y: accuracy}, {name: g, x: distance, y: accuracy}]
  claims:
    - {claim: c, measure: accuracy, setting: {model.cell: gru}, than: {model.cell: rnn}, each: [attractors]}
"""


def test_what_a_source_does_not_say_is_refused_with_the_figures_and_claims_on_it(tmp_path: Path) -> None:
    told = error_of(write(tmp_path, MARKED))
    reason = "attractors needs the column attractors, which the source coursework has not; grammar has it"
    places = [line.split(" ")[0] for line in told.splitlines() if reason in line]
    assert places == [f"{tmp_path}/a.yaml:{place}:" for place in ("3:16", "6:26", "8:97")]
    assert "distance needs" not in told


def test_what_a_swept_source_does_not_say_is_refused(tmp_path: Path) -> None:
    text = "name: a\ndata: {task: agreement}\nevaluate: {by: [attractors]}\nsweep:\n  runs:\n    - {}\n"
    write(tmp_path, text.replace("- {}", "- {data.dev_size: 10}"))
    load_spec(tmp_path / "a.yaml")
    told = error_of(write(tmp_path, text.replace("- {}", "- {data: {source: coursework, path: .}}")))
    assert "evaluate.by: attractors needs the column attractors" in told


OWN = """name: a
sensitivity: 2
sweep: {grid: {model.hidden: [5, 10]}}
report:
  published: published.csv
  claims: [{claim: c, setting: {model.hidden: 5}, than: {model.hidden: 10}}]
"""


@pytest.mark.parametrize("name", [DIFFERENCES, PUBLISHED, SENSITIVITY, CLAIMS])
def test_a_table_of_the_name_of_one_that_the_report_has_by_itself_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "published.csv").write_text("model.hidden,best_loss\n5,1.0\n", encoding="utf-8")
    text = f"{OWN}  tables: [{{name: {name}, rows: [model.hidden]}}]\n"
    told = error_of(write(tmp_path, text))
    assert f"report.tables: this report has tables of its own called {name}; take another name" in told


def test_a_figure_of_the_name_of_one_that_the_report_has_by_itself_is_refused(tmp_path: Path) -> None:
    (tmp_path / "published.csv").write_text("model.hidden,best_loss\n5,1.0\n", encoding="utf-8")
    told = error_of(write(tmp_path, f"{OWN}  figures: [{{name: {REPRODUCTION}, x: model.hidden, y: best_loss}}]\n"))
    assert f"this report has figures of its own called {REPRODUCTION}" in told


@pytest.mark.parametrize("name", [PUBLISHED, SENSITIVITY, CLAIMS])
def test_a_name_that_the_report_has_no_use_for_is_free(tmp_path: Path, name: str) -> None:
    assert load_spec(write(tmp_path, f"{BASE}report:\n  tables: [{{name: {name}, rows: [model.hidden]}}]\n"))
