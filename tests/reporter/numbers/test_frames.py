"""Frames of runs and histories."""

import io
import math

import pandas as pd
import pytest

from tests.reporter.conftest import MakeRecord, MakeStudy
from toolkit.reporter.numbers.frames import history_frame, runs_frame

SETTINGS = [
    "model.cell",
    "train.seed",
    "model.hidden",
    "model.lookback",
    "train.learning_rate",
    "train.batch_size",
    "train.anneal",
    "train.epochs",
    "data.train_size",
]
RESULTS = [
    "best_loss",
    "best_epoch",
    "final_loss",
    "perplexity",
    "accuracy",
    "test_loss",
    "test_perplexity",
    "test_accuracy",
    "seconds_per_epoch",
    "parameters",
    "error",
    "balanced_accuracy",
    "plural_f1",
    "majority_accuracy",
    "training_seconds",
]


def test_runs_have_the_documented_columns_with_swept_keys_first(make_study: MakeStudy) -> None:
    _, runs = make_study()
    assert list(runs_frame(runs)) == ["run", "status", *SETTINGS, *RESULTS]


def test_swept_key_that_is_not_always_shown_has_a_column(make_study: MakeStudy) -> None:
    _, runs = make_study({"data.distance": ["natural", "uniform"]}, seeds=[1])
    assert list(runs_frame(runs)["data.distance"]) == ["natural", "uniform"]


def test_stacked_sizes_stand_as_in_the_spec(make_study: MakeStudy) -> None:
    _, runs = make_study({"model.hidden": [[4, 3], 8]}, seeds=[1])
    assert list(runs_frame(runs)["model.hidden"]) == ["[4, 3]", 8]


def test_history_has_the_documented_columns(make_study: MakeStudy) -> None:
    _, runs = make_study()
    frame = history_frame(runs)
    columns = ["run", "epoch", "learning_rate", "train_loss", "dev_loss", "dev_accuracy", "seconds"]
    assert list(frame) == columns
    assert len(frame) == 6 * 3


def test_results_are_those_of_the_best_epoch(make_study: MakeStudy) -> None:
    _, runs = make_study(seeds=[1])
    first = runs_frame(runs).iloc[0]
    assert first["best_loss"] == 0.5
    assert first["best_epoch"] == 1
    assert first["final_loss"] == 0.6
    assert first["accuracy"] == 0.75
    assert first["seconds_per_epoch"] == 1.5
    assert math.isnan(first["perplexity"])


def test_language_model_has_perplexities_and_no_accuracy(make_study: MakeStudy, make_record: MakeRecord) -> None:
    _, [(run, _)] = make_study({}, seeds=[], data={"task": "language_model"})
    frame = runs_frame([(run, make_record(run, [7.0, 5.0], test={"loss": 5.1}))])
    assert frame["perplexity"].item() == pytest.approx(math.exp(5.0), rel=1e-15)
    assert frame["test_perplexity"].item() == pytest.approx(math.exp(5.1), rel=1e-15)
    assert frame["accuracy"].isna().all()


def test_longer_stored_run_counts_for_the_epochs_that_were_asked_for(
    make_study: MakeStudy, make_record: MakeRecord
) -> None:
    _, [(run, _)] = make_study({}, seeds=[])
    runs = [(run, make_record(run, [0.9, 0.7, 0.6, 0.1]))]
    assert runs_frame(runs)["best_loss"].item() == 0.6
    assert runs_frame(runs)["final_loss"].item() == 0.6
    assert list(history_frame(runs)["epoch"]) == [0, 1, 2]


@pytest.mark.parametrize(("losses", "measured"), [([0.9, 0.7, 0.6, 0.1], False), ([0.9, 0.7, 0.6, 0.8], True)])
def test_test_results_are_those_of_the_best_of_the_epochs_that_were_asked_for(
    make_study: MakeStudy, make_record: MakeRecord, losses: list[float], measured: bool
) -> None:
    _, [(run, _)] = make_study({}, seeds=[])
    frame = runs_frame([(run, make_record(run, losses, test={"loss": 0.2, "accuracy": 0.9}))])
    assert frame["test_loss"].notna().item() == measured
    assert frame["test_accuracy"].notna().item() == measured


def test_one_stored_run_that_answers_two_lengths_has_each_epoch_once(
    make_study: MakeStudy, make_record: MakeRecord
) -> None:
    _, runs = make_study({"train.epochs": [1, 2]}, seeds=[])
    runs = [(run, make_record(run, [0.9, 0.7, 0.6])) for run, _ in runs]
    assert list(runs_frame(runs)["best_loss"]) == [0.7, 0.6]
    assert list(history_frame(runs)["epoch"]) == [0, 1, 2]


def test_failed_and_missing_runs_keep_their_rows(make_study: MakeStudy) -> None:
    _, runs = make_study(failed=[1], missing=[2])
    frame = runs_frame(runs)
    assert list(frame["status"]) == ["done", "failed", "missing", "done", "done", "done"]
    assert frame["error"][1] == "FloatingPointError: the dev loss is nan"
    assert frame["best_loss"][1] == 0.9
    assert frame["train.seed"][2] == 3
    assert math.isnan(frame["best_loss"][2])


def test_csv_keeps_full_precision_and_whole_numbers(make_study: MakeStudy) -> None:
    _, runs = make_study({"model.lookback": [3, "full"]}, seeds=[], best=lambda _: 0.1 + 0.2)
    text = runs_frame(runs).to_csv(index=False)
    read = pd.read_csv(io.StringIO(text))
    assert ",0.30000000000000004," in text
    assert list(read["model.lookback"]) == ["3", "full"]
    assert read["parameters"].dtype == "int64"
    assert ",1," in text
    assert read["data.train_size"].isna().all()
