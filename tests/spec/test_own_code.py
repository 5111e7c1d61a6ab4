"""What a class of the user's is made of, told without running any of it."""

import py_compile
import sys
from pathlib import Path

import pytest

from toolkit.spec.own_code import OwnCodeError, own_code


class Lab:
    """A folder of modules that can be imported."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, name: str, text: str = "") -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def digest(self) -> str:
        return own_code("lab:Cell").digest


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lab:
    """A package `lab` whose class comes by several ways from several modules."""
    monkeypatch.syspath_prepend(str(tmp_path))
    made = Lab(tmp_path)
    listed = "__all__ = ['listed']\n__all__ += ['added'] + ['joined']\n"
    made.write("lab/__init__.py", f"from .cells import Cell\n{listed}")
    made.write("beside.py", "from typed import *\n")
    made.write("typed/__init__.py", "__all__: list[str] = ['part']\n")
    made.write(
        "lab/cells.py",
        """
import json
from importlib import import_module

import keras
from beside import SCALE
from . import relative
from .gates import sigmoid as gate

class Cell(keras.layers.Layer):
    def call(self, inputs, states):
        from shared.inner.lazy import step
        return step(import_module("lab.called").shift(inputs), import_module(".near", "lab"))
""",
    )
    for name in REACHED:
        if not (tmp_path / f"{name}.py").exists():
            made.write(f"{name}.py", "VALUE = 1.0\n")
    made.write("unrelated.py", "VALUE = 1.0\n")
    made.write("lab/unrelated.py", "VALUE = 1.0\n")
    return made


REACHED = [
    "lab/__init__",
    "lab/cells",
    "lab/relative",
    "lab/gates",
    "lab/called",
    "lab/near",
    "lab/listed",
    "lab/added",
    "lab/joined",
    "beside",
    "typed/__init__",
    "typed/part",
    "shared/inner/lazy",
]


@pytest.mark.parametrize("module", REACHED)
def test_whatever_a_class_reaches_by_imports_is_part_of_its_code(lab: Lab, module: str) -> None:
    before = lab.digest()
    path = lab.folder / f"{module}.py"
    text = path.read_text(encoding="utf-8")
    lab.write(f"{module}.py", text + "VALUE = 0.1\n")
    assert lab.digest() != before
    lab.write(f"{module}.py", text)
    assert lab.digest() == before


@pytest.mark.parametrize("module", ["unrelated", "lab/unrelated"])
def test_what_a_class_does_not_reach_is_no_part_of_its_code(lab: Lab, module: str) -> None:
    before = lab.digest()
    lab.write(f"{module}.py", "VALUE = 0.1\n")
    assert lab.digest() == before


def test_the_place_of_the_modules_is_no_part_of_the_code(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = lab.digest()
    elsewhere = tmp_path.with_name(f"{tmp_path.name}-moved")
    tmp_path.rename(elsewhere)
    monkeypatch.syspath_prepend(str(elsewhere))
    assert lab.digest() == before


def test_what_is_installed_counts_by_name_and_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    digests: list[str] = []
    for version, text in (("1.0", "A = 1"), ("1.0", "A = 2"), ("2.0", "A = 2")):
        place = tmp_path / f"{version}-{len(digests)}"
        about = place / f"gatekit_dist-{version}.dist-info"
        about.mkdir(parents=True)
        (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: gatekit-dist\nVersion: {version}\n")
        (about / "RECORD").write_text(f"gatekit.py,,\n{about.name}/METADATA,,\n{about.name}/RECORD,,\n")
        (about / "top_level.txt").write_text("gatekit\n")
        (place / "gatekit.py").write_text(f"{text}\n")
        (place / "mine.py").write_text("import gatekit\n")
        with monkeypatch.context() as patch:
            patch.syspath_prepend(str(place))
            _forget_installed()
            code = own_code("mine:Cell")
        _forget_installed()
        assert [module.name for module in code.modules] == ["mine"]
        assert code.libraries == (("gatekit-dist", version),)
        digests.append(code.digest)
    assert digests[0] == digests[1] != digests[2]


def _forget_installed() -> None:
    """What is installed is looked up once a process."""
    from toolkit.spec import modules  # noqa: PLC0415  only this test changes what is installed

    modules._all_candidates.cache_clear()
    modules._places.cache_clear()


def test_a_cell_of_keras_is_told_by_its_version_alone() -> None:
    code = own_code("keras.layers:GRUCell")
    assert code.modules == ()
    assert [name for name, _ in code.libraries] == ["keras"]


def test_what_python_brings_counts_for_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "mine.py").write_text("import sys, json, zlib\nfrom xml.etree import ElementTree\n")
    code = own_code("mine:Cell")
    assert (len(code.modules), code.libraries, code.absent) == (1, (), ())


def test_a_module_of_the_users_that_hides_one_of_pythons_is_the_users(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "mine.py").write_text("import plistlib\n")
    assert [module.name for module in own_code("mine:Cell").modules] == ["mine"]
    (tmp_path / "plistlib.py").write_text("A = 1\n")
    assert [module.name for module in own_code("mine:Cell").modules] == ["mine", "plistlib"]


def test_an_import_that_finds_nothing_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "mine.py").write_text("try:\n    import no_such_library\nexcept ImportError:\n    pass\n")
    assert own_code("mine:Cell").absent == ("no_such_library",)


def test_nothing_is_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    trap = "import pathlib\npathlib.Path(__file__).with_name('ran').touch()\n"
    for name in ("trap/__init__.py", "trap/inner/__init__.py", "trap/inner/cells.py"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(trap)
    assert len(own_code("trap.inner.cells:Cell").modules) == 3
    assert not list(tmp_path.rglob("ran"))
    assert not [name for name in sys.modules if name.startswith("trap")]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("import importlib\nx = importlib.import_module('lab.' + name)\n", "mine.py:2: `import_module` runs code"),
        ("m = __import__(name)\n", "mine.py:1: `__import__` runs code"),
        ("exec(open('formula.txt').read())\n", "mine.py:1: `exec` runs code"),
        ("import runpy\nrunpy.run_path('formula.py')\n", "mine.py:2: `run_path` runs code"),
        ("import os\nfrom importlib import import_module as load\n", "mine.py:2: `import_module` under another name"),
        ("def f(:\n", "mine.py cannot be read as Python"),
        ("from ... import far\n", "mine.py cannot be read as Python"),
        ("a = 1\0\n", "mine.py cannot be read as Python"),
        (f"x = {'(' * 9000}1{')' * 9000}\n", "mine.py cannot be read as Python"),
    ],
)
def test_code_that_cannot_be_told_is_refused_with_its_place(
    text: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "mine.py").write_text(text)
    with pytest.raises(OwnCodeError) as error:
        own_code("mine:Cell")
    assert told in str(error.value)


def test_compiled_code_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    source = tmp_path / "quick.py"
    source.write_text("A = 1\n")
    py_compile.compile(str(source), cfile=str(tmp_path / "quick.pyc"))
    source.unlink()
    (tmp_path / "mine.py").write_text("import quick\n")
    with pytest.raises(OwnCodeError, match=r"quick\.pyc is no Python source.*install it as a package"):
        own_code("mine:Cell")


@pytest.mark.parametrize("name", ["no_such_module:Cell", "no.such.module:Cell", "json.no_such:Cell", "sys.path:Cell"])
def test_a_module_that_is_not_there_is_refused(name: str) -> None:
    with pytest.raises(OwnCodeError, match="there is no module"):
        own_code(name)


def test_a_class_of_the_program_itself_is_refused() -> None:
    with pytest.raises(OwnCodeError, match="put it into a module of its own"):
        own_code("__main__:Cell")
