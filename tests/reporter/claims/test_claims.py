"""Whether claims hold, by numbers that support them and numbers that do not."""

import io
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from tests.reporter.conftest import MakeStudy
from tests.reporter.figures.test_lags import measured
from toolkit.reporter.claims.judging import JudgedClaim, judged_claims
from toolkit.reporter.claims.verdicts import (
    AGAINST,
    FAILS,
    FOR,
    HOLDS,
    NEITHER,
    NOT_MEASURED,
    ONE_SEED,
    OPEN,
    Region,
    stance,
    verdict_of,
)
from toolkit.reporter.numbers.results import collect_results
from toolkit.reporter.numbers.statistics import interval_half
from toolkit.reporter.report import make_report
from toolkit.spec.sweep import RunSpec

NOISE = {1: 0.010, 2: -0.004, 3: 0.001, 4: -0.006, 5: -0.001}
"""What each seed adds to the loss of the setting that a claim is about."""
CELLS: dict[str, Any] = {"claim": "GRU first", "setting": {"model.cell": "gru"}, "than": {"model.cell": "rnn"}}
SIZES: dict[str, list[Any]] = {"model.cell": ["rnn", "gru"], "model.hidden": [10, 25, 50]}


def _loss(gains: Mapping[Any, float], noise: float = 1.0) -> Callable[[RunSpec], float]:
    """Losses with which the GRU of each size is better by so much, give or take the noise of the seed."""

    def loss(run: RunSpec) -> float:
        seed = run.config.train.seed
        ahead = gains[run.config.model.hidden] + noise * NOISE[seed] if run.config.model.cell == "gru" else 0
        return 0.5 + seed / 100 - ahead

    return loss


def _judged(make_study: MakeStudy, claim: dict[str, Any], **study: Any) -> JudgedClaim:
    plain = {"grid": SIZES, "seeds": [1, 2, 3, 4, 5], "report": {"claims": [CELLS | claim]}}
    (judged,) = judged_claims(collect_results(*make_study(**(plain | study))))
    return judged


def _of_one_size(make_study: MakeStudy, gain: float, noise: float = 1.0, **claim: Any) -> JudgedClaim:
    return _judged(make_study, claim, grid={"model.cell": ["rnn", "gru"]}, best=_loss({50: gain}, noise))


def _of_sizes(
    make_study: MakeStudy, gains: tuple[float, float, float], noise: float = 1.0, **study: Any
) -> JudgedClaim:
    best = _loss(dict(zip(SIZES["model.hidden"], gains, strict=True)), noise)
    return _judged(make_study, {"each": ["model.hidden"]}, best=best, **study)


@pytest.mark.parametrize(
    ("comparison", "margin", "gain", "verdict"),
    [
        ("better", 0.0, 0.1, HOLDS),
        ("better", 0.0, -0.1, FAILS),
        ("better", 0.0, 0.001, OPEN),
        ("better", 0.05, 0.1, HOLDS),
        ("better", 0.2, 0.1, FAILS),
        ("better", 0.05, 0.051, OPEN),
        ("not better", 0.05, 0.0, HOLDS),
        ("not better", 0.05, -0.5, HOLDS),
        ("not better", 0.05, 0.1, FAILS),
        ("not better", 0.05, 0.049, OPEN),
        ("the same", 0.05, 0.0, HOLDS),
        ("the same", 0.05, 0.1, FAILS),
        ("the same", 0.05, -0.1, FAILS),
        ("the same", 0.05, 0.049, OPEN),
        ("the same", 0.001, 0.0, OPEN),
    ],
)
def test_verdict_is_what_the_numbers_support(
    make_study: MakeStudy, comparison: str, margin: float, gain: float, verdict: str
) -> None:
    claim: dict[str, Any] = {"is": comparison, "margin": margin}
    assert _of_one_size(make_study, gain, **claim).verdict == verdict


def test_difference_and_interval_are_those_of_the_paired_t_test(make_study: MakeStudy) -> None:
    row = _of_one_size(make_study, 0.1).contrasts.iloc[0]
    rnn = np.array([0.5 + seed / 100 for seed in NOISE])
    gru = np.array([0.5 + seed / 100 - 0.1 - noise for seed, noise in NOISE.items()])
    interval = stats.ttest_rel(rnn, gru).confidence_interval(0.95)
    assert (row["low"], row["high"]) == pytest.approx((interval.low, interval.high))
    assert row["difference"] == pytest.approx((rnn - gru).mean())
    assert row["seeds"] == 5


@pytest.mark.parametrize(("measure", "difference"), [("best_loss", 0.1), ("accuracy", 0.05)])
def test_difference_is_positive_where_the_setting_is_better(
    make_study: MakeStudy, measure: str, difference: float
) -> None:
    assert _of_one_size(make_study, 0.1, measure=measure, noise=0).contrasts["difference"][0] == pytest.approx(
        difference
    )


def test_equal_numbers_are_not_better_and_are_the_same(make_study: MakeStudy) -> None:
    assert _of_one_size(make_study, 0, noise=0).verdict == FAILS
    assert _of_one_size(make_study, 0, noise=0, **{"is": "the same", "margin": 1e-9}).verdict == HOLDS


def test_claim_holds_if_all_contrasts_do(make_study: MakeStudy) -> None:
    judged = _of_sizes(make_study, (0.1, 0.3, 0.2))
    assert judged.verdict == HOLDS
    assert list(judged.contrasts["model.hidden"]) == ["10", "25", "50"]
    assert judged.evidence == (
        "3 of 3 contrasts better over 5 seeds; smallest difference 0.1000 [0.0923, 0.1077] nats at model.hidden 10"
    )


def test_one_contrast_that_is_open_leaves_the_claim_open(make_study: MakeStudy) -> None:
    judged = _of_sizes(make_study, (0.1, 0.001, 0.2))
    assert judged.verdict == OPEN
    assert list(judged.contrasts["says"]) == [FOR, NEITHER, FOR]
    assert judged.evidence.startswith(
        "3 of 3 contrasts better over 5 seeds; 2 beyond chance, smallest difference of the"
    )
    assert judged.evidence.endswith("at model.hidden 25")


def test_one_contrast_against_it_refutes_the_claim(make_study: MakeStudy) -> None:
    judged = _of_sizes(make_study, (0.1, 0.2, -0.1))
    assert judged.verdict == FAILS
    assert judged.evidence.startswith("2 of 3 contrasts better over 5 seeds; against it a difference of -0.1000 [")
    assert judged.evidence.endswith("nats (98.33% interval, corrected for 3 contrasts) at model.hidden 50")


def test_refutation_is_corrected_for_the_number_of_contrasts(make_study: MakeStudy) -> None:
    gains = (0.1, 0.2, -0.0085)
    judged = _of_sizes(make_study, gains)
    row = judged.contrasts.iloc[2]
    assert row["high"] < 0 < row["corrected_high"]
    assert judged.verdict == OPEN
    assert _of_one_size(make_study, gains[2]).verdict == FAILS
    values = gains[2] + np.array(list(NOISE.values()))
    interval = stats.ttest_1samp(values, 0).confidence_interval(1 - 0.05 / 3)
    assert (row["corrected_low"], row["corrected_high"]) == pytest.approx((interval.low, interval.high))


def test_gain_compares_how_much_each_setting_gets_better(make_study: MakeStudy) -> None:
    losses = {(5, 0): 0.5, (5, 3): 0.48, (50, 0): 0.4, (50, 3): 0.3}

    def loss(run: RunSpec) -> float:
        lookback, size, seed = run.config.model.lookback, run.config.data.train_size, run.config.train.seed
        assert isinstance(lookback, int)
        assert size
        return losses[size, lookback] + (NOISE[seed] if size == 50 and lookback else 0)

    claim = {
        "setting": {"data.train_size": 50},
        "than": {"data.train_size": 5},
        "gain": {"from": {"model.lookback": 0}, "to": {"model.lookback": 3}},
    }
    grid = {"data.train_size": [5, 50], "model.lookback": [0, 3]}
    judged = _judged(make_study, claim, grid=grid, best=loss)
    assert judged.verdict == HOLDS
    assert judged.contrasts["difference"][0] == pytest.approx((0.4 - 0.3) - (0.5 - 0.48))
    assert judged.contrasts["gain"][0] == "model.lookback 0 to 3"
    assert judged.evidence.startswith("difference of gains 0.0800 [")
    assert _judged(make_study, claim | {"margin": 0.1}, grid=grid, best=loss).verdict == FAILS


def test_each_value_of_a_list_is_a_contrast_of_its_own(make_study: MakeStudy) -> None:
    claim = {"setting": {"model.hidden": 50}, "than": {"model.hidden": [10, 25]}}
    grid = {"model.hidden": [10, 25, 50], "model.cell": ["gru"]}
    judged = _judged(make_study, claim, grid=grid, best=_loss({10: 0, 25: 0.3, 50: 0.2}, 0))
    assert list(judged.contrasts["than"]) == ["model.hidden 10", "model.hidden 25"]
    assert list(judged.contrasts["says"]) == [FOR, AGAINST]
    assert judged.evidence.endswith("against model.hidden 25")


def test_one_seed_says_in_which_direction_the_numbers_point_and_no_more(make_study: MakeStudy) -> None:
    judged = _of_sizes(make_study, (0.1, -0.1, 0.2), noise=0, seeds=[1])
    assert judged.verdict == ONE_SEED
    assert judged.evidence == (
        "2 of 3 contrasts better over 1 seed; smallest difference -0.1000 nats at model.hidden 25"
    )


def test_seeds_that_lack_a_run_are_left_out_of_their_contrast(make_study: MakeStudy) -> None:
    judged = _of_sizes(make_study, (0.1, 0.2, 0.2), missing=[0], failed=[21], diverged=[29])
    assert list(judged.contrasts["seeds"]) == [4, 4, 4]
    assert judged.verdict == HOLDS
    values = 0.1 + np.array(list(NOISE.values()))[1:]
    assert judged.contrasts["difference"][0] == pytest.approx(values.mean())


def test_contrast_without_any_run_is_not_measured(make_study: MakeStudy) -> None:
    judged = _of_sizes(make_study, (0.1, 0.2, 0.3), missing=range(5))
    assert judged.verdict == NOT_MEASURED
    assert judged.evidence.startswith(
        "2 of 3 contrasts better over 5 seeds; 1 not measured; smallest difference 0.2000"
    )


def test_what_is_known_refutes_a_claim_whatever_is_not_measured(make_study: MakeStudy) -> None:
    assert _of_sizes(make_study, (0.1, -0.2, 0.3), missing=range(5)).verdict == FAILS


def test_claim_without_a_finished_run_is_not_measured(make_study: MakeStudy) -> None:
    judged = _of_sizes(make_study, (0.1, 0.2, 0.3), missing=range(30))
    assert (judged.verdict, judged.evidence) == (NOT_MEASURED, "no finished runs to compare")


def test_claim_about_a_distance_that_no_sentence_has_says_so(make_study: MakeStudy) -> None:
    both = {side: {**CELLS[side], "distance": 40} for side in ("setting", "than")}
    judged = _judged(make_study, {"measure": "accuracy", **both}, evaluate={"by": ["distance"]})
    assert judged.verdict == NOT_MEASURED
    assert judged.evidence == "no finished run was measured at the distance that it names"


def test_configuration_that_stands_twice_counts_once(make_study: MakeStudy) -> None:
    runs = [{"model.cell": cell} for cell in ("rnn", "gru", "gru")]
    judged = _judged(make_study, {}, best=_loss({50: 0.1}), sweep={"runs": runs, "seeds": [1, 2]})
    assert list(judged.contrasts["seeds"]) == [2]


def test_perturbed_repetitions_are_not_judged(make_study: MakeStudy) -> None:
    claims = {"report": {"claims": [CELLS]}, "sensitivity": 1}
    best = _loss({50: 0.1})
    study = make_study(best=lambda run: best(run) + run.config.train.perturbation, **claims)
    page = make_report(*study, "command").page
    assert page.claims[0].contrasts["difference"][0] == pytest.approx(
        0.1 + np.mean([NOISE[seed] for seed in (1, 2, 3)])
    )


def test_claim_about_distances_is_judged_at_each(make_study: MakeStudy) -> None:
    claim = {"measure": "accuracy", "each": ["distance"]}
    study: dict[str, Any] = {"grid": {"model.cell": ["rnn", "gru"]}, "evaluate": {"by": ["distance"]}}
    judged = _judged(make_study, claim, best=_loss({50: 0.1}, 0), **study)
    assert list(judged.contrasts["distance"]) == ["1", "2", "3"]
    assert list(judged.contrasts["difference"]) == pytest.approx([0.02, 0.04, 0.06])
    assert judged.verdict == HOLDS
    assert _judged(make_study, claim, best=_loss({50: 0.1}), missing=range(5), **study).verdict == NOT_MEASURED
    assert _judged(make_study, claim, best=_loss({50: 0.1}), missing=range(10), **study).verdict == NOT_MEASURED


def test_distance_that_the_data_does_not_have_is_not_measured(make_study: MakeStudy) -> None:
    claim = {"measure": "loss", "setting": {"distance": 1}, "than": {"distance": [3, 30]}, "each": ["model.cell"]}
    judged = _judged(make_study, claim, grid={"model.cell": ["gru"]}, evaluate={"by": ["distance"]})
    assert judged.verdict == NOT_MEASURED
    assert list(judged.contrasts["seeds"]) == [5, 0]


def test_gradients_are_compared_by_the_logarithm_of_their_norm_at_the_last_epoch(make_study: MakeStudy) -> None:
    claim = {"measure": "gradient_by_lag", "setting": {"lag": 0}, "than": {"lag": [1, 2]}, "margin": 0.5}
    declared = {"report": {"claims": [CELLS | claim]}, "track": {"gradient_by_lag": 3}}
    experiment, runs = make_study({"model.cell": ["gru"]}, [1, 2, 3], **declared)
    runs = measured(runs, {1: [1.0, 1.0, 1.0, None], 2: [1.0, 0.1, 0.5, None]})
    (judged,) = judged_claims(collect_results(experiment, runs))
    assert list(judged.contrasts["difference"]) == pytest.approx([1.0, np.log10(2)])
    assert list(judged.contrasts["says"]) == [FOR, AGAINST]
    assert "orders of magnitude" in judged.evidence


def test_claims_err_no_more_often_than_they_say() -> None:
    """Six contrasts without any difference: seldom does one refute `better`; next to certain ones, one seldom holds."""
    drawn = np.random.default_rng(9).normal(size=(4000, 6, 5))
    mean, error = drawn.mean(axis=2), drawn.std(axis=2, ddof=1) / np.sqrt(5)
    half, wide = interval_half(error, 5), interval_half(error, 5, 1 - 0.05 / 6)
    region = Region(0.0, np.inf)

    def told(shift: "np.ndarray[Any, np.dtype[np.float64]]") -> list[str]:
        return [
            verdict_of([stance(region, 5, (m - h, m + h), (m - w, m + w)) for m, h, w in zip(*row, strict=True)])
            for row in zip(mean + shift, half, wide, strict=True)
        ]

    none, others_certain = told(np.zeros(6)), told(np.array([0.0, *[100.0] * 5]))
    assert none.count(FAILS) / 4000 < 0.05
    assert others_certain.count(HOLDS) / 4000 == pytest.approx(0.025, abs=0.01)


def test_report_says_what_holds(make_study: MakeStudy) -> None:
    gain = {"from": {"model.hidden": 10}, "to": {"model.hidden": 50}}
    claims = [
        CELLS | {"claim": "GRU <first> | always.", "each": ["model.hidden"]},
        CELLS | {"claim": "It gains more", "gain": gain},
    ]
    best = _loss({10: 0.1, 25: 0.2, 50: 0.05})
    study = make_study(SIZES, [1, 2, 3, 4, 5], best=best, report={"claims": claims})
    files = {
        name: content.decode()
        for name, content in make_report(*study, "command").files.items()
        if "figures" not in name
    }
    frame = pd.read_csv(io.StringIO(files["tables/claims.csv"]))
    assert list(frame) == [
        *("claim", "verdict", "measure", "setting", "than", "gain", "model.hidden"),
        *("difference", "low", "high", "corrected_low", "corrected_high", "seeds", "says"),
    ]
    assert list(frame["verdict"]) == [HOLDS] * 3 + [FAILS]
    sentence = "GRU <first> | always: holds (3 of 3 contrasts better over 5 seeds; smallest difference 0.0500"
    assert sentence.replace("<", "&lt;").replace(">", "&gt;") in files["index.html"]
    assert '<a href="#table-claims">table claims</a>' in files["index.html"]
    assert '<a href="#claims">What holds</a>' in files["index.html"]
    assert "| 1 | GRU &lt;first> \\| always. | holds | 3 of 3" in files["report.md"]
    assert (
        files["tables/claims.md"]
        .splitlines()[2]
        .startswith("| 1 | model.cell gru | model.cell rnn | - | model.hidden 10")
    )
    assert "\\label{tab:study-claims}" in files["tables/claims.tex"]
    assert "(2) It gains more: does not hold." in files["tables/claims.tex"]


def test_report_without_claims_says_nothing_of_them(make_study: MakeStudy) -> None:
    files = make_report(*make_study(), "command").files
    assert "tables/claims.csv" not in files
    assert b"What holds" not in files["index.html"] + files["report.md"]
