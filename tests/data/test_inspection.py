"""Specs held against their data: everything that is wrong is told at once, with its place, before training."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.data.conftest import write_text
from toolkit.cli import main
from toolkit.data.inspection import inspect
from toolkit.errors import DataError, SpecError
from toolkit.runner.planning.plan import plan_specs
from toolkit.spec.loader import LoadedSpec, load_specs

Look = Callable[[list[LoadedSpec]], object]

WRONG = {
    "a folder that is not there": ("name: a\ndata:\n  source: text\n  path: none\n", "4:9", "none does not exist"),
    "one of several swept folders": (
        "name: a\ndata: {source: text}\nsweep: {grid: {data.path: [good, none]}}\n",
        "3:34",
        "none does not exist",
    ),
    "a folder in a list of runs": (
        "name: a\ndata: {source: text}\nsweep:\n  runs:\n    - data.path: good\n    - data.path: none\n",
        "6:18",
        "none does not exist",
    ),
    "a folder in a swept section": (
        "name: a\nsweep: {grid: {data: [{source: grammar}, {source: text, path: none}]}}\n",
        "2:63",
        "none does not exist",
    ),
    "a searched folder": (
        "name: a\ndata: {source: text}\nsearch: {space: {data.path: {choice: [good, none]}}}\n",
        "3:45",
        "none does not exist",
    ),
    "a folder from the environment": (
        "name: a\ndata: {source: text, path: '${CORPUS}'}\n",
        "2:28",
        "data.path: ${CORPUS} does not exist",
    ),
    "a file for a folder": ("name: a\ndata: {source: text, path: good/dev.txt}\n", "2:28", "good/dev.txt is a file"),
    "no training file": ("name: a\ndata: {source: text, path: half}\n", "2:28", "train.txt: there is no such file"),
    "another encoding": (
        "name: a\ndata: {source: text, path: wide}\n",
        "2:28",
        "train.txt: is text in UTF-16; convert",
    ),
    "an empty file": ("name: a\ndata: {source: text, path: empty}\n", "2:28", "train.txt: the file is empty; copy it"),
    "no test set": (
        "name: a\ndata: {source: text, path: good}\nevaluate: {test: true}\n",
        "3:18",
        "evaluate.test: there is no test set in",
    ),
}


@pytest.fixture
def corpora(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a good corpus and several wrong ones."""
    for name in ("good", "half", "wide", "empty"):
        write_text(tmp_path / name)
    (tmp_path / "half" / "train.txt").unlink()
    (tmp_path / "wide" / "train.txt").write_text("the zebra runs .\n", encoding="utf-16")
    (tmp_path / "empty" / "train.txt").write_bytes(b"")
    monkeypatch.setenv("CORPUS", str(tmp_path / "none"))
    return tmp_path


def spec(folder: Path, text: str, name: str = "a") -> Path:
    path = folder / f"{name}.yaml"
    path.write_text(text.replace("name: a\n", f"name: {name}\n"), encoding="utf-8")
    return path


@pytest.mark.parametrize("look", [inspect, plan_specs], ids=["check", "plan"])
@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_wrong_with_files_is_told_with_its_place_in_the_spec(corpora: Path, wrong: str, look: Look) -> None:
    text, place, message = WRONG[wrong]
    with pytest.raises(SpecError) as caught:
        look(load_specs([spec(corpora, text)]))
    first, shown, mark = str(caught.value).splitlines()
    assert first.startswith(f"{corpora}/a.yaml:{place}: ")
    assert message in first
    assert shown[mark.index("^")] == text.splitlines()[int(place[0]) - 1][int(place.partition(":")[2]) - 1]


def test_check_on_the_command_line_refuses_a_folder_that_is_not_there(corpora: Path) -> None:
    result = CliRunner().invoke(main, ["--check", str(spec(corpora, WRONG["a folder that is not there"][0]))])
    assert result.exit_code == 2
    assert f"a.yaml:4:9: data.path: {corpora}/none does not exist; expected the folder with train.txt" in result.stderr


def test_check_on_the_command_line_passes_good_data(corpora: Path) -> None:
    result = CliRunner().invoke(main, ["--check", str(spec(corpora, "name: a\ndata: {source: text, path: good}\n"))])
    assert result.exit_code == 0, result.stderr
    assert "runs    1" in result.stdout


@pytest.mark.parametrize("look", [inspect, plan_specs], ids=["check", "plan"])
def test_wrong_data_of_several_specs_and_swept_paths_is_told_at_once_and_each_once(corpora: Path, look: Look) -> None:
    swept = "name: a\ndata: {source: text}\nsweep: {grid: {data.path: [none, good, half, nowhere]}, seeds: [1, 2]}\n"
    single = "name: a\ndata: {source: text, path: half}\n"
    with pytest.raises(SpecError) as caught:
        look(load_specs([spec(corpora, swept, "a"), spec(corpora, single, "b")]))
    told = [line.split(": ", 2)[::2] for line in str(caught.value).splitlines() if ".yaml:" in line]
    assert [(place.rpartition("/")[2], message.partition(";")[0].rpartition("/")[2]) for place, message in told] == [
        ("a.yaml:3:28", "none does not exist"),
        ("a.yaml:3:40", "train.txt: there is no such file"),
        ("a.yaml:3:46", "nowhere does not exist"),
        ("b.yaml:2:28", "train.txt: there is no such file"),
    ]


def test_a_wrong_line_that_several_specs_would_read_is_told_once(corpora: Path) -> None:
    (corpora / "good" / "dev.txt").write_bytes(b"the\n\xff\n")
    (corpora / "half" / "train.txt").write_bytes(b"the\0\n")
    paths = [
        spec(
            corpora,
            f"name: a\ndata: {{source: text, path: {path}}}\nsweep: {{grid: {{data.vocab_size: [9, 10]}}}}\n",
            name,
        )
        for name, path in (("a", "good"), ("b", "good"), ("c", "half"))
    ]
    with pytest.raises(DataError) as caught:
        plan_specs(load_specs(paths))
    assert [line.partition("; ")[0] for line in str(caught.value).splitlines()] == [
        f"{corpora}/good/dev.txt:2: byte 0xff is not UTF-8",
        f"{corpora}/half/train.txt:1: the control character U+0000 (NUL)",
    ]


def test_wrong_data_of_a_search_is_told_before_anything_is_planned(corpora: Path) -> None:
    search = "name: a\ndata: {source: text, path: good}\nsearch: {space: {data.train_size: {int: [2, 90]}}}\n"
    with pytest.raises(DataError, match=r"data.train_size asks for 90 sentences, the file has 3"):
        plan_specs(load_specs([spec(corpora, search)]))


def test_looking_at_files_needs_no_numpy() -> None:
    code = "import sys, toolkit.data.inspection; print({'numpy', 'pandas', 'keras'} & set(sys.modules))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "set()"
