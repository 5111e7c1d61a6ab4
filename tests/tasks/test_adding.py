"""A task is added by writing one file: it is trained, and its measures and groups are in all that a report shows."""

import csv
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

from toolkit.errors import SpecError, StoreError
from toolkit.runner.planning.plan import look_anew, plan, plan_specs
from toolkit.runner.stored import load_model
from toolkit.spec.loader import load_spec, load_specs

ROOT = Path(__file__).parents[2]

LENGTH = '''
"""A task in one file: is a sentence long?"""

from pathlib import Path

from toolkit import Task
from toolkit.tasks.accuracy import ACCURACY, DEV_ACCURACY, TEST_ACCURACY
from toolkit.tasks.measure import Measure
from toolkit.tasks.task import Group, Softmax

LONG = 9


def encode(sentence):
    """All words are read; after the last of them it is said whether there were many."""
    words = sentence["words"]
    return words, "long" if len(words) >= LONG else "short"


def measure(predictions):
    """How many of the long sentences are found, from arrays with an entry a prediction."""
    found = predictions.said[predictions.targets == 1] == 1
    return {"recall": found.mean() if len(found) else None}


TASK = Task(
    name="length",
    meaning="say after its last word whether a sentence is long",
    version=1,
    needs=("words",),
    predicts="last",
    head=Softmax(labels=("short", "long")),
    encode=encode,
    tracks=("accuracy",),
    curves=(DEV_ACCURACY,),
    measures=(
        ACCURACY,
        TEST_ACCURACY,
        Measure("recall", 3, "the share of long sentences that are found", highest_is_best=True, most=1.0),
    ),
    measure=measure,
    groups=(Group("length", "words", "length, in words", ("words",), lambda sentence: len(sentence["words"])),),
)
with Path(__file__).with_name("imported").open("a") as trace:
    trace.write("x")  # for this test: what imports it leaves a trace
'''
STUDY = """
name: lengths
question: Does it help to look back?
data: {task: "mine.length:TASK", train_size: 60, dev_size: 40, vocab_size: 50}
model: {hidden: 4}
train: {epochs: 2, batch_size: 20}
evaluate: {by: [length], test: true}
sweep: {grid: {model.lookback: [0, 3]}, seeds: [1, 2]}
report:
  tables: [{name: found, rows: [model.lookback], values: [best_loss, accuracy, recall, test_accuracy], sort: recall}]
  figures:
    - {name: recalls, kind: bar, x: model.lookback, y: recall}
    - {name: by_length, kind: line, x: length, y: accuracy, hue: model.lookback}
    - {name: how_long, kind: histogram, x: length, y: sentences}
    - {name: curves, kind: curves, x: epoch, y: dev_accuracy}
  claims:
    - {claim: More is found, measure: recall, setting: {model.lookback: 3}, than: {model.lookback: 0}}
    - {claim: Always, measure: accuracy, setting: {model.lookback: 3}, than: {model.lookback: 0}, each: [length]}
"""
SEARCH = """
name: found
data: {task: "mine.length:TASK", train_size: 60, dev_size: 40, vocab_size: 50}
model: {hidden: 4}
train: {epochs: 1, batch_size: 20}
search: {tuner: random, objective: recall, max_trials: 2, space: {train.learning_rate: {choice: [0.5, 0.1]}}}
"""


TOLD = "data.task: mine.length:TASK is imported: mine.length (mine/length.py)"


@dataclass(frozen=True)
class Study:
    """A folder with the task's file and specs that name it, trained from the command line."""

    folder: Path

    def call(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, str(ROOT / "run_spec.py"), *arguments]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        return subprocess.run(command, cwd=self.folder, env=environment, capture_output=True, text=True, check=False)

    def imports(self) -> int:
        """How often the task's file was imported so far."""
        return (self.folder / "mine" / "imported").stat().st_size

    def rows(self, file: str) -> list[dict[str, str]]:
        with (self.folder / "reports" / file).open(encoding="utf-8", newline="") as lines:
            return list(csv.DictReader(lines))


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Study]:
    folder = tmp_path_factory.mktemp("study")
    (folder / "mine").mkdir()
    (folder / "mine" / "length.py").write_text(LENGTH, encoding="utf-8")
    (folder / "lengths.yaml").write_text(STUDY, encoding="utf-8")
    (folder / "found.yaml").write_text(SEARCH, encoding="utf-8")
    made = Study(folder)
    result = made.call("lengths.yaml", "found.yaml", "-j", "1")
    assert result.returncode == 0, result.stdout + result.stderr
    assert TOLD in result.stdout
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.syspath_prepend(str(folder))
        yield made


def test_its_measures_are_in_tables_and_csv(study: Study) -> None:
    runs = study.rows("lengths/runs.csv")
    assert len(runs) == 4
    for run in runs:
        assert 0 <= float(run["recall"]) <= 1
        assert 0 <= float(run["accuracy"]) <= 1
        assert 0 <= float(run["test_accuracy"]) <= 1
    mean = pd.DataFrame(runs).astype({"recall": float}).groupby("model.lookback")["recall"].mean()
    table = {row["model.lookback"]: row for row in study.rows("lengths/tables/found.csv")}
    for lookback in ("0", "3"):
        assert float(table[lookback]["recall"]) == pytest.approx(mean[lookback])


def test_its_groups_are_counted_and_measured(study: Study) -> None:
    groups = [row for row in study.rows("lengths/groups.csv") if row["split"] == "dev"]
    assert {row["by"] for row in groups} == {"length"}
    runs = {row["run"]: float(row["accuracy"]) for row in study.rows("lengths/runs.csv")}
    for run, accuracy in runs.items():
        own = [row for row in groups if row["run"] == run]
        assert sum(int(row["sentences"]) for row in own) == 40
        assert sum(int(row["sentences"]) * float(row["accuracy"]) for row in own) / 40 == pytest.approx(accuracy)


def test_its_figures_and_claims_are_made(study: Study) -> None:
    figures = {path.stem for path in (study.folder / "reports/lengths/figures").glob("*.svg")}
    assert figures >= {"recalls", "by_length", "how_long", "curves"}
    claims = {row["claim"] for row in study.rows("lengths/tables/claims.csv")}
    assert claims == {"More is found", "Always"}
    page = (study.folder / "reports/lengths/index.html").read_text(encoding="utf-8")
    assert "the share of long sentences that are found" in page
    assert "length, in words" in page


def test_a_search_is_decided_by_its_measure(study: Study) -> None:
    trials = study.rows("found/tables/trials.csv")
    recalls = [float(row["recall"]) for row in trials]
    assert recalls == sorted(recalls, reverse=True)


def test_check_and_plan_import_it_and_say_so(study: Study) -> None:
    for option in ("--check", "--plan"):
        before = study.imports()
        result = study.call("lengths.yaml", option)
        assert result.returncode == 0, result.stderr
        assert TOLD in result.stdout
        assert study.imports() == before + 1


def test_reports_of_it_are_made_without_its_code(study: Study) -> None:
    before, runs = study.imports(), study.rows("lengths/runs.csv")
    table = (study.folder / "reports/lengths/tables/found.csv").read_text(encoding="utf-8")
    result = study.call("lengths.yaml", "found.yaml", "--report-only")
    assert result.returncode == 0, result.stderr
    assert study.rows("lengths/runs.csv") == runs
    assert (study.folder / "reports/lengths/tables/found.csv").read_text(encoding="utf-8") == table
    result = study.call("--compare", "reports/lengths", "reports/found")
    assert result.returncode == 0, result.stderr
    (compared,) = (path for path in (study.folder / "reports").glob("*-vs-*") if path.is_dir())
    assert len({row["recall"] for row in study.rows(f"{compared.name}/runs.csv")} - {""}) > 1
    assert study.imports() == before


def test_what_no_report_says_of_it_is_told(study: Study) -> None:
    (study.folder / "other.yaml").write_text(STUDY.replace("name: lengths", "name: other"), encoding="utf-8")
    before = study.imports()
    with pytest.raises(SpecError, match=r"other\.yaml:4:14: data\.task: mine\.length:TASK is not imported to report"):
        load_specs(["other.yaml"], report_folder=(study.folder / "reports").joinpath)
    assert study.imports() == before


def test_what_a_report_declares_falsely_is_as_if_it_said_nothing(study: Study) -> None:
    contents = study.folder / "reports" / "lengths" / ".contents.json"
    values = json.loads(contents.read_text(encoding="utf-8"))
    folder = study.folder / "sent"
    folder.mkdir()
    values["tasks"]["mine.length:TASK"]["measures"] = [["recall"]]
    (folder / ".contents.json").write_text(json.dumps(values), encoding="utf-8")
    with pytest.raises(SpecError, match="is not imported to report"):
        load_specs(["lengths.yaml"], report_folder=lambda _: folder)


def test_its_code_is_part_of_the_identity(study: Study) -> None:
    look_anew()
    (planned, *_) = plan(load_spec("lengths.yaml"))
    assert planned.identity in {row["run"] for row in study.rows("lengths/runs.csv")}
    path = study.folder / "mine" / "length.py"
    path.write_text(LENGTH.replace("LONG = 9", "LONG = 10"), encoding="utf-8")
    look_anew()
    (changed, *_) = plan(load_spec("lengths.yaml"))
    path.write_text(LENGTH, encoding="utf-8")
    look_anew()
    assert changed.identity != planned.identity


def test_a_stored_run_of_it_is_loaded_where_its_code_is_trusted(study: Study) -> None:
    run = f"reports/runs/{study.rows('lengths/runs.csv')[0]['run']}"
    before = study.imports()
    with pytest.raises(StoreError, match=r"its task is mine\.length:TASK"):
        load_model(run)
    assert study.imports() == before
    assert load_model(run, trust=True).output_layer.units == 2


@pytest.mark.parametrize(
    ("code", "task", "told"),
    [
        (LENGTH, "mine.wrong:TSAK", "has no object `TSAK`; did you mean `TASK`?"),
        (LENGTH, "mine.wrong:encode", "is no task; expected a toolkit.Task, received function"),
        ("TASK = open('nothing')", "mine.wrong:TASK", "wrong.py:1 (FileNotFoundError"),
        (LENGTH.replace('predicts="last"', 'predicts="once"'), "mine.wrong:TASK", "predicts `last` or `each`"),
        (LENGTH.replace('"long" if', '"huge" if'), "mine.wrong:TASK", "predicts 'huge', which is none of its labels"),
        (LENGTH.replace('["words"]', '["noun"]', 1), "mine.wrong:TASK", "fails at sentence 1 (KeyError: 'noun')"),
        (LENGTH.replace('{"recall":', '{"recalled":'), "mine.wrong:TASK", "measure gives recalled; expected recall"),
        (LENGTH.replace('Measure("recall"', 'Measure("best_loss"'), "mine.wrong:TASK", "give it a name of its own"),
        (LENGTH.replace('needs=("words",)', 'needs=("words", "gist")'), "mine.wrong:TASK", "gist"),
    ],
    ids=range(9),
)
def test_its_mistakes_are_told_with_their_line_before_training(study: Study, code: str, task: str, told: str) -> None:
    (study.folder / "mine" / "wrong.py").write_text(code, encoding="utf-8")
    spec = f"name: wrong\ndata: {{task: '{task}', train_size: 30, dev_size: 20}}\n"
    (study.folder / "wrong.yaml").write_text(spec, encoding="utf-8")
    look_anew()
    with pytest.raises(SpecError) as error:
        plan_specs(load_specs(["wrong.yaml"]))
    assert str(error.value).startswith("wrong.yaml:2:14: data.task: ")
    assert told in str(error.value)
