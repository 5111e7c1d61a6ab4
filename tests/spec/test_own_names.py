"""What is the user's and Keras's: told when it is not there, without importing anything."""

import sys
from pathlib import Path

import pytest

from tests.spec.test_loader import error_of, write
from toolkit.spec.bound_names import tree_of
from toolkit.spec.loader import load_spec

FILES = {
    "lone_cell.py": "class Own:\n    class Inner:\n        pass\n",
    "package_of_cells/__init__.py": "from .inner import Own, Lost\nfrom package_of_cells.all import *\n",
    "package_of_cells/inner.py": "from package_of_cells.deeper.cells import Deep as Own\nfrom . import Lost\n",
    "package_of_cells/all.py": "try:\n    import nothing\nexcept ImportError:\n    class Fallen:\n        pass\n",
    "package_of_cells/deeper/__init__.py": "",
    "package_of_cells/deeper/cells.py": "raise RuntimeError('imported')\nclass Deep:\n    pass\n",
    "making_cells.py": "def __getattr__(name):\n    return object\n",
    "globals_cells.py": "globals()['Own'] = object\n",
    "assigned_cells.py": "from functools import partial\nOwn: type = object\nif True:\n    Other = Own\n",
    "broken_cells.py": "class Own(:\n",
}


def imported_since(before: set[str]) -> set[str]:
    """The packages of cells, and Keras, that have been imported since."""
    packages = {name.partition("/")[0].removesuffix(".py") for name in FILES} | {"keras", "tensorflow"}
    return {name for name in set(sys.modules) - before if name.partition(".")[0] in packages}


@pytest.fixture(autouse=True)
def modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    tree_of.cache_clear()


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ("lone_cell:Onw", "the module `lone_cell` has no class `Onw`; did you mean `Own`?"),
        ("lone_cell:Inner", "the module `lone_cell` has no class `Inner`"),
        ("package_of_cells:Nothing", "the module `package_of_cells` has no class `Nothing`"),
        ("package_of_cells:Lost", "the module `package_of_cells` has no class `Lost`"),
        ("package_of_cells.none:Own", "there is no module `package_of_cells.none` in the package `package_of_cells`"),
        ("no_such_package.none:Own", "there is no module `no_such_package` in the working directory"),
        ("keras.layers:Nothing", "the module `keras.layers` has no class `Nothing`"),
        ("keras.layers:GRUCel", "did you mean `GRUCell`?"),
        ("keras.nowhere:GRUCell", "there is no module `keras.nowhere` in the package `keras`"),
    ],
)
def test_a_cell_that_is_not_there_is_told_without_importing_anything(tmp_path: Path, cell: str, message: str) -> None:
    before = set(sys.modules)
    told = error_of(write(tmp_path, f"name: a\nmodel: {{cell: '{cell}'}}\n"))
    assert "a.yaml:2:15: model.cell: " in told
    assert message in told
    assert not imported_since(before)


@pytest.mark.parametrize(
    "cell",
    [
        "lone_cell:Own",
        "package_of_cells:Own",
        "package_of_cells:Fallen",
        "making_cells:Any",
        "globals_cells:Own",
        "assigned_cells:Own",
        "assigned_cells:Other",
        "broken_cells:Own",
        "keras.layers:GRUCell",
        "keras.layers:LSTMCell",
        "keras.layers:StackedRNNCells",
    ],
)
def test_a_cell_that_is_there_or_may_be_is_taken_without_importing_anything(tmp_path: Path, cell: str) -> None:
    before = set(sys.modules)
    assert load_spec(write(tmp_path, f"name: a\nmodel: {{cell: '{cell}'}}\n")).model.cell == cell
    assert not imported_since(before)


def test_a_swept_and_a_searched_cell_are_told_with_their_place(tmp_path: Path) -> None:
    sweep = "name: a\nsweep: {grid: {model.cell: [rnn, 'lone_cell:Nothing']}}\n"
    assert "a.yaml:2:34: model.cell: the module `lone_cell` has no class" in error_of(write(tmp_path, sweep))
    search = "name: a\nsearch: {space: {model.cell: {choice: [rnn, 'lone_cell:Nothing']}}}\n"
    assert "a.yaml:2:45: model.cell: the module `lone_cell` has no class" in error_of(write(tmp_path, search))
