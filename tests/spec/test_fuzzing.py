"""Whatever stands in a spec: an experiment or a clear error, soon, in little memory."""

import resource
import string
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from toolkit.errors import ToolkitError
from toolkit.spec.loader import load_spec, load_specs
from toolkit.spec.overview import overview

SPECS = sorted((Path(__file__).parents[2] / "specs").rglob("*.yaml"))
KEYS = [
    "name",
    "data",
    "model",
    "train",
    "sweep",
    "grid",
    "zip",
    "runs",
    "seeds",
    "search",
    "space",
    "report",
    "hidden",
]
BASE = """
name: base
sweep: {grid: {model.hidden: [5, 50]}, seeds: [1, 2]}
report: {tables: [{name: one, rows: [model.hidden]}]}
"""
DOTTED = [
    "name",
    "model.hidden",
    "model.cell",
    "model.lookback",
    "train.learning_rate",
    "train.anneal",
    "train.seed",
    "sweep",
    "sweep.seeds",
    "sweep.grid.model.hidden",
    "sweep.grid.model",
    "search.space.model.hidden",
    "report.tables",
    "data",
]
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(10**15, 10**30),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(["no", "1e400", "model.hidden", "${HOME}", "${X:-", "../../etc/passwd", "full", "rnn", "x" * 5000]),
)
TREES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=8), inner, max_size=5)
    ),
    max_leaves=25,
)
RAW = [
    "&a [*a]", "!!python/object/apply:os.system [true]", "*b", "[" * 3000, "{" * 400, "- " * 2000, "\x00", "\x07bell",
    "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"), "? x", "|", ">-\n a", "%YAML 9.9", "---\n---",
    "9" * 10_000, "-.inf", "0x" + "f" * 300, "1:30:45", "!!binary aGVsbG8=", "<<: *x", "\u2028", "\ufeff", "'", '"',
]  # fmt: skip


def load(folder: Path, text: str | bytes, overrides: Sequence[str] = ()) -> bool:
    """Load a spec within seconds, even on a busy machine; whether it was right."""
    path = written(folder / "fuzzed.yaml", text)
    began = time.process_time()
    try:
        (spec,) = load_specs([path], {"NLU_DATA": "somewhere"}, overrides)
        assert overview(spec)
    except ToolkitError:
        return False
    finally:
        assert time.process_time() - began < 5
    return True


def written(path: Path, text: str | bytes) -> Path:
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))
    return path


fuzzed = settings(
    phases=[Phase.explicit, Phase.generate],
    max_examples=3 * settings().max_examples,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture(autouse=True, scope="module")
def in_little_memory() -> Iterator[None]:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    yield
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200 * 1024


@fuzzed
@given(tree=TREES)
def test_any_data_is_an_experiment_or_a_clear_error(tmp_path: Path, tree: object) -> None:
    load(tmp_path, yaml.safe_dump(tree, allow_unicode=True))


@fuzzed
@given(tree=st.dictionaries(st.sampled_from(KEYS), TREES, max_size=6))
def test_any_sections_are_an_experiment_or_a_clear_error(tmp_path: Path, tree: dict[str, object]) -> None:
    load(tmp_path, yaml.safe_dump({"name": "fuzzed", **tree}))


@fuzzed
@given(content=st.binary(max_size=300) | st.text(string.printable, max_size=300).map(str.encode))
def test_any_bytes_are_an_experiment_or_a_clear_error(tmp_path: Path, content: bytes) -> None:
    load(tmp_path, content)


@fuzzed
@given(data=st.data())
def test_an_example_with_damage_is_an_experiment_or_a_clear_error(tmp_path: Path, data: st.DataObject) -> None:
    load(tmp_path, _damaged_example(data))


@fuzzed
@given(data=st.data())
def test_any_overrides_make_an_experiment_or_a_clear_error(tmp_path: Path, data: st.DataObject) -> None:
    names = st.sampled_from(KEYS) | st.text(string.ascii_letters, max_size=4)
    keys = st.sampled_from(DOTTED) | st.lists(names, max_size=4).map(".".join)
    values = SCALARS.map(_in_yaml) | TREES.map(_in_yaml) | st.sampled_from(RAW)
    overrides = st.tuples(keys, st.sampled_from(["=", "=", "=", "", " = "]), values).map("".join)
    load(tmp_path, BASE, data.draw(st.lists(overrides, min_size=1, max_size=3)))


@fuzzed
@given(data=st.data())
def test_any_spec_over_any_other_is_an_experiment_or_a_clear_error(tmp_path: Path, data: st.DataObject) -> None:
    written(tmp_path / "base.yaml", _damaged_example(data) if data.draw(st.booleans()) else BASE)
    over = data.draw(st.dictionaries(st.sampled_from(KEYS), TREES, max_size=4))
    path = data.draw(st.sampled_from(["base.yaml"] * 6 + ["fuzzed.yaml", "none.yaml", ".", "", "${HOME}"]) | SCALARS)
    load(tmp_path, yaml.safe_dump({**over, "extends": path}, allow_unicode=True))


@fuzzed
@given(data=st.data())
def test_any_published_table_is_one_of_the_runs_or_a_clear_error(tmp_path: Path, data: st.DataObject) -> None:
    columns = st.sampled_from(["metric", "value", "note", *DOTTED]) | st.text(max_size=5)
    cells = st.sampled_from(["best_loss", "perplexity", "5.01", "50", "rnn", "full", "null", "-1"]) | SCALARS.map(str)
    right = st.just(["model.hidden", "metric", "value"])
    header = data.draw(right | st.lists(columns, max_size=4))
    rows = data.draw(st.lists(st.lists(cells, max_size=len(header) + 1), max_size=3))
    table = "\n".join(",".join(row) for row in [header, *rows])
    written(tmp_path / "p.csv", data.draw(st.just(table) | st.binary(max_size=60)))
    load(tmp_path, BASE.replace("report: {", "report: {published: p.csv, "))


def _damaged_example(data: st.DataObject) -> str:
    lines = data.draw(st.sampled_from(SPECS)).read_text(encoding="utf-8").splitlines()
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(lines) - 1))
        lines[at : at + 1] = data.draw(st.sampled_from(_damaged(lines[at], data)))
    return "\n".join(lines)


def _in_yaml(value: object) -> str:
    return yaml.safe_dump(value, default_flow_style=True, width=10**9).removesuffix("\n...\n").strip()


def _damaged(line: str, data: st.DataObject) -> list[list[str]]:
    """What may become of a line: deleted, repeated, renamed, retyped, moved to another depth."""
    key, colon, value = line.partition(":")
    scalar = _in_yaml(data.draw(SCALARS))
    raw = data.draw(st.sampled_from(RAW))
    return [
        [],
        [line, line],
        [f"{key}x{colon}{value}"],
        [f"{key}: {scalar}"],
        [f"{key}: {raw}"],
        [f"  {line}"],
        [line.lstrip()],
        [f"{line}{raw}"],
    ]


@pytest.mark.parametrize("raw", RAW)
def test_what_is_hard_for_parsers_is_an_experiment_or_a_clear_error(tmp_path: Path, raw: str) -> None:
    for text in (raw, f"name: {raw}", f"name: a\nmodel: {raw}", f"name: a\nsweep: {{grid: {{model.hidden: {raw}}}}}"):
        load(tmp_path, text)


def test_aliases_cannot_blow_up_memory(tmp_path: Path) -> None:
    lines = ["name: a", "question: &q0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]"]
    lines += [f"x{i}: &q{i} [{', '.join([f'*q{i - 1}'] * 9)}]" for i in range(1, 12)]
    assert not load(tmp_path, "\n".join(lines))


def test_a_spec_can_neither_construct_objects_nor_run_anything(tmp_path: Path) -> None:
    marker = tmp_path / "ran"
    for value in (f"!!python/object/apply:os.system ['touch {marker}']", f"$(touch {marker})", f"`touch {marker}`"):
        load(tmp_path, f"name: a\nquestion: {value}\nmodel: {{cell: {value!r}}}")
    assert not marker.exists()


@pytest.mark.parametrize("name", ["../up", "/a", "a/b", "..", "runs", "RUNS", "a\\b", "a b", "\u00e9"])
def test_a_report_cannot_leave_its_folder(tmp_path: Path, name: str) -> None:
    (tmp_path / "a.yaml").write_text(yaml.safe_dump({"name": name}), encoding="utf-8")
    with pytest.raises(ToolkitError, match="name"):
        load_spec(tmp_path / "a.yaml")
