"""The code of all that a run names, and the identity that follows from it."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from toolkit.runner.planning.plan import Contents
from toolkit.spec.named_code import forget_code, run_code, source_code, training_code
from toolkit.spec.own_code import own_code
from toolkit.spec.schema import RunConfig

FILES = {
    "pinned_cells.py": "import json\n\nimport pinned_helper\n\n\nclass Own:\n    pass\n",
    "pinned_helper.py": "FACTOR = 2\n",
    "pinned_source.py": "import pinned_helper\n\n\ndef read(data):\n    pass\n",
}
CELL, SOURCE = "pinned_cells:Own", "pinned_source:read"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    forget_code()
    yield tmp_path
    forget_code()
    assert not [name for name in sys.modules if name.startswith("pinned_")]


def config(cell: str = "rnn", source: str = "grammar") -> RunConfig:
    return RunConfig.model_validate({"model": {"cell": cell}, "data": {"source": source}})


def digest(cell: str = "rnn", source: str = "grammar") -> str:
    code = run_code(config(cell, source))
    return code.digest if code else ""


@pytest.mark.parametrize(
    ("settings", "code", "identity"),
    [
        ({}, "", "ebaeb3f7500a2f66"),
        ({"data": {"task": "agreement", "distance": "uniform", "max_distance": 5}}, "", "31e54393419fbd14"),
        ({"data": {"source": "text", "path": "somewhere", "vocab_size": 50}}, "", "748ab659143d3642"),
        (
            {"data": {"source": "coursework", "path": "x", "task": "agreement", "train_size": 5}},
            "",
            "a76a19a65399abbe",
        ),
        (
            {"model": {"cell": CELL}},
            "185f0e0c0d2256e37f3605a4438741a91591de36400b24c3318fd238ff64ba73",
            "10ef01a9e2f23f58",
        ),
    ],
)
def test_identities_are_those_of_runs_stored_before_sources_could_be_ones_own(
    settings: dict[str, Any], code: str, identity: str
) -> None:
    run = RunConfig.model_validate(settings)
    found = run_code(run)
    assert (found.digest if found else "") == code
    assert Contents("d" * 64, False, code).place(run) == identity


def test_the_code_of_a_source_is_part_of_a_runs() -> None:
    assert digest(source=SOURCE) == own_code(SOURCE).digest
    assert len({digest(), digest(CELL), digest(source=SOURCE), digest(CELL, SOURCE)}) == 4


@pytest.mark.parametrize("file", FILES)
def test_a_change_in_any_file_that_cell_or_source_reaches_is_noticed(folder: Path, file: str) -> None:
    before = digest(CELL, SOURCE)
    (folder / file).write_text(f"{FILES[file]}\n# changed\n", encoding="utf-8")
    assert digest(CELL, SOURCE) == before  # the same for the whole of a call
    forget_code()
    assert digest(CELL, SOURCE) != before


def test_who_trains_needs_the_code_of_the_cell_alone() -> None:
    code = training_code(config(CELL, SOURCE))
    assert code is not None
    assert [module.name for module in code.modules] == ["pinned_cells", "pinned_helper"]
    assert training_code(config(source=SOURCE)) is None
    assert source_code(config(CELL).data) is None


def test_of_a_module_that_both_reach_there_is_one_reading(folder: Path) -> None:
    one = run_code(config(CELL))
    (folder / "pinned_helper.py").write_text("FACTOR = 3\n", encoding="utf-8")
    both = run_code(config(CELL, SOURCE))
    assert one is not None
    assert both is not None
    assert {module.name: module.source for module in both.modules}["pinned_helper"] == b"FACTOR = 2\n"
    assert both.place == f"model.cell: {CELL}, data.source: {SOURCE}"
