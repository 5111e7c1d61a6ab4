"""What a process that trains runs keeps: TensorFlow on one thread, warm models, the store."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

from toolkit.runner.plan import load_data
from toolkit.runner.quiet import quiet_tensorflow
from toolkit.spec.schema import CELL_NAMES, ModelConfig, RunConfig
from toolkit.store import Epoch, RunRecord, Store

Report = Callable[[str, Epoch], None]
"""Called with a run's identity and each of its epochs as it ends."""


class Worker:
    """Trains runs one after another; what is compiled for one serves the next of the same structure.

    It makes TensorFlow use one thread, unless TensorFlow has been used in this process before.

    Args:
        store: Where records go.
        report: Called with each epoch.
    """

    def __init__(self, store: Store, report: Report) -> None:
        with quiet_tensorflow():
            import tensorflow as tf  # noqa: PLC0415  only a process that trains waits for TensorFlow

            from toolkit.runner import models, worker  # noqa: PLC0415  as above
        with suppress(RuntimeError):  # TensorFlow has been used in this process before: its threads stay as they are
            tf.config.threading.set_intra_op_parallelism_threads(1)
        self._train = worker.train_and_store
        self._task = worker.Task
        self._models = models.WarmModels()
        self._store = store
        self._report = report

    def train(self, run: str, config: RunConfig) -> RunRecord:
        """Train a run and store its record."""
        task = self._task(run, config, load_data(config.data))
        return self._train(task, self._models, self._store, lambda epoch: self._report(run, epoch))


def check_cells(models: Iterable[ModelConfig]) -> None:
    """Make every cell of the user's once, so that a wrong one is told before anything is trained.

    Raises:
        SpecError: A cell cannot be imported or made.
    """
    own = {model.model_dump_json(): model for model in models if model.cell not in CELL_NAMES}
    if own:
        with quiet_tensorflow():
            from toolkit.builder.network import make_cell  # noqa: PLC0415  only a cell of the user's needs Keras here
        for model in own.values():
            make_cell(model)


_worker: list[Worker] = []
"""The worker of this process, once `begin` has made it."""


def begin(store: Store, events: Any) -> None:
    """Make this process a worker that puts `(run, epoch)` into a queue.

    Its parent alone answers an interrupt; it ends with its parent, however that ends.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _worker.append(Worker(store, lambda run, epoch: events.put((run, epoch))))


def train(run: str, config: RunConfig) -> RunRecord:
    """Train a run in a worker process."""
    return _worker[0].train(run, config)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
