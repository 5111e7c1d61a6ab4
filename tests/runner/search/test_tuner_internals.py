"""What is private in keras-tuner and used all the same is there, and does what it is used for; a test a name."""

import importlib
import tomllib
from importlib.metadata import version
from pathlib import Path
from typing import Any

import keras_tuner
import pytest
from packaging.requirements import Requirement

ROOM = "toolkit/runner/search/tuner_internals.py"


def gone(name: str, source: str) -> str:
    installed = version("keras-tuner")
    return f"keras-tuner {installed} has no {name} any more, or it means something else: see its {source}, and {ROOM}"


@pytest.fixture
def internals() -> Any:
    return importlib.import_module("toolkit.runner.search.tuner_internals")


def arguments() -> dict[str, Any]:
    hyperparameters = keras_tuner.HyperParameters()
    hyperparameters.Float("rate", 0.0, 1.0)
    return {"objective": keras_tuner.Objective("loss", "min"), "hyperparameters": hyperparameters, "seed": 1}


def test_an_oracle_writes_into_the_folder_that_it_is_given(internals: Any, tmp_path: Path) -> None:
    told = gone("_set_project_dir", "engine/oracle.py")
    oracle = keras_tuner.oracles.RandomSearchOracle(max_trials=1, **arguments())
    assert hasattr(oracle, "_set_project_dir"), told
    internals.keep_in(oracle, tmp_path)
    trial = oracle.create_trial("0")
    assert (tmp_path / "oracle" / f"trial_{trial.trial_id}").is_dir(), told


@pytest.mark.parametrize("name", ["_get_num_brackets", "_get_num_rounds", "_get_size"])
def test_hyperband_says_how_its_schedule_is_made(name: str) -> None:
    assert hasattr(keras_tuner.oracles.HyperbandOracle, name), gone(name, "tuners/hyperband.py")


def test_all_trials_of_hyperbands_schedule_are_counted(internals: Any) -> None:
    """Hyperband (Li et al., 2018) for 9 epochs and a factor of 3; keras-tuner rounds 5 / 3 trials up, not down."""
    oracle = keras_tuner.oracles.HyperbandOracle(max_epochs=9, factor=3, **arguments())
    brackets = [[9, 3, 1], [5, 2], [3]]
    assert internals.scheduled_trials(oracle) == sum(map(sum, brackets)), gone("_get_size", "tuners/hyperband.py")


def test_the_bayesian_model_is_fitted_before_it_is_asked_of_running_trials(internals: Any, tmp_path: Path) -> None:
    told = gone("_vectorize_trials or gpr", "tuners/bayesian.py")
    assert hasattr(keras_tuner.oracles.BayesianOptimizationOracle, "_vectorize_trials"), told
    oracle = internals.BayesianOracle(max_trials=None, num_initial_points=2, **arguments())
    internals.keep_in(oracle, tmp_path)
    for slot, loss in enumerate((2.0, 1.0)):
        trial = oracle.create_trial(f"{slot}")
        oracle.update_trial(trial.trial_id, {"loss": loss})
        trial.status = "COMPLETED"
        oracle.end_trial(trial)
    assert oracle.create_trial("2").status == "RUNNING"
    points, values = oracle._vectorize_trials()
    assert len(points) == 3, told
    assert sorted(values[:2]) == [1.0, 2.0], told
    running = points[[index for index, value in enumerate(values) if value not in (1.0, 2.0)]]
    guess = oracle.gpr.predict(running, return_std=True)[0]
    assert 0.0 < guess[0] < 3.0, told


def test_the_admitted_versions_end_with_the_one_that_this_was_seen_in(internals: Any) -> None:
    text = Path("pyproject.toml").read_text(encoding="utf-8")
    named = (Requirement(one) for one in tomllib.loads(text)["project"]["dependencies"])
    (wanted,) = (one for one in named if one.name == "keras-tuner")
    assert version("keras-tuner") in wanted.specifier
    assert "seen in keras-tuner 1.4.8." in (internals.__doc__ or "")
    assert [wanted.specifier.contains(release) for release in ("1.4.9", "1.5.0")] == [True, False]
