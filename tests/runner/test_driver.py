"""Sweeps: from the store through an executor back to the store."""

import io
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from toolkit.errors import SpecError
from toolkit.runner.driver import Call, Driver, Listed, train
from toolkit.runner.executors import processes
from toolkit.runner.planning.outlook import outlook
from toolkit.runner.planning.plan import PlannedRun, afresh, plan, recall, to_train
from toolkit.runner.progress import SweepProgress
from toolkit.spec.schema import Experiment
from toolkit.store import Store

pytestmark = pytest.mark.usefixtures("one_worker")


def planned(**sections: Any) -> list[PlannedRun]:
    data = {"task": "agreement", "distance": "uniform", "max_distance": 2, "train_size": 60, "dev_size": 40}
    spec = {"name": "a", "data": data, "train": {"epochs": 2, "batch_size": 20}, "model": {"hidden": 4}, **sections}
    return plan(Experiment.model_validate(spec))


SWEEP = {"grid": {"model.lookback": [0, 3]}}


def test_every_run_is_stored_and_told_in_plain_lines(tmp_path: Path) -> None:
    runs, store, told = planned(sweep=SWEEP), Store(tmp_path), io.StringIO()
    train(runs, store, Console(file=told, width=200), Call(1))
    records = [store.load(run.identity) for run in runs]
    assert [record and record.status for record in records] == ["done", "done"]
    assert [line.split()[0] for line in told.getvalue().splitlines()] == ["1/2", "2/2"]
    provenance = records[0].provenance if records[0] else None
    assert provenance is not None
    assert {"started", "ended", "command", "git", "versions", "machine", "system", "data"} <= set(provenance)
    assert provenance["data"] == runs[0].data.digest


def test_more_epochs_train_on_and_fewer_train_nothing(tmp_path: Path) -> None:
    store, told = Store(tmp_path), Console(file=io.StringIO())
    short, long = (planned(train={"epochs": epochs, "batch_size": 20, "min_change": None}) for epochs in (2, 4))
    train(short, store, told, Call())
    first = store.load(short[0].identity)
    assert to_train(short, store) == []
    assert to_train(long, store) == long
    train(long, store, told, Call())
    second = store.load(short[0].identity)
    assert first is not None
    assert second is not None
    assert second.history[:3] == first.history  # seconds and all: they were not trained again
    assert [epoch.epoch for epoch in second.history] == [0, 1, 2, 3, 4]
    assert first.provenance is not None
    assert [session["started"] for session in second.earlier] == [first.provenance["started"]]
    assert "ended" in second.earlier[0]
    assert to_train(short, store) == []
    assert recall(short[0], store) == second.first(2)


def occurrences() -> list[PlannedRun]:
    """One run four times: plain, measured earlier, and tracked in two ways."""
    train = {"batch_size": 20, "min_change": None, "learning_rate": 0.2}
    return [
        *planned(train={**train, "epochs": 5}),
        *planned(train={**train, "epochs": 2}, evaluate={"by": ["distance"]}),
        *planned(train={**train, "epochs": 3}, track={"gradient_by_lag": 2}),
        *planned(train={**train, "epochs": 5}, track={"gradient_by_lag": 1, "epochs": [0, 5]}),
    ]


def test_a_run_that_several_ask_for_is_trained_for_all_of_them() -> None:
    runs = occurrences()
    assert len({run.identity for run in runs}) == 1
    first, second = afresh(runs)
    for run, epochs, by in ((first, 2, ["distance"]), (second, 5, [])):
        assert run.spec.config.train.epochs == epochs
        assert run.spec.config.evaluate.by == by
        assert run.spec.config.track.gradient_by_lag == 2
        assert run.spec.config.track.epochs == [0, 1, 2, 3, 5]


@pytest.mark.parametrize("fresh", [False, True])
def test_what_several_ask_of_a_run_is_there_after_one_sweep(tmp_path: Path, fresh: bool) -> None:
    runs, store, told = occurrences(), Store(tmp_path), Console(file=io.StringIO())
    train(runs[:1], store, told, Call())
    assert len(to_train(runs, store)) == 2
    assert [row.state for row in outlook(runs, store)] == ["partly done"]
    train(afresh(runs) if fresh else to_train(runs, store), store, told, Call(fresh=fresh))
    assert to_train(runs, store) == []
    assert [row.state for row in outlook(runs, store)] == ["done"]
    early, whole = recall(runs[1], store), recall(runs[0], store)
    assert early is not None
    assert whole is not None
    assert early.best is not None
    assert whole.best is not None
    assert early.best.by_sentence is not None
    assert whole.best.epoch > early.best.epoch
    assert [len(epoch.gradient_by_lag or ()) for epoch in whole.history] == [3, 3, 3, 3, 0, 3]


def test_a_plan_counts_the_epochs_of_a_run_that_was_interrupted(tmp_path: Path) -> None:
    store, told = Store(tmp_path), Console(file=io.StringIO())
    short, long = (planned(train={"epochs": epochs, "batch_size": 20, "min_change": None}) for epochs in (1, 2))
    train(short, store, told, Call())
    (store.folder(short[0].identity) / "record.json").unlink()
    (row,) = outlook(long, store)
    assert (row.state, row.stored, row.epochs) == ("partly done", 1, 2)


def test_a_damaged_checkpoint_is_set_aside_and_the_run_trained_from_its_beginning(tmp_path: Path) -> None:
    lines: list[str] = []
    store, told = Store(tmp_path, lines.append), Console(file=io.StringIO())
    short, long = (planned(train={"epochs": epochs, "batch_size": 20, "min_change": None}) for epochs in (1, 2))
    train(short, store, told, Call())
    path = store.folder(short[0].identity) / "checkpoint"
    path.write_bytes(path.read_bytes()[:-1])
    train(long, store, told, Call())
    record = store.load(long[0].identity)
    assert record is not None
    assert (len(record.history), record.earlier) == (3, ())
    assert len(lines) == 1
    assert "checkpoint: damaged" in lines[0]


def test_a_damaged_record_and_damaged_weights_are_made_again_as_they_were(tmp_path: Path) -> None:
    lines: list[str] = []
    runs, store, told = planned(), Store(tmp_path, lines.append), Console(file=io.StringIO())
    train(runs, store, told, Call())
    before = store.load(runs[0].identity)
    assert before is not None
    weights = store.weights_path(before).read_bytes()
    for number, name in enumerate(("record.json", "best.weights.h5"), start=1):
        path = store.folder(runs[0].identity) / name
        content = path.read_bytes()
        path.write_bytes(content[:-9] + bytes([content[-9] ^ 1]) + content[-8:])
        assert to_train(runs, store) == runs
        train(runs, store, told, Call())
        again = store.load(runs[0].identity)
        assert again is not None
        assert again.history == before.history
        assert store.weights_path(again).read_bytes() == weights
        assert len(lines) == number


def test_a_worker_whose_memory_has_grown_is_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "GROWTH", 0)
    monkeypatch.setattr(processes, "MEMORY_SHARE", 0)
    started: list[processes.WorkerProcess] = []

    class Noted(processes.WorkerProcess):
        def __init__(self) -> None:
            super().__init__()
            started.append(self)

    monkeypatch.setattr(processes, "WorkerProcess", Noted)
    runs, store = planned(sweep=SWEEP), Store(tmp_path)
    executor = processes.Processes(1)
    with SweepProgress(len(runs), Console(file=io.StringIO())) as progress:
        driver = Driver(Listed(runs), store, executor, progress, Call())
        driver.drive()
        driver.close()
    assert len(started) == 2
    assert all(store.load(run.identity) for run in runs)
    assert all(worker.process.poll() is not None for worker in started)


def test_a_wrong_cell_is_told_before_anything_is_trained(tmp_path: Path) -> None:
    runs = planned(model={"cell": "keras.layers:NoSuchCell", "embedding": 3})
    with pytest.raises(SpecError, match="cannot be imported"):
        train(runs, Store(tmp_path), Console(file=io.StringIO()), Call(2))
    assert not list(tmp_path.iterdir())


@pytest.fixture
def interrupt_while_starting() -> Iterator[Callable[[], bool]]:
    """Interrupts this process while a worker process is started; says whether it was."""
    ended, started = threading.Event(), []
    threading.Thread(target=ended.wait).start()  # takes the signal that the main thread blocks

    def start() -> bool:
        with processes._interrupts_held():
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.2)
            started.append(True)
        return True

    before = signal.getsignal(signal.SIGINT)
    yield start
    signal.signal(signal.SIGINT, before)
    ended.set()
    assert started


def test_an_interrupt_waits_until_a_worker_process_is_started(interrupt_while_starting: Callable[[], bool]) -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with pytest.raises(KeyboardInterrupt):
        interrupt_while_starting()


def test_an_interrupt_that_is_ignored_is_so_after_a_worker_process_is_started_too(
    interrupt_while_starting: Callable[[], bool],
) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    assert interrupt_while_starting()
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_the_first_worker_process_does_not_see_an_interrupt_either() -> None:
    code = """
from pathlib import Path
from toolkit.runner.executors.processes import WorkerProcess
worker = WorkerProcess()
print(Path(f"/proc/{worker.process.pid}/status").read_text())
worker.end()
"""
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    blocked = int(told.split("SigBlk:")[1].split()[0], 16)
    assert blocked >> (signal.SIGINT - 1) & 1
