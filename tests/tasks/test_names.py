"""A task's name stands in its own file and in the registry: nothing else of the toolkit knows which tasks there are."""

import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import toolkit
from toolkit.tasks.registry import TASKS

ROOT = Path(toolkit.__file__).parent
ELSEWHERE = {"replication", "examples"}
"""The study, which is of given tasks, and specs to begin with."""
ENGLISH = {"classification", "forecast", "regression", "tagging"}
"""Names that prose has too: they are looked for as names and as whole texts."""
KNOWN = {"tasks/registry.py", "spec/schema.py"}
"""The registry, and the default of `data.task`."""


def _named() -> Iterator[tuple[str, str]]:
    """Each file of the toolkit that names a task, in its code or in its words, with the task."""
    for path in sorted(ROOT.rglob("*.py")):
        place = path.relative_to(ROOT)
        if place.parts[0] not in ELSEWHERE:
            tokens = tokenize.generate_tokens(io.StringIO(path.read_text(encoding="utf-8")).readline)
            texts = [token.string for token in tokens]
            words = {word for text in texts for word in re.findall(r"\w+", text)} - ENGLISH
            words |= {text.strip("\"'") for text in texts}
            yield from ((place.as_posix(), task) for task in TASKS if task in words)


def test_a_task_is_named_in_its_own_file_and_the_registry_alone() -> None:
    named = set(_named())
    assert {(f"tasks/{task}.py", task) for task in TASKS} <= named
    assert {(place, task) for place, task in named if place not in {*KNOWN, f"tasks/{task}.py"}} == set()


def test_the_language_names_no_task_but_its_default() -> None:
    text = (ROOT / "spec/schema.py").read_text(encoding="utf-8")
    assert [task for task in TASKS if re.search(rf"[\"'`]{task}[\"'`]", text)] == ["language_model"]
