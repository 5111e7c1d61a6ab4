"""A sweep of 16 runs, from a new process to its end, by the toolkit and by loops over its peers."""

import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import NamedTuple

from contestants import Contestant
from results import OWN
from startup import until_stored
from sweep_time import train_into
from turns import ROUNDS, Seat, in_new_process
from workloads import Workload

from toolkit.runner.planning.plan import PlannedRun
from toolkit.spec.sweep import RunSpec

RUNS = 16
EPOCHS = 2
LOOPED = ("Keras, XLA", "PyTorch, packed")
"""Peers that are timed, the faster of each library."""
WORKERS = 2
SAMPLE = 2
"""Runs that a loop is timed on; what those after the first take counts for all further ones."""


class Sweep(NamedTuple):
    """Seconds from a new process to the end of its first epoch, and to that of its last run."""

    first_epoch: float
    runs: float


def sweeps(peers: Sequence[Contestant], workload: Workload) -> dict[str, Sweep]:
    """Seconds of the toolkit's sweep, with its evaluations and records, and of as many trainings by peers.

    Those of peers come one after another in one process; those of `LOOPED` are timed. Medians, by turns.
    """
    loops = {each.name: partial(_loop, each) for each in peers if each.name in LOOPED}
    timers: dict[str, Callable[[Workload], Sweep]] = {OWN: _own, **loops}
    rounds = [{name: timer(workload) for name, timer in timers.items()} for _ in range(ROUNDS)]
    return {name: Sweep(*map(statistics.median, zip(*(told[name] for told in rounds), strict=True))) for name in timers}


def train_runs(workload: Workload, store: Path) -> None:
    """Train the toolkit's runs, which differ by their seeds."""
    data = workload.dataset()
    runs = [
        PlannedRun(RunSpec(workload.config(EPOCHS, seed), {"train.seed": seed}), data, f"run-{seed}")
        for seed in range(RUNS)
    ]
    train_into(store, runs, WORKERS)


def _own(workload: Workload) -> Sweep:
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(1) as pool:
        start = time.perf_counter()
        sweep = pool.submit(in_new_process, train_runs, workload, Path(folder))
        first = until_stored(Path(folder), start, sweep.done)
        sweep.result()
        return Sweep(first, time.perf_counter() - start)


def _loop(contestant: Contestant, workload: Workload) -> Sweep:
    start = time.perf_counter()
    with Seat(contestant) as seat:
        ended = []
        for _ in range(SAMPLE):
            seat.prepare(workload)
            for _ in range(EPOCHS):
                seat.seconds(workload.updates)
                ended.append(time.perf_counter() - start)
    first, further = ended[EPOCHS - 1], ended[-1] - ended[EPOCHS - 1]
    return Sweep(ended[0], first + further / (SAMPLE - 1) * (RUNS - 1))
