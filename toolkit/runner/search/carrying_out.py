"""Carrying out a search: its trials are trained like any run, and what it came to is kept beside them."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from toolkit.backend import require_tensorflow
from toolkit.data.kept import load_data
from toolkit.quiet import quiet_tensorflow
from toolkit.runner.console import tell
from toolkit.runner.driver import Call, train_from
from toolkit.runner.planning.plan import Named, PlannedRun, answers, plan_run, recall
from toolkit.runner.planning.remembered import Memory
from toolkit.runner.search.search_file import Kept, keep, read_kept
from toolkit.spec.schema import DataConfig, Experiment, ModelConfig
from toolkit.spec.search_checks import data_trials
from toolkit.spec.sweep import RunSpec
from toolkit.spec.trials import SearchResult, trial_spec
from toolkit.store import RunRecord, Store

if TYPE_CHECKING:
    from toolkit.runner.search.supply import Search


def carry_out(experiment: Experiment, path: str, store: Store, console: Console, call: Call) -> SearchResult:
    """Train the trials of a search that are not stored, one after another as they are proposed.

    A search that has ended is gone through again where a run of it failed or is no longer stored, or where it is to
    have more or fewer trials or confirmations, with as many trials at once as it had: as in a sweep, what failed is
    trained again, and what is stored is not. Since its proposals depend on what came before them alone, it comes to
    what it would have come to if so much had been asked for at once.

    Args:
        experiment: An experiment with a search.
        path: Its spec, for messages.
        store: Where the records go.
        console: Where progress is shown.
        call: How to train; `workers` trials run at once.

    Returns:
        What the search came to.

    Raises:
        SpecError: The search has been changed since its first trials.
        DiskError: The store's disk is full.
    """
    kept = None if call.fresh else read_kept(experiment, path, store)
    if kept and kept.is_whole and _is_stored(kept.result, store):
        return kept.result
    slots = slots_of(kept, call.workers)
    with _search(experiment, slots, partial(tell, console)) as search:
        if not (kept and kept.result.has_ended):
            keep(experiment, SearchResult((), slots=slots), store)
        count = search.most_trials + search.config.confirm_seeds
        train_from(_SuppliedTrials(search), _models(experiment), count, store, console, call)
        result = search.result()
    keep(experiment, result, store)
    return result


def slots_of(kept: Kept | None, workers: int) -> int:
    """How many trials are in training at once: as many as before where a search had ended and goes on, or again."""
    return kept.result.slots if kept and kept.result.has_ended else workers


def look_up(experiment: Experiment, path: str, store: Store, slots: int, memory: Memory | None = None) -> SearchResult:
    """What a search has come to so far by what is stored; nothing is trained.

    Args:
        experiment: An experiment with a search.
        path: Its spec, for messages.
        store: Where the records are.
        slots: How many trials it was to have in training at once, if it was never begun.
        memory: What is known of its data and cells where they are no longer there; None if they are.

    Raises:
        SpecError: The search has been changed since its first trials.
    """
    kept = read_kept(experiment, path, store)
    if kept and kept.is_whole:
        return kept.result
    with gone_through(experiment, kept.result.slots if kept else slots, store, memory) as search:
        return search.result()


@contextmanager
def gone_through(experiment: Experiment, slots: int, store: Store, memory: Memory | None = None) -> Iterator["Search"]:
    """A search as far as stored runs lead it."""
    name: Callable[[RunSpec], Named] = memory.name if memory else plan_run
    with _search(experiment, slots, lambda line: None, memory) as search:
        while started := [name(spec) for spec in search.start()]:
            known = [(run, record) for run in started if (record := recall(run, store))]
            for run, record in known:
                search.take(run.spec, record)
            if len(known) < len(started):
                break
        yield search


class _SuppliedTrials:
    """A search as what the driver trains from."""

    def __init__(self, search: "Search") -> None:
        self._search = search

    def start(self) -> Sequence[PlannedRun]:
        """The runs to train next."""
        return [plan_run(spec) for spec in self._search.start()]

    def take(self, run: PlannedRun, record: RunRecord) -> None:
        """What came of a run."""
        self._search.take(run.spec, record)


@contextmanager
def _search(
    experiment: Experiment, slots: int, say: Callable[[str], None], memory: Memory | None = None
) -> Iterator["Search"]:
    require_tensorflow()
    with quiet_tensorflow():
        from toolkit.runner.search.supply import Search  # noqa: PLC0415  keras-tuner imports TensorFlow
    has_test = all(map(memory.has_test if memory else _has_test, (run.data for run in data_trials(experiment))))
    with tempfile.TemporaryDirectory(prefix="search-") as scratch:
        yield Search(experiment, slots, has_test, Path(scratch), say)


def _has_test(config: DataConfig) -> bool:
    return load_data(config).test is not None


def _models(experiment: Experiment) -> list[tuple[ModelConfig, int]]:
    """The model sections of a search's runs, as far as their cells can be told beforehand; see `check_cells`."""
    space = experiment.search.space.get("model.cell") if experiment.search else None
    cells = space.samples if space else [experiment.model.cell]
    configs = [trial_spec(experiment, {"model.cell": cell}).config for cell in cells]
    return [(config.model, load_data(config.data).sizes.features) for config in configs]


def _is_stored(result: SearchResult, store: Store) -> bool:
    """Whether the store has every run of a search, and none that failed."""
    runs = [plan_run(spec) for spec in (*result.trials, *result.confirmations)]
    return all(answers(store.load(run.identity), run.spec) for run in runs)
