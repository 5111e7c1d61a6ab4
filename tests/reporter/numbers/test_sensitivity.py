"""Spreads of results over runs whose initial weights differ in the last place."""

import io
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from scipy import stats

from tests.reporter.conftest import MakeStudy
from toolkit.reporter.numbers.sensitivity import Spread, spread_of
from toolkit.reporter.published.deviation import verdict
from toolkit.reporter.report import Report, make_report
from toolkit.spec.sweep import RunSpec
from toolkit.tasks.measures import BEST_LOSS

COMMAND = "python run_spec.py study.yaml"
STEPS = (0.0, 0.002, -0.001, 0.001)
"""What the perturbations 0 to 3 add to the GRU's loss; the RNN's they do not move."""


def moved(run: RunSpec) -> float:
    cell, step = run.config.model.cell, STEPS[run.config.train.perturbation]
    return 0.5 if cell == "rnn" else 0.41 + step


@pytest.fixture
def make(make_study: MakeStudy) -> Callable[..., Report]:
    def _make(**spec: object) -> Report:
        return make_report(*make_study(seeds=[], best=moved, sensitivity=3, **spec), COMMAND)

    return _make


def test_spread_is_the_range_and_the_prediction_interval_of_one_more_run() -> None:
    values = [0.41, 0.412, 0.409, 0.411]
    spread = spread_of(values)
    assert spread is not None
    assert (spread.lowest, spread.highest, spread.runs) == (0.409, 0.412, 4)
    mean, deviation = 0.4105, pd.Series(values).std()
    expected = stats.t(3, mean, deviation * (1 + 1 / 4) ** 0.5).interval(0.95)
    assert (spread.low, spread.high) == pytest.approx(expected)
    assert spread.decimals == 2
    assert spread_of([0.4]) is None
    assert spread_of([0.4, float("nan")]) is None
    assert spread_of([0.4, float("inf")]) is None


@pytest.mark.parametrize(("length", "decimals"), [(0.0, 15), (2e-3, 2), (0.9e-3, 3), (5.0, 0), (1e-20, 15)])
def test_decimals_are_determined_that_the_interval_does_not_reach(length: float, decimals: int) -> None:
    assert Spread(0, length, 0, length, 4).decimals == decimals


def test_tables_and_figures_are_of_the_unperturbed_runs_and_runs_csv_of_all(make: Callable[..., Report]) -> None:
    report = make()
    comparison = pd.read_csv(io.BytesIO(report.files["tables/comparison.csv"]))
    assert list(comparison["best_loss"]) == [0.5, 0.41]
    assert "train.perturbation" not in comparison
    runs = pd.read_csv(io.BytesIO(report.files["runs.csv"]))
    assert list(runs["train.perturbation"]) == [0, 1, 2, 3] * 2
    assert report.page.counts == "8 runs: 8 done"


def test_each_result_has_its_spread_beside_it(make: Callable[..., Report]) -> None:
    report = make()
    frame = pd.read_csv(io.BytesIO(report.files["tables/sensitivity.csv"]))
    rnn, gru = frame[frame["metric"] == "best_loss"].to_dict("records")
    assert [gru[key] for key in ("value", "lowest", "highest", "runs")] == pytest.approx([0.41, 0.409, 0.412, 4])
    assert rnn["decimals"] == 15
    assert (
        "move best_loss by 3.0e-03 at most (with model.cell gru) and by 1.5e-03 in the median of 2 runs"
        in report.files["report.md"].decode()
    )


def test_without_repetitions_nothing_is_said_of_rounding(make_study: MakeStudy) -> None:
    report = make_report(*make_study(), COMMAND)
    assert "tables/sensitivity.csv" not in report.files
    assert "last place" not in report.files["report.md"].decode()


def test_failed_repetitions_leave_no_spread(make_study: MakeStudy) -> None:
    report = make_report(*make_study(seeds=[], best=moved, sensitivity=1, missing=range(4)), COMMAND)
    assert "tables/sensitivity.csv" not in report.files


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0.4100", "equal to the printed digits"),
        ("0.4120", "reproduced within the spread of rounding"),
        ("0.42", "within 0.01"),
        ("0.4204", "differs"),
    ],
)
def test_a_published_value_within_the_spread_is_reproduced(text: str, expected: str) -> None:
    assert verdict(text, 0.41, BEST_LOSS, Spread(0.409, 0.412, 0.405, 0.414, 4)) == expected


def test_published_table_shows_spread_and_verdict(make: Callable[..., Report], tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text(
        "model.cell,metric,value\ngru,best_loss,0.4125\nrnn,best_loss,0.50\n", encoding="utf-8"
    )
    report = make(report={"published": str(tmp_path / "p.csv")})
    frame = pd.read_csv(io.BytesIO(report.files["tables/published.csv"]))
    assert list(frame["verdict"]) == ["reproduced within the spread of rounding", "equal to the printed digits"]
    assert list(frame["determined"]) == [2, 15]
    assert "| spread |" in report.files["tables/published.md"].decode()
