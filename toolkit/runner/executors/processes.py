"""Training in processes of this machine, each with warm models of its own."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait

from toolkit.data.sources import Dataset
from toolkit.runner.jobs import End, Job, Lost, Result
from toolkit.runner.lean import lean_keras
from toolkit.runner.process import Worker

MEMORY_SHARE = 0.5
"""Of the machine's memory, divided by the number of workers: a worker that holds more after a run is replaced."""
GROWTH = 1.5
"""It is not unless it has grown to so many times what it held after its first run."""


class WorkerProcess:
    """A process that does one job at a time. What its parent sends and receives are jobs and legs.

    Attributes:
        connection: Where its answers come from.
        last: The run that it trained last.
        is_busy: Whether it has a job.
    """

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self.connection, theirs = context.Pipe()
        self.process = context.Process(target=serve, args=(theirs,), daemon=True)
        with _interrupts_held():
            self.process.start()
        theirs.close()
        self.last = ""
        self.is_busy = False
        self._at_first = 0
        self._known: set[str] = set()

    def send(self, job: Job, data: Dataset) -> None:
        """Give it a job, with its data if it has not had that yet."""
        self.last, self.is_busy = job.run, True
        with suppress(OSError):  # it has died: `receive` tells
            self.connection.send((job, None if job.digest in self._known else data))
        self._known.add(job.digest)

    def receive(self) -> Result:
        """Take what came of its job."""
        self.is_busy = False
        try:
            result: Result = self.connection.recv()
        except (EOFError, OSError):
            self.process.join()
            return Lost(self.last, f"its worker process {_how_it_ended(self.process.exitcode)}")
        return result

    def has_grown(self, result: Result, limit: float) -> bool:
        """Whether it holds more memory after a run than it should."""
        if not isinstance(result, End):
            return False
        self._at_first = self._at_first or result.resident
        return result.resident > max(limit, GROWTH * self._at_first)

    def end(self) -> None:
        """End it, whatever it does."""
        self.connection.close()
        self.process.kill()
        self.process.join()


class Processes:
    """An executor with several worker processes; one that dies, or whose memory has grown, is replaced.

    Args:
        count: Number of processes.
        limit: Bytes of memory that each may hold; None for its share of the machine's.
    """

    retries = 1

    def __init__(self, count: int, limit: float | None = None) -> None:
        self.count = count
        self.limit = MEMORY_SHARE * _machine_memory() / count if limit is None else limit
        self._workers: list[WorkerProcess] = []

    def is_free(self) -> bool:
        """Whether a process is without a job, or is yet to be made."""
        return sum(worker.is_busy for worker in self._workers) < self.count

    def start(self, job: Job, data: Dataset) -> None:
        """Give the job to the process that has the run, or to any that is free; all import at once, at the first."""
        while len(self._workers) < self.count:
            self._workers.append(WorkerProcess())
        idle = [worker for worker in self._workers if not worker.is_busy]
        having = [worker for worker in idle if worker.last == job.run]
        [*having, *idle][0].send(job, data)

    def wait(self, seconds: float | None) -> Iterator[Result]:
        """Wait for processes to answer or to die."""
        busy = {worker.connection: worker for worker in self._workers if worker.is_busy}
        for connection in wait(list(busy), seconds):
            worker = busy[connection]  # type: ignore[index]  # only connections are waited for
            result = worker.receive()
            if isinstance(result, Lost) or worker.has_grown(result, self.limit):
                self._workers.remove(worker)
                worker.end()
            yield result

    def close(self) -> None:
        """Kill all processes: nothing is written by them, so nothing is lost but the legs that they are at."""
        for worker in self._workers:
            worker.end()
        self._workers.clear()


def serve(connection: Connection) -> None:
    """Be a worker process: do jobs until there is no parent any more.

    The parent alone answers an interrupt.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with lean_keras():
        worker = Worker()
    datasets: dict[str, Dataset] = {}
    with suppress(EOFError, OSError):
        while True:
            job, data = connection.recv()
            if data is not None:
                datasets[job.digest] = data
            connection.send(worker.advance(job, datasets[job.digest]))


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Start a process within the block, and it does not see a Ctrl-C, not even while it imports.

    One that comes meanwhile waits for the block's end: half started, a process would complain. To block the signal is
    not enough, since any other thread may take it, and Python answers it in the main thread, whichever took it.
    """
    resource_tracker.ensure_running()  # started within the block, it would let the signal through again
    came: list[int] = []
    in_main = threading.current_thread() is threading.main_thread()  # where alone Python answers signals
    blocked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    answer = signal.signal(signal.SIGINT, lambda number, _: came.append(number)) if in_main else None
    try:
        yield
    finally:
        if in_main:
            signal.signal(signal.SIGINT, answer or signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
        if came:
            signal.raise_signal(signal.SIGINT)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _how_it_ended(status: int | None) -> str:
    if status is not None and status < 0:
        return f"was killed ({signal.Signals(-status).name}), perhaps for lack of memory"
    return f"ended with status {status}"


def _machine_memory() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
