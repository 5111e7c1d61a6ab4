"""Training a sweep: which run is trained when, what is written when, and what becomes of a run that is lost."""

import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol

from rich.console import Console

from toolkit.backend import require_tensorflow
from toolkit.runner.console import tell
from toolkit.runner.executors.executor import Executor
from toolkit.runner.executors.registry import Asked, executor_for
from toolkit.runner.planning.plan import PlannedRun, answers, goes_on
from toolkit.runner.progress import SweepProgress
from toolkit.runner.provenance import origin
from toolkit.runner.worker.jobs import End, Job, Leg, Lost, Result, failed_record, past_of
from toolkit.runner.worker.process import check_cells
from toolkit.spec.named_code import training_code
from toolkit.spec.schema import ModelConfig
from toolkit.store import RunRecord, Store

LOCK_SECONDS = 0.3
"""How often it is looked whether another process has given a run free."""


@dataclass(frozen=True)
class Call:
    """How a sweep is to be trained.

    Attributes:
        workers: Number of processes; 1 trains in this one.
        executor: The name of the executor that trains, and what the call says to it; None for this machine's.
        fail_fast: Whether everything is stopped at the first run that fails.
        fresh: Whether runs are trained from the beginning, whatever is stored.
    """

    workers: int = 1
    executor: tuple[str, str] | None = None
    fail_fast: bool = False
    fresh: bool = False


class Supply(Protocol):
    """Where runs come from, such as a search, which learns from their records what to try next."""

    def start(self) -> Sequence[PlannedRun]:
        """The runs to train next; none where results are waited for, or there are no more."""

    def take(self, run: PlannedRun, record: RunRecord) -> None:
        """What came of a run."""


class Listed:
    """Runs that are known from the beginning.

    Args:
        runs: The runs.
    """

    def __init__(self, runs: Sequence[PlannedRun]) -> None:
        self._runs = runs

    def start(self) -> Sequence[PlannedRun]:
        """All runs, once."""
        started, self._runs = self._runs, ()
        return started

    def take(self, run: PlannedRun, record: RunRecord) -> None:
        """Nothing is learnt."""


def train(runs: Sequence[PlannedRun], store: Store, console: Console, call: Call) -> None:
    """Train listed runs; see `train_from`."""
    models = [(run.spec.config.model, run.data.sizes.features) for run in runs]
    train_from(Listed(runs), models, len(runs), store, console, call)


def train_from(
    supply: Supply, models: Iterable[tuple[ModelConfig, int]], count: int, store: Store, console: Console, call: Call
) -> None:
    """Train runs, storing every epoch before it is shown; failed runs become records too.

    A run is trained by one thread wherever it is trained, so that its result does not depend on the number of
    workers (see `Worker` for the one exception). A run that another process is training is waited for.

    Args:
        supply: What to train.
        models: The `model` sections of its runs, whose cells are checked; see `check_cells`.
        count: How many runs there are, at most.
        store: Where the records go. This process alone writes to it, whoever trains.
        console: Where progress is shown.
        call: How to train.

    Raises:
        SpecError: A cell cannot be imported or made, or Keras is to use another backend; nothing has been trained.
        DiskError: The store's disk is full.
        WorkerError: There is no such cluster, or it has no workers.
    """
    require_tensorflow()
    check_cells(models, partial(tell, console))
    executor = executor_for(Asked(min(call.workers, count), partial(tell, console), *(call.executor or ())))
    with SweepProgress(count, console) as progress:
        driver = Driver(supply, store, executor, progress, call)
        try:
            driver.drive()
        finally:
            driver.close()


class Driver:
    """Leads runs from the store through an executor back to the store.

    Args:
        supply: What to train.
        store: Where the records go.
        executor: Where runs are trained.
        progress: Where it is shown.
        call: How to train.
    """

    def __init__(self, supply: Supply, store: Store, executor: Executor, progress: SweepProgress, call: Call) -> None:
        self.store = store
        self.executor = executor
        self.progress = progress
        self.call = call
        self.origin = origin()
        self.supply = supply
        self.planned: dict[str, PlannedRun] = {}
        self.stored: set[str] = set()
        self.waiting: list[PlannedRun] = []
        self.running: dict[str, Job] = {}
        self.lost: Counter[str] = Counter()

    def drive(self) -> None:
        """Train until every run has a record, or the first one fails if that is to be the end."""
        self._fetch()
        while self.waiting or self.running:
            while self.executor.is_free() and (run := self._take_next()):
                self._begin(run)
            if self.waiting and not self.running:
                self.progress.wait([self.store.holder(run.identity) for run in self.waiting])
                time.sleep(LOCK_SECONDS)
            elif self.running:
                self._take_results()

    def close(self) -> None:
        """End what is running, and give its runs free."""
        self.executor.close()
        for run in self.running:
            self.store.unlock(run)
        self.running.clear()

    def _take_next(self) -> PlannedRun | None:
        """The next run that no other process is training, and none has trained meanwhile."""
        while run := next((run for run in self.waiting if self.store.lock(run.identity)), None):
            self.waiting.remove(run)
            record = None if self._is_fresh(run.identity) else self.store.load(run.identity)
            if record is None or not answers(record, run.spec):
                return run
            self.store.unlock(run.identity)
            self._end(run, record)
        return None

    def _is_fresh(self, identity: str) -> bool:
        """Whether a run is to be trained from its beginning: it may be there again, for more epochs."""
        return self.call.fresh and identity not in self.planned

    def _end(self, run: PlannedRun, record: RunRecord) -> None:
        self.progress.finish(run, record, is_stored=run.identity in self.stored or run.identity in self.planned)
        self.supply.take(run, record)
        self._fetch()

    def _fetch(self) -> None:
        for run in self.supply.start():
            self.waiting.append(run)
            self.progress.expect(run)
            if not self._is_fresh(run.identity) and answers(self.store.load(run.identity), run.spec):
                self.stored.add(
                    run.identity
                )  # what is stored later, and not by this driver, another process has trained

    def _begin(self, run: PlannedRun) -> None:
        if self._is_fresh(run.identity):
            self.store.retire(run.identity)
        self.planned[run.identity] = run
        beginning = Job(
            run.identity, run.spec.config, run.data.digest, code=training_code(run.spec.config), origin=self.origin
        )
        stored = replace(beginning, checkpoint=self.store.load_checkpoint(run.identity))
        job = stored if goes_on(past_of(stored)[0], run.spec) else beginning
        self.progress.start(run, past_of(job)[0])
        self._start(job)

    def _start(self, job: Job) -> None:
        self.running[job.identity] = job
        self.executor.start(job, self.planned[job.identity].data)

    def _take_results(self) -> None:
        look_again = self.waiting and self.executor.is_free()
        for result in self.executor.wait(LOCK_SECONDS if look_again else None):
            self._take(result)
            if not self.running:
                return

    def _take(self, result: Result) -> None:
        match result:
            case End():
                self._finish(result)
            case Leg():
                self._go_on(result)
            case Lost():
                self._take_up_again(result)

    def _go_on(self, leg: Leg) -> None:
        self._start(replace(self.running[leg.identity], checkpoint=leg.checkpoint))
        self.store.save_checkpoint(leg.identity, leg.checkpoint)
        self.progress.advance(leg.identity, leg.history)

    def _take_up_again(self, lost: Lost) -> None:
        job = self.running[lost.identity]
        self.lost[lost.identity] += 1
        if self.lost[lost.identity] <= self.executor.retries:
            self._start(job)
            return
        attempts = self.lost[lost.identity]
        error = f"in {attempts} attempts, the last of which: {lost.reason}" if attempts > 1 else lost.reason
        self._finish(End(lost.identity, failed_record(job, *past_of(job), error), checkpoint=job.checkpoint))

    def _finish(self, end: End) -> None:
        self.store.save(end.record, end.weights, end.checkpoint)
        self.store.unlock(end.identity)
        del self.running[end.identity]
        self.progress.advance(end.identity, end.record.history)
        self._end(self.planned[end.identity], end.record)
        if self.call.fail_fast and end.record.status == "failed":
            self.waiting.clear()
            self.close()
