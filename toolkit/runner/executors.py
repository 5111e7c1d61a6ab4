"""Where runs are trained: in this process one after another, or in several worker processes side by side."""

import multiprocessing
import threading
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from typing import Any

from rich.console import Console

from toolkit.errors import WorkerError
from toolkit.runner import process
from toolkit.runner.plan import PlannedRun
from toolkit.runner.progress import SweepProgress
from toolkit.store import RunRecord, Store


def train(runs: Sequence[PlannedRun], store: Store, console: Console, workers: int) -> None:
    """Train runs, storing each as it ends; failed ones become records too.

    A run is trained by one thread wherever it is trained, so that its result does not depend on the number of
    workers (see `Worker` for the one exception).

    Args:
        runs: What to train.
        store: Where the records go.
        console: Where progress is shown.
        workers: Number of processes; 1 trains in this one.

    Raises:
        SpecError: A cell cannot be imported or made; nothing has been trained then.
        WorkerError: A worker process was killed.
    """
    process.check_cells(run.spec.config.model for run in runs)
    with SweepProgress(len(runs), console) as progress:
        if min(workers, len(runs)) == 1:
            _train_here(runs, store, progress)
        else:
            _train_in_processes(runs, store, progress, min(workers, len(runs)))


def _train_here(runs: Sequence[PlannedRun], store: Store, progress: SweepProgress) -> None:
    worker = process.Worker(store, progress.epoch)
    for run in runs:
        progress.start(run)
        progress.finish(worker.train(run.run, run.spec.config))


def _train_in_processes(runs: Sequence[PlannedRun], store: Store, progress: SweepProgress, workers: int) -> None:
    context = multiprocessing.get_context("spawn")
    events = context.SimpleQueue()
    for run in runs:
        progress.expect(run)
    listener = threading.Thread(target=_listen, args=(events, progress), daemon=True)
    listener.start()
    pool = ProcessPoolExecutor(workers, context, initializer=process.begin, initargs=(store, events))
    try:
        _await([pool.submit(process.train, run.run, run.spec.config) for run in runs], progress)
    except BaseException:
        # A killed worker may have held the queue's lock for ever; the listener is left to end with this process.
        _stop(pool)
        raise
    events.put(None)
    listener.join()
    pool.shutdown()


def _await(futures: Sequence["Future[RunRecord]"], progress: SweepProgress) -> None:
    for future in as_completed(futures):
        try:
            progress.finish(future.result())
        except BrokenProcessPool as error:
            raise WorkerError(
                "a worker process was killed, perhaps for lack of memory. Finished runs are kept, and the same command "
                "goes on with the rest; -j 1 needs the least memory."
            ) from error


def _listen(events: Any, progress: SweepProgress) -> None:
    while (event := events.get()) is not None:
        progress.epoch(*event)


def _stop(pool: ProcessPoolExecutor) -> None:
    children = multiprocessing.active_children()
    pool.shutdown(wait=False, cancel_futures=True)
    for child in children:
        child.terminate()
    for child in children:
        child.join()
