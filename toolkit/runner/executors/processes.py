"""Training in processes of this machine, each with warm models of its own."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection, Pipe, wait
from typing import Self

from toolkit.collection import collect_seldom
from toolkit.data.dataset import Dataset
from toolkit.errors import WorkerError
from toolkit.runner.executors.registry import Asked
from toolkit.runner.worker.jobs import End, Job, Lost, Result
from toolkit.runner.worker.lean import lean_keras
from toolkit.runner.worker.process import Worker

MEMORY_SHARE = 0.5
"""Of the machine's memory, divided by the number of workers: a worker that holds more after a run is replaced."""
GROWTH = 1.5
"""It is not unless it has grown to so many times what it held after its first run."""


class WorkerProcess:
    """A process that does one job at a time. What its parent sends and receives are jobs and legs.

    It is a Python of its own, with the paths of modules that its parent has, and imports nothing of the calling script:
    `multiprocessing` would import that again, and so run it again where its statements are not guarded.

    Attributes:
        connection: Where its answers come from.
        last: The run that it trained last.
        is_busy: Whether it has a job.
    """

    def __init__(self) -> None:
        self.connection, theirs = Pipe()
        alive, self._alive = os.pipe()  # it ends with its parent, when that is no longer there to hold the other end
        with _interrupts_held():
            self.process = _started(theirs.fileno(), alive)
        theirs.close()
        os.close(alive)
        self.last = ""
        self.is_busy = False
        self._has_begun = False
        self._at_first = 0
        self._known: set[str] = set()

    def send(self, job: Job, data: Dataset) -> None:
        """Give it a job, with its data if it has not had that yet."""
        self.last, self.is_busy = job.identity, True
        with suppress(OSError):  # it has died: `receive` tells
            self.connection.send((job, None if job.digest in self._known else data))
        self._known.add(job.digest)

    def receive(self) -> Result | None:
        """Take what came of its job; None where it only says that it has begun to work.

        Raises:
            WorkerError: It has ended before it could do any job.
        """
        try:
            result: Result | None = self.connection.recv()
        except (EOFError, OSError):
            self.is_busy = False
            return self._lost(self.process.wait())
        self._has_begun = True
        self.is_busy = result is None
        return result

    def _lost(self, status: int) -> Lost:
        if status >= 0 and not self._has_begun:
            raise WorkerError(
                f"a worker process cannot start: it ended with status {status} before it had a run; what it wrote to "
                "standard error says why. With -j 1 (workers=1) runs are trained without one"
            )
        return Lost(self.last, f"its worker process {_how_it_ended(status)}")

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
        self.process.wait()
        os.close(self._alive)


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

    @classmethod
    def asked(cls, asked: Asked) -> Self:
        """The one with as many processes as a call asks for."""
        return cls(asked.count)

    def is_free(self) -> bool:
        """Whether a process is without a job, or is yet to be made."""
        return sum(worker.is_busy for worker in self._workers) < self.count

    def start(self, job: Job, data: Dataset) -> None:
        """Give the job to the process that has the run, or to any that is free; all import at once, at the first."""
        while len(self._workers) < self.count:
            self._workers.append(WorkerProcess())
        idle = [worker for worker in self._workers if not worker.is_busy]
        having = [worker for worker in idle if worker.last == job.identity]
        [*having, *idle][0].send(job, data)

    def wait(self, seconds: float | None) -> Iterator[Result]:
        """Wait for processes to answer or to die."""
        busy = {worker.connection: worker for worker in self._workers if worker.is_busy}
        for connection in wait(list(busy), seconds):
            worker = busy[connection]  # type: ignore[index]  # only connections are waited for
            result = worker.receive()
            if result is None:
                continue
            if isinstance(result, Lost) or worker.has_grown(result, self.limit):
                self._workers.remove(worker)
                worker.end()
            yield result

    def close(self) -> None:
        """Kill all processes: nothing is written by them, so nothing is lost but the legs that they are at."""
        for worker in self._workers:
            worker.end()
        self._workers.clear()


def serve(connection: Connection, parent: int) -> None:
    """Be a worker process: say that it has begun, then do jobs until there is no parent any more.

    The parent alone answers an interrupt.

    Args:
        connection: Where jobs come from and results go to.
        parent: A file descriptor that reads as ended when the parent has.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, args=(parent,), daemon=True).start()
    collect_seldom()
    with lean_keras():
        worker = Worker()
    datasets: dict[str, Dataset] = {}
    with suppress(EOFError, OSError):
        connection.send(None)
        while True:
            job, data = connection.recv()
            if data is not None:
                datasets[job.digest] = data
            connection.send(worker.advance(job, datasets[job.digest]))


def _started(connection: int, parent: int) -> "subprocess.Popen[bytes]":
    """A process that serves over these file descriptors."""
    path = [place for place in sys.path if isinstance(place, str)]  # Python passes over whatever else is there
    code = (
        f"import sys; sys.path[:] = {path!a}; from multiprocessing.connection import Connection; "
        f"from {__name__} import serve; serve(Connection({connection}), {parent})"
    )
    flags: list[str] = subprocess._args_from_interpreter_flags()  # type: ignore[attr-defined]  # noqa: SLF001  as multiprocessing
    return subprocess.Popen(  # noqa: S603  this interpreter, and the toolkit's own code
        [sys.executable, *flags, "-c", code], pass_fds=[connection, parent], stdin=subprocess.DEVNULL
    )


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Start a process within the block, and it does not see a Ctrl-C, not even while it imports.

    One that comes meanwhile waits for the block's end: half started, a process would complain. To block the signal is
    not enough, since any other thread may take it, and Python answers it in the main thread, whichever took it.
    """
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


def _end_with_parent(parent: int) -> None:
    os.read(parent, 1)
    os._exit(1)


def _how_it_ended(status: int) -> str:
    if status >= 0:
        return f"ended with status {status}"
    memory = "; fewer workers side by side need less memory" if status == -signal.SIGKILL else ""
    return f"was killed ({signal.Signals(-status).name}){memory}"


def _machine_memory() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
