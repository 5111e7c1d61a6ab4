"""Reports of several specs, and of runs that another call is training."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from toolkit import experiment
from toolkit.errors import StoreError
from toolkit.pipeline import training
from toolkit.runner.planning.plan import plan_specs
from toolkit.spec.loader import load_specs
from toolkit.store import Epoch, RunRecord, Store

SPEC = "name: {}\ndata: {{task: agreement, train_size: 20, dev_size: 20}}\ntrain: {{epochs: 1}}\n"


@pytest.fixture
def specs(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / f"{name}.yaml" for name in ("one", "other", "both")]
    for path in paths[:2]:
        path.write_text(SPEC.format(path.stem), encoding="utf-8")
    paths[2].write_text("name: both\ncombine: [one.yaml, other.yaml]\n", encoding="utf-8")
    return paths


def test_a_report_that_cannot_be_written_keeps_none_of_the_others_from_it(tmp_path: Path, specs: list[Path]) -> None:
    (tmp_path / "one" / "index.html").mkdir(parents=True)
    with pytest.raises(StoreError, match=r"one/index\.html: "):
        experiment.report(*specs, out=tmp_path, console=Console(file=io.StringIO()))
    assert (tmp_path / "other" / "index.html").is_file()
    assert not (tmp_path / "both" / "index.html").exists()
    assert "other" in (tmp_path / "index.html").read_text(encoding="utf-8")


def test_all_reports_that_cannot_be_written_are_told(tmp_path: Path, specs: list[Path]) -> None:
    for path in specs[:2]:
        (tmp_path / path.stem / "index.html").mkdir(parents=True)
    with pytest.raises(StoreError, match=r"(?s)one/index\.html: .*other/index\.html: "):
        experiment.report(*specs[:2], out=tmp_path, console=Console(file=io.StringIO()))


def test_a_run_that_another_call_trains_afresh_is_waited_for(
    tmp_path: Path, specs: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    ((run,),) = plan_specs(load_specs(specs[:1])).values()
    store, told = Store(tmp_path / "runs"), io.StringIO()
    record = RunRecord(run.identity, "done", run.spec.config.model_dump(mode="json"), (Epoch(0, 2.0), Epoch(1, 1.0)), 1)
    store.save(record)

    def other_call_begins(*_: object) -> None:
        store.retire(run.identity)

    def other_call_ends(waited_for: list[object], *_: object) -> None:
        assert len(waited_for) == 1
        store.save(record)

    monkeypatch.setattr(training, "_announce", other_call_begins)
    monkeypatch.setattr(training, "train", other_call_ends)
    (outcome,) = experiment.run(specs[0], out=tmp_path, console=Console(file=told))
    assert (outcome.failed, outcome.missing) == (0, 0)
    assert told.getvalue().endswith("runs that another call trains again, with --fresh, are waited for: 1\n")
