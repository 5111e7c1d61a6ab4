"""A sweep of 16 runs, from a new process to its end, by the toolkit and by loops over its peers."""

import statistics
import time
from collections.abc import Sequence
from typing import NamedTuple

from contestants import Contestant
from sweep_time import sweep_seconds
from turns import ROUNDS, Seat, in_new_process
from workloads import Workload

from toolkit.runner.plan import PlannedRun
from toolkit.spec.sweep import RunSpec

RUNS = 16
EPOCHS = 2
LOOPED = ("toolkit", "Keras, XLA", "PyTorch, packed")
"""Contestants whose loops are timed, the faster of each library."""
WORKERS = (2,)
SAMPLE = 2
"""Runs that a loop is timed on; what those after the first take counts for all further ones."""


class Loop(NamedTuple):
    """Seconds from a new process to the end of its first epoch, and to that of its last run."""

    first_epoch: float
    runs: float


def own_seconds(workload: Workload) -> dict[int, float]:
    """Seconds of the toolkit's sweep by the number of workers, with its start, evaluations and records; medians."""
    rounds = [{workers: _own(workload, workers) for workers in WORKERS} for _ in range(ROUNDS)]
    return {workers: statistics.median(each[workers] for each in rounds) for workers in WORKERS}


def loop_seconds(contestants: Sequence[Contestant], workload: Workload) -> dict[str, Loop]:
    """Seconds of as many trainings one after another in one process, with its start; medians, by turns.

    Those of `LOOPED` are timed.
    """
    contestants = [each for each in contestants if each.name in LOOPED]
    rounds = [{each.name: _loop(each, workload) for each in contestants} for _ in range(ROUNDS)]
    return {
        each.name: Loop(*(statistics.median(part) for part in zip(*(told[each.name] for told in rounds), strict=True)))
        for each in contestants
    }


def train_runs(workload: Workload, workers: int) -> None:
    """Train the toolkit's runs, which differ by their seeds."""
    data = workload.dataset()
    runs = [
        PlannedRun(RunSpec(workload.config(EPOCHS, seed), {"train.seed": seed}), data, f"run-{seed}")
        for seed in range(RUNS)
    ]
    sweep_seconds(runs, workers)


def _own(workload: Workload, workers: int) -> float:
    start = time.perf_counter()
    in_new_process(train_runs, workload, workers)
    return time.perf_counter() - start


def _loop(contestant: Contestant, workload: Workload) -> Loop:
    start = time.perf_counter()
    with Seat(contestant) as seat:
        ended = []
        for _ in range(SAMPLE):
            seat.prepare(workload)
            for _ in range(EPOCHS):
                seat.seconds(workload.updates)
                ended.append(time.perf_counter() - start)
    first, further = ended[EPOCHS - 1], ended[-1] - ended[EPOCHS - 1]
    return Loop(ended[0], first + further / (SAMPLE - 1) * (RUNS - 1))
