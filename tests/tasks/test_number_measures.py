"""What is measured of numbers, held against scikit-learn and against numbers worked out by hand."""

import numpy as np
import pytest
from sklearn.metrics import mean_absolute_error, r2_score, root_mean_squared_error

from toolkit.tasks import forecast, regression
from toolkit.tasks.task import Predictions

RANDOM = np.random.default_rng(2)
TARGETS, SAID, TRAINING = (RANDOM.normal(size=(size, 1)) for size in (30, 30, 50))


def test_measures_of_a_regression_are_those_of_scikit_learn() -> None:
    found = regression.measure(Predictions(TARGETS, SAID, np.zeros(30), TRAINING))
    assert found["mae"] == pytest.approx(mean_absolute_error(TARGETS, SAID))
    assert found["rmse"] == pytest.approx(root_mean_squared_error(TARGETS, SAID))
    assert found["r2"] == pytest.approx(r2_score(TARGETS, SAID))
    assert found["mean_mae"] == pytest.approx(mean_absolute_error(TARGETS, np.full((30, 1), TRAINING.mean())))


def test_numbers_that_do_not_vary_have_no_variance_to_be_explained() -> None:
    same = np.ones((3, 1))
    assert regression.measure(Predictions(same, same, np.zeros(3), same))["r2"] is None


def test_a_forecast_is_held_against_going_on_as_before() -> None:
    beside = {
        "last_value": np.array([1.0, 2.0, 4.0]),
        "last_season": np.array([2.0, 2.0, 2.0]),
        "naive_error": np.array([0.5, 0.5, 2.0]),
    }
    targets, said = np.array([[2.0], [4.0], [5.0]]), np.array([[2.5], [3.0], [5.0]])
    found = forecast.measure(Predictions(targets, said, np.zeros(3), targets, beside))
    assert found["mae"] == pytest.approx(0.5)
    assert found["mase"] == pytest.approx((1 + 2 + 0) / 3)
    assert found["last_value_mae"] == pytest.approx((1 + 2 + 1) / 3)
    assert found["last_season_mae"] == pytest.approx((0 + 2 + 3) / 3)
    without = Predictions(
        targets, said, np.zeros(3), targets, {name: beside[name] for name in ("last_value", "naive_error")}
    )
    assert forecast.measure(without)["last_season_mae"] is None
