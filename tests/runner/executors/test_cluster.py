"""Which workers of a cluster are believed, and what of what they give."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from distributed import Client, LocalCluster

from tests.runner.training import LONG, train_whole
from toolkit.data.dataset import load_examples
from toolkit.errors import WorkerError
from toolkit.runner.executors import cluster as room
from toolkit.runner.executors.cluster import Cluster
from toolkit.runner.executors.fitness import differences, expected, telling, traits
from toolkit.runner.worker.jobs import End, Job, Leg, Lost, is_of
from toolkit.spec.own_code import own_code
from toolkit.spec.schema import RunConfig
from toolkit.store import Checkpoint

RUN = "0123456789abcdef"
CONFIG = RunConfig.model_validate(
    {
        "data": {"task": "agreement", "train_size": 20, "dev_size": 20},
        "model": {"hidden": 3},
        "train": {"epochs": 1, "batch_size": 20},
    }
)
JOB = Job(RUN, CONFIG, "digest", seconds=LONG)


@pytest.fixture(scope="module")
def scheduler() -> Iterator[LocalCluster]:
    """A cluster whose one worker is this process."""
    with LocalCluster(
        n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None, protocol="tcp"
    ) as local:
        yield local


@pytest.fixture(scope="module")
def end() -> End:
    return replace(train_whole(CONFIG), identity=RUN)


def result_of(executor: Cluster, job: Job) -> Any:
    executor.start(job, load_examples(CONFIG.data))
    try:
        (result,) = executor.wait(60)
    finally:
        executor.close()
    return result


def test_a_worker_with_another_toolkit_is_refused_by_name_and_another_one_trains(
    scheduler: LocalCluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "toolkit").mkdir()
    (tmp_path / "toolkit" / "__init__.py").write_text("FORMULA = 2\n", encoding="utf-8")
    monkeypatch.setattr(room, "advance", _given_back)
    command = [sys.executable, "-m", "dask", "worker", scheduler.scheduler_address, "--no-nanny", "--no-dashboard"]
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    other = subprocess.Popen(
        [*command, "--nthreads", "1"],
        env=environment,
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    told: list[str] = []
    try:
        with Client(scheduler.scheduler_address, set_as_default=False) as client:
            client.wait_for_workers(2, timeout=60)
        result = result_of(Cluster(scheduler.scheduler_address, told.append), JOB)
    finally:
        other.kill()
        other.wait()
    assert isinstance(result, Leg)
    (line,) = told
    assert "is refused: toolkit: sources" in line
    assert "tcp://" in line.split("the worker ")[1].split(" is refused")[0]
    wait_for_one(scheduler)


def _given_back(job: Job, *_: object) -> Leg:
    return Leg(job.identity, (), Checkpoint(job.identity, (), (), [], []).to_bytes())


def wait_for_one(scheduler: LocalCluster) -> None:
    end = time.monotonic() + 60
    while len(scheduler.scheduler_info["workers"]) > 1:
        assert time.monotonic() < end
        time.sleep(0.1)


def test_where_no_worker_is_like_this_process_all_are_named(
    scheduler: LocalCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "expected", lambda code: {**telling()(), "keras": "99.1"})
    told: list[str] = []
    with pytest.raises(WorkerError, match=r"no worker computes .*\n  tcp://.*: keras: 3\..*, here 99\.1"):
        result_of(Cluster(scheduler.scheduler_address, told.append), JOB)
    assert len(told) == 1


def test_a_worker_that_has_another_code_of_the_cell_is_refused(
    scheduler: LocalCluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "edited_cell.py").write_text("A = 1\n", encoding="utf-8")
    job = replace(JOB, code=own_code("edited_cell:Cell"))
    assert differences(traits(job.code), expected(job.code)) == ""
    (tmp_path / "edited_cell.py").write_text("A = 2\n", encoding="utf-8")
    with pytest.raises(WorkerError, match=r"the code of edited_cell:Cell: [0-9a-f]{64}, here [0-9a-f]{64}"):
        result_of(Cluster(scheduler.scheduler_address, lambda line: None), job)


def test_a_worker_that_lacks_the_cell_is_refused(
    scheduler: LocalCluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "absent_cell.py").write_text("A = 1\n", encoding="utf-8")
    with monkeypatch.context() as patch:
        patch.syspath_prepend(str(tmp_path))
        job = replace(JOB, code=own_code("absent_cell:Cell"))
    with pytest.raises(WorkerError, match="there is no module `absent_cell`"):
        result_of(Cluster(scheduler.scheduler_address, lambda line: None), job)


def test_a_result_of_another_run_is_refused(scheduler: LocalCluster, end: End, monkeypatch: pytest.MonkeyPatch) -> None:
    escaping = replace(end, record=replace(end.record, identity="../../../escaped"))
    monkeypatch.setattr(room, "_train", lambda job, data: escaping)
    with pytest.raises(WorkerError, match=f"a worker gave what is not of the run {RUN}"):
        result_of(Cluster(scheduler.scheduler_address, lambda line: None), JOB)


def test_a_result_is_of_a_run_with_all_that_is_in_it(end: End) -> None:
    whole = replace(
        end, record=replace(end.record, identity=RUN), checkpoint=Checkpoint(RUN, (), (), [], []).to_bytes()
    )
    other = Checkpoint("fedcba9876543210", (), (), [], []).to_bytes()
    assert is_of(whole, JOB)
    assert not is_of(replace(whole, identity="fedcba9876543210"), JOB)
    assert not is_of(replace(whole, checkpoint=other), JOB)
    assert not is_of(replace(whole, checkpoint=b"nonsense"), JOB)
    assert not is_of(Leg(RUN, (), other), JOB)
    assert is_of(Lost(RUN, "gone"), JOB)
