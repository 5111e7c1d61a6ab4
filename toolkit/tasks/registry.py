"""The tasks by name."""

from toolkit.tasks import agreement, language_model
from toolkit.tasks.task import Task

TASKS = {task.name: task for task in (language_model.TASK, agreement.TASK)}
"""The toolkit's own tasks by name; whoever adds one adds its file, and names it here."""


def task_of(name: str) -> Task:
    """The task that `data.task` names."""
    return TASKS[name]
