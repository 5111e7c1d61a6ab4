"""How the toolkit's cost grows with what there is to do: in proportion, if a straight line fits it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from contestants import TOOLKIT
from epochs import AGREEMENT, MODEL
from sweep_time import sweep_seconds, tiny_runs
from turns import Seat, by_turns, in_new_process, seated
from workloads import Workload

LOOKBACKS = (0, 5, 10, 20)
EPOCHS = (
    ("sentences", "agreement", [replace(AGREEMENT, sentences=sentences) for sentences in (1000, 10_000, 50_000)]),
    ("lookback", "LM", [replace(MODEL, lookback=lookback) for lookback in LOOKBACKS]),
    ("lookback", "agreement", [replace(AGREEMENT, lookback=lookback) for lookback in LOOKBACKS]),
    (
        "vocabulary",
        "LM",
        [replace(MODEL, sentences=200, vocabulary=words) for words in (2000, 10_000, 20_000, 50_000)],
    ),
)
"""The attribute that grows, of which task, and the workloads."""
RUNS = (10, 100, 1000)


@dataclass(frozen=True)
class Growth:
    """Seconds of something at several sizes, and the straight line `fixed + each * size` of least squares.

    The line minimises relative errors, so that the small sizes count as much as the large ones.

    Attributes:
        what: What grows.
        task: What is trained.
        sizes: Its sizes.
        seconds: Seconds at each.
        fixed: The line's seconds at size 0.
        each: The line's seconds a unit of size.
        error: The largest relative distance between the line and what was measured.
    """

    what: str
    task: str
    sizes: Sequence[int]
    seconds: Sequence[float]
    fixed: float
    each: float
    error: float


def growths() -> list[Growth]:
    """Seconds of an epoch by sentences, lookback and vocabulary, and of a sweep by runs."""
    with seated([TOOLKIT] * max(len(workloads) for *_, workloads in EPOCHS)) as seats:
        epochs = [_by_size(*each, seats) for each in EPOCHS]
    return [*epochs, fitted("runs", "agreement", RUNS, in_new_process(_by_runs))]


def fitted(what: str, task: str, sizes: Sequence[int], seconds: Sequence[float]) -> Growth:
    """Fit the line."""
    measured = np.array(seconds)
    columns = np.stack([np.ones(len(sizes)), np.array(sizes, float)], axis=1)
    (fixed, each), *_ = np.linalg.lstsq(columns / measured[:, None], np.ones(len(sizes)))
    error = np.max(np.abs(fixed + each * columns[:, 1] - measured) / measured)
    return Growth(what, task, tuple(sizes), tuple(seconds), float(fixed), float(each), float(error))


def _by_runs() -> list[float]:
    """Seconds of sweeps in this process, once it has compiled what they need."""
    sweep_seconds(tiny_runs(1), workers=1)
    return [sweep_seconds(tiny_runs(count), workers=1) for count in RUNS]


def _by_size(what: str, task: str, workloads: Sequence[Workload], seats: Sequence[Seat]) -> Growth:
    """The growth of an epoch, a size in each seat."""
    timed = by_turns(seats[: len(workloads)], workloads)
    return fitted(what, task, [getattr(each, what) for each in workloads], [each.seconds for each in timed])
