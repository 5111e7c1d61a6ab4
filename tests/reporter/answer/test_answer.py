"""Sentences say what the numbers support, and nothing else: each kind has numbers for it and numbers against it."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.reporter.conftest import MakeStudy
from toolkit.reporter.answer.opening import answer
from toolkit.reporter.numbers.frames import Runs
from toolkit.reporter.numbers.results import collect_results
from toolkit.spec.schema import Experiment
from toolkit.spec.sweep import RunSpec

CELLS: dict[str, list[Any]] = {"model.cell": ["rnn", "gru"]}
LOOKBACKS = CELLS | {"model.lookback": [0, 1, 2, 5]}
NOISE = {1: 0.004, 2: -0.003, 3: 0.001}


def _answer(study: tuple[Experiment, Runs]) -> str:
    return " ".join(sentence.text for sentence in answer(collect_results(*study)))


def _losses(by_cell: dict[str, dict[Any, float]], spread: float = 0.1) -> Callable[[RunSpec], float]:
    """Losses by cell and lookback, with a little noise that differs between lookbacks."""

    def loss(run: RunSpec) -> float:
        lookback, seed = run.config.model.lookback, run.config.train.seed
        shift = {0: 0, 1: 1, 2: 2, 5: 0}[lookback] if isinstance(lookback, int) else 1
        return by_cell[run.config.model.cell][lookback] + NOISE[seed] + spread * NOISE[(seed + shift) % 3 + 1]

    return loss


FALLING = {0: 0.50, 1: 0.45, 2: 0.40, 5: 0.35}
SETTLED = {0: 0.60, 1: 0.55, 2: 0.5501, 5: 0.5502}
CLOSE = {0: 0.60, 1: 0.5502, 2: 0.5501, 5: 0.5500}


def test_best_setting_is_named_with_its_mean_and_number_of_seeds(make_study: MakeStudy) -> None:
    said = _answer(make_study())
    assert "model.cell gru has the lowest mean best_loss: 0.4200 nats over 3 seeds" in said
    assert "The runner-up is model.cell rnn with 0.5200 nats" in said


def test_sentences_point_to_what_shows_them(make_study: MakeStudy) -> None:
    said = answer(collect_results(*make_study(LOOKBACKS, best=_losses({"rnn": SETTLED, "gru": FALLING}))))
    assert {sentence.shown_in for sentence in said} == {"comparison", "differences", "best_loss"}


def test_settings_that_differ_by_more_than_their_spread_are_told_apart(make_study: MakeStudy) -> None:
    said = _answer(
        make_study(CELLS, best=lambda run: {"rnn": 0.9, "gru": 0.4}[run.config.model.cell] + NOISE[_seed(run)])
    )
    assert "The best is told from the other setting" in said
    assert "cannot be told" not in said


def test_settings_within_their_spread_are_not_told_apart(make_study: MakeStudy) -> None:
    def loss(run: RunSpec) -> float:
        return 0.4 + NOISE[_seed(run)] if run.config.model.cell == "gru" else 0.4030 - NOISE[_seed(run)]

    said = _answer(make_study(CELLS, best=loss))
    assert "1 setting cannot be told from the best, 0 can" in said
    assert ": model.cell rnn." in said
    assert "is told from" not in said


def test_one_seed_says_nothing_about_spread(make_study: MakeStudy) -> None:
    said = _answer(make_study(seeds=[1]))
    assert "lowest best_loss: 0.4000 nats over 1 seed." in said
    assert "nothing can be said about the spread" in said
    assert "interval" not in said
    assert "told from" not in said


def test_several_seeds_do_not_say_that_the_spread_is_unknown(make_study: MakeStudy) -> None:
    assert "nothing can be said about the spread" not in _answer(make_study())


def test_settings_left_with_one_seed_are_pointed_out(make_study: MakeStudy) -> None:
    said = _answer(make_study(failed=[0, 1]))
    assert "1 setting with one finished seed only" in said
    assert "Of 6 runs, 2 failed; the means leave these out." in said


def test_equal_settings_have_no_winner(make_study: MakeStudy) -> None:
    said = _answer(make_study(best=lambda _: 0.4))
    assert "2 settings share the lowest mean best_loss" in said
    assert "none of them is ahead: model.cell rnn; model.cell gru." in said
    assert "runner-up" not in said


def test_single_setting_is_not_called_the_lowest(make_study: MakeStudy) -> None:
    said = _answer(make_study({}))
    assert "The one setting reaches a mean best_loss of 0.5200 nats over 3 seeds" in said
    assert "lowest" not in said
    assert "runner-up" not in said


def test_architecture_that_is_ahead_everywhere_is_said_to_be(make_study: MakeStudy) -> None:
    said = _answer(make_study(LOOKBACKS, best=_losses({"rnn": SETTLED, "gru": FALLING})))
    assert "model.cell gru reaches a lower best_loss than rnn at every model.lookback (4 compared)." in said


def test_architecture_that_is_ahead_at_some_places_is_not_said_to_be_everywhere(make_study: MakeStudy) -> None:
    crossing = {0: 0.40, 1: 0.40, 2: 0.45, 5: 0.50}
    said = _answer(make_study(LOOKBACKS, best=_losses({"rnn": crossing, "gru": FALLING})))
    assert "model.cell gru reaches a lower best_loss than rnn at 2 of 4 values of model.lookback." in said
    assert "at every" not in said


def test_each_architecture_has_its_own_best(make_study: MakeStudy) -> None:
    said = _answer(make_study(LOOKBACKS, best=_losses({"rnn": SETTLED, "gru": FALLING}), seeds=[3]))
    assert "The lowest best_loss by model.cell: rnn's is 0.5507 nats at model.lookback 1; gru's is " in said


def test_gain_that_ends_is_said_to_end(make_study: MakeStudy) -> None:
    said = _answer(make_study(LOOKBACKS, best=_losses({"rnn": SETTLED, "gru": FALLING})))
    assert "model.cell rnn has its lowest mean best_loss at model.lookback 1; no larger one is better." in said


def test_gain_within_the_spread_is_no_gain(make_study: MakeStudy) -> None:
    said = _answer(make_study(LOOKBACKS, best=_losses({"rnn": CLOSE, "gru": FALLING}, spread=1)))
    assert (
        "model.cell rnn has its lowest mean best_loss at the largest model.lookback tried, 5, though from 1 on" in said
    )


def test_best_in_the_middle_that_is_close_to_an_earlier_one_gains_nothing_beyond_that(make_study: MakeStudy) -> None:
    middle = {0: 0.60, 1: 0.5501, 2: 0.5500, 5: 0.5502}
    said = _answer(make_study(LOOKBACKS, best=_losses({"rnn": middle, "gru": FALLING}, spread=1)))
    assert "No gain of model.cell rnn beyond model.lookback 1 can be told from the spread between seeds" in said


def test_gain_that_goes_on_is_not_said_to_end(make_study: MakeStudy) -> None:
    said = _answer(make_study(LOOKBACKS, best=_losses({"rnn": SETTLED, "gru": FALLING})))
    assert "model.cell gru has its lowest mean best_loss at the largest model.lookback tried, 5." in said
    assert "No gain of model.cell gru" not in said


def test_gain_of_one_seed_is_not_held_against_a_spread_that_nobody_knows(make_study: MakeStudy) -> None:
    said = _answer(make_study(LOOKBACKS, best=_losses({"rnn": CLOSE, "gru": FALLING}), seeds=[1]))
    assert "spread between seeds explains" not in said
    assert "No gain" not in said


def test_all_failed_is_all_that_is_said(make_study: MakeStudy) -> None:
    assert _answer(make_study(failed=range(6))) == (
        "All runs failed, so there is nothing to compare. Of 6 runs, 6 failed."
    )


def test_runs_that_were_not_trained_are_not_called_failed(make_study: MakeStudy) -> None:
    said = _answer(make_study(missing=range(6)))
    assert "No run was finished" in said
    assert "6 were not trained" in said
    assert "failed" not in said


def test_finished_runs_are_not_called_unfinished(make_study: MakeStudy) -> None:
    said = _answer(make_study())
    assert "failed" not in said
    assert "not trained" not in said
    assert "diverged" not in said


@pytest.mark.parametrize(
    ("diverging", "cause"), [([0, 1, 2], ": all with model.cell rnn and none without"), ([0, 3], "")]
)
def test_divergence_is_a_result_with_its_cause_where_there_is_one(
    make_study: MakeStudy, diverging: list[int], cause: str
) -> None:
    said = _answer(make_study(diverged=diverging))
    assert f"{len(diverging)} of 6 runs diverged{cause}; the means leave these out." in said
    assert "failed" not in said


def test_repeated_configurations_are_pointed_out(make_study: MakeStudy) -> None:
    sweep = {"runs": [{"model.hidden": 25}, {"model.hidden": 50}, {"model.hidden": 25}]}
    assert "1 run repeats another's configuration" in _answer(make_study(best=lambda _: 0.5, sweep=sweep))
    assert "repeat" not in _answer(make_study())


@pytest.mark.parametrize(("loss", "verdict"), [(0.3, "more than"), (0.8, "no more than")])
def test_accuracy_is_held_against_the_majority(make_study: MakeStudy, loss: float, verdict: str) -> None:
    said = _answer(make_study(evaluate={"by": ["distance"]}, best=lambda _: loss))
    held = f" is {verdict} the 0.6800 of always saying the more frequent number"
    assert re.fullmatch(r".* The best setting's accuracy of 0\.\d+", said.partition(held)[0])


def test_accuracy_of_a_single_setting_is_not_that_of_the_best(make_study: MakeStudy) -> None:
    said = _answer(make_study({}, evaluate={"by": ["distance"]}, best=lambda _: 0.3))
    assert " Its accuracy of " in said
    assert "best setting" not in said


def test_majority_is_not_spoken_of_where_it_was_not_measured(make_study: MakeStudy) -> None:
    assert "always saying" not in _answer(make_study())


def test_accuracy_by_distance_speaks_of_distances_with_enough_sentences(make_study: MakeStudy) -> None:
    said = _answer(make_study(evaluate={"by": ["distance"]}))
    assert "is 0.9160 at distance 1 (100 sentences) and 0.8320 at distance 2 (25 sentences)." in said
    assert "at distance" not in _answer(make_study(evaluate={"by": ["attractors"]}))


def _seed(run: RunSpec) -> int:
    return run.config.train.seed
