"""How to add an executor: a file, and an entry of the registry; the command line and `toolkit.run` do the rest."""

import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from click.testing import CliRunner

from toolkit import run
from toolkit.errors import WorkerError
from toolkit.runner.executors.registry import EXECUTORS, Asked, ExecutorEntry, executor_for

QUEUE = '''
"""A queue: notes what it is to train, and has every job lost."""

from toolkit.runner.worker.jobs import Lost


class Queue:
    retries = 0
    noted = []

    def __init__(self, asked):
        self.asked, self.jobs = asked, []

    def is_free(self):
        return not self.jobs

    def start(self, job, data):
        self.jobs.append(job)
        self.noted.append((self.asked.value, job.identity))

    def wait(self, seconds):
        yield Lost(self.jobs.pop().identity, "the queue is shut")

    def close(self):
        pass
'''
TINY = "name: one\ndata: {train_size: 20, dev_size: 10}\nmodel: {hidden: 2}\ntrain: {epochs: 1}\n"


@pytest.fixture
def noted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[str, str]]]:
    """What an executor that is only a file and an entry was given."""
    (tmp_path / "queues.py").write_text(QUEUE, encoding="utf-8")
    (tmp_path / "one.yaml").write_text(TINY, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    entry = ExecutorEntry("queue", "queues:Queue", "Train in the queue NAME.", metavar="NAME")
    monkeypatch.setitem(EXECUTORS, "queue", entry)
    yield import_module("queues").Queue.noted
    del sys.modules["queues"]


def test_an_executor_that_is_a_file_and_an_entry_trains_what_run_asks_for(
    noted: list[tuple[str, str]], tmp_path: Path
) -> None:
    (outcome,) = run(tmp_path / "one.yaml", out=tmp_path / "reports", executor=("queue", "night"))
    assert [name for name, _ in noted] == ["night"]
    assert outcome.failed == 1


def test_an_executor_that_is_a_file_and_an_entry_has_an_option(
    noted: list[tuple[str, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("toolkit.cli", "toolkit.option_checks"):
        monkeypatch.delitem(sys.modules, module, raising=False)
    main = import_module("toolkit.cli").main
    call = [str(tmp_path / "one.yaml"), "--out", str(tmp_path / "reports"), "--queue", "night"]
    told = CliRunner().invoke(main, call)
    assert [name for name, _ in noted] == ["night"], told.output
    assert told.exit_code == 1
    two = CliRunner().invoke(main, [*call, "--cluster", "tcp://x"])
    assert "--cluster and --queue exclude each other" in two.output
    workers = CliRunner().invoke(main, [*call, "-j", "2"])
    assert "--workers has no effect beside --queue" in " ".join(workers.output.split())


@pytest.mark.parametrize(("count", "name"), [(1, "Here"), (2, "Processes"), (7, "Processes")])
def test_a_call_that_names_none_is_trained_here_or_in_processes(count: int, name: str) -> None:
    assert type(executor_for(Asked(count, print))).__name__ == name


def test_an_executor_that_there_is_not_is_told(tmp_path: Path) -> None:
    with pytest.raises(WorkerError, match="no executor is called quueue; expected one of cluster, here, processes"):
        run(tmp_path / "none.yaml", executor=("quueue", "night"))
    with pytest.raises(WorkerError, match="leave out one or the other"):
        run(tmp_path / "none.yaml", executor=("here", ""), cluster="tcp://x")
