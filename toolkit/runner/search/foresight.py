"""What is stored of a search, and what is still to come: how many trials, and how long they may take."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean

from toolkit.runner.planning.outlook import PlanRow, outlook, plan_lines, time_text
from toolkit.runner.planning.plan import PlannedRun, plan_run, recall
from toolkit.runner.search.carrying_out import gone_through, slots_of
from toolkit.runner.search.search_file import read_kept
from toolkit.spec.schema import Experiment
from toolkit.spec.trials import SearchResult
from toolkit.spec.words import plural
from toolkit.store import Store


@dataclass(frozen=True)
class Foresight:
    """A search as a plan shows it.

    Attributes:
        rows: The trials and confirmations that are stored, and those that are to be trained next.
        trials: Number of trials that may come after those.
        confirmations: Number of confirmations that come after those.
        seconds: Estimated time of a run to come; None where no run of the search is stored.
        at_once: Number of runs that are in training at once.
    """

    rows: Sequence[PlanRow]
    trials: int
    confirmations: int
    seconds: float | None
    at_once: int


def foresee(experiment: Experiment, path: str, store: Store, workers: int) -> Foresight:
    """Go through a search as far as stored runs lead it; nothing is trained.

    Args:
        experiment: An experiment with a search.
        path: Its spec, for messages.
        store: Where the records are.
        workers: How many trials are to be in training at once.

    Raises:
        SpecError: The search has been changed since its first trials.
    """
    kept = read_kept(experiment, path, store)
    slots = slots_of(kept, workers)
    if kept and kept.is_whole:
        return _foresight(kept.result, 0, 0, store, slots)
    with gone_through(experiment, slots, store) as search:
        result = search.result()
        trials, seeds = search.most_trials - len(result.trials), search.config.confirm_seeds
    if result.has_ended:
        trials = seeds = 0
    return _foresight(result, trials, seeds, store, slots)


def foresight_lines(foresight: Foresight) -> Iterator[str]:
    """The plan of a search in plain text."""
    yield from plan_lines(foresight.rows, foresight.at_once)
    come = foresight.trials + foresight.confirmations
    if not come:
        return
    parts = [f"up to {plural(foresight.trials, 'more trial')}"] if foresight.trials else []
    if foresight.confirmations:
        parts.append(f"the best again on {plural(foresight.confirmations, 'fresh seed')}")
    seconds = None if foresight.seconds is None else foresight.seconds * come
    yield f"after that: {', then '.join(parts)}: {time_text(seconds, min(foresight.at_once, come))}"


def _foresight(result: SearchResult, trials: int, confirmations: int, store: Store, at_once: int) -> Foresight:
    runs = [plan_run(spec) for spec in (*result.trials, *result.confirmations)]
    timed = [seconds for run in runs if (seconds := _seconds(run, store)) is not None]
    return Foresight(outlook(runs, store), trials, confirmations, fmean(timed) if timed else None, at_once)


def _seconds(run: PlannedRun, store: Store) -> float | None:
    """How long a stored run was trained."""
    record = recall(run, store)
    seconds = [epoch.seconds for epoch in record.history if epoch.seconds is not None] if record else []
    return sum(seconds) if seconds else None
