"""Whatever stands in a spec: an experiment or a clear error, soon, in little memory."""

import resource
import string
import time
from collections.abc import Iterator
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


def load(folder: Path, text: str | bytes) -> bool:
    """Load a spec within a second; whether it was right."""
    path = folder / "fuzzed.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))
    began = time.process_time()
    try:
        (spec,) = load_specs([path], {"NLU_DATA": "somewhere"})
        assert overview(spec)
    except ToolkitError:
        return False
    finally:
        assert time.process_time() - began < 1
    return True


fuzzed = settings(
    phases=[Phase.explicit, Phase.generate],
    max_examples=300,
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
    lines = data.draw(st.sampled_from(SPECS)).read_text(encoding="utf-8").splitlines()
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(lines) - 1))
        lines[at : at + 1] = data.draw(st.sampled_from(_damaged(lines[at], data)))
    load(tmp_path, "\n".join(lines))


def _damaged(line: str, data: st.DataObject) -> list[list[str]]:
    """What may become of a line: deleted, repeated, renamed, retyped, moved to another depth."""
    key, colon, value = line.partition(":")
    scalar = yaml.safe_dump(data.draw(SCALARS), default_flow_style=True).splitlines()[0]
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
