"""Training on the workers of a Dask cluster: jobs and data go there, legs come back, and the driver alone writes."""

import ctypes
import logging
import queue
import threading
import uuid
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from functools import partial
from typing import Self

import dask
from distributed import Client, Future, KilledWorker
from distributed.security import Security

from toolkit.data.dataset import Dataset
from toolkit.errors import WorkerError
from toolkit.runner.executors.fitness import Traits, UnfitError, differences, expected, telling, traits
from toolkit.runner.executors.registry import Asked
from toolkit.runner.worker.jobs import End, Job, Leg, Lost, Result, is_of
from toolkit.runner.worker.process import Worker

PATIENCE = 30
"""Seconds that a scheduler, and its first worker, are waited for."""
TLS_VARIABLES = (
    "set DASK_DISTRIBUTED__COMM__TLS__CA_FILE, DASK_DISTRIBUTED__COMM__TLS__CLIENT__CERT and "
    "DASK_DISTRIBUTED__COMM__TLS__CLIENT__KEY to their files"
)
LOGGERS = ("distributed", "distributed.client", "tornado.application", "asyncio")
"""Of Dask and of what it stands on."""


class Cluster:
    """An executor that has one job at a time done by each worker of a cluster.

    A job carries where its run stands, so that Dask can have it done elsewhere when its worker is lost. The data are
    what a task of their own gives back: Dask hands them to each worker once, makes them again when a worker is lost,
    and lets go of them and of all jobs when this process ends, however it does.

    A worker that has other versions than this process, or another code of a run's cell, is refused: it would give other
    numbers under the run's name.

    Args:
        address: Address of the scheduler, such as `tcp://host:8786`.
        tell: Called with a line on each worker that is refused.

    Raises:
        WorkerError: There is no scheduler at that address, it has no workers, or it asks for a certificate that is not
            given.
    """

    retries = 0

    def __init__(self, address: str, tell: Callable[[str], None] = print) -> None:
        self.address = address
        self.tell = tell
        for logger in LOGGERS:  # what goes wrong is told in this module's words
            logging.getLogger(logger).setLevel(logging.CRITICAL)
        dask.config.set({"distributed.admin.large-graph-warning-threshold": "1 GiB"})  # checkpoints and data are in it
        if address.startswith("tls:") and Security().get_connection_args("client")["ssl_context"] is None:
            raise WorkerError(f"--cluster {address}: TLS needs a certificate and a key: {TLS_VARIABLES}")
        try:
            self._client = Client(address, timeout=PATIENCE, set_as_default=False)
            self._client.wait_for_workers(1, timeout=PATIENCE)
        except (OSError, ValueError) as error:
            raise WorkerError(f"--cluster {address}: no scheduler with a worker answers there ({error})") from error
        self._data: dict[str, Future] = {}
        self._ended: queue.SimpleQueue[Future] = queue.SimpleQueue()
        self._jobs: dict[Future, Job] = {}
        self._asked: dict[tuple[str, str], str] = {}
        self._refused: dict[str, str] = {}
        self._places: dict[str, str] = {}

    @classmethod
    def asked(cls, asked: Asked) -> Self:
        """The cluster whose address a call gives."""
        return cls(asked.value, asked.tell)

    def is_free(self) -> bool:
        """Whether there are more workers than jobs."""
        with self._reaching():
            workers = self._client.nthreads()
            return len(self._jobs) < max(len(workers.keys() - self._refused.keys()), 1)

    def start(self, job: Job, data: Dataset) -> None:
        """Have a job done by the worker that has the run, or by one that has none."""
        with self._reaching():
            fit = self._fit(job)
            if job.digest not in self._data:
                key = f"data-{uuid.uuid4().hex}"
                self._data[job.digest] = self._client.submit(
                    given, data, key=key, workers=fit, allow_other_workers=True
                )
            self._submit(job, fit)

    def _submit(self, job: Job, fit: Sequence[str]) -> None:
        self._places[job.identity] = self._place(job.identity, fit)
        key = f"{job.identity}-{uuid.uuid4().hex}"
        future = self._client.submit(
            advance,
            job,
            expected(job.code),
            self._data[job.digest],
            key,
            key=key,
            workers=[self._places[job.identity]],
            allow_other_workers=True,
        )
        self._jobs[future] = job
        future.add_done_callback(self._ended.put)

    def _fit(self, job: Job) -> list[str]:
        """The workers that compute what this process would; those that were not asked yet are asked.

        Raises:
            WorkerError: There is none.
        """
        workers = list(self._client.nthreads())
        self._ask(workers, "", telling(), expected(None))
        if job.code is not None:
            fit = [worker for worker in workers if worker not in self._refused]
            self._ask(fit, job.code.digest, partial(traits, job.code), expected(job.code))
        fit = [worker for worker in workers if worker not in self._refused]
        if not fit:
            reasons = "\n".join(f"  {worker}: {self._refused[worker]}" for worker in workers)
            raise WorkerError(
                f"--cluster {self.address}: no worker computes what this machine would; install the same there, and "
                f"start the workers again\n{reasons}"
            )
        return fit

    def _ask(self, workers: Sequence[str], about: str, question: Callable[[], Traits], wanted: Traits) -> None:
        new = [worker for worker in workers if (worker, about) not in self._asked]
        answers = self._client.run(question, workers=new, on_error="return") if new else {}
        for worker, found in answers.items():
            told = differences(found, wanted) if isinstance(found, dict) else f"it does not say what it has ({found!r})"
            self._asked[worker, about] = told
            if told:
                self._refused[worker] = told
                self.tell(f"--cluster {self.address}: the worker {worker} is refused: {told}")

    def wait(self, seconds: float | None) -> Iterator[Result]:
        """Wait for a job to end, or for some time."""
        with suppress(queue.Empty):
            future = self._ended.get(timeout=seconds)
            while True:
                if result := self._result(future):
                    yield result
                future = self._ended.get_nowait()

    def close(self) -> None:
        """Interrupt the workers at what they do for this driver, and leave the cluster to others."""
        with suppress(Exception):  # whatever is wrong with the cluster, this is the end
            self._client.cancel(list(self._jobs), force=True)
            self._client.run(interrupt, [future.key for future in self._jobs], on_error="ignore")
        with suppress(Exception):
            self._client.close(timeout=5)

    def _result(self, future: Future) -> Result | None:
        """What came of a job; None where it goes to another worker, since the one that Dask chose refused it."""
        job = self._jobs.pop(future)
        try:
            result: Result = future.result()
        except UnfitError:
            with self._reaching():
                self._submit(job, self._fit(job))
            return None
        except KilledWorker as error:
            return Lost(
                job.identity,
                f"each worker of the cluster that trained it was lost, perhaps for lack of memory ({error})",
            )
        except CancelledError as error:
            raise self._gone(error) from error
        except Exception as error:
            raise WorkerError(f"--cluster {self.address}: a worker cannot train ({error!r})") from error
        if not isinstance(result, Leg | End) or not is_of(result, job):
            raise WorkerError(
                f"--cluster {self.address}: a worker gave what is not of the run {job.identity}; it is refused"
            )
        return result

    @contextmanager
    def _reaching(self) -> Iterator[None]:
        """Ask the scheduler something within the block; tell it if the scheduler is lost just then."""
        try:
            yield
        except WorkerError:
            raise
        except Exception as error:  # an OSError, a ClosedClientError, a RuntimeError: Dask has one for each moment
            raise self._gone(error) from error

    def _gone(self, error: Exception) -> WorkerError:
        gone = "the cluster is gone. All epochs shown are kept, and the same command goes on."
        return WorkerError(f"--cluster {self.address}: {gone} ({error!r})")

    def _place(self, identity: str, fit: Sequence[str]) -> str:
        """The worker to prefer for a run, of those that may train it."""
        busy = {self._places[other.identity] for other in self._jobs.values()}
        workers = [address for address in fit if address not in busy] or fit
        former = self._places.get(identity, "")
        return former if former in workers else workers[0]


class Interrupted(BaseException):
    """The driver has ended."""


_worker: list[Worker] = []
_one_at_a_time = threading.Lock()
_training: dict[str, int] = {}
_ending = threading.Lock()


def given(data: Dataset) -> Dataset:
    """The data, as what came of a task."""
    return data


def advance(job: Job, wanted: Traits, data: Dataset, key: str) -> Result:
    """Do a job on a worker of the cluster; one at a time, however many threads it has.

    Args:
        job: The job.
        wanted: What its driver computes with.
        data: Its data.
        key: The name of this task, by which its driver alone can interrupt it: another one may train the same run.

    Raises:
        UnfitError: This worker has something else.
    """
    if told := differences(traits(job.code), wanted):
        raise UnfitError(told)
    _training[key] = threading.get_ident()
    try:
        with _one_at_a_time:
            return _train(job, data)
    finally:
        with _ending:
            del _training[key]


def interrupt(keys: Collection[str]) -> None:
    """Have a worker leave these tasks at their next step in Python."""
    with _ending:  # lest a thread that has just ended one is interrupted in the next
        for key in set(keys) & set(_training):
            thread = ctypes.c_ulong(_training[key])
            ctypes.pythonapi.PyThreadState_SetAsyncExc(thread, ctypes.py_object(Interrupted))


def _train(job: Job, data: Dataset) -> Result:
    try:
        if not _worker:
            _worker.append(Worker())
        return _worker[0].advance(job, data)
    except Interrupted:
        _worker.clear()  # an optimizer's step may be half done
        raise
