"""Cells, tasks and sources of the user's, as far as they can be told before anything is imported."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path as FilePath
from typing import TypeAlias

from toolkit.spec.bound_names import gives, names_of
from toolkit.spec.declaration import Declaration
from toolkit.spec.diagnosis import nearest
from toolkit.spec.document import Path, Problem
from toolkit.spec.expectations import did_you_mean
from toolkit.spec.modules import find
from toolkit.spec.named import NAMED, TASK, Named
from toolkit.spec.schema import Experiment
from toolkit.spec.search_checks import searched_values
from toolkit.spec.sweep import swept_values

ReportFolder: TypeAlias = Callable[[str], FilePath]
"""From the name of an experiment to the folder of its report."""


def task_problems(spec: Declaration, report_folder: ReportFolder | None = None) -> Iterator[Problem]:
    """Make the tasks of the user's known that a spec names; what is wrong with one is told.

    Args:
        spec: The experiment, and what it was read from.
        report_folder: Where reports say what tasks measure, whose code is not to be run; None where it is.
    """
    if names_task(spec.experiment):
        from toolkit.spec.own_tasks import unknown_tasks  # noqa: PLC0415  only a task of the user's waits for it

        yield from unknown_tasks(spec, report_folder)


def names_task(experiment: Experiment) -> bool:
    """Whether an experiment names a task of the user's."""
    return any(TASK.names_own(name) for _, name in values_of(experiment, TASK))


def own_name_problems(spec: Declaration) -> Iterator[Problem]:
    """The names whose module, or what they name in it, is nowhere to be found."""
    for named in NAMED:
        for path, value in values_of(spec.experiment, named):
            module, _, name = value.partition(":")
            if name and (message := missing(named, module, name)):
                yield Problem(nearest(spec.document.values, path), f"{named.key}: {message}")


def missing(named: Named, module: str, name: str) -> str:
    """What is not there of a name, and what to do; empty where it is there, or may be."""
    if find(module) is None:
        if module in sys.modules:
            return ""
        package = module.partition(".")[0]
        known = find(package) is not None
        place = f"in the package `{package}`" if known else "in the working directory or among the packages"
        advice = f"write a {named.what} of your own as {named.form}, and start where its module lies"
        return f"there is no module `{module if known else package}` {place}; {advice}"
    if gives(module, name):
        return ""
    return f"the module `{module}` has no {named.kind} `{name}`{did_you_mean(name, names_of(module))}"


def values_of(experiment: Experiment, named: Named) -> Iterator[tuple[Path, str]]:
    """All values of a key in an experiment, and where they stand."""
    yield (named.section, named.name), getattr(getattr(experiment, named.section), named.name)
    yield from ((swept.path, swept.value) for swept in swept_values(experiment.sweep) if swept.key == named.key)
    yield from ((path, value) for key, value, path in searched_values(experiment) if key == named.key)
