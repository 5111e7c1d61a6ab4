"""What sources declare, and what follows from it: nothing else in the project knows them by name."""

import ast
from pathlib import Path
from typing import Any

import pytest

from tests.data.conftest import write_coursework, write_text
from tests.spec.test_loader import error_of, write
from toolkit.data.dataset import load_corpus
from toolkit.spec.loader import load_spec
from toolkit.spec.schema import DataConfig
from toolkit.spec.sources import SOURCES, source_of
from toolkit.tasks.registry import TASKS

TOOLKIT = Path(__file__).parents[2] / "toolkit"
OWN_ROOMS = {"data/sources", "spec/sources.py", "spec/schema.py", "replication"}
"""Where a source's name stands: its own file, the registry, and the default."""
OTHER_MEANINGS = {
    "coursework": {  # the study's protocol and its gradient
        "spec/conflicts.py",
        "runner/planning/disk.py",
        "runner/worker/protocols.py",
        "tasks/agreement.py",
    },
    "text": {"spec/reference.py"},  # what a key takes
}
VALUES: dict[str, Any] = {"max_distance": 3, "distance": "uniform", "seed": 7}


def section(name: str, task: str = "language_model", **settings: Any) -> str:
    """A spec of a source with what it must have."""
    path = {"path": "here"} if SOURCES[name].needs_path else {}
    values = {"source": name, **path, "task": task, **settings}
    return "name: a\ndata:\n" + "".join(f"  {key}: {value}\n" for key, value in values.items())


def test_no_other_file_names_a_source() -> None:
    named = set()
    for path in sorted(TOOLKIT.rglob("*.py")):
        place = path.relative_to(TOOLKIT).as_posix()
        nodes = ast.walk(ast.parse(path.read_bytes()))
        words = {str(node.value) for node in nodes if isinstance(node, ast.Constant)}
        named |= {
            (name, place)
            for name in words & SOURCES.keys()
            if not place.startswith(tuple(OWN_ROOMS)) and place not in OTHER_MEANINGS.get(name, ())
        }
    assert not named


@pytest.mark.parametrize("name", SOURCES)
def test_a_source_delivers_the_columns_that_it_declares(tmp_path: Path, name: str) -> None:
    folder = {"coursework": write_coursework, "text": write_text}.get(name)
    config = DataConfig(source=name, path=str(folder(tmp_path / "data")) if folder else None)
    corpus = load_corpus(config)
    assert tuple(corpus.train.columns) == tuple(corpus.dev.columns) == SOURCES[name].delivers
    assert corpus.vocabulary


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("name", SOURCES)
def test_a_task_goes_with_a_source_that_delivers_what_it_needs(tmp_path: Path, name: str, task: str) -> None:
    path, lacks = write(tmp_path, section(name, task)), SOURCES[name].lacks(TASKS[task].needs)
    if not lacks:
        assert load_spec(path).data.source == name
        return
    told = error_of(path)
    assert f"data.task: the task {task} needs the column" in told
    assert f" {lacks[0]}" in told
    assert f"which the source {name} has not" in told


def test_what_would_fit_is_told_with_what_does_not(tmp_path: Path) -> None:
    told = error_of(write(tmp_path, section("text", "agreement")))
    assert (
        "a.yaml:5:9: data.task: the task agreement needs the columns verb_idx and verb_pos, "
        "which the source text has not; grammar and coursework have them\n"
    ) in told


@pytest.mark.parametrize("key", [key for source in SOURCES.values() for key in source.keys or ()])
@pytest.mark.parametrize("name", SOURCES)
def test_a_key_of_another_source_is_told_unless_it_has_its_default(tmp_path: Path, name: str, key: str) -> None:
    default: dict[str, Any] = {key: DataConfig.model_fields[key].default}
    assert load_spec(write(tmp_path, section(name, **default))).data.source == name
    changed: dict[str, Any] = {key: VALUES[key]}
    path = write(tmp_path, section(name, **changed))
    if key in (SOURCES[name].keys or ()):
        assert getattr(load_spec(path).data, key) == VALUES[key]
    else:
        assert f"data.{key} is for data.source: grammar; it is {name}" in error_of(path)


@pytest.mark.parametrize("name", [name for name, source in SOURCES.items() if source.needs_path is not None])
def test_a_path_is_needed_or_refused(tmp_path: Path, name: str) -> None:
    needed = SOURCES[name].needs_path
    told = error_of(write(tmp_path, f"name: a\ndata: {{source: {name}{'' if needed else ', path: here'}}}\n"))
    assert (f"data.source: {name} needs data.path" if needed else "data.path is for the sources") in told


def test_of_a_function_of_the_users_nothing_is_taken_for_granted(tmp_path: Path) -> None:
    (tmp_path / "reader_.py").write_text("def read(data):\n    raise RuntimeError\n", encoding="utf-8")
    text = "name: a\ndata: {source: 'reader_:read', task: agreement, max_distance: 3, vocab_size: 1}\n"
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(tmp_path))
        assert load_spec(write(tmp_path, text)).data.source == "reader_:read"
    assert source_of("reader_:read").lacks(("verb_idx",)) == []


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("txt", "expected one of grammar, coursework, text or package.module:function; received"),
        ("grammer", "did you mean `grammar`?"),
        ("'reader_:'", "expected one of grammar"),
        ("'nowhere_:read'", "there is no module `nowhere_` in the working directory or among the packages; write a "),
        ("'json:reed'", "the module `json` has no function `reed`"),
    ],
)
def test_a_name_that_is_none_is_told_with_its_place(tmp_path: Path, value: str, told: str) -> None:
    message = error_of(write(tmp_path, f"name: a\ndata: {{source: {value}}}\n"))
    assert "a.yaml:2:16: data.source: " in message
    assert told in message
