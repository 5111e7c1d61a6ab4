"""Worker processes against this one."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from toolkit.errors import SpecError
from toolkit.runner.executors import train
from toolkit.runner.plan import plan
from toolkit.spec.schema import Experiment
from toolkit.store import Store

DATA = {"task": "agreement", "train_size": 60, "dev_size": 40}
SWEEP = {"grid": {"model.cell": ["rnn", "gru"], "model.lookback": [0, 3]}}
TRAIN = {"epochs": 2, "batch_size": 20}


def histories(folder: Path, workers: int) -> tuple[list[list[float]], str]:
    experiment = Experiment.model_validate(
        {"name": "a", "data": DATA, "model": {"hidden": 4}, "train": TRAIN, "sweep": SWEEP}
    )
    runs, store, told = plan(experiment), Store(folder), io.StringIO()
    train(runs, store, Console(file=told, width=200), workers)
    records = [store.load(run.run) for run in runs]
    losses = [[epoch.dev_loss for epoch in record.history] for record in records if record]
    return losses, told.getvalue()


def test_results_are_the_same_for_any_number_of_workers(tmp_path: Path) -> None:
    here, there = histories(tmp_path / "one", 1), histories(tmp_path / "two", 2)
    assert len(here[0]) == 4
    assert here[0] == there[0]
    assert sorted(line.split()[0] for line in there[1].splitlines()) == ["1/4", "2/4", "3/4", "4/4"]


def test_a_wrong_cell_is_told_before_anything_is_trained(tmp_path: Path) -> None:
    model = {"cell": "no_such_module:Cell", "embedding": 3}
    runs = plan(Experiment.model_validate({"name": "a", "data": DATA, "model": model, "train": TRAIN}))
    with pytest.raises(SpecError, match="cannot be imported"):
        train(runs, Store(tmp_path), Console(file=io.StringIO()), 2)
    assert not list(tmp_path.iterdir())
