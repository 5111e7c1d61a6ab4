"""Reports of stored runs whose data, or the module of whose cell, is no longer there."""

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from toolkit.compare import compare
from toolkit.errors import SpecError
from toolkit.experiment import report
from toolkit.runner.planning.plan import look_anew, plan, plan_run
from toolkit.runner.search.search_file import keep
from toolkit.spec.declared_tasks import CONTENTS
from toolkit.spec.loader import load_spec
from toolkit.spec.sweep import RunSpec, expand
from toolkit.spec.trials import SearchResult, trial_spec
from toolkit.store import Epoch, RunRecord, Store

SPEC = """
name: {name}
data: {{source: text, path: corpus, vocab_size: 6}}
model: {{cell: {cell}, embedding: 2, hidden: 3}}
train: {{epochs: 1}}
"""
SWEEP = "sweep: {grid: {model.lookback: [0, 1]}}\n"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with a corpus."""
    write_corpus(tmp_path / "corpus", "a b c")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


def write_corpus(folder: Path, sentence: str) -> None:
    folder.mkdir(exist_ok=True)
    for split in ("train", "dev", "test"):
        (folder / f"{split}.txt").write_text(f"{sentence}\n", encoding="utf-8")


def write(folder: Path, name: str = "kept", cell: str = "rnn", more: str = SWEEP) -> Path:
    path = folder / f"{name}.yaml"
    path.write_text(SPEC.format(name=name, cell=cell) + more, encoding="utf-8")
    return path


def store_runs(specs: list[RunSpec], store: Store, loss: float = 0.5) -> None:
    """Make up records."""
    for run in map(plan_run, specs):
        history = [Epoch(0, 0.7), Epoch(1, loss + run.spec.config.model.lookback / 10, None, 0.6, 0.5, 0.1)]  # type: ignore[operator]
        config, provenance = run.spec.config.model_dump(mode="json"), {"data": run.data.digest}
        record = RunRecord(run.identity, "done", config, history, epochs=1, provenance=provenance)
        store.save(record, b"weights")


def trained(path: Path, loss: float = 0.5) -> Path:
    """A spec whose made-up runs are stored, and whose report is written."""
    store_runs(expand(load_spec(path.name)), Store(Path("reports/runs")), loss)
    report(path.name)
    return Path("reports") / path.stem


def contents(folder: Path) -> dict[Path, bytes]:
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("forgotten", [[], [CONTENTS]])
def test_a_report_is_made_again_without_its_data(
    here: Path, forgotten: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    folder = trained(write(here))
    before = contents(folder)
    shutil.rmtree(here / "corpus")
    for name in forgotten:
        (folder / name).unlink()
    (outcome,) = report("kept.yaml")
    assert outcome.missing == 0
    assert contents(folder) == {**before, **{Path(name): contents(folder)[Path(name)] for name in forgotten}}
    told = capsys.readouterr().out
    assert "kept: its data is not there, so its runs are found by what is known of it" in told
    assert told.endswith("kept: 2 of 2 runs are stored\n")


@pytest.mark.parametrize("left", [["dev.txt"], ["dev.txt", "test.txt", "README"]])
def test_a_report_is_made_again_without_some_files_of_its_data(here: Path, left: list[str]) -> None:
    folder = trained(write(here))
    before = contents(folder)
    shutil.rmtree(here / "corpus")
    (here / "corpus").mkdir()
    for name in left:
        (here / "corpus" / name).write_text("another\n", encoding="utf-8")
    (outcome,) = report("kept.yaml")
    assert outcome.missing == 0
    assert contents(folder) == before


def test_what_a_report_of_a_version_that_lacked_a_key_says_of_its_data_counts(here: Path) -> None:
    folder = trained(write(here))
    known = json.loads((folder / CONTENTS).read_text(encoding="utf-8"))
    del known["data"][0]["config"]["distance"]
    (folder / CONTENTS).write_text(json.dumps(known), encoding="utf-8")
    for record in (here / "reports" / "runs").glob("*/record.json"):
        record.unlink()
    shutil.rmtree(here / "corpus")
    (outcome,) = report("kept.yaml")
    assert outcome.missing == 2


def test_runs_that_are_not_stored_are_missing_without_data_too(here: Path) -> None:
    trained(write(here))
    shutil.rmtree(here / "corpus")
    (outcome,) = report("kept.yaml", overrides=["sweep.grid.model.lookback=[0, 1, 2]"])
    assert outcome.missing == 1


@pytest.mark.parametrize("key", ["code", "cells"], ids=["now", "as version 1.0 wrote it"])
def test_a_report_of_a_cell_whose_module_is_gone_is_made_again(here: Path, key: str) -> None:
    (here / "lost_cell.py").write_text("class Own:\n    pass\n", encoding="utf-8")
    folder = trained(write(here, cell="lost_cell:Own"))
    before = contents(folder)
    known = json.loads((folder / CONTENTS).read_text(encoding="utf-8"))
    (folder / CONTENTS).write_text(json.dumps({"data": known["data"], key: known["code"]}), encoding="utf-8")
    (here / "lost_cell.py").unlink()
    look_anew()
    (outcome,) = report("kept.yaml")
    assert outcome.missing == 0
    assert contents(folder) == before


def test_a_report_of_a_search_is_made_again_without_its_data(here: Path) -> None:
    search = "search: {tuner: grid, confirm_seeds: 0, space: {model.lookback: {choice: [0, 1]}}}\n"
    write(here, more=search)
    experiment = load_spec("kept.yaml")
    store = Store(here / "reports" / "runs")
    trials = [trial_spec(experiment, {"model.lookback": lookback}) for lookback in (0, 1)]
    store_runs(trials, store)
    keep(experiment, SearchResult(trials, winner=0, is_complete=True, has_ended=True), store)
    report("kept.yaml")
    before = contents(here / "reports" / "kept")
    shutil.rmtree(here / "corpus")
    report("kept.yaml")
    assert contents(here / "reports" / "kept") == before


def test_reports_are_compared_without_their_data(here: Path) -> None:
    folders = [trained(write(here, name, cell)) for name, cell in (("first", "rnn"), ("second", "gru"))]
    shutil.rmtree(here / "corpus")
    outcome = compare(*folders)
    assert outcome.missing == 0
    assert list(pd.read_csv(outcome.page.parent / "runs.csv")["model.cell"]) == ["rnn"] * 2 + ["gru"] * 2
    (again,) = report(outcome.page.parent / "spec.yaml")
    assert again.missing == 0


def test_of_several_contents_the_one_that_the_report_was_last_made_of_counts(here: Path) -> None:
    path = write(here)
    trained(path, loss=0.5)
    write_corpus(here / "corpus", "a b c d")
    folder = trained(path, loss=0.4)
    shutil.rmtree(here / "corpus")
    report("kept.yaml")
    assert list(pd.read_csv(folder / "runs.csv")["best_loss"]) == [0.4, 0.5]
    (folder / CONTENTS).unlink()
    with pytest.raises(SpecError, match=r"kept.yaml:3:28: data.path: corpus is not there, and there are stored runs"):
        report("kept.yaml")


def test_data_that_changed_since_the_report_was_made_is_told(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(here)
    trained(path)
    report("kept.yaml")
    assert "is not what it was" not in capsys.readouterr().out
    write_corpus(here / "corpus", "a b c d")
    (outcome,) = report("kept.yaml")
    assert outcome.missing == 2
    told = "kept: what is read in corpus is not what it was when the report was made last, so its runs are others\n"
    assert f"{told}kept: 0 of 2 runs" in capsys.readouterr().out


def test_without_stored_runs_the_data_is_missed_as_before(here: Path) -> None:
    path = write(here)
    shutil.rmtree(here / "corpus")
    with pytest.raises(SpecError, match=r"data.path: .*corpus does not exist"):
        report(path)


def test_a_record_of_another_version_says_nothing_of_its_data(here: Path) -> None:
    path = write(here)
    (run, _) = plan(load_spec(path))
    record = RunRecord(
        "0" * 16,
        "done",
        run.spec.config.model_dump(mode="json"),
        [Epoch(0, 0.7), Epoch(1, 0.5)],
        epochs=1,
        provenance={"data": run.data.digest},
    )
    Store(here / "reports" / "runs").save(record, b"weights")
    shutil.rmtree(here / "corpus")
    with pytest.raises(SpecError, match=r"data.path: .*corpus does not exist"):
        report(path)
