"""What is imported of the user's is what was hashed."""

import os
import py_compile
import sys
from collections.abc import Iterator
from importlib import import_module, reload
from pathlib import Path

import pytest

from toolkit.errors import SpecError
from toolkit.spec.imported import planned_code
from toolkit.spec.own_code import own_code

OURS = {"mine_", "helper_", "hidden_", "pack_"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where a module `mine_` takes its value from a helper; nothing of it stays imported."""
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    (tmp_path / "mine_.py").write_text("from helper_ import VALUE\n", encoding="utf-8")
    write(tmp_path, "1")
    yield tmp_path
    for name in [name for name in sys.modules if name.partition(".")[0] in OURS]:
        del sys.modules[name]


def write(folder: Path, value: str) -> None:
    (folder / "helper_.py").write_text(f"VALUE = {value}\n", encoding="utf-8")


def value() -> object:
    return import_module("mine_").VALUE


def test_an_edit_after_the_plan_does_not_reach_a_run(folder: Path) -> None:
    code = own_code("mine_:VALUE")
    write(folder, "2")
    with planned_code(code):
        assert value() == 1
    with planned_code(own_code("mine_:VALUE")):
        assert value() == 2


def test_a_module_that_was_imported_before_is_imported_again(folder: Path) -> None:
    assert value() == 1
    write(folder, "2")
    assert value() == 1
    with planned_code(own_code("mine_:VALUE")):
        assert value() == 2


def test_what_was_imported_as_planned_is_not_imported_again(folder: Path) -> None:
    code = own_code("mine_:VALUE")
    with planned_code(code):
        first = import_module("mine_")
    with planned_code(code):
        assert import_module("mine_") is first


def test_a_compiled_file_that_is_older_than_its_source_is_not_used(folder: Path) -> None:
    path = folder / "helper_.py"
    py_compile.compile(str(path))
    times = path.stat()
    write(folder, "2")
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert value() == 1  # what Python does by itself
    with planned_code(own_code("mine_:VALUE")):
        assert value() == 2


def test_what_is_imported_only_when_a_function_is_called_is_planned_too(folder: Path) -> None:
    (folder / "mine_.py").write_text(
        "def value():\n    from helper_ import VALUE\n    return VALUE\n", encoding="utf-8"
    )
    code = own_code("mine_:value")
    write(folder, "2")
    with planned_code(code):
        assert import_module("mine_").value() == 1


def test_packages_are_planned_with_all_that_lies_in_them(folder: Path) -> None:
    package = folder / "pack_"
    package.mkdir()
    (package / "__init__.py").write_text("from .inner import VALUE\n", encoding="utf-8")
    (package / "inner.py").write_text("VALUE = 1\n", encoding="utf-8")
    code = own_code("pack_:VALUE")
    (package / "inner.py").write_text("VALUE = 2\n", encoding="utf-8")
    with planned_code(code):
        module = import_module("pack_")
    assert (module.VALUE, module.__file__) == (1, str(package / "__init__.py"))
    assert reload(import_module("pack_.inner")).VALUE == 2


def test_what_the_source_does_not_show_is_refused(folder: Path) -> None:
    (folder / "elsewhere").mkdir()
    (folder / "elsewhere" / "hidden_.py").write_text("VALUE = 1\n", encoding="utf-8")
    text = f"import sys\nsys.path.append({str(folder / 'elsewhere')!r})\nfrom hidden_ import VALUE\n"
    (folder / "mine_.py").write_text(text, encoding="utf-8")
    paths = list(sys.path)
    with pytest.raises(SpecError, match=r"imports hidden_ \(.*hidden_.py\) in a way that its source"):
        import_planned("mine_:VALUE")
    sys.path[:] = paths


def test_what_was_refused_once_is_refused_again(folder: Path) -> None:
    (folder / "hidden_.py").write_text("VALUE = 1\n", encoding="utf-8")
    text = "import importlib\nVALUE = getattr(importlib, 'import_' + 'module')('hidden_').VALUE\n"
    (folder / "mine_.py").write_text(text, encoding="utf-8")
    for _ in range(2):
        with pytest.raises(SpecError, match=r"imports hidden_ \(.*hidden_.py\) in a way that its source"):
            import_planned("mine_:VALUE")


def import_planned(name: str) -> None:
    with planned_code(own_code(name)):
        import_module(name.partition(":")[0])
