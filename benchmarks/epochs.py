"""Seconds of an epoch of training, and memory, by the toolkit and its peers, on the same sentences."""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from contestants import BOUND, BOUND_ON_ALL_CORES, NUMPY, TOOLKIT, TOOLKIT_ON_ALL_CORES, Contestant
from turns import Seat, Timed, by_turns, seated
from workloads import Workload

MODEL = Workload()
LARGE = replace(MODEL, vocabulary=20_000, sentences=400)
AGREEMENT = Workload("agreement", "gru", sentences=10_000, lookback=5)
WORKLOADS = (
    *(replace(MODEL, batch_size=size) for size in (100, 25, 5, 1)),
    LARGE,
    *(replace(AGREEMENT, batch_size=size, lookback=steps) for size in (100, 10) for steps in (5, 20)),
    *(replace(each, dtype="float64") for each in (MODEL, AGREEMENT)),
)


@dataclass(frozen=True)
class Epoch:
    """A workload and how long an epoch of it takes, by the contestants' names."""

    workload: Workload
    timed: dict[str, Timed]


def installed(contestants: Sequence[Contestant]) -> list[Contestant]:
    """Those whose libraries there are; the others are told."""
    for contestant in contestants:
        if not contestant.is_installed:
            print(f"{contestant.name} is left out: {contestant.library} is not installed")
    return [contestant for contestant in contestants if contestant.is_installed]


def epochs(peers: Sequence[Contestant]) -> Iterator[Epoch]:
    """Time every workload, by turns."""
    with seated([TOOLKIT, TOOLKIT_ON_ALL_CORES, *peers, NUMPY, BOUND, BOUND_ON_ALL_CORES]) as seats:
        for workload in WORKLOADS:
            there = [seat for seat in seats if _takes_part(seat.contestant, workload)]
            timed = by_turns(there, [workload] * len(there))
            yield Epoch(workload, {seat.contestant.name: each for seat, each in zip(there, timed, strict=True)})


def training_memory(contestants: Sequence[Contestant], workload: Workload) -> dict[str, tuple[float, float]]:
    """MiB that a process holds before it makes a network, and at most while it trains an epoch."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:  # none is timed, so the cores may be shared
        held = pool.map(lambda contestant: _resident(contestant, workload), contestants)
        return {contestant.name: sizes for contestant, sizes in zip(contestants, held, strict=True)}


def _resident(contestant: Contestant, workload: Workload) -> tuple[float, float]:
    with Seat(contestant) as seat:
        before = seat.resident()
        seat.prepare(workload)
        seat.seconds(workload.updates)
        return before, seat.resident()


def _takes_part(contestant: Contestant, workload: Workload) -> bool:
    """Whether there is something to compare.

    The products bound a language model only; all cores pay for large ones; peers do not know a lookback and are timed
    with the first; the NumPy loop knows one precision, and would take minutes for the large vocabulary.
    """
    if contestant in (TOOLKIT_ON_ALL_CORES, BOUND_ON_ALL_CORES):
        return workload.task == "language_model" and workload.batch_size == MODEL.batch_size
    if contestant == BOUND:
        return workload.task == "language_model"
    if contestant == NUMPY:
        return workload.dtype == "float32" and workload.vocabulary == MODEL.vocabulary
    return contestant == TOOLKIT or workload.lookback in (MODEL.lookback, AGREEMENT.lookback)
