"""All that is reported: the measures of runs and of epochs over all tasks, and those of one run."""

from collections.abc import Iterable
from typing import Any

from toolkit.tasks.accuracy import ACCURACY, DEV_ACCURACY, TEST_ACCURACY
from toolkit.tasks.measure import Measure
from toolkit.tasks.measures import (
    BEST_EPOCH,
    BEST_LOSS,
    COMMON,
    CURVES,
    DEV_LOSS,
    FINAL_LOSS,
    LEARNING_RATE,
    PARAMETERS,
    SECONDS,
    SECONDS_PER_EPOCH,
    TEST_LOSS,
    TRAIN_LOSS,
)
from toolkit.tasks.perplexity import PERPLEXITY, TEST_PERPLEXITY
from toolkit.tasks.registry import TASKS, task_of
from toolkit.tasks.task import Group

FIRST_COLUMNS = (
    BEST_LOSS,
    BEST_EPOCH,
    FINAL_LOSS,
    PERPLEXITY,
    ACCURACY,
    TEST_LOSS,
    TEST_PERPLEXITY,
    TEST_ACCURACY,
    SECONDS_PER_EPOCH,
    PARAMETERS,
)
"""The results that runs.csv has always begun with. Its order is part of the interface: what is new comes last."""
NEXT_COLUMNS = ("balanced_accuracy", "plural_f1", "majority_accuracy", "training_seconds")
"""Those that follow, after `error`."""
FIRST_CURVES = (LEARNING_RATE, TRAIN_LOSS, DEV_LOSS, DEV_ACCURACY, SECONDS)
"""The curves that history.csv has always had, in its order."""


def measures_of(task: str) -> tuple[Measure, ...]:
    """The measures of a task's runs: those that every run has, then its own.

    Args:
        task: Its name.
    """
    return (*COMMON, *task_of(task).measures)


def curves_of(task: str) -> tuple[Measure, ...]:
    """What is measured at every epoch of a task's runs: what is measured of all, then its own.

    Args:
        task: Its name.
    """
    return (*CURVES, *task_of(task).curves)


def known_measures(tasks: Iterable[str] = ()) -> dict[str, Measure]:
    """Every measure by its name, in the order of the columns of runs.csv.

    Args:
        tasks: Names of further tasks than the toolkit's own. Where two tasks have a measure of one name, the last
            one's tells how it is printed.
    """
    found = (measure for task in (*TASKS, *tasks) for measure in measures_of(task))
    known = _by_name((*FIRST_COLUMNS, *found))
    first = [*(measure.name for measure in FIRST_COLUMNS), *(name for name in NEXT_COLUMNS if name in known)]
    return {name: known[name] for name in dict.fromkeys([*first, *known])}


def columns_of(tasks: Iterable[str]) -> dict[str, Measure]:
    """The measures that are columns of runs.csv: those that it has always had, then what else its tasks have.

    Args:
        tasks: The names of the tasks of its runs; all measures are columns where there are no runs yet.
    """
    tasks = list(tasks) or list(TASKS)
    own = {measure.name for task in tasks for measure in measures_of(task)}
    always = {*(measure.name for measure in FIRST_COLUMNS), *NEXT_COLUMNS}
    return {name: measure for name, measure in known_measures(tasks).items() if name in always | own}


def known_curves(tasks: Iterable[str] = ()) -> dict[str, Measure]:
    """Everything that is measured at every epoch by its name, in the order of the columns of history.csv.

    Args:
        tasks: As `known_measures` has them.
    """
    return _by_name((*FIRST_CURVES, *(curve for task in (*TASKS, *tasks) for curve in curves_of(task))))


def known_groups(tasks: Iterable[str] = ()) -> dict[str, Group]:
    """Every group that measures can be split by, by its name.

    Args:
        tasks: Names of tasks, whose groups come first; those of the toolkit's own tasks follow.
    """
    known: dict[str, Group] = {}
    for task in (*tasks, *TASKS):
        for group in task_of(task).groups:
            known.setdefault(group.name, group)
    return known


def _by_name(measures: Iterable[Measure]) -> dict[str, Measure]:
    return {measure.name: measure for measure in measures}


def tasks_with(name: str) -> list[str]:
    """The toolkit's own tasks whose runs have a measure, or a curve, of this name."""
    return [task for task in TASKS if name in _by_name((*measures_of(task), *curves_of(task)))]


def measured(record: Any, task: str) -> dict[str, Any]:
    """The measures of a run.

    Args:
        record: The run's record, cut to the epochs that are asked for.
        task: The name of its task.

    Returns:
        The measures' names with their values; None for what was not measured.
    """
    measures = measures_of(task) if record.history else COMMON  # a task's own are of weights that were measured
    return {measure.name: measure.found(record) for measure in measures}
