"""What a text is cut into, and how another unit is added."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import toolkit
from toolkit.units.registry import UNITS
from toolkit.units.word import split_words

ROOT = Path(__file__).parents[2]
TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"], include_characters="\t\n"))


@pytest.mark.parametrize("name", UNITS)
def test_a_unit_is_found_by_its_name(name: str) -> None:
    assert UNITS[name].name == name


def test_importing_the_units_imports_no_numpy() -> None:
    code = "import sys, toolkit.units.registry; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@given(TEXT)
def test_words_are_what_stands_between_blanks_tabs_and_line_ends(text: str) -> None:
    assert split_words(text) == [word for word in text.replace("\t", " ").replace("\n", " ").split(" ") if word]


@given(TEXT)
def test_characters_put_together_are_the_text(text: str) -> None:
    units = UNITS["character"].learn([], 10)(text)
    assert "".join(units) == text
    assert all(len(unit) == 1 for unit in units)


def test_a_unit_is_added_by_its_file_and_its_name_in_the_registry(tmp_path: Path) -> None:
    """The example of CONTRIBUTING.md, in a copy of the package, trains nothing and is known everywhere."""
    shutil.copytree(Path(toolkit.__file__).parent, tmp_path / "toolkit", ignore=shutil.ignore_patterns("__pycache__"))
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("## A new unit")[2]
    code, registered = re.findall(r"```python\n(.*?)```", page, flags=re.DOTALL)[:2]
    (tmp_path / "toolkit" / "units" / "pair.py").write_text(code, encoding="utf-8")
    registry = tmp_path / "toolkit" / "units" / "registry.py"
    text = registry.read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if line.startswith("UNITS = "))
    text = text.replace(line, registered.strip()).replace("import character, ", "import character, pair, ")
    registry.write_text(text, encoding="utf-8")
    for part in ("train", "dev"):
        (tmp_path / f"{part}.txt").write_text("abc\nab ab\n", encoding="utf-8")
    (tmp_path / "spec.yaml").write_text("name: a\ndata: {source: text, path: ., unit: pair}\n", encoding="utf-8")
    environment = {"PYTHONPATH": str(tmp_path)}
    command = [sys.executable, "-P", "-m", "toolkit", "spec.yaml", "--plan"]
    told = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
    assert "7 pairs known" in told.stdout  # ab, c, " a" and "b", beside the three special ones
    assert "2 sentences, 5 pairs, 0 of them unknown" in told.stdout
    command = [sys.executable, "-P", "-m", "toolkit", "--schema"]
    schema = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True).stdout
    assert '"pair"' in schema
