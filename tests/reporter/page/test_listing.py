"""The list of all reports."""

from pathlib import Path

from tests.reporter.conftest import MakeStudy
from toolkit.reporter.page.listing import write_listing
from toolkit.reporter.report import write_report


def test_every_report_is_listed_with_its_question_and_first_sentence(make_study: MakeStudy, tmp_path: Path) -> None:
    for name in ("first", "second"):
        write_report(*make_study(name=name, question=f"<b>{name}?</b>"), tmp_path / name, "python run_spec.py a.yaml")
    (tmp_path / "runs").mkdir(exist_ok=True)
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "report.json").write_text("{")
    write_listing(tmp_path)
    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert page.index('href="first/index.html"') < page.index('href="second/index.html"')
    assert "&lt;b&gt;second?&lt;/b&gt;" in page
    assert page.count("has the lowest mean best_loss") == 2
    assert "broken" not in page


def test_folder_without_reports_says_so(tmp_path: Path) -> None:
    write_listing(tmp_path)
    assert "There is no report yet." in (tmp_path / "index.html").read_text(encoding="utf-8")
