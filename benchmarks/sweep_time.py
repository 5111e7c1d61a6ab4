"""Sweeps to be timed, and how long they take."""

import io
import resource
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from toolkit.runner.driver import Call, Driver, Listed, train
from toolkit.runner.executors.executor import Executor
from toolkit.runner.planning.plan import PlannedRun, plan
from toolkit.runner.progress import SweepProgress
from toolkit.spec.schema import Experiment
from toolkit.store import Store


def tiny_runs(count: int) -> list[PlannedRun]:
    """Runs that are over at once, so that what is beside training shows."""
    return planned(
        {
            "name": "tiny",
            "data": {"task": "agreement", "train_size": 20, "dev_size": 20},
            "model": {"hidden": 4},
            "train": {"epochs": 2, "batch_size": 20},
            "sweep": {"seeds": list(range(count))},
        }
    )


def planned(spec: Mapping[str, Any]) -> list[PlannedRun]:
    """The runs of a spec."""
    return plan(Experiment.model_validate(spec))


def sweep_seconds(runs: Sequence[PlannedRun], workers: int) -> float:
    """Wall time of training runs into an empty store."""
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        train_into(Path(folder), runs, workers)
        return time.perf_counter() - start


def train_into(folder: Path, runs: Sequence[PlannedRun], workers: int) -> None:
    """Train runs into a store."""
    train(runs, Store(folder), _nowhere(), Call(workers))


def sweep_use(runs: Sequence[PlannedRun], executor: Callable[..., Executor], *arguments: Any) -> dict[str, float]:
    """Wall time of training runs by an executor into an empty store, and the processors' time in all processes."""
    with tempfile.TemporaryDirectory() as folder, SweepProgress(len(runs), _nowhere()) as progress:
        start, before = time.perf_counter(), _processor_seconds()
        driver = Driver(Listed(runs), Store(Path(folder)), executor(*arguments), progress, Call())
        try:
            driver.drive()
        finally:
            driver.close()
        return {"seconds": time.perf_counter() - start, "processor_seconds": _processor_seconds() - before}


def _processor_seconds() -> float:
    """Of this process, and of those that it has started and that have ended."""
    uses = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(use.ru_utime + use.ru_stime for use in uses)


def _nowhere() -> Console:
    return Console(file=io.StringIO())
