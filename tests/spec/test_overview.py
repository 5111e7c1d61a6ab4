"""What `--check` says of a spec that can be run."""

from pathlib import Path

import pytest

from toolkit.spec.loader import load_spec, load_specs
from toolkit.spec.overview import overview

BAYESIAN = """
name: a
search:
  max_trials: {trials}
  confirm_seeds: {seeds}
  space: {{model.hidden: {{int: [2, 9]}}, train.learning_rate: {{float: [0.1, 1.0]}}}}
"""


def told(folder: Path, text: str) -> str:
    path = folder / "a.yaml"
    path.write_text(text, encoding="utf-8")
    (spec,) = load_specs([path])
    return overview(spec)


@pytest.mark.parametrize(("trials", "cautioned"), [(6, True), (7, False)])
def test_too_few_trials_for_a_bayesian_search_are_told_before_it_begins(
    tmp_path: Path, trials: int, cautioned: bool
) -> None:
    text = told(tmp_path, BAYESIAN.format(trials=trials, seeds=2))
    caution = "search.max_trials: 6 is not above the first 6 trials, which a bayesian search makes at random"
    assert (caution in text) == cautioned


def test_one_trial_and_one_seed_are_told_in_the_singular(tmp_path: Path) -> None:
    text = told(tmp_path, BAYESIAN.format(trials=1, seeds=1))
    assert "up to 1 trial by the tuner bayesian" in text
    assert "then the best again on 1 fresh seed\n" in text


@pytest.mark.parametrize(
    ("sweep", "runs"),
    [
        ("{}", "  runs    1"),
        ("{seeds: [1]}", "  runs    1"),
        ("{grid: {model.hidden: [3, 4]}, seeds: [1]}", "  runs    2 = 2 model.hidden x 1 seed"),
        ("{grid: {model.hidden: [3]}, seeds: [1, 2]}", "  runs    2 = 1 model.hidden x 2 seeds"),
    ],
)
def test_runs_are_counted_with_what_makes_so_many_of_them(tmp_path: Path, sweep: str, runs: str) -> None:
    assert told(tmp_path, f"name: a\nsweep: {sweep}").endswith(runs)


def test_one_epoch_and_a_batch_of_one_are_told_in_the_singular(tmp_path: Path) -> None:
    text = told(tmp_path, "name: a\ntrain: {epochs: 1, batch_size: 1}")
    assert "train   1 epoch, batches of 1\n" in text
    assert load_spec(tmp_path / "a.yaml").train.epochs == 1
