"""Training on the workers of a Dask cluster: jobs and data go there, legs come back, and the driver alone writes."""

import ctypes
import logging
import queue
import threading
import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from typing import Any

import dask
from distributed import Client, Future, KilledWorker, WorkerPlugin

from toolkit.data.sources import Dataset
from toolkit.errors import WorkerError
from toolkit.runner.jobs import Job, Lost, Result
from toolkit.runner.process import Worker

PATIENCE = 30
"""Seconds that a scheduler, and its first worker, are waited for."""
LOGGERS = ("distributed", "distributed.client", "tornado.application", "asyncio")
"""Of Dask and of what it stands on."""


class Cluster:
    """An executor that has one job at a time done by each worker of a cluster.

    A job carries where its run stands, so that Dask can have it done elsewhere when its worker is lost.

    Args:
        address: Address of the scheduler, such as `tcp://host:8786`.

    Raises:
        WorkerError: There is no scheduler at that address, or it has no workers.
    """

    retries = 0

    def __init__(self, address: str) -> None:
        self.address = address
        for logger in LOGGERS:  # what goes wrong is told in this module's words
            logging.getLogger(logger).setLevel(logging.CRITICAL)
        dask.config.set({"distributed.admin.large-graph-warning-threshold": "1 GiB"})  # a checkpoint is in the graph
        try:
            self._client = Client(address, timeout=PATIENCE, set_as_default=False)
            self._client.wait_for_workers(1, timeout=PATIENCE)
        except (OSError, ValueError) as error:
            raise WorkerError(f"--cluster {address}: no scheduler with a worker answers there ({error})") from error
        self._name = uuid.uuid4().hex
        self._known: set[str] = set()
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
            if job.digest not in self._known:
                self._client.register_plugin(DataPlugin(job.digest, data), name=self._plugin(job.digest))
                self._known.add(job.digest)
            self._places[job.run] = self._place(job.run)
            future = self._client.submit(
                advance,
                job,
                key=f"{job.run}-{uuid.uuid4().hex}",
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
        runs = list(self._runs.values())
        with suppress(Exception):  # whatever is wrong with the cluster, this is the end
            self._client.cancel(list(self._runs), force=True)
            self._client.run(interrupt, runs, on_error="ignore")
            for digest in self._known:
                self._client.unregister_worker_plugin(self._plugin(digest))
        with suppress(Exception):
            self._client.close(timeout=5)

    def _result(self, future: Future) -> Result:
        run = self._runs.pop(future)
        try:
            result: Result = future.result()
        except KilledWorker as error:
            return Lost(run, f"each worker of the cluster that trained it was lost ({error})")
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

    def _plugin(self, digest: str) -> str:
        return f"toolkit-{self._name}-{digest}"


class Interrupted(BaseException):
    """The driver has ended."""


class DataPlugin(WorkerPlugin):  # type: ignore[misc]  # Dask has no types
    """Brings a data set to each worker once, also to those that join later.

    Args:
        digest: Digest of the data.
        data: The data.
    """

    def __init__(self, digest: str, data: Dataset) -> None:
        self.digest = digest
        self.data = data

    def setup(self, worker: Any) -> None:
        """Keep the data."""
        _datasets.setdefault(self.digest, self.data)


_datasets: dict[str, Dataset] = {}
_worker: list[Worker] = []
_one_at_a_time = threading.Lock()
_training: dict[str, int] = {}


def advance(job: Job) -> Result:
    """Do a job on a worker of the cluster; one at a time, however many threads it has."""
    with _one_at_a_time:
        _training[job.run] = threading.get_ident()
        try:
            if not _worker:
                _worker.append(Worker())
            return _worker[0].advance(job, _datasets[job.digest])
        except Interrupted:
            _worker.clear()  # an optimizer's step may be half done
            raise
        finally:
            del _training[job.run]


def interrupt(runs: Sequence[str]) -> None:
    """Have a worker leave these runs at its next step in Python."""
    for run in set(runs) & set(_training):
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(_training[run]), ctypes.py_object(Interrupted))
