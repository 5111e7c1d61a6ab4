"""The tasks by name."""

from toolkit.errors import SettingError
from toolkit.tasks import agreement, classification, forecast, language_model, regression, tagging
from toolkit.tasks.task import Task

_OWN = (language_model, agreement, classification, tagging, regression, forecast)
TASKS: dict[str, Task] = {module.TASK.name: module.TASK for module in _OWN}
"""The toolkit's own tasks by name; whoever adds one adds its file, and names it here."""

_OF_USERS: dict[str, Task] = {}


def task_of(name: str) -> Task:
    """The task that `data.task` names: one of `TASKS`, or one of the user's that a spec which was loaded names.

    Raises:
        SettingError: It is another's, which nobody made known.
    """
    found = TASKS.get(name) or _OF_USERS.get(name)
    if found is None:
        raise SettingError("data.task", f"{name} is not known; load a spec that names it")
    return found


def know(name: str, task: Task) -> None:
    """Have `task_of` find a task of the user's under its name `package.module:NAME`, as it is from now on."""
    _OF_USERS[name] = task
