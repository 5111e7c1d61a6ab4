"""Which measures and groups tables, figures, claims and the search of a spec can name, and why its runs lack one."""

from collections.abc import Iterable

from toolkit.spec.schema import Experiment, RunConfig
from toolkit.spec.sweep import task_names
from toolkit.spec.words import joined
from toolkit.tasks.measure import Measure
from toolkit.tasks.reported import curves_of, known_curves, known_groups, known_measures, measures_of, tasks_with
from toolkit.tasks.task import Group


def known_to(experiment: Experiment) -> dict[str, Measure]:
    """Every measure by its name, in the order of the columns of runs.csv: those of all tasks, its own among them."""
    return known_measures(task_names(experiment))


def curves_known_to(experiment: Experiment) -> dict[str, Measure]:
    """Everything that is measured at every epoch by its name, in the order of the columns of history.csv."""
    return known_curves(task_names(experiment))


def groups_known_to(experiment: Experiment) -> dict[str, Group]:
    """Every group that measures can be split by, by its name: those of its own tasks before others."""
    return known_groups(task_names(experiment))


def lacking(name: str, configs: Iterable[RunConfig]) -> str:
    """Why none of these runs is measured for something, in words; empty if one is.

    Args:
        name: A measure of runs or of epochs.
        configs: The runs' configurations.
    """
    reasons = [_reason(name, config) for config in configs]
    return reasons[0] if all(reasons) else ""


def _reason(name: str, config: RunConfig) -> str:
    task = config.data.task
    own = {measure.name: measure for measure in (*measures_of(task), *curves_of(task))}
    if name not in own:
        tasks = tasks_with(name)  # none of the toolkit's own has what a task of the user's measures
        measured_for = f"data.task: {joined(tasks, 'or')}" if tasks else "another data.task"
        return f"{name} is measured for {measured_for}; it is {task}"
    if own[name].on_test and not config.evaluate.test:
        return f"{name} is measured with evaluate.test: true"
    return ""
