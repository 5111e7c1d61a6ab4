"""Sweeps to be timed, and how long they take."""

import io
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from toolkit.runner.driver import Call, train
from toolkit.runner.plan import PlannedRun, plan
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
        train(runs, Store(Path(folder)), _nowhere(), Call(workers))
        return time.perf_counter() - start


def _nowhere() -> Console:
    return Console(file=io.StringIO())
