"""What sources declare, and what follows from it: nothing else in the project knows them by name."""

import ast
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.data.conftest import write_conll, write_coursework, write_series, write_table, write_text
from tests.spec.test_loader import error_of, write
from toolkit.data.dataset import load_corpus
from toolkit.spec.layout import ColumnsConfig
from toolkit.spec.loader import load_spec
from toolkit.spec.schema import DataConfig
from toolkit.spec.sources import SOURCES, source_of
from toolkit.spec.words import joined, value_text
from toolkit.tasks.registry import TASKS

TOOLKIT = Path(__file__).parents[2] / "toolkit"
OWN_ROOMS = {"data/sources", "spec/sources.py", "spec/schema.py", "replication"}
"""Where a source's name stands: its own file, the registry, and the default."""
OTHER_MEANINGS = {
    "coursework": {  # the study's protocol and its gradient
        "spec/conflicts.py",
        "runner/planning/disk.py",
        "runner/planning/plan.py",
        "runner/worker/protocols.py",
        "tasks/agreement.py",
    },
    "table": {"reporter/page/rendering.py"},  # one on a page
    "text": {"spec/reference.py"},  # what a key takes
}
VALUES: dict[str, Any] = {
    "max_distance": 3,
    "distance": "uniform",
    "seed": 7,
    "kind": "recall",
    "lag": 3,
    "split": {"dev": 0.1},
    "unit": "character",
    "lowercase": True,
    "normalize": "nfkc",
    "max_length": 9,
    "window": 3,
    "horizon": 2,
    "season": 4,
}
NAMED = {"series": "id", "inputs": ["value"]}
FORECAST = {"window": 2, "columns": {**NAMED, "label": "kind"}}
FITTING: dict[tuple[str, str], dict[str, Any]] = {
    ("series", "classification"): {"columns": {**NAMED, "label": "kind"}},
    ("series", "regression"): {"columns": {**NAMED, "target": "kind"}},
    ("series", "forecast"): {"window": 2},
    ("memory", "classification"): {"kind": "recall"},
    ("memory", "regression"): {"kind": "adding"},
}
"""What a source has a task's columns with only."""
WRITERS = {
    "coursework": write_coursework,
    "text": write_text,
    "table": write_table,
    "conll": write_conll,
    "series": write_series,
}
REQUIRED: dict[str, Any] = {"kind": "copy"}


def section(name: str, task: str = "language_model", **settings: Any) -> str:
    """A spec of a source with what it must have."""
    path = {"path": "here"} if SOURCES[name].needs_path else {}
    required = {key: REQUIRED[key] for key in SOURCES[name].requires}
    values = {"source": name, **path, "task": task, **required, **settings}
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


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("grammar", {}),
        ("coursework", {}),
        ("text", {}),
        ("table", {}),
        ("conll", {}),
        *(("series", {**FORECAST, **season}) for season in ({}, {"season": 2})),
        *(("series", {"columns": {**NAMED, **role}}) for role in ({"label": "kind"}, {"target": "x", "label": "kind"})),
        *(("memory", {"kind": kind}) for kind in ("adding", "copy", "recall", "parity")),
    ],
)
def test_a_source_delivers_the_columns_that_it_declares(tmp_path: Path, name: str, settings: dict[str, Any]) -> None:
    writer = WRITERS.get(name)
    path = str(writer(tmp_path / "data")) if writer else None
    config = DataConfig.model_validate({"source": name, "path": path, **settings})
    corpus, source = load_corpus(config), SOURCES[name]
    assert corpus.train.columns.keys() == corpus.dev.columns.keys()
    declared = set(source.delivered(source.delivers or (), config))
    assert set(corpus.train.columns) >= declared if source.any_column else set(corpus.train.columns) == declared
    assert bool(corpus.vocabulary) == ("words" in corpus.train.columns)


def test_what_a_source_needs_is_told_where_it_is_not_given(tmp_path: Path) -> None:
    told = error_of(write(tmp_path, "name: a\ndata: {source: memory}\n"))
    assert "a.yaml:2:16: data.source: memory needs data.kind: what is remembered: adding, copy, recall or" in told
    assert "data.task" not in told


def test_a_column_that_a_source_has_with_other_settings_is_told_with_them(tmp_path: Path) -> None:
    told = error_of(write(tmp_path, section("memory", kind="adding")))
    assert (
        "data.task: the task language_model needs the column words, which the source memory has only with "
        "data.kind: copy, recall or parity"
    ) in told


def test_a_task_may_read_words_or_vectors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    either = replace(TASKS["language_model"], needs=(), reads=("words", "vectors"))
    monkeypatch.setitem(TASKS, "language_model", either)
    assert load_spec(write(tmp_path, section("memory", kind="adding"))).data.kind == "adding"
    monkeypatch.setitem(TASKS, "language_model", replace(either, reads=("vectors", "subj_idx")))
    told = error_of(write(tmp_path, section("text")))
    assert "data.task: the task language_model reads vectors or subj_idx, which the source text has not" in told
    told = error_of(write(tmp_path, section("memory")))
    assert "which the source memory has only with data.kind: adding" in told


@pytest.mark.parametrize("setting", ["horizon: 3", "season: 12"])
def test_what_is_for_windows_needs_a_window(tmp_path: Path, setting: str) -> None:
    told = error_of(write(tmp_path, f"name: a\ndata: {{{setting}}}\n"))
    assert f"data.{setting.partition(':')[0]} is for forecasts from windows; set data.window too" in told


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("name", SOURCES)
def test_a_task_goes_with_a_source_that_delivers_what_it_needs(tmp_path: Path, name: str, task: str) -> None:
    needs, settings = (*TASKS[task].needs, *TASKS[task].reads), FITTING.get((name, task), {})
    path, lacks = write(tmp_path, section(name, task, **settings)), SOURCES[name].lacks(TASKS[task].needs)
    if not lacks and set(SOURCES[name].lacks(needs)) < set(needs):
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


@pytest.fixture
def any_source(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets a task be had with every source."""
    monkeypatch.setitem(TASKS, "language_model", replace(TASKS["language_model"], needs=()))


@pytest.mark.usefixtures("any_source")
@pytest.mark.parametrize("key", sorted({key for source in SOURCES.values() for key in source.keys or ()}))
@pytest.mark.parametrize("name", SOURCES)
def test_a_key_of_another_source_is_told_unless_it_has_its_default(tmp_path: Path, name: str, key: str) -> None:
    if key not in SOURCES[name].requires:
        default: dict[str, Any] = {key: value_text(DataConfig.model_fields[key].default)}
        assert load_spec(write(tmp_path, section(name, **default))).data.source == name
    changed: dict[str, Any] = {
        key: {role: ["a"] if role == "inputs" else "a" for role in SOURCES[name].roles or ["text"]}
        if key == "columns"
        else VALUES[key]
    }
    if key in ("horizon", "season") and "window" in (SOURCES[name].keys or ()):
        changed["window"] = VALUES["window"]
    path = write(tmp_path, section(name, **changed))
    if key in (SOURCES[name].keys or ()):
        assert load_spec(path).data.model_dump(mode="json")[key] == changed[key]
    else:
        owners = joined([source.name for source in SOURCES.values() if key in (source.keys or ())], "or")
        assert f"data.{key} is for data.source: {owners}; it is {name}" in error_of(path)


@pytest.mark.usefixtures("any_source")
@pytest.mark.parametrize("name", [name for name, source in SOURCES.items() if source.roles])
@pytest.mark.parametrize("role", ColumnsConfig.model_fields)
def test_a_part_that_a_source_has_not_is_told(tmp_path: Path, name: str, role: str) -> None:
    path = write(tmp_path, section(name, columns={role: ["a"] if role == "inputs" else "a"}))
    if role in SOURCES[name].roles:
        assert load_spec(path).data.columns
    else:
        assert f"data.columns.{role} is for data.source: " in error_of(path)


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        (
            "{text: a, label: 2}",
            "data.columns: expected names of columns, or, where the file has no head,",
        ),
        ("{text: 0}", "data.columns.text"),
        ("{txet: a}", "did you mean `text`?"),
    ],
)
def test_columns_that_are_none_are_told(tmp_path: Path, columns: str, told: str) -> None:
    assert told in error_of(write(tmp_path, section("table", columns=columns)))


@pytest.mark.parametrize("split", ["{dev: 0.5, test: 0.5}", "{dev: 0}", "{dev: 1}", "{test: 0.1}"])
def test_shares_that_leave_nothing_are_told(tmp_path: Path, split: str) -> None:
    assert "data.split" in error_of(write(tmp_path, section("table", split=split)))


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
        ("txt", f"expected one of {', '.join(SOURCES)} or package.module:function; received"),
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
