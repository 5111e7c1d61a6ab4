import io
from pathlib import Path

import pandas as pd
import pytest

from tests.reporter.conftest import MakeStudy
from toolkit.reporter.findings import Findings
from toolkit.reporter.published.deviation import verdict
from toolkit.reporter.report import make_report
from toolkit.spec.published import read_published
from toolkit.tasks.measure import Measure
from toolkit.tasks.measures import BEST_LOSS, SECONDS_PER_EPOCH, TRAINING_SECONDS
from toolkit.tasks.reported import known_measures

TABLE = """model.cell,metric,value,note
rnn,best_loss,0.520,
rnn,accuracy,0.74,
gru,best_loss,0.411,deviates <here>
gru,seconds_per_epoch,99.0,
gru,best_epoch,1,
"""


@pytest.fixture
def table(tmp_path: Path) -> str:
    (tmp_path / "p.csv").write_text(TABLE, encoding="utf-8")
    return str(tmp_path / "p.csv")


@pytest.mark.parametrize(
    ("text", "measured", "expected"),
    [
        ("5.016976", 5.0169758618, "equal to the printed digits"),
        ("150.954", 150.95410675, "equal to the printed digits"),
        ("0.5917", 0.591751, "within 0.0001"),
        ("0.5233", 0.523374, "within 0.0001"),
        ("0.5233", 0.5236, "differs"),
        ("0.672", 0.673, "within 0.001"),
        ("26", 26.0, "equal to the printed digits"),
        ("26", 28.0, "differs"),
        (".523", 0.52311, "equal to the printed digits"),
        ("0.5", float("nan"), "not measured"),
    ],
)
def test_verdict_says_how_many_printed_digits_agree(text: str, measured: float, expected: str) -> None:
    assert verdict(text, measured, BEST_LOSS) == expected


@pytest.mark.parametrize("measure", [SECONDS_PER_EPOCH, TRAINING_SECONDS], ids=lambda measure: measure.name)
def test_times_are_compared_and_not_judged(measure: Measure) -> None:
    assert verdict("17.5", 0.4, measure) == "not judged"


def test_every_published_value_stands_beside_each_run_that_it_belongs_to(make_study: MakeStudy, table: str) -> None:
    compared = Findings(*make_study(report={"published": table})).published
    assert compared is not None
    frame = compared.table.frame
    columns = "number metric published measured difference low high determined verdict note"
    assert list(frame.columns) == ["model.cell", *columns.split()]
    rnn = frame[(frame["model.cell"] == "rnn") & (frame["metric"] == "best_loss")]
    assert list(rnn["measured"]) == pytest.approx([0.50, 0.52, 0.54])
    assert list(rnn["verdict"]) == ["differs", "equal to the printed digits", "differs"]
    assert list(rnn["difference"]) == pytest.approx([-0.02, 0.0, 0.02])
    assert set(frame[frame["model.cell"] == "gru"]["note"]) == {"deviates <here>", ""}
    assert "Of 15 comparisons with published values" in compared.counts
    assert "3 not judged" in compared.counts


def test_published_values_are_in_page_and_tables(make_study: MakeStudy, table: str) -> None:
    files = make_report(*make_study(report={"published": table}), "python run_spec.py x.yaml").files
    assert {"tables/published.csv", "tables/published.md", "tables/published.tex"} <= set(files)
    page = files["index.html"].decode()
    assert "Published values" in page
    assert "deviates &lt;here&gt;" in page
    assert "equal to the printed digits" in files["report.md"].decode()


def test_published_values_are_drawn_against_measured_ones(make_study: MakeStudy, table: str) -> None:
    experiment, runs = make_study(report={"published": table})
    files = make_report(experiment, runs, "python run_spec.py x.yaml").files
    drawn = pd.read_csv(io.BytesIO(files["figures/published_and_measured.csv"]))
    assert (drawn["measured"] - drawn["published"]).tolist() == pytest.approx(drawn["difference"].tolist())
    assert len(drawn) == 15
    assert "Of 15 comparisons with published values" in files["report.md"].decode().partition("## Setup")[0]


def test_nothing_is_drawn_where_nothing_was_measured(make_study: MakeStudy, table: str) -> None:
    files = make_report(*make_study(report={"published": table}, missing=range(6)), "python run_spec.py x.yaml").files
    assert not any(name.startswith("figures/published") for name in files)


def test_report_without_published_values_has_no_such_table(make_study: MakeStudy) -> None:
    files = make_report(*make_study(), "python run_spec.py x.yaml").files
    assert not [name for name in files if "published" in name]
    assert "Published values" not in files["index.html"].decode()


def test_digits_of_a_published_value_are_kept_as_printed(table: str) -> None:
    assert [value.text for value in read_published(table, known_measures())] == ["0.520", "0.74", "0.411", "99.0", "1"]


def test_test_results_are_shown_where_they_were_asked_for(make_study: MakeStudy) -> None:
    experiment, runs = make_study(evaluate={"test": True})
    page = make_report(experiment, runs, "python run_spec.py x.yaml").files["report.md"].decode()
    assert "test_loss" in page
    assert "test_accuracy" in page
