"""Sweeps that are killed, interrupted, doubled or out of disk: what is trained is the same to the last byte."""

import json
import logging
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import dask
import pandas as pd
import pytest
from distributed import Client

from tests.test_cli import run_here
from toolkit.errors import WorkerError
from toolkit.runner.executors.cluster import LOGGERS, Cluster
from toolkit.store.checkpoint import Checkpoint

ROOT = Path(__file__).parents[1]
SPEC = """
name: tiny
data: {task: agreement, distance: uniform, max_distance: 2, train_size: 60, dev_size: 40}
model: {hidden: 4, lookback: 1, dropout: 0.1}
train: {epochs: 16, batch_size: 20, min_change: null}
sweep: {seeds: [1, 2, 3, 4]}
"""
TIMES = {"runs.csv": ["seconds_per_epoch", "training_seconds"], "history.csv": ["seconds"]}
Sweep = subprocess.Popen[str]
Start = Callable[..., Sweep]


@pytest.fixture(scope="module")
def spec(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("spec") / "tiny.yaml"
    path.write_text(SPEC, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def start(spec: Path) -> Iterator[Start]:
    started: list[Sweep] = []

    def begin(out: Path, *options: str) -> Sweep:
        command = [sys.executable, str(ROOT / "run_spec.py"), str(spec), "--out", str(out), *options]
        pipe = subprocess.PIPE
        started.append(subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, start_new_session=True))
        return started[-1]

    yield begin
    for sweep in started:
        sweep.kill()
        sweep.communicate()


@pytest.fixture(scope="module")
def uninterrupted(spec: Path, one_worker: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("uninterrupted")
    go_on_here(spec, out)
    return out


def go_on_here(spec: Path, out: Path) -> list[str]:
    """Train what is missing in this process, which has compiled it already, and say what is told."""
    result = run_here(spec, "--out", out, "-j", 1)
    assert (result.exit_code, result.stderr) == (0, "")
    return result.stdout.splitlines()


def finish(sweep: Sweep, status: int = 0) -> tuple[str, str]:
    told, complaints = sweep.communicate(timeout=300)
    assert "Traceback" not in complaints
    assert sweep.returncode == status, complaints
    return told, complaints


def assert_same_results(out: Path, other: Path) -> None:
    for table, seconds in TIMES.items():
        one, two = (pd.read_csv(place / "tiny" / table, dtype=str).drop(columns=seconds) for place in (out, other))
        pd.testing.assert_frame_equal(one, two)
    weights = sorted(path.relative_to(other) for path in other.glob("runs/*/best.weights.h5"))
    assert len(weights) == 4
    assert [path for path in weights if (out / path).read_bytes() != (other / path).read_bytes()] == []


def checkpoints_of(out: Path) -> int:
    return len(list(out.glob("runs/*/checkpoint")))


def wait_until(condition: Callable[[], object], seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def kill_and_restart(start: Start, out: Path, moments: int, longest: float) -> None:
    """Kill sweeps at random moments, each in another way than the one before."""
    moment, ways = random.Random(2018), cycle((signal.SIGKILL, signal.SIGHUP, signal.SIGTERM))
    for way in islice(ways, moments):
        sweep = start(out, "-j", "2")
        time.sleep(moment.uniform(0, longest))
        sweep.send_signal(way)
        sweep.communicate()


@pytest.mark.parametrize(
    ("moments", "longest"), [(2, 12), pytest.param(30, 15, marks=pytest.mark.slow)], ids=["few", "many"]
)
def test_a_sweep_that_is_killed_at_any_moment_ends_as_if_it_had_not_been(
    spec: Path, start: Start, uninterrupted: Path, tmp_path: Path, moments: int, longest: float
) -> None:
    kill_and_restart(start, tmp_path, moments, longest)
    go_on_here(spec, tmp_path)
    assert_same_results(tmp_path, uninterrupted)
    assert not list(tmp_path.glob("runs/*/.new-*"))


def workers_of(sweep: Sweep) -> list[int]:
    command = ["ps", "-ww", "-o", "pid=,args=", "--ppid", str(sweep.pid)]
    told = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    return [int(line.split()[0]) for line in told.splitlines() if "serve(" in line]


def test_a_worker_that_is_killed_costs_no_run(start: Start, uninterrupted: Path, tmp_path: Path) -> None:
    sweep = start(tmp_path, "-j", "2")
    wait_until(lambda: checkpoints_of(tmp_path))
    os.kill(workers_of(sweep)[0], signal.SIGKILL)
    finish(sweep)
    assert_same_results(tmp_path, uninterrupted)


def test_two_sweeps_at_once_train_each_run_once(spec: Path, start: Start, uninterrupted: Path, tmp_path: Path) -> None:
    sweep = start(tmp_path, "-j", "1")
    wait_until(lambda: checkpoints_of(tmp_path))
    told = [*go_on_here(spec, tmp_path), *finish(sweep)[0].splitlines()]
    ends = [line for line in told if "best dev loss" in line]
    elsewhere = ("trained by another process", "stored already")
    assert len([line for line in ends if not any(words in line for words in elsewhere)]) == 4
    assert_same_results(tmp_path, uninterrupted)


@pytest.mark.parametrize("workers", ["1", "2"])
def test_an_interrupt_ends_within_seconds_and_says_how_to_go_on(start: Start, tmp_path: Path, workers: str) -> None:
    sweep = start(tmp_path, "-j", workers)
    wait_until(lambda: checkpoints_of(tmp_path))
    begun = time.monotonic()
    os.killpg(sweep.pid, signal.SIGINT)
    _, complaints = finish(sweep, status=130)
    assert time.monotonic() - begun < 30
    assert "The same command goes on with the rest." in complaints
    wait_until(lambda: not processes_of(sweep.pid))
    assert checkpoints_of(tmp_path)


def processes_of(group: int) -> list[str]:
    command = ["ps", "-eo", "pgid=,stat="]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    states = [line.split() for line in told.splitlines()]
    return [state for leader, state in states if leader == str(group) and not state.startswith("Z")]


@pytest.mark.parametrize("seconds", [0.3, 0.7, 1.5, 3.0])
def test_an_interrupt_while_libraries_are_imported_shows_no_traceback(
    start: Start, tmp_path: Path, seconds: float
) -> None:
    sweep = start(tmp_path, "-j", "2")
    time.sleep(seconds)
    os.killpg(sweep.pid, signal.SIGINT)
    finish(sweep, status=130)


def test_a_sweep_started_with_interrupts_ignored_goes_on_until_it_is_terminated(start: Start, tmp_path: Path) -> None:
    answer = signal.signal(signal.SIGINT, signal.SIG_IGN)  # as `nohup` and a script's `&` leave it
    try:
        sweep = start(tmp_path, "-j", "2", "-s", "train.epochs=5000")
    finally:
        signal.signal(signal.SIGINT, answer)

    def has_stored_more_than(epochs: int) -> bool:
        os.killpg(sweep.pid, signal.SIGINT)
        return epochs_of(tmp_path) > epochs

    wait_until(lambda: has_stored_more_than(0))
    kept = epochs_of(tmp_path)
    wait_until(lambda: has_stored_more_than(kept))
    sweep.terminate()
    _, complaints = sweep.communicate(timeout=60)
    assert (sweep.returncode, complaints) == (-signal.SIGTERM, "")
    wait_until(lambda: not processes_of(sweep.pid))
    assert epochs_of(tmp_path) > kept


def epochs_of(out: Path) -> int:
    """How many epochs are stored, each of them whole."""
    checkpoints = [Checkpoint.from_bytes(path.read_bytes()) for path in out.glob("runs/*/checkpoint")]
    return sum(len(checkpoint.history) for checkpoint in checkpoints)


@pytest.mark.usefixtures("one_worker")
def test_a_fresh_call_trains_every_run_again(spec: Path, tmp_path: Path) -> None:
    call = (spec, "--out", tmp_path, "-j", 1, "-s", "train.epochs=1")
    assert run_here(*call).exit_code == 0
    weights = {path: path.read_bytes() for path in tmp_path.glob("runs/*/best.weights.h5")}
    newest = max(path.stat().st_mtime_ns for path in weights)
    told = run_here(*call, "--fresh")
    assert told.exit_code == 0
    assert told.stdout.splitlines()[0] == "4 runs, 0 stored already, 4 to train"
    assert min(path.stat().st_mtime_ns for path in weights) > newest
    assert {path: path.read_bytes() for path in tmp_path.glob("runs/*/best.weights.h5")} == weights
    assert not list(tmp_path.glob("runs/.replaced/*"))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount, unmount = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(disk)], ["umount", str(disk)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a file system cannot be mounted here; run as root to test a full disk")
    yield disk
    subprocess.run(unmount, check=True)


def test_a_full_disk_is_named_and_harms_nothing(spec: Path, uninterrupted: Path, small_disk: Path) -> None:
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(8 * 2**20 - 150_000))
    stopped = run_here(spec, "--out", small_disk, "-j", 1)
    assert stopped.exit_code == 1
    assert f"the disk mounted at {small_disk} is full (No space left on device" in stopped.stderr
    assert "Everything stored before is unharmed" in stopped.stderr
    assert "Traceback" not in stopped.output
    ballast.unlink()
    kept = len(list(small_disk.glob("runs/*/record.json")))
    assert 0 < kept < 4
    told = go_on_here(spec, small_disk)
    assert told[0] == f"4 runs, {kept} stored already, {4 - kept} to train"
    assert not any("damaged" in line for line in told)
    assert_same_results(small_disk, uninterrupted)


def start_dask(folder: Path, *arguments: str) -> subprocess.Popen[bytes]:
    shared = ["--scheduler-file", str(folder / "scheduler.json")]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "dask", *arguments, "--no-dashboard", *shared]
    quiet = subprocess.DEVNULL
    return subprocess.Popen(command, cwd=folder, env=environment, stdout=quiet, stderr=quiet)


class DaskCluster:
    """A scheduler on loopback with two workers, each a process; what a test has killed of it is started again.

    Attributes:
        address: Of the scheduler.
        workers: Their processes, which have imported TensorFlow once they have had a run.
    """

    def __init__(self, place: Path, *options: str) -> None:
        self.place, self.options = place, options
        self.address = ""
        self.workers: list[subprocess.Popen[bytes]] = []
        self.scheduler: subprocess.Popen[bytes] | None = None

    def mend(self) -> None:
        """Start what does not run."""
        if self.scheduler is None or self.scheduler.poll() is not None:
            self.end()
            self._start_scheduler()
        self.workers = [worker for worker in self.workers if worker.poll() is None]
        missing = range(2 - len(self.workers))
        self.workers += [
            start_dask(self.place, "worker", "--nthreads", "1", "--no-nanny", *self.options) for _ in missing
        ]

    def _start_scheduler(self) -> None:
        file = self.place / "scheduler.json"
        file.unlink(missing_ok=True)
        self.scheduler = start_dask(self.place, "scheduler", "--host", "127.0.0.1", "--port", "0", *self.options)
        wait_until(file.exists)
        self.address = json.loads(file.read_text(encoding="utf-8"))["address"]

    def processes(self) -> list[subprocess.Popen[bytes]]:
        """The workers, and the scheduler last."""
        return [*self.workers, *([self.scheduler] if self.scheduler else [])]

    def end(self) -> None:
        """Kill all processes."""
        for process in self.processes():
            process.kill()
            process.wait()


@contextmanager
def a_cluster(place: Path, *options: str) -> Iterator[DaskCluster]:
    made = DaskCluster(place, *options)
    try:
        yield made
    finally:
        made.end()


@pytest.fixture(scope="module")
def shared_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DaskCluster]:
    with a_cluster(tmp_path_factory.mktemp("cluster")) as made:
        yield made


@pytest.fixture
def cluster(shared_cluster: DaskCluster) -> DaskCluster:
    """A cluster of which all runs, whatever the test before did to it."""
    shared_cluster.mend()
    return shared_cluster


def test_an_interrupted_driver_leaves_its_cluster_idle(start: Start, tmp_path: Path, cluster: DaskCluster) -> None:
    sweep = start(tmp_path, "--cluster", cluster.address)
    wait_until(lambda: checkpoints_of(tmp_path))
    os.killpg(sweep.pid, signal.SIGINT)
    finish(sweep, status=130)
    assert [process.poll() for process in cluster.processes()] == [None, None, None]
    with Client(cluster.address, timeout=20, set_as_default=False) as client:
        wait_until(lambda: not any(client.processing().values()), seconds=10)


def test_an_interrupted_driver_leaves_the_same_run_of_another_alone(
    start: Start, uninterrupted: Path, tmp_path: Path, cluster: DaskCluster
) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    sweeps = [start(out, "--cluster", cluster.address) for out in (one, other)]
    wait_until(lambda: checkpoints_of(one) and checkpoints_of(other))
    os.killpg(sweeps[0].pid, signal.SIGINT)
    finish(sweeps[0], status=130)
    finish(sweeps[1])
    assert_same_results(other, uninterrupted)


def test_a_killed_driver_leaves_nothing_on_its_cluster(start: Start, tmp_path: Path, cluster: DaskCluster) -> None:
    sweep = start(tmp_path, "--cluster", cluster.address)
    wait_until(lambda: checkpoints_of(tmp_path))
    with Client(cluster.address, timeout=20, set_as_default=False) as client:
        assert client.run_on_scheduler(left_behind)
        sweep.kill()
        wait_until(lambda: not client.run_on_scheduler(left_behind), seconds=20)


def left_behind(dask_scheduler: Any) -> list[str]:
    return [*dask_scheduler.tasks, *(name for name in dask_scheduler.worker_plugins if "toolkit" in name)]


def test_a_cluster_that_is_lost_between_two_jobs_is_told(cluster: DaskCluster) -> None:
    executor = Cluster(cluster.address)
    executor._client.close()
    with pytest.raises(WorkerError, match=r"the cluster is gone. All epochs shown are kept"):
        executor.is_free()


def test_a_cluster_that_loses_a_worker_in_mid_run_gives_the_same_results_and_one_that_is_gone_is_told(
    spec: Path, start: Start, uninterrupted: Path, tmp_path: Path, cluster: DaskCluster
) -> None:
    address, one, other = cluster.address, tmp_path / "one", tmp_path / "other"
    sweep = start(one, "--cluster", address)
    wait_until(lambda: checkpoints_of(one) >= 2)
    cluster.workers[0].kill()
    finish(sweep)
    assert_same_results(one, uninterrupted)
    sweep = start(other, "--cluster", address)
    wait_until(lambda: checkpoints_of(other))
    cluster.end()
    _, complaints = finish(sweep, status=1)
    assert f"--cluster {address}: the cluster is gone. All epochs shown are kept" in complaints
    go_on_here(spec, other)
    assert_same_results(other, uninterrupted)


def test_a_certificate_that_is_not_given_is_told_at_once() -> None:
    with pytest.raises(
        WorkerError, match=r"TLS needs a certificate and a key: set DASK_DISTRIBUTED__COMM__TLS__CA_FILE"
    ):
        Cluster("tls://127.0.0.1:1")


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl, which makes the certificate")
def test_a_cluster_is_reached_over_tls_as_the_docs_say(tmp_path: Path) -> None:
    made = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=toolkit -keyout key.pem -out cert.pem"
    subprocess.run(made.split(), cwd=tmp_path, capture_output=True, check=True)
    cert, key = str(tmp_path / "cert.pem"), str(tmp_path / "key.pem")
    protected = ["--protocol", "tls", "--tls-ca-file", cert, "--tls-cert", cert, "--tls-key", key]
    client = {"ca-file": cert, "client.cert": cert, "client.key": key}
    with a_cluster(tmp_path, *protected) as cluster:
        cluster.mend()
        assert cluster.address.startswith("tls://")
        with dask.config.set({f"distributed.comm.tls.{name}": file for name, file in client.items()}):
            executor = Cluster(cluster.address)
            assert executor.is_free()
            executor.close()


def test_a_cluster_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("toolkit.runner.executors.cluster.PATIENCE", 1)
    with pytest.raises(WorkerError, match=r"--cluster tcp://127\.0\.0\.1:1: no scheduler with a worker answers there"):
        Cluster("tcp://127.0.0.1:1")
    for logger in (*LOGGERS, "distributed.core"):
        assert not logging.getLogger(logger).isEnabledFor(logging.ERROR)  # Dask's own tracebacks are not shown
