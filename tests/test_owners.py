"""Reports of one name: the same spec goes on with its report, another one does not replace it unasked."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from toolkit.cli import main
from toolkit.compare import compare
from toolkit.errors import SpecError
from toolkit.experiment import report, run

TEXT = "name: study\nquestion: {question}\ndata: {{train_size: 20, dev_size: 10}}\nmodel: {{hidden: 2}}\n"
REPLACED = r"second.yaml:1:7: name: .*study holds the report of .*first.yaml, which this would replace; give this spec"


def write(path: Path, question: str = "What?", name: str = "study") -> Path:
    path.write_text(TEXT.format(question=question).replace("name: study", f"name: {name}"), encoding="utf-8")
    return path


@pytest.fixture
def first(tmp_path: Path) -> Path:
    """A spec whose report is written, without any run."""
    path = write(tmp_path / "first.yaml")
    report(path, out=tmp_path)
    return path


@pytest.mark.parametrize("make", [run, report])
def test_another_spec_of_the_same_name_does_not_replace_a_report(first: Path, tmp_path: Path, make: object) -> None:
    before = (tmp_path / "study" / "index.html").read_bytes()
    with pytest.raises(SpecError, match=REPLACED):
        make(write(tmp_path / "second.yaml", "Another?"), out=tmp_path)  # type: ignore[operator]
    assert (tmp_path / "study" / "index.html").read_bytes() == before


@pytest.mark.parametrize("option", ["--check", "--plan"])
def test_it_is_told_before_anything_is_asked_to_train(first: Path, tmp_path: Path, option: str) -> None:
    second = write(tmp_path / "second.yaml", "Another?")
    result = CliRunner().invoke(main, [str(second), option, "--out", str(tmp_path)])
    assert result.exit_code == 2
    assert "first.yaml, which this would replace; give this spec a name of its own" in result.output


def test_an_edited_spec_goes_on_with_its_report(first: Path, tmp_path: Path) -> None:
    report(write(first, "And now?"), out=tmp_path)
    report(first, out=tmp_path, overrides=["model.hidden=3"])
    assert "And now?" in (tmp_path / "study" / "report.md").read_text(encoding="utf-8")


def test_a_spec_that_was_moved_goes_on_with_its_report(first: Path, tmp_path: Path) -> None:
    moved = first.rename(tmp_path / "second.yaml")
    report(write(moved, "And now?"), out=tmp_path)


def test_a_project_that_was_moved_goes_on_with_its_reports(tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    report(write(tmp_path / "here" / "first.yaml"), out=tmp_path / "here" / "reports")
    (tmp_path / "here").rename(tmp_path / "there")
    report(write(tmp_path / "there" / "first.yaml", "And now?"), out=tmp_path / "there" / "reports")
    with pytest.raises(SpecError, match=r"there/first.yaml, which this would replace"):
        report(write(tmp_path / "there" / "second.yaml", "Another?"), out=tmp_path / "there" / "reports")


def test_a_spec_whose_file_has_another_name_now_leaves_its_report(first: Path, tmp_path: Path) -> None:
    write(first, name="renamed")
    report(write(tmp_path / "second.yaml", "Another?"), out=tmp_path)


def test_a_report_that_was_named_on_the_command_line_is_not_replaced_either(tmp_path: Path) -> None:
    report(write(tmp_path / "first.yaml", name="other"), out=tmp_path, overrides=["name=study"])
    with pytest.raises(SpecError, match=REPLACED):
        report(write(tmp_path / "second.yaml", "Another?"), out=tmp_path)


def test_a_copy_that_says_the_same_may_be_run_and_leaves_the_report_its_spec(first: Path, tmp_path: Path) -> None:
    report(write(tmp_path / "second.yaml"), out=tmp_path)
    report(tmp_path / "study" / "spec.yaml", out=tmp_path)
    report(write(first, "And now?"), out=tmp_path)
    with pytest.raises(SpecError, match=REPLACED):
        report(write(tmp_path / "second.yaml", "Another?"), out=tmp_path)


def test_a_report_of_an_earlier_version_which_does_not_say_what_it_is_of_is_replaced(
    first: Path, tmp_path: Path
) -> None:
    (tmp_path / "study" / ".made-from").unlink()
    report(tmp_path / "study" / "spec.yaml", out=tmp_path)
    report(write(tmp_path / "second.yaml", "Another?"), out=tmp_path)


def test_comparisons_and_specs_do_not_replace_each_others_reports(first: Path, tmp_path: Path) -> None:
    others = [tmp_path / name for name in ("a", "b", "c")]
    for number, folder in enumerate(others):
        path = write(tmp_path / f"{folder.name}.yaml", name=folder.name)
        report(path, out=tmp_path, overrides=[f"model.hidden={number + 2}"])
    with pytest.raises(SpecError, match=r"--compare: .*study holds the report of .*first.yaml, .* -s name=\.\."):
        compare(*others, out=tmp_path, overrides=["name=study"])
    for _ in range(2):
        compare(*others[:2], out=tmp_path, overrides=["name=both"])
    with pytest.raises(SpecError, match=r"both holds the comparison of .*/a .*/b, which this would replace"):
        compare(*others[1:], out=tmp_path, overrides=["name=both"])
    with pytest.raises(SpecError, match="both holds the comparison of"):
        report(write(tmp_path / "second.yaml", name="both"), out=tmp_path)
