"""Sweeps: from the store through an executor back to the store."""

import io
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from toolkit.errors import SpecError
from toolkit.runner.driver import Call, train
from toolkit.runner.plan import PlannedRun, plan
from toolkit.spec.schema import Experiment
from toolkit.store import Store


def planned(**sections: Any) -> list[PlannedRun]:
    data = {"task": "agreement", "train_size": 60, "dev_size": 40}
    spec = {"name": "a", "data": data, "train": {"epochs": 2, "batch_size": 20}, "model": {"hidden": 4}, **sections}
    return plan(Experiment.model_validate(spec))


@pytest.mark.parametrize("workers", [1, 2])
def test_every_run_is_stored_and_told_in_plain_lines(tmp_path: Path, workers: int) -> None:
    runs, store, told = planned(sweep={"grid": {"model.lookback": [0, 3]}}), Store(tmp_path), io.StringIO()
    train(runs, store, Console(file=told, width=200), Call(workers))
    records = [store.load(run.run) for run in runs]
    assert [record and record.status for record in records] == ["done", "done"]
    assert [line.split()[0] for line in told.getvalue().splitlines()] == ["1/2", "2/2"]


def test_a_wrong_cell_is_told_before_anything_is_trained(tmp_path: Path) -> None:
    runs = planned(model={"cell": "no_such_module:Cell", "embedding": 3})
    with pytest.raises(SpecError, match="cannot be imported"):
        train(runs, Store(tmp_path), Console(file=io.StringIO()), Call(2))
    assert not list(tmp_path.iterdir())
