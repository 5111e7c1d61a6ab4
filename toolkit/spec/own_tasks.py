"""Tasks of the user's: imported to know what they need and measure, or known from a report, which runs none of them."""

from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path as FilePath

from toolkit.errors import SettingError, SpecError
from toolkit.spec.declaration import Declaration
from toolkit.spec.declared_tasks import declared_in, fitted
from toolkit.spec.diagnosis import nearest
from toolkit.spec.document import Problem
from toolkit.spec.imported import failure_text, import_line, planned_code
from toolkit.spec.named import TASK
from toolkit.spec.named_code import code_of
from toolkit.spec.own_code import OwnCode
from toolkit.spec.own_names import ReportFolder, missing, values_of
from toolkit.spec.schema import Experiment
from toolkit.spec.sweep import task_names
from toolkit.tasks.registry import know
from toolkit.tasks.task import Task


def unknown_tasks(spec: Declaration, report_folder: ReportFolder | None) -> Iterator[Problem]:
    """Make the tasks of the user's known that a spec names; see `toolkit.spec.own_names.task_problems`."""
    for path, name in values_of(spec.experiment, TASK):
        if TASK.names_own(name):  # what no task could be called is told with the other values
            try:
                if report_folder is None:
                    know_task(name)
                else:
                    know(name, _declared(name, report_folder(spec.experiment.name)))
            except (SettingError, SpecError) as error:
                told = str(error).removeprefix(f"{TASK.key}: ")
                yield Problem(nearest(spec.document.values, path), f"{TASK.key}: {told}")


def know_task(name: str) -> None:
    """Import a task of the user's as its code was when it was hashed, and have it found by its name.

    Raises:
        SettingError: It is not there, cannot be imported, or is no task that could be trained and reported.
        SpecError: It imports what its source does not show.
    """
    module, _, attribute = name.partition(":")
    if told := missing(TASK, module, attribute):
        raise SettingError(TASK.key, told)
    code = code_of(TASK, name)
    with planned_code(code):
        know(name, imported_task(name, code))


def task_lines(experiments: Iterable[Experiment]) -> list[str]:
    """What is imported of the user's to know the tasks of several experiments, to be told.

    Raises:
        SettingError: The code of one cannot be told.
    """
    names = dict.fromkeys(name for experiment in experiments for name in task_names(experiment))
    return list(filter(None, (import_line(code_of(TASK, name)) for name in names)))


def imported_task(name: str, code: OwnCode | None) -> Task:
    """A task of the user's from its module.

    Args:
        name: Its name as `package.module:NAME`.
        code: What it is made of.

    Raises:
        SettingError: It cannot be imported, or is no task that could be trained and reported.
    """
    module, _, attribute = name.partition(":")
    try:
        found = getattr(import_module(module), attribute)
    except (Exception, SystemExit) as error:
        raise SettingError(TASK.key, f"{name} cannot be imported{failure_text(error, code)}") from error
    if not isinstance(found, Task):
        raise SettingError(TASK.key, f"{name} is no task; expected a toolkit.Task, received {type(found).__name__}")
    try:
        return fitted(found)
    except ValueError as error:
        raise SettingError(TASK.key, f"{name}: {error}") from error


def _declared(name: str, folder: FilePath) -> Task:
    try:
        return declared_in(folder)[name]
    except KeyError:
        raise SettingError(
            TASK.key,
            f"{name} is not imported to report, and {folder} does not say what it measures; train with it first, and "
            "it does from then on",
        ) from None
