"""What finished runs were not measured for, although their report has a place for it, and how it is had."""

from collections.abc import Iterator

from toolkit.reporter.numbers.frames import Runs
from toolkit.spec.sweep import RunSpec
from toolkit.spec.words import plural
from toolkit.store import RunRecord
from toolkit.tasks.registry import task_of
from toolkit.tasks.reported import measures_of


def unmeasured(runs: Runs) -> list[str]:
    """What was not measured of how many runs, why, and what to do; one line each.

    Args:
        runs: Every run of the experiment with its record.
    """
    finished = [(run, record) for run, record in runs if record is not None and record.status == "done"]
    return [*_by_sentence(finished), *_after_the_end(finished)]


def _by_sentence(finished: list[tuple[RunSpec, RunRecord]]) -> Iterator[str]:
    lacking: dict[tuple[str, str], set[str]] = {}
    for run, record in finished:
        names = [measure.name for measure in measures_of(run.config.data.task) if measure.by_sentence]
        if names and record.best is not None and record.best.by_sentence is None:
            groups = task_of(run.config.data.task).groups
            by = f"evaluate.by: [{groups[0].name}], or " if groups else ""
            lacking.setdefault((_together(names), by), set()).add(record.identity)
    for (told, by), theirs in lacking.items():
        yield (
            f"{told} of {plural(len(theirs), 'run')}, stored with more epochs than are asked for here, and measured "
            f"at the best of those; {by}a table that names one of them, has them measured here too"
        )


def _together(names: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _after_the_end(finished: list[tuple[RunSpec, RunRecord]]) -> Iterator[str]:
    beyond: set[int] = set()
    ended: set[str] = set()
    for run, record in finished:
        last = record.history[-1].epoch if record.history else 0
        if later := [epoch for epoch in run.config.track.epochs or () if epoch > last]:
            beyond.update(later)
            ended.add(record.identity)
    if ended:
        epochs = f"{'epochs' if len(beyond) > 1 else 'epoch'} {', '.join(map(str, sorted(beyond)))}"
        yield (
            f"the gradient by lag after {epochs} of {plural(len(ended), 'run')}, which the stop rule ended before; "
            "train.min_change: null has no stop rule"
        )
