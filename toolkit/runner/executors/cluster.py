"""Training on the workers of a Dask cluster: jobs and data go there, legs come back, and the driver alone writes."""

import ctypes
import logging
import queue
import threading
import uuid
from collections.abc import Collection, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress

import dask
from distributed import Client, Future, KilledWorker
from distributed.security import Security

from toolkit.data.sources import Dataset
from toolkit.errors import WorkerError
from toolkit.runner.jobs import Job, Lost, Result
from toolkit.runner.process import Worker

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

    Args:
        address: Address of the scheduler, such as `tcp://host:8786`.

    Raises:
        WorkerError: There is no scheduler at that address, it has no workers, or it asks for a certificate that is not
            given.
    """

    retries = 0

    def __init__(self, address: str) -> None:
        self.address = address
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
        self._runs: dict[Future, str] = {}
        self._places: dict[str, str] = {}

    def is_free(self) -> bool:
        """Whether there are more workers than jobs."""
        with self._reaching():
            return len(self._runs) < max(len(self._client.nthreads()), 1)

    def start(self, job: Job, data: Dataset) -> None:
        """Have a job done by the worker that has the run, or by one that has none."""
        with self._reaching():
            if job.digest not in self._data:
                self._data[job.digest] = self._client.submit(given, data, key=f"data-{uuid.uuid4().hex}")
            self._places[job.run] = self._place(job.run)
            key = f"{job.run}-{uuid.uuid4().hex}"
            future = self._client.submit(
                advance,
                job,
                self._data[job.digest],
                key,
                key=key,
                workers=[self._places[job.run]],
                allow_other_workers=True,
            )
        self._runs[future] = job.run
        future.add_done_callback(self._ended.put)

    def wait(self, seconds: float | None) -> Iterator[Result]:
        """Wait for a job to end, or for some time."""
        with suppress(queue.Empty):
            future = self._ended.get(timeout=seconds)
            yield self._result(future)
            while True:
                yield self._result(self._ended.get_nowait())

    def close(self) -> None:
        """Interrupt the workers at what they do for this driver, and leave the cluster to others."""
        with suppress(Exception):  # whatever is wrong with the cluster, this is the end
            self._client.cancel(list(self._runs), force=True)
            self._client.run(interrupt, [future.key for future in self._runs], on_error="ignore")
        with suppress(Exception):
            self._client.close(timeout=5)

    def _result(self, future: Future) -> Result:
        run = self._runs.pop(future)
        try:
            result: Result = future.result()
        except KilledWorker as error:
            return Lost(
                run, f"each worker of the cluster that trained it was lost, perhaps for lack of memory ({error})"
            )
        except CancelledError as error:
            raise self._gone(error) from error
        except Exception as error:
            raise WorkerError(f"--cluster {self.address}: a worker cannot train ({error!r})") from error
        return result

    @contextmanager
    def _reaching(self) -> Iterator[None]:
        """Ask the scheduler something within the block; tell it if the scheduler is lost just then."""
        try:
            yield
        except Exception as error:  # an OSError, a ClosedClientError, a RuntimeError: Dask has one for each moment
            raise self._gone(error) from error

    def _gone(self, error: Exception) -> WorkerError:
        gone = "the cluster is gone. All epochs shown are kept, and the same command goes on."
        return WorkerError(f"--cluster {self.address}: {gone} ({error!r})")

    def _place(self, run: str) -> str:
        """The worker to prefer for a run."""
        busy = {self._places[other] for other in self._runs.values()}
        workers = [address for address in self._client.nthreads() if address not in busy]
        former = self._places.get(run, "")
        return former if former in workers or not workers else workers[0]


class Interrupted(BaseException):
    """The driver has ended."""


_worker: list[Worker] = []
_one_at_a_time = threading.Lock()
_training: dict[str, int] = {}
_ending = threading.Lock()


def given(data: Dataset) -> Dataset:
    """The data, as what came of a task."""
    return data


def advance(job: Job, data: Dataset, key: str) -> Result:
    """Do a job on a worker of the cluster; one at a time, however many threads it has.

    Args:
        job: The job.
        data: Its data.
        key: The name of this task, by which its driver alone can interrupt it: another one may train the same run.
    """
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
