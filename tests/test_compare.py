"""Several reports as one."""

import re
from pathlib import Path

import pandas as pd
import pytest

from toolkit.compare import compare
from toolkit.errors import SpecError
from toolkit.experiment import report
from toolkit.runner.planning.plan import plan
from toolkit.spec.loader import load_spec
from toolkit.store import Epoch, RunRecord, Store

SPEC = """
name: {name}
question: {name}?
data: {{task: agreement, train_size: {size}, dev_size: 20}}
model: {{cell: {cell}}}
train: {{epochs: 1}}
sweep: {{grid: {{model.lookback: [0, 1]}}, seeds: [1, 2]}}
"""


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    """Two reports, of an RNN and of a GRU, over made-up records."""
    for name, cell in (("first", "rnn"), ("second", "gru")):
        _make(tmp_path, name, cell, 30)
    return tmp_path


def _make(out: Path, name: str, cell: str, size: int) -> None:
    path = out / f"{name}.yaml"
    path.write_text(SPEC.format(name=name, cell=cell, size=size), encoding="utf-8")
    store = Store(out / "runs")
    for run in plan(load_spec(path)):
        config = run.spec.config
        loss = (0.5 if cell == "rnn" else 0.4) + config.train.seed / 100
        history = [Epoch(0, 0.7, 0.5), Epoch(1, loss, 0.8, loss, 0.5, 0.1)]
        store.save(RunRecord(run.identity, "done", config.model_dump(mode="json"), history, epochs=1), b"weights")
    report(path, out=out)


def test_runs_of_several_reports_are_compared_by_what_differs(reports: Path) -> None:
    outcome = compare(reports / "first", reports / "second", out=reports)
    assert outcome.page == reports / "first-vs-second" / "index.html"
    assert (outcome.failed, outcome.missing) == (0, 0)
    runs = pd.read_csv(outcome.page.parent / "runs.csv")
    assert list(runs["model.cell"]) == ["rnn"] * 4 + ["gru"] * 4
    page = (outcome.page.parent / "report.md").read_text(encoding="utf-8")
    assert "model.cell gru reaches a lower best_loss than rnn at every model.lookback (2 compared)." in page
    assert "-  cell: rnn" in page
    assert "+  cell: gru" in page
    assert page.index("How the specs differ") < page.index("## Setup") < page.index("## Tables")


def test_spec_of_a_comparison_makes_all_its_runs_again(reports: Path) -> None:
    folder = compare(reports / "first", reports / "second", out=reports).page.parent
    again = load_spec(folder / "spec.yaml")
    planned = {run.identity for name in ("first", "second") for run in plan(load_spec(reports / f"{name}.yaml"))}
    assert {run.identity for run in plan(again)} == planned


def test_run_that_two_reports_share_counts_once(reports: Path) -> None:
    _make(reports, "third", "rnn", 30)
    page = compare(reports / "first", reports / "third", out=reports).page
    assert "4 runs: 4 done" in (page.parent / "report.md").read_text(encoding="utf-8")
    assert len(pd.read_csv(page.parent / "runs.csv")) == 8


@pytest.mark.parametrize("folders", [[], ["first"], ["first", "none"]])
def test_what_cannot_be_compared_is_told(reports: Path, folders: list[str]) -> None:
    with pytest.raises(SpecError, match=r"at least two|no report folder"):
        compare(*(reports / folder for folder in folders), out=reports)


def test_a_comparison_has_the_name_and_the_question_that_it_is_given(reports: Path) -> None:
    settings = ["name=both", "question=Which cell?"]
    page = compare(reports / "first", reports / "second", out=reports, overrides=settings).page
    assert page == reports / "both" / "index.html"
    text = (page.parent / "report.md").read_text(encoding="utf-8")
    assert "Which cell?" in text
    assert "-s name=both -s 'question=Which cell?'" in text


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("model.hidden=3", "it takes -s name=.. and -s question=.."),
        ("report.tables=[]", "it takes -s name=.. and -s question=.."),
        ("name=a/b", "expected letters, digits, - and _ only"),
        ("name=runs", "`runs` is the folder of the stored runs"),
        ("name", "expected key=value"),
    ],
)
def test_other_settings_of_a_comparison_are_refused(reports: Path, setting: str, message: str) -> None:
    with pytest.raises(SpecError, match=re.escape(message)):
        compare(reports / "first", reports / "second", out=reports, overrides=[setting])
    assert not (reports / "first-vs-second").exists()


SEARCH = """
name: search
data: {task: agreement, train_size: 30, dev_size: 20}
model: {cell: gru}
train: {epochs: 1}
search: {tuner: grid, confirm_seeds: 2, space: {model.lookback: {choice: [0, 1, 2]}}}
"""


def test_search_is_compared_by_its_trials_and_its_best_by_fresh_seeds(reports: Path) -> None:
    path = reports / "search.yaml"
    path.write_text(SEARCH, encoding="utf-8")
    store = Store(reports / "runs")
    for seed, lookbacks in ((2018, (0, 1, 2)), (2019, (2,)), (2020, (2,))):
        for lookback in lookbacks:
            tested = ["evaluate.test=true"] if seed > 2018 else []
            overrides = ["search=null", f"model.lookback={lookback}", f"train.seed={seed}", *tested]
            (run,) = plan(load_spec(path, overrides=overrides))
            history = [Epoch(0, 0.7, 0.5), Epoch(1, 0.5 - lookback / 10, 0.8, 0.5, 0.5, 0.1, test={"loss": 0.4})]
            store.save(
                RunRecord(run.identity, "done", run.spec.config.model_dump(mode="json"), history, epochs=1), b"weights"
            )
    report(path, out=reports)
    outcome = compare(reports / "search", reports / "first", out=reports)
    assert (outcome.failed, outcome.missing) == (0, 0)
    runs = pd.read_csv(outcome.page.parent / "runs.csv")
    searched = runs[runs["model.cell"] == "gru"]
    assert list(zip(searched["model.lookback"], searched["train.seed"], strict=True)) == [
        (0, 2018),
        (1, 2018),
        (2, 2019),
        (2, 2020),
    ]
    assert {run.identity for run in plan(load_spec(outcome.page.parent / "spec.yaml"))} == set(runs["run"])
