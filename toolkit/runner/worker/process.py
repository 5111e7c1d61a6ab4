"""What a process that trains runs keeps: TensorFlow on one thread, warm models, the run in training."""

import re
import resource
import sys
import traceback
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from toolkit.data.dataset import Dataset
from toolkit.escape import without_passwords
from toolkit.quiet import quiet_tensorflow, without_retracing_alarms
from toolkit.runner.worker.allocator import keep_freed_memory
from toolkit.runner.worker.jobs import End, Job, Leg, failed_record, past_of
from toolkit.spec.imported import import_line, planned_code
from toolkit.spec.named import CELL, TASK
from toolkit.spec.named_code import code_of
from toolkit.spec.own_tasks import imported_task
from toolkit.spec.schema import ModelConfig
from toolkit.tasks.registry import know

if TYPE_CHECKING:
    from toolkit.runner.worker.session import Session


class Worker:
    """Trains runs one after another; what is compiled for one serves the next of the same structure.

    It has freed memory kept, and makes TensorFlow use one thread, unless that has been used in this process before.
    """

    def __init__(self) -> None:
        _prepare_tensorflow()
        with quiet_tensorflow():
            from toolkit.runner.worker import session, warm  # noqa: PLC0415  only a process that trains waits for Keras
        self._new_models = warm.WarmModels
        self._new_session = session.Session
        self._models = warm.WarmModels()
        self._session: Session | None = None

    def advance(self, job: Job, data: Dataset) -> Leg | End:
        """Train a leg of a run; a failure becomes a record."""
        try:
            with planned_code(job.code), without_retracing_alarms():
                if TASK.is_own(job.config.data.task):
                    know(job.config.data.task, imported_task(job.config.data.task, job.code))
                result: Leg | End = self._session_of(job, data).advance(job.seconds)
        except Exception as error:
            result = self._failure(job, error)
        if isinstance(result, Leg):
            return result
        self._session = None
        return replace(result, resident=_resident())

    def _session_of(self, job: Job, data: Dataset) -> "Session":
        if self._session is None or not self._session.goes_on_with(job):
            self._session = None
            self._session = self._new_session(job, data, self._models)
        return self._session

    def _failure(self, job: Job, error: Exception) -> End:
        self._models = self._new_models()  # what is compiled may be what failed
        message, trace = _plain(f"{type(error).__name__}: {error}"), _plain(traceback.format_exc())
        past = past_of(job) if self._session is None else (self._session.history, self._session.sessions)
        return End(job.identity, failed_record(job, *past, message, trace), checkpoint=job.checkpoint)


def check_cells(models: Iterable[tuple[ModelConfig, int]], tell: Callable[[str], None]) -> None:
    """Make every cell of the user's once, so that a wrong one is told before anything is trained.

    Args:
        models: The `model` sections of the runs, each with the size of the vectors that it reads, 0 for words.
        tell: Called with a line on what is imported of the user's, before it is.

    Raises:
        SpecError: A cell cannot be imported or made, or has no truncated gradient.
        SettingError: Its code cannot be told.
    """
    own = {(model.model_dump_json(), size): (model, size) for model, size in models if CELL.is_own(model.cell)}
    if own:
        _prepare_tensorflow()  # runs may be trained in this process, and a cell may use TensorFlow when it is made
        with quiet_tensorflow():
            from toolkit.builder.model.network import check_step  # noqa: PLC0415  only a cell of the user's needs Keras here
        codes = {model.cell: code_of(CELL, model.cell) for model, _ in own.values()}
        for line in filter(None, map(import_line, codes.values())):
            tell(line)
        for model, size in own.values():
            with planned_code(codes[model.cell]):
                check_step(model, size)


def _prepare_tensorflow() -> None:
    """Have freed memory kept and TensorFlow use one thread, unless it has been used in this process before."""
    keep_freed_memory()  # before TensorFlow starts its threads
    with quiet_tensorflow():
        import tensorflow as tf  # noqa: PLC0415  only a process that trains waits for TensorFlow
    with suppress(RuntimeError):
        tf.config.threading.set_intra_op_parallelism_threads(1)


def _resident() -> int:
    """Bytes of memory that this process holds, or where that is unknown the most that it held."""
    now = Path("/proc/self/statm")
    if now.exists():
        return int(now.read_text(encoding="ascii").split()[1]) * resource.getpagesize()
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def _plain(text: str) -> str:
    """A message without the terminal's colours, which Keras puts into its own, and without passwords in addresses."""
    return without_passwords(re.sub(r"\x1b\[[0-9;]*m", "", text))
