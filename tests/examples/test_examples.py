"""The example specs that are installed with the toolkit."""

import re
import subprocess
import sys
from pathlib import Path

import example_data
import example_series
from click.testing import CliRunner, Result

import toolkit
from toolkit.cli import main
from toolkit.data.inspection import inspect
from toolkit.spec.loader import load_specs

ROOT = Path(__file__).parents[2]
SPECS = ROOT / "specs"


def call(*arguments: object) -> Result:
    return CliRunner().invoke(main, list(map(str, arguments)))


def test_the_examples_and_their_schema_are_written_and_can_be_run(tmp_path: Path) -> None:
    folder = tmp_path / "my" / "specs"
    result = call("--examples", folder)
    data = [f"data/{path.name}" for path in (SPECS / "data").iterdir()]
    names = sorted([*(path.name for path in SPECS.glob("*.yaml")), *data, "spec.schema.json"])
    assert {"data/verbs.csv", "data/tagged.conllu", "data/visitors.csv", "data/waves.csv"} <= set(data)
    assert "quickstart.yaml" in names
    assert "01-one-run.yaml" in names
    assert (result.exit_code, result.output.splitlines()) == (0, [str(folder / name) for name in names])
    written = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
    assert sorted(written) == names
    assert all((folder / name).read_bytes() == (SPECS / name).read_bytes() for name in names)
    inspect(load_specs([folder / "11-characters.yaml"]))  # which reads data
    assert load_specs([folder / "08-extended.yaml"])  # which extends another


def test_the_series_of_the_examples_are_what_their_script_writes() -> None:
    for name, text in example_series.files().items():
        assert (SPECS / "data" / name).read_text(encoding="utf-8") == text


def test_a_file_that_is_there_is_left_as_it_is(tmp_path: Path) -> None:
    mine = tmp_path / "quickstart.yaml"
    mine.write_text("name: mine\n", encoding="utf-8")
    result = call("--examples", tmp_path)
    assert result.exit_code == 0
    assert f"{mine} is there already, and left as it is" in result.output.splitlines()
    assert mine.read_text(encoding="utf-8") == "name: mine\n"
    assert (tmp_path / "01-one-run.yaml").exists()


def test_a_folder_that_cannot_be_made_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    result = call("--examples", tmp_path / "file")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == (
        f"{tmp_path}/file: this cannot be written (File exists); choose another place for --examples\n"
    )


def test_the_version_is_that_of_the_newest_changes() -> None:
    told = subprocess.run([sys.executable, "-m", "toolkit", "--version"], capture_output=True, text=True, check=True)
    assert told.stdout == f"rnn-spec-toolkit {toolkit.__version__}\n"
    newest = re.search(r"^## (\S+)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert newest
    assert newest[1] == toolkit.__version__


def test_the_data_of_the_examples_is_what_the_grammar_gives() -> None:
    for name, text in example_data.files().items():
        assert (SPECS / "data" / name).read_text(encoding="utf-8") == text
