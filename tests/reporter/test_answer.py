"""Sentences say what the numbers support, and nothing else."""

from toolkit.reporter.answer import answer
from toolkit.reporter.frames import Runs
from toolkit.reporter.metrics import BEST_LOSS
from toolkit.reporter.results import collect_results
from toolkit.spec.schema import Experiment

from .conftest import MakeStudy


def _answer(study: tuple[Experiment, Runs]) -> str:
    results = collect_results(*study)
    return " ".join(answer(results.summary, results.keys, BEST_LOSS))


def test_best_setting_is_named_with_its_mean_and_number_of_seeds(make_study: MakeStudy) -> None:
    said = _answer(make_study())
    assert "model.cell gru has the lowest mean best_loss: 0.4200 nats over 3 seeds" in said
    assert "The runner-up is model.cell rnn with 0.5200 nats" in said


def test_intervals_that_lie_apart_are_said_to(make_study: MakeStudy) -> None:
    apart = {"rnn": 0.9, "gru": 0.4}
    said = _answer(make_study(best=lambda run: apart[run.config.model.cell] + run.config.train.seed / 1000))
    assert "do not overlap" in said
    assert "do not settle" not in said


def test_intervals_that_overlap_settle_nothing(make_study: MakeStudy) -> None:
    close = {"rnn": 0.41, "gru": 0.4}
    said = _answer(make_study(best=lambda run: close[run.config.model.cell] + run.config.train.seed / 100))
    assert "intervals overlap, so these runs do not settle which of the two is better" in said


def test_one_seed_says_nothing_about_spread(make_study: MakeStudy) -> None:
    said = _answer(make_study(seeds=[1]))
    assert "lowest best_loss: 0.4000 nats over 1 seed." in said
    assert "nothing can be said about the spread" in said
    assert "interval" not in said


def test_settings_left_with_one_seed_are_pointed_out(make_study: MakeStudy) -> None:
    said = _answer(make_study(failed=[0, 1]))
    assert "1 setting with one finished seed only" in said
    assert "Of 6 runs, 2 failed; the means leave these out." in said


def test_equal_settings_have_no_winner(make_study: MakeStudy) -> None:
    said = _answer(make_study(best=lambda _: 0.4))
    assert "has the same value, so neither is ahead" in said


def test_single_setting_is_not_called_the_lowest(make_study: MakeStudy) -> None:
    said = _answer(make_study({}))
    assert "The one setting reaches a mean best_loss of 0.5200 nats over 3 seeds" in said
    assert "lowest" not in said
    assert "runner-up" not in said


def test_all_failed_is_all_that_is_said(make_study: MakeStudy) -> None:
    assert _answer(make_study(failed=range(6))) == (
        "All runs failed, so there is nothing to compare. Of 6 runs, 6 failed."
    )


def test_runs_that_were_not_trained_are_not_called_failed(make_study: MakeStudy) -> None:
    said = _answer(make_study(missing=range(6)))
    assert "No run was finished" in said
    assert "6 were not trained" in said
    assert "failed" not in said
