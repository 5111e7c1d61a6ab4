"""The report folder as a whole."""

import io
import re
import time
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from toolkit.reporter.report import make_report, write_report
from toolkit.spec.schema import Experiment
from toolkit.summary import Part, Summary

from .conftest import MakeRecord, MakeStudy

COMMAND = "python run_spec.py specs/study.yaml"
FIGURES = ("best_loss", "accuracy", "learning_curves")
OWN_SCRIPTS = 2
"""What moves the page, and the data of its runs."""
HOSTILE = "<script>alert('x')</script> & _100%_"


class Requests(HTMLParser):
    """Collects what a page would have a browser fetch, the names of its elements and its identifiers."""

    def __init__(self) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.elements: set[str] = set()
        self.identifiers: list[str] = []
        self.scripts = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at one element."""
        self.elements.add(tag)
        self.scripts += tag == "script"
        for key, value in attrs:
            if key in {"src", "href", "xlink:href", "data", "action"} and value:
                self.fetched.append(value)
            if key == "id" and value:
                self.identifiers.append(value)


def _contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _parsed(page: Path) -> Requests:
    parser = Requests()
    parser.feed(page.read_text(encoding="utf-8"))
    return parser


def test_folder_holds_tables_figures_pages_and_spec(make_study: MakeStudy, tmp_path: Path) -> None:
    page = write_report(*make_study(), tmp_path / "study", COMMAND)
    assert page == tmp_path / "study" / "index.html"
    assert set(_contents(page.parent)) == {
        ".report-files",
        "index.html",
        "report.json",
        "report.md",
        "runs.csv",
        "history.csv",
        "spec.yaml",
        *(f"tables/{name}.{kind}" for name in ("comparison", "differences") for kind in ("csv", "md", "tex")),
        *(f"figures/{name}.{kind}" for name in FIGURES for kind in ("png", "svg", "pdf", "csv")),
    }


def test_same_runs_give_the_same_bytes(make_study: MakeStudy, tmp_path: Path) -> None:
    grid = {"model.cell": ["rnn", "gru"], "model.lookback": [0, 2, "full"]}
    study = make_study(grid, failed=[2], missing=[7])
    folders = [write_report(*study, tmp_path / name, COMMAND).parent for name in "ab"]
    assert _contents(folders[0]) == _contents(folders[1])


def test_new_report_takes_away_the_files_of_the_former_and_nothing_else(make_study: MakeStudy, tmp_path: Path) -> None:
    write_report(*make_study(), tmp_path, COMMAND)
    (tmp_path / "notes.txt").write_text("mine")
    write_report(*make_study({}), tmp_path, COMMAND)
    names = _contents(tmp_path)
    assert "figures/best_loss.svg" not in names
    assert "figures/learning_curves.svg" in names
    assert names["notes.txt"] == b"mine"


def test_manifest_that_was_tampered_with_reaches_no_file_outside(make_study: MakeStudy, tmp_path: Path) -> None:
    outside = tmp_path / "outside.txt"
    outside.write_text("mine")
    (tmp_path / "study").mkdir()
    (tmp_path / "study" / ".report-files").write_text(f"../outside.txt\n{outside}\n")
    write_report(*make_study({}), tmp_path / "study", COMMAND)
    assert outside.read_text() == "mine"


def test_page_opens_with_question_and_answer(make_study: MakeStudy, tmp_path: Path) -> None:
    page = write_report(*make_study(), tmp_path, COMMAND)
    for text in (page.read_text(), (tmp_path / "report.md").read_text()):
        question, answer, runs = (text.index(part) for part in ("Which cell", "has the lowest", "All runs"))
        assert question < answer < runs
        assert COMMAND in text
        assert "versions.keras" in text


def test_page_asks_nobody_for_anything(make_study: MakeStudy, tmp_path: Path) -> None:
    page = _parsed(write_report(*make_study(question="See https://example.org"), tmp_path, COMMAND))
    assert page.scripts == OWN_SCRIPTS
    places = [place for place in page.fetched if not place.startswith(("#", "data:", "figures/"))]
    assert places == []


def test_identifiers_of_inlined_figures_are_unique_and_resolve(make_study: MakeStudy, tmp_path: Path) -> None:
    page = write_report(*make_study({"model.lookback": [0, 1, 2]}, best=lambda run: 0.5), tmp_path, COMMAND)
    identifiers = _parsed(page).identifiers
    assert len(identifiers) == len(set(identifiers))
    text = page.read_text()
    references = re.findall(r'(?:url\(#|href="#)([^)"]+)', text)
    assert references
    assert set(references) <= set(identifiers)
    assert "<?xml" not in text


def test_text_of_specs_and_errors_is_escaped_everywhere(make_study: MakeStudy, tmp_path: Path) -> None:
    page = write_report(*make_study(question=HOSTILE, error=HOSTILE, failed=[0]), tmp_path, f"run '{HOSTILE}'")
    assert _parsed(page).scripts == OWN_SCRIPTS
    assert page.read_text().count("&lt;script&gt;") >= 5
    prose = [line for line in (tmp_path / "report.md").read_text().splitlines() if not line.startswith("    ")]
    assert not any("<script>" in line for line in prose)


def test_failed_and_missing_runs_are_shown(make_study: MakeStudy, tmp_path: Path) -> None:
    page = write_report(*make_study(failed=[1], missing=[5]), tmp_path, COMMAND)
    assert list(pd.read_csv(tmp_path / "runs.csv")["status"]) == ["done", "failed", "done", "done", "done", "missing"]
    for text in (page.read_text(), (tmp_path / "report.md").read_text()):
        assert "FloatingPointError: the dev loss is nan" in text
        assert "Traceback (most recent call last)" in text
        assert "Not trained" in text
        assert "model.cell gru, train.seed 3" in text


def test_run_that_failed_before_its_first_epoch_is_reported(
    make_study: MakeStudy, make_record: MakeRecord, tmp_path: Path
) -> None:
    experiment, [(run, _)] = make_study({}, seeds=[])
    page = write_report(experiment, [(run, make_record(run, [], status="failed", error="boom"))], tmp_path, COMMAND)
    assert "The one run failed" in page.read_text()
    assert "figures/learning_curves.svg" not in _contents(tmp_path)


def test_experiment_without_a_single_record_is_reported(make_study: MakeStudy, tmp_path: Path) -> None:
    page = write_report(*make_study(missing=range(6)), tmp_path, COMMAND)
    assert "No run was finished" in page.read_text()


@pytest.mark.parametrize("loss", [float("inf"), float("nan"), 1e300])
def test_loss_out_of_all_bounds_breaks_nothing(make_study: MakeStudy, tmp_path: Path, loss: float) -> None:
    study = make_study({"model.lookback": [0, 1]}, best=lambda run: 0.5 if run.config.model.lookback else loss)
    assert "model.lookback 1 has the lowest" in write_report(*study, tmp_path, COMMAND).read_text()


def test_resolved_spec_makes_the_same_experiment(make_study: MakeStudy, tmp_path: Path) -> None:
    experiment, runs = make_study(question="Ünicode: yes?")
    write_report(experiment, runs, tmp_path, COMMAND)
    spec = yaml.safe_load((tmp_path / "spec.yaml").read_text(encoding="utf-8"))
    assert Experiment.model_validate(spec) == experiment
    assert list(spec)[:3] == ["name", "question", "data"]
    assert spec["train"]["anneal"] == 5


@pytest.mark.parametrize("hidden", [2, 13])
def test_curves_of_single_seeds_are_not_called_means(make_study: MakeStudy, tmp_path: Path, hidden: int) -> None:
    grid = {"model.hidden": list(range(1, hidden + 1)), "model.cell": ["rnn", "gru"]}
    write_report(*make_study(grid, seeds=[]), tmp_path, COMMAND)
    assert "means over seeds" not in (tmp_path / "report.md").read_text(encoding="utf-8")


def test_resolved_spec_finds_its_data_from_the_report_folder(make_study: MakeStudy, tmp_path: Path) -> None:
    data = {"task": "agreement", "source": "coursework", "path": "some/folder"}
    write_report(*make_study({"data.path": ["one", "/two"]}, data=data), tmp_path, COMMAND)
    spec = yaml.safe_load((tmp_path / "spec.yaml").read_text(encoding="utf-8"))
    assert spec["data"]["path"] == str(Path.cwd() / "some" / "folder")
    assert spec["sweep"]["grid"]["data.path"] == [str(Path.cwd() / "one"), "/two"]


def test_hundred_runs_are_all_in_the_page(make_study: MakeStudy, tmp_path: Path) -> None:
    grid = {
        "model.hidden": [25, 50],
        "train.learning_rate": [0.5, 0.1, 0.05, 0.02, 0.01],
        "model.lookback": list(range(10)),
    }
    page = write_report(*make_study(grid, seeds=[], best=lambda run: run.config.train.learning_rate), tmp_path, COMMAND)
    text = page.read_text()
    assert all(f"{number:016x}" in text for number in range(100))


@pytest.mark.parametrize("spec", [{"model": {"hidden": [4, 3]}}, {"grid": {"model.hidden": [[4, 3], [8], 8]}}])
def test_stacked_cells_have_a_report(make_study: MakeStudy, spec: dict[str, Any]) -> None:
    page = make_report(*make_study(**spec), "python run_spec.py x.yaml").files["report.md"].decode()
    assert "4, 3" in page


@pytest.mark.slow
def test_report_over_2000_runs_is_built_in_half_a_minute(make_study: MakeStudy, tmp_path: Path) -> None:
    grid = {
        "model.cell": ["rnn", "gru"],
        "model.hidden": [10, 25, 50, 75, 100],
        "model.lookback": list(range(10)),
        "train.learning_rate": [0.1, 0.3, 0.5, 1.0],
    }
    study = make_study(grid, seeds=range(1, 6), best=lambda run: 0.4 + run.config.train.seed / 1000)
    start = time.process_time()
    write_report(*study, tmp_path, COMMAND)
    assert time.process_time() - start < 30


def test_a_diverged_run_is_shown_and_left_out_of_the_means(make_study: MakeStudy) -> None:
    experiment, runs = make_study(diverged=[0, 4])
    files = make_report(experiment, runs, "command").files
    page = files["report.md"].decode()
    assert "6 runs: 4 done, 2 diverged" in page
    assert "2 of 6 runs diverged; the means leave these out." in page
    assert "A run that diverged is a line of its own that ends in a cross." in page
    assert "train.seed 1: the dev loss is nan after epoch 2" in page
    assert "## Failures" not in page
    table = pd.read_csv(io.BytesIO(files["tables/comparison.csv"]))
    assert table["seeds"].tolist() == [2, 2]
    assert table["diverged"].tolist() == [1, 1]
    assert table["best_loss"].tolist() == pytest.approx([0.53, 0.425])


def test_a_study_that_diverged_altogether_says_so(make_study: MakeStudy) -> None:
    files = make_report(*make_study(diverged=range(6)), "command").files
    assert "All runs diverged, so there is nothing to compare" in files["index.html"].decode()


def test_setup_says_what_the_data_holds_and_what_is_odd_about_it(make_study: MakeStudy) -> None:
    experiment, runs = make_study()
    data = Summary("text a", 500, [Part("train", 1000, 20_000, 1234), Part("dev", 100, 2000, 0)], ["dev.txt: <odd>"])
    recorded = [(run, record and replace(record, data=data)) for run, record in runs]
    files = make_report(experiment, recorded, COMMAND).files
    setup = files["report.md"].decode().partition("## Setup")[2].partition("\n## ")[0]
    assert "\n- training set: 1,000 sentences, 20,000 words, 1,234 of them unknown (6.2%)\n" in setup
    assert "\n- development set: 100 sentences, 2,000 words, 0 of them unknown (0.0%)\n" in setup
    assert "\n- vocabulary: 500 words known\n" in setup
    assert setup.count("dev.txt") == 1
    assert "<dt>warning</dt><dd>dev.txt: &lt;odd&gt;</dd>" in files["index.html"].decode()


def test_setup_says_where_runs_do_not_know_what_their_data_holds(make_study: MakeStudy) -> None:
    setup = make_report(*make_study(), COMMAND).files["report.md"].decode().partition("## Setup")[2]
    assert "- sentences and words: not recorded, since the runs were trained by an earlier version\n" in setup
