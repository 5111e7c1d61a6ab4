"""Contestants in processes of their own, which stay alive and are timed by turns, while the others wait."""

import multiprocessing
import os
import statistics
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any, Self, TypeVar

from contestants import Contestant
from memory import most_resident
from workloads import Workload

from toolkit.quiet import quiet_tensorflow

ROUNDS = 5
TURN_SECONDS = 0.2
"""About so long a turn lasts; a slower contestant is timed on the first batches of its epoch only."""

Result = TypeVar("Result")


@dataclass(frozen=True)
class Timed:
    """How long an epoch of training takes.

    Attributes:
        seconds: Median of the rounds; of a contestant that is timed on a part of the epoch, scaled to the whole.
        updates: How many of the epoch's updates were timed.
        rounds: The seconds of each round, likewise scaled.
    """

    seconds: float
    updates: int
    rounds: Sequence[float]


class Seat:
    """A process for a contestant.

    Args:
        contestant: The contestant.
    """

    def __init__(self, contestant: Contestant) -> None:
        self.contestant = contestant
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=serve, args=(theirs, contestant), daemon=True)
        self._process.start()
        theirs.close()
        self._answer()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.join()

    def prepare(self, workload: Workload) -> None:
        """Have the network made."""
        self._ask("prepare", workload)

    def seconds(self, updates: int) -> float:
        """Have it train on the first so many batches of an epoch."""
        told: float = self._ask("seconds", updates)
        return told

    def resident(self) -> float:
        """The most memory that it held so far, in MiB."""
        told: float = self._ask("resident")
        return told

    def _ask(self, *question: Any) -> Any:
        self._connection.send(question)
        return self._answer()

    def _answer(self) -> Any:
        answer = self._connection.recv()
        if isinstance(answer, Exception):
            raise answer
        return answer


@contextmanager
def seated(contestants: Sequence[Contestant]) -> Iterator[list[Seat]]:
    """A seat for each, started side by side."""
    with ExitStack() as stack, ThreadPoolExecutor(os.cpu_count()) as pool:
        yield [stack.enter_context(seat) for seat in pool.map(Seat, contestants)]


def in_new_process(function: Callable[..., Result], *arguments: Any) -> Result:
    """What a function gives in a process of its own."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, context) as pool:
        return pool.submit(function, *arguments).result()


def serve(connection: Connection, contestant: Contestant) -> None:
    """Be a contestant's process: do what is asked until killed."""
    try:
        with quiet_tensorflow():
            trainer = contestant.trainer()
        connection.send(None)
        while True:
            method, *arguments = connection.recv()
            connection.send(most_resident() if method == "resident" else getattr(trainer, method)(*arguments))
    except EOFError:
        pass
    except Exception as error:
        connection.send(error)


def by_turns(seats: Sequence[Seat], workloads: Sequence[Workload]) -> list[Timed]:
    """Time an epoch of a workload in each seat."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:  # nothing is timed yet, so the cores may be shared
        warmed = list(zip(seats, workloads, pool.map(_warm, seats, workloads), strict=True))
    turns = [(seat, workload, _turn(seat, workload, updates)) for seat, workload, updates in warmed]
    timed = [
        [seat.seconds(updates) * workload.updates / updates for seat, workload, updates in turns] for _ in range(ROUNDS)
    ]
    each = zip(turns, zip(*timed, strict=True), strict=True)
    return [Timed(statistics.median(seconds), updates, seconds) for (*_, updates), seconds in each]


def _warm(seat: Seat, workload: Workload) -> int:
    """Have compiled what a turn needs, and say about how many updates that is."""
    seat.prepare(workload)
    if seat.contestant.whole:
        updates = workload.updates
    else:
        seat.seconds(1)
        updates = _fitting(seat, workload, 1)
    seat.seconds(updates)
    return updates


def _turn(seat: Seat, workload: Workload, updates: int) -> int:
    """On how many updates a contestant is timed, now that it has the machine for itself."""
    if seat.contestant.whole:
        return workload.updates
    fitting = _fitting(seat, workload, updates)
    seat.seconds(fitting)  # further batches may have shapes that are not compiled yet
    return fitting


def _fitting(seat: Seat, workload: Workload, updates: int) -> int:
    """How many updates make a turn, by how long so many take."""
    return min(max(round(TURN_SECONDS * updates / seat.seconds(updates)), 1), workload.updates)
