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
LONG = 20
"""The longer lookback."""
WORKLOADS = (
    *(replace(MODEL, batch_size=size) for size in (100, 25, 5, 1)),
    LARGE,
    *(
        replace(AGREEMENT, batch_size=size, lookback=steps)
        for size in (100, 10)
        for steps in (AGREEMENT.lookback, LONG)
    ),
    *(replace(each, dtype="float64") for each in (MODEL, AGREEMENT)),
)


@dataclass(frozen=True)
class Epoch:
    """How long an epoch of a workload takes.

    Attributes:
        workload: The workload.
        timed: By the contestants' names.
        baseline: The toolkit on `baseline_of(workload)`, by turns with these.
    """

    workload: Workload
    timed: dict[str, Timed]
    baseline: Timed | None


def installed(contestants: Sequence[Contestant]) -> list[Contestant]:
    """Those whose libraries there are; the others are told."""
    for contestant in contestants:
        if not contestant.is_installed:
            print(f"{contestant.name} is left out: {contestant.library} is not installed")
    return [contestant for contestant in contestants if contestant.is_installed]


def epochs(peers: Sequence[Contestant]) -> Iterator[Epoch]:
    """Time every workload, by turns."""
    contestants = [TOOLKIT, TOOLKIT_ON_ALL_CORES, *peers, NUMPY, BOUND, BOUND_ON_ALL_CORES]
    with seated([*contestants, TOOLKIT]) as (*seats, spare):
        for workload in WORKLOADS:
            there = [seat for seat in seats if _takes_part(seat.contestant, workload)]
            baseline = baseline_of(workload)
            beside = [] if baseline is None else [baseline]
            timed = by_turns(there + [spare] * len(beside), [workload] * len(there) + beside)
            names = [seat.contestant.name for seat in there]
            yield Epoch(workload, dict(zip(names, timed, strict=False)), timed[-1] if beside else None)


def baseline_of(workload: Workload) -> Workload | None:
    """What a target compares the toolkit's time with: a short lookback, or single precision."""
    if workload.dtype == "float64":
        return replace(workload, dtype="float32")
    return replace(workload, lookback=AGREEMENT.lookback) if workload.lookback == LONG else None


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

    The products bound a language model only; all cores pay for large ones and are timed in single precision; peers do
    not know a lookback and are timed with the first; the NumPy loop knows one precision, and would take minutes for
    the large vocabulary.
    """
    if contestant in (TOOLKIT_ON_ALL_CORES, BOUND_ON_ALL_CORES):
        return replace(workload, vocabulary=MODEL.vocabulary, sentences=MODEL.sentences) == MODEL
    if contestant == BOUND:
        return workload.task == "language_model"
    if contestant == NUMPY:
        return workload.dtype == "float32" and workload.vocabulary == MODEL.vocabulary
    return contestant == TOOLKIT or workload.lookback in (MODEL.lookback, AGREEMENT.lookback)
