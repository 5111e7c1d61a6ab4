"""What finished runs were not measured for is said, and nothing of what was."""

from typing import Any

import pytest

from tests.reporter.conftest import MakeStudy
from toolkit.reporter.numbers.unmeasured import unmeasured
from toolkit.reporter.report import make_report

TRACKED = {"train": {"epochs": 5}, "evaluate": {"by": ["distance"]}}


def test_measures_that_only_the_best_epoch_of_a_longer_run_has_are_said_to_be_missing(make_study: MakeStudy) -> None:
    experiment, runs = make_study(missing=[0], diverged=[1], failed=[2])
    page = make_report(experiment, runs, "run-spec study.yaml").page
    (told,) = [text for name, text in page.setup if name == "not measured"]
    assert told.startswith("balanced_accuracy, plural_f1 and majority_accuracy of 3 runs, stored with more epochs than")
    assert "evaluate.by: [distance]" in told


@pytest.mark.parametrize(
    "spec", [{"evaluate": {"by": ["distance"]}}, {"data": {"task": "language_model"}}], ids=["measured", "no agreement"]
)
def test_of_what_was_measured_or_is_no_measure_of_the_task_nothing_is_said(
    make_study: MakeStudy, spec: dict[str, Any]
) -> None:
    _, runs = make_study(**spec)
    assert unmeasured(runs) == []


def test_epochs_that_the_stop_rule_left_out_are_said_to_have_no_gradient_by_lag(make_study: MakeStudy) -> None:
    _, runs = make_study(track={"gradient_by_lag": 1, "epochs": [0, 2, 3, 5]}, seeds=[1], **TRACKED)
    (told,) = unmeasured(runs)
    assert told.startswith("the gradient by lag after epochs 3, 5 of 2 runs, which the stop rule ended before")


@pytest.mark.parametrize("epochs", [[0, 2], None])
def test_of_epochs_that_all_runs_reached_nothing_is_said(make_study: MakeStudy, epochs: list[int] | None) -> None:
    _, runs = make_study(track={"gradient_by_lag": 1, "epochs": epochs}, **TRACKED)
    assert unmeasured(runs) == []
