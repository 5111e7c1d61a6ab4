"""Means over seeds and their intervals."""

import math
import statistics

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.reporter.conftest import MakeStudy
from toolkit.reporter.numbers.frames import runs_frame
from toolkit.reporter.numbers.statistics import means_with_intervals, summarise
from toolkit.tasks.measures import BEST_LOSS
from toolkit.tasks.perplexity import PERPLEXITY

T_975_WITH_2_DEGREES = 0.95 / math.sqrt(2 * 0.975 * 0.025)
"""Student's t has this closed form, (2p - 1) / sqrt(2p(1 - p)), with two degrees of freedom."""


def estimate(values: list[float]) -> "pd.Series[float]":
    frame = pd.DataFrame({"setting": 0, "value": values})
    return means_with_intervals(frame.groupby("setting")[["value"]]).iloc[0]


def test_interval_is_that_of_students_t() -> None:
    values = [0.40, 0.41, 0.45]
    half = T_975_WITH_2_DEGREES * statistics.stdev(values) / math.sqrt(3)
    found = estimate(values)
    assert found["value"] == pytest.approx(statistics.mean(values), rel=1e-14)
    assert found["value_low"] == pytest.approx(found["value"] - half, rel=1e-12)
    assert found["value_high"] == pytest.approx(found["value"] + half, rel=1e-12)


@pytest.mark.parametrize("values", [[0.4], [0.4, math.inf]])
def test_nothing_is_said_about_spread_where_nothing_is_known(values: list[float]) -> None:
    assert math.isnan(estimate(values)["value_low"])
    assert math.isnan(estimate(values)["value_high"])


@given(st.lists(st.floats(-100, 100), min_size=2, max_size=6))
def test_interval_holds_its_mean(values: list[float]) -> None:
    found = estimate(values)
    assert found["value_low"] <= found["value"] <= found["value_high"]


def test_only_finished_runs_enter_a_mean_and_the_others_are_counted(make_study: MakeStudy) -> None:
    _, runs = make_study(failed=[0], missing=[3, 4])
    summary = summarise(runs_frame(runs), ["model.cell"], [BEST_LOSS])
    rnn, gru = summary.to_dict("records")
    assert rnn["best_loss"] == pytest.approx((0.52 + 0.54) / 2)
    assert (rnn["seeds"], rnn["failed"], rnn["missing"]) == (2, 1, 0)
    assert gru["best_loss"] == 0.45
    assert (gru["seeds"], gru["failed"], gru["missing"]) == (1, 0, 2)


def test_perplexity_of_several_seeds_is_exp_of_the_mean_loss(make_study: MakeStudy) -> None:
    _, runs = make_study({}, data={"task": "language_model"})
    summary = summarise(runs_frame(runs), [], [BEST_LOSS, PERPLEXITY]).iloc[0]
    assert summary["perplexity"] == pytest.approx(math.exp(0.52))
    assert summary["perplexity_high"] == pytest.approx(math.exp(summary["best_loss_high"]))


def test_settings_keep_the_order_of_the_sweep(make_study: MakeStudy) -> None:
    _, runs = make_study({"model.lookback": [8, "full", 0], "data.train_size": [None, 10]}, best=lambda _: 0.5)
    summary = summarise(runs_frame(runs), ["model.lookback", "data.train_size"], [BEST_LOSS])
    assert list(summary["model.lookback"]) == [8, 8, "full", "full", 0, 0]
    assert list(summary["seeds"]) == [3] * 6
    assert summary["data.train_size"][1] == 10
    assert isinstance(summary["data.train_size"][1], int)
