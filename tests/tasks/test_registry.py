"""The toolkit's tasks: each is found by its name, and is plain data until something is encoded or measured."""

import subprocess
import sys
from dataclasses import replace

import pytest

from toolkit.tasks.measures import COMMON, CURVES
from toolkit.tasks.registry import TASKS, task_of
from toolkit.tasks.task import Softmax, Task


@pytest.mark.parametrize("name", TASKS)
def test_a_task_is_found_by_its_name(name: str) -> None:
    assert task_of(name).name == name


@pytest.mark.parametrize("task", TASKS.values(), ids=TASKS.keys())
def test_what_a_task_reports_has_names_of_its_own(task: Task) -> None:
    for own, common in ((task.measures, COMMON), (task.curves, CURVES)):
        names = [measure.name for measure in own]
        assert len(set(names)) == len(names)
        shared = {measure.name: measure for measure in common}
        for measure in own:
            if measure.name in shared:  # in the task's words, such as a loss that is in no nats
                assert replace(measure, unit="", meaning="") == replace(shared[measure.name], unit="", meaning="")
    groups = [group.name for group in task.groups]
    assert len(set(groups)) == len(groups)


def test_importing_the_tasks_imports_no_numpy() -> None:
    code = "import sys, toolkit.tasks.registry; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    "wrong",
    [{}, {"over": "vocabulary", "labels": ("a", "b")}, {"labels": ("a",)}, {"labels": ("a", "a")}, {"over": "words"}],
    ids=str,
)
def test_a_head_that_says_nothing_definite_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="Softmax"):
        Softmax(**wrong)  # type: ignore[arg-type]
