"""A measure is defined once: one that is added to a task is in all that names measures, and none is named elsewhere."""

import ast
import io
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

import toolkit
from tests.reporter.conftest import _record, _study
from toolkit.errors import SpecError
from toolkit.reporter.numbers.frames import Runs, history_frame, runs_frame
from toolkit.reporter.numbers.results import collect_results
from toolkit.reporter.report import make_report
from toolkit.reporter.search.ranking import rank
from toolkit.sinks.sink import curves, results, trained
from toolkit.spec.loader import load_spec
from toolkit.spec.measures import lacking
from toolkit.spec.schema import Experiment
from toolkit.spec.trials import trial_spec
from toolkit.tasks.measure import Measure
from toolkit.tasks.registry import TASKS
from toolkit.tasks.reported import known_curves, known_measures

GAIN = Measure(
    "gain",
    3,
    "how much lower the dev loss became",
    "nats",
    lambda record: record.history[0].dev_loss - record.best.dev_loss,
    highest_is_best=True,
    is_compared=True,
    is_drawn=True,
)
ODDS = Measure("dev_odds", 2, found=lambda epoch: epoch.dev_accuracy / (1 - epoch.dev_accuracy))
SPEC = """
name: study
data: {task: agreement, train_size: 30, dev_size: 20}
train: {epochs: 2}
sweep: {grid: {model.cell: [rnn, gru]}, seeds: [1, 2, 3]}
report:
  published: published.csv
  tables: [{name: gains, rows: [model.cell], values: [gain], sort: gain}]
  figures:
    - {name: bars, kind: bar, x: model.cell, y: gain}
    - {name: odds, kind: curves, x: epoch, y: dev_odds}
  claims: [{claim: The GRU gains more, measure: gain, setting: {model.cell: gru}, than: {model.cell: rnn}}]
"""
SEARCH = """
name: found
data: {task: agreement, train_size: 30, dev_size: 20}
train: {epochs: 2}
search: {tuner: random, objective: gain, max_trials: 3, space: {model.hidden: {int: [2, 9]}}}
"""


@pytest.fixture
def with_gain(monkeypatch: pytest.MonkeyPatch) -> None:
    """The task `agreement` has a measure, and a curve, more: nothing else knows of them."""
    task = TASKS["agreement"]
    more = replace(task, measures=(*task.measures, GAIN), curves=(*task.curves, ODDS))
    monkeypatch.setitem(TASKS, "agreement", more)


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """A spec that names the measure wherever one can be named."""
    (tmp_path / "published.csv").write_text("model.cell,metric,value\ngru,gain,0.50\n", encoding="utf-8")
    (tmp_path / "study.yaml").write_text(SPEC, encoding="utf-8")
    return tmp_path / "study.yaml"


def _runs(experiment: Experiment) -> Runs:
    """Six runs whose gains are 0.4, 0.38, 0.36 of the RNN and 0.5, 0.49, 0.45 of the GRU."""
    sweep = experiment.sweep.model_dump()
    return _study(grid=sweep["grid"], data=experiment.data.model_dump(), seeds=sweep["seeds"])[1]


@pytest.mark.parametrize("spec", [SPEC, SEARCH], ids=["report", "search"])
def test_a_measure_that_no_task_has_is_no_column(spec: str, study: Path) -> None:
    study.write_text(spec, encoding="utf-8")
    with pytest.raises(SpecError, match=r"gain|expected one of best_loss"):
        load_spec(study)


def test_one_file_is_touched_to_add_a_measure(study: Path, tmp_path: Path) -> None:
    shutil.copytree(Path(toolkit.__file__).parent, tmp_path / "toolkit", ignore=shutil.ignore_patterns("__pycache__"))
    file = tmp_path / "toolkit" / "tasks" / "agreement.py"
    gain = 'GAIN = Measure("gain", 3, found=lambda record: record.history[0].dev_loss - record.best.dev_loss)'
    odds = 'ODDS = Measure("dev_odds", 2, found=lambda epoch: epoch.dev_accuracy / (1 - epoch.dev_accuracy))'
    text = (
        file.read_text(encoding="utf-8").replace("measures=(", "measures=(GAIN, ").replace("curves=(", "curves=(ODDS, ")
    )
    file.write_text(text.replace("\nTASK = ", f"\n{gain}\n{odds}\n\nTASK = "), encoding="utf-8")
    for spec in (SPEC, SEARCH):
        study.write_text(spec, encoding="utf-8")
        command = [sys.executable, "-P", "-m", "toolkit", str(study), "--check"]
        done = subprocess.run(
            command, cwd=tmp_path, env={"PYTHONPATH": str(tmp_path)}, capture_output=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.usefixtures("with_gain")
def test_an_added_measure_is_in_every_table_figure_claim_and_published_value(study: Path) -> None:
    experiment = load_spec(study)
    files = make_report(experiment, _runs(experiment), "python run_spec.py study.yaml").files
    frames = {name: pd.read_csv(io.BytesIO(text)) for name, text in files.items() if name.endswith(".csv")}

    assert list(frames["runs.csv"])[-1] == "gain"
    assert frames["runs.csv"]["gain"].tolist() == pytest.approx([0.4, 0.38, 0.36, 0.5, 0.49, 0.45])
    assert frames["tables/gains.csv"]["gain"].tolist() == pytest.approx([0.38, 0.48])
    assert "0.480 ± " in files["tables/gains.md"].decode()
    assert files["tables/gains.md"].decode().splitlines()[-1].startswith("| rnn ")  # the least gain last
    assert "gain is how much lower the dev loss became" in files["report.md"].decode()
    assert frames["figures/bars.csv"]["gain"].tolist() == pytest.approx([0.38, 0.48])
    assert "gain (nats)" in files["figures/bars.svg"].decode()
    assert frames["figures/odds.csv"]["dev_odds"].notna().all()
    assert frames["history.csv"]["dev_odds"].tolist()[0] == pytest.approx(0.55 / 0.45)
    assert frames["tables/claims.csv"]["difference"].tolist() == pytest.approx([0.1])
    assert re.search(r"The GRU gains more: holds \(difference 0.100 .+ nats", files["report.md"].decode())
    published = frames["tables/published.csv"]
    assert published["verdict"].tolist() == ["equal to the printed digits", "within 0.01", "differs"]


@pytest.mark.usefixtures("with_gain")
def test_a_report_shows_an_added_measure_by_itself(study: Path) -> None:
    study.write_text(SPEC.partition("report:")[0], encoding="utf-8")
    experiment = load_spec(study)
    files = make_report(experiment, _runs(experiment), "python run_spec.py study.yaml").files
    assert "| gain |" in files["tables/comparison.md"].decode()
    assert "figures/gain.svg" in files


@pytest.mark.usefixtures("with_gain")
def test_a_search_takes_an_added_measure_for_its_objective(study: Path) -> None:
    study.write_text(SEARCH, encoding="utf-8")
    experiment = load_spec(study)
    trials = [trial_spec(experiment, {"model.hidden": hidden}) for hidden in (2, 5, 9)]
    losses = zip(trials, (0.6, 0.3, 0.5), strict=True)
    runs = [(trial, _record(trial, [0.9, 0.8, loss], f"{n:016x}")) for n, (trial, loss) in enumerate(losses)]
    assert experiment.search is not None
    ranking = rank(experiment.search, collect_results(experiment, runs), None, False).ranking
    assert ranking["gain"].tolist() == pytest.approx([0.6, 0.4, 0.3])  # more of it is better


@pytest.mark.usefixtures("with_gain")
def test_a_search_that_has_tried_nothing_has_a_ranking(study: Path) -> None:
    study.write_text(SEARCH, encoding="utf-8")
    experiment = load_spec(study)
    assert experiment.search is not None
    assert len(rank(experiment.search, collect_results(experiment, []), None, False).ranking) == 0


@pytest.mark.usefixtures("with_gain")
def test_an_added_measure_is_handed_on(study: Path) -> None:
    record, *_ = trained(_runs(load_spec(study)))
    assert results(record)["gain"] == pytest.approx(0.4)
    assert [epoch for name, epoch, _ in curves(record) if name == "dev_odds"] == [0, 1, 2]


@pytest.mark.usefixtures("with_gain")
def test_a_run_that_failed_before_any_epoch_lacks_an_added_measure(study: Path) -> None:
    (run, record), *_ = _runs(load_spec(study))
    assert record is not None
    row = runs_frame([(run, replace(record, status="failed", history=()))]).iloc[0]
    assert pd.isna(row["gain"])
    assert row["parameters"] == 1234


@pytest.mark.usefixtures("with_gain")
def test_what_another_task_measures_is_missing_in_a_run(study: Path) -> None:
    both = {"data.task": ["agreement", "language_model"]}
    _, runs = _study(grid=both, data=load_spec(study).data.model_dump(), seeds=[1])
    assert runs_frame(runs)["gain"].isna().tolist() == [False, True]
    assert history_frame(runs).groupby("run")["dev_odds"].count().tolist() == [3, 0]


@pytest.mark.parametrize(
    ("name", "digits", "message"),
    [
        ("macro f1", 4, "of small letters, digits and _"),
        ("model.gain", 4, "received 'model.gain'"),
        ("gain_low", 4, "ends neither in _low nor in _high"),
        ("status", 4, "status is a column of its own"),
        ("gain", 18, "with 0 to 17 digits; received 18"),
    ],
)
def test_a_measure_that_can_be_no_column_is_refused(name: str, digits: int, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Measure(name, digits)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("perplexity", "perplexity is measured for data.task: language_model; it is agreement"),
        ("test_accuracy", "test_accuracy is measured with evaluate.test: true"),
        ("gain", "gain is measured for another data.task; it is agreement"),
        ("dev_accuracy", ""),
    ],
)
def test_what_runs_are_not_measured_for_is_told_with_its_mend(name: str, message: str) -> None:
    assert lacking(name, [Experiment.model_validate({"name": "a", "data": {"task": "agreement"}})]) == message


def test_columns_stand_where_they_always_stood() -> None:
    assert list(known_measures())[:14] == [
        *("best_loss", "best_epoch", "final_loss", "perplexity", "accuracy", "test_loss", "test_perplexity"),
        *("test_accuracy", "seconds_per_epoch", "parameters", "balanced_accuracy", "plural_f1", "majority_accuracy"),
        "training_seconds",
    ]
    assert list(known_curves())[:5] == ["learning_rate", "train_loss", "dev_loss", "dev_accuracy", "seconds"]


DEFINED_IN = "tasks/"
TAKEN_IN = ("builder/", "runner/worker/")
TRACKED = "accuracy"
"""What Keras's logs, and with them the epochs of a record, call the share of right predictions."""
KEYS = {"learning_rate", "seconds"}
"""Curves of which the name is a key of the spec, or a word, too."""


def _named() -> Iterator[tuple[str, str]]:
    """Each file of the toolkit with the texts of its code that name a measure: alone, or as a word with _ in it."""
    names = {*known_measures(), *known_curves()} - KEYS
    words = re.compile(rf"\b({'|'.join(name for name in names if '_' in name)})\b")
    root = Path(toolkit.__file__).parent
    for path in sorted(root.rglob("*.py")):
        nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
        told = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}  # docstrings
        texts = [node.value for node in nodes if isinstance(node, ast.Constant) and id(node) not in told]
        for text in texts:
            if isinstance(text, str) and (text in names or words.search(text)):
                yield path.relative_to(root).as_posix(), text


def test_no_measure_is_named_outside_its_definition() -> None:
    named = list(_named())
    assert any(path.startswith(DEFINED_IN) for path, _ in named)
    others = [one for one in named if not one[0].startswith(DEFINED_IN)]
    assert [(path, text) for path, text in others if text != TRACKED or not path.startswith(TAKEN_IN)] == []
