"""What a report is made from is collected once, and its parts are what collecting them alone gives."""

from collections.abc import Callable
from dataclasses import fields
from typing import Any

import pandas as pd
import pytest

from tests.reporter.conftest import MakeStudy
from tests.reporter.search.test_search import experiment as asked_search
from tests.reporter.search.test_search import searched
from toolkit.reporter.findings import Findings
from toolkit.reporter.numbers import results
from toolkit.reporter.numbers.frames import Runs, runs_frame
from toolkit.reporter.numbers.results import Results, collect_results
from toolkit.reporter.numbers.sensitivity import unperturbed
from toolkit.reporter.report import make_report

PARTS = ["runs", "history", "lags", "groups"]


def assert_same(found: Results, alone: Results) -> None:
    for part in PARTS:
        pd.testing.assert_frame_equal(getattr(found, part), getattr(alone, part))
    for field in fields(Results):
        if field.name not in PARTS:
            assert getattr(found, field.name) == getattr(alone, field.name), field.name


def test_unperturbed_runs_are_taken_from_all(make_study: MakeStudy) -> None:
    experiment, runs = make_study(sensitivity=2, missing=[3], failed=[4], evaluate={"by": ["distance"]})
    assert_same(Findings(experiment, runs).results, collect_results(experiment, unperturbed(experiment, runs)))


def test_trials_and_confirmations_of_a_search_are_taken_from_all() -> None:
    asked = asked_search()
    search, runs = searched(asked)
    trials = Findings(asked, runs, search).trials
    assert trials is not None
    assert trials.confirmed is not None
    assert_same(trials.results, collect_results(asked, runs[: len(search.trials)]))
    assert_same(trials.confirmed, collect_results(asked, runs[len(search.trials) :]))


@pytest.fixture
def framed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many runs were framed, at each time."""
    times: list[int] = []

    def counted(frame: Callable[..., Any]) -> Callable[..., Any]:
        def count(runs: Runs, *rest: Any) -> Any:
            times.append(len(runs))
            return frame(runs, *rest)

        return count

    monkeypatch.setattr(results, "runs_frame", counted(runs_frame))
    return times


def test_a_report_with_perturbed_runs_and_published_numbers_frames_its_runs_once(
    make_study: MakeStudy, framed: list[int], tmp_path: Any
) -> None:
    (tmp_path / "p.csv").write_text("metric,value,model.cell\nbest_loss,0.5,rnn\n", encoding="utf-8")
    experiment, runs = make_study(sensitivity=1, report={"published": str(tmp_path / "p.csv")})
    report = make_report(experiment, runs, "command")
    assert {"tables/sensitivity.csv", "tables/published.csv"} <= report.files.keys()
    assert framed == [len(runs)]


def test_the_report_of_a_search_frames_its_runs_once(framed: list[int]) -> None:
    asked = asked_search()
    search, runs = searched(asked)
    assert "tables/confirmation.csv" in make_report(asked, runs, "command", search).files
    assert framed == [len(runs)]
