"""Worker processes: where they may be started from, and what is told when they end."""

import io
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from tests.runner.test_driver import planned
from toolkit.errors import WorkerError
from toolkit.runner.driver import Call, Driver, Listed
from toolkit.runner.executors import processes
from toolkit.runner.executors.processes import Processes, WorkerProcess
from toolkit.runner.progress import SweepProgress
from toolkit.runner.worker.jobs import Job, Lost
from toolkit.spec.schema import RunConfig
from toolkit.store import Store

SPEC = """
name: tiny
data: {task: agreement, distance: uniform, max_distance: 2, train_size: 40, dev_size: 20}
model: {hidden: 3}
train: {epochs: 1, batch_size: 20}
sweep: {seeds: [1, 2]}
"""
RUN = "import toolkit; print(toolkit.run('tiny.yaml', workers=2)[0].failed)\n"
START = """
from toolkit.runner.executors.processes import WorkerProcess
print("started")
worker = WorkerProcess()
print(worker.receive())
worker.end()
"""


def python(folder: Path, *arguments: str, script: str | None = None) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, *arguments]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    return subprocess.run(
        command, input=script, cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False
    )


def test_a_script_of_one_line_from_standard_input_trains_side_by_side(tmp_path: Path) -> None:
    (tmp_path / "tiny.yaml").write_text(SPEC, encoding="utf-8")
    done = python(tmp_path, "-", script=RUN)
    assert done.stderr == ""
    assert done.stdout.splitlines()[-1] == "0"
    assert len(list(tmp_path.glob("reports/runs/*/record.json"))) == 2


def test_a_worker_does_not_run_the_script_that_started_it(tmp_path: Path) -> None:
    (tmp_path / "unguarded.py").write_text(START, encoding="utf-8")
    done = python(tmp_path, "unguarded.py")
    assert (done.stdout, done.stderr) == ("started\nNone\n", "")


@pytest.fixture
def code(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the next worker processes run instead of serving."""
    replaced: list[str] = []
    popen = subprocess.Popen

    def start(command: list[str], **options: object) -> "subprocess.Popen[bytes]":
        return popen([*command[:-1], f"{command[-1].partition('from ')[0]}{replaced[0]}"], **options)  # type: ignore[call-overload,no-any-return]

    monkeypatch.setattr(subprocess, "Popen", start)
    return replaced


def result_of(worker: WorkerProcess) -> object:
    job = Job("r", RunConfig(), "d")
    worker.last, worker.is_busy = job.identity, True
    try:
        return worker.receive()
    finally:
        worker.end()


def test_a_worker_that_cannot_start_is_told_once_and_not_as_lack_of_memory(code: list[str]) -> None:
    code.append("raise SystemExit(3)")
    with pytest.raises(WorkerError, match=r"it ended with status 3 before it had a run.*With -j 1") as error:
        result_of(WorkerProcess())
    assert "memory" not in str(error.value)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("SIGKILL", "its worker process was killed (SIGKILL); fewer workers side by side need less memory"),
        ("SIGSEGV", "its worker process was killed (SIGSEGV)"),
    ],
)
def test_only_a_worker_that_the_system_kills_is_taken_for_lack_of_memory(code: list[str], name: str, told: str) -> None:
    code.append(f"import os; os.kill(os.getpid(), {int(signal.Signals[name])})")
    assert result_of(WorkerProcess()) == Lost("r", told)


def test_a_worker_finds_the_modules_that_its_parent_finds(code: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    places = ["", "/cells of mine", "/\udcff ' \\"]
    monkeypatch.setattr(sys, "path", [*places, Path("no text"), *sys.path])
    code.append(f"sys.exit(7 if sys.path[:3] == {places!a} else 8)")
    with pytest.raises(WorkerError, match="ended with status 7"):
        result_of(WorkerProcess())


def test_a_worker_ends_with_its_parent(code: list[str]) -> None:
    code.append("import sys; from toolkit.runner.executors.processes import _end_with_parent as end; end({})")
    alive, ours = os.pipe()
    code[0] = code[0].format(alive)
    process = processes._started(alive, alive)
    os.close(alive)
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(0.3)
    os.close(ours)
    assert process.wait(30) == 1


def test_a_run_whose_worker_was_lost_twice_says_so(code: list[str], tmp_path: Path) -> None:
    code.append("import os; os.kill(os.getpid(), 11)")
    runs, store = planned(), Store(tmp_path)
    with SweepProgress(1, Console(file=io.StringIO())) as progress:
        driver = Driver(Listed(runs), store, Processes(1), progress, Call())
        driver.drive()
        driver.close()
    record = store.load_failure(runs[0].identity)
    assert record is not None
    assert record.error == "in 2 attempts, the last of which: its worker process was killed (SIGSEGV)"
