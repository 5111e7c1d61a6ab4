"""Which settings can be told from the best."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from tests.reporter.conftest import MakeStudy
from toolkit.reporter.numbers.best import BEST, NOT_TOLD, TOLD, UNKNOWN, contrasts, holm
from toolkit.reporter.numbers.frames import runs_frame
from toolkit.spec.sweep import RunSpec
from toolkit.tasks.accuracy import ACCURACY
from toolkit.tasks.measure import Measure
from toolkit.tasks.measures import BEST_LOSS

LOOKBACKS = {"model.lookback": [0, 1, 2]}
NOISE = {1: 0.010, 2: -0.004, 3: 0.001, 4: -0.006}


def _found(
    make_study: MakeStudy, losses: dict[int, float], spread: float = 0, seeds: int = 4, metric: Measure = BEST_LOSS
) -> pd.DataFrame:
    def loss(run: RunSpec) -> float:
        lookback, seed = run.config.model.lookback, run.config.train.seed
        assert isinstance(lookback, int)
        return losses[lookback] + NOISE[seed] + spread * NOISE[(seed + lookback) % 4 + 1]

    _, runs = make_study(LOOKBACKS, seeds=range(1, seeds + 1), best=loss)
    return contrasts(runs_frame(runs), ["model.lookback"], metric)


def test_settings_that_share_seeds_are_paired(make_study: MakeStudy) -> None:
    found = _found(make_study, {0: 0.502, 1: 0.501, 2: 0.5}, spread=0.01)
    assert list(found["paired"].dropna()) == [4, 4]
    assert list(found["verdict"]) == [TOLD, TOLD, BEST]
    assert found["difference"][0] == pytest.approx(0.002, abs=1e-4)


def test_differences_within_the_spread_are_not_told_from_the_best(make_study: MakeStudy) -> None:
    found = _found(make_study, {0: 0.502, 1: 0.9, 2: 0.5}, spread=1)
    assert list(found["verdict"]) == [NOT_TOLD, TOLD, BEST]


def test_p_values_are_those_of_the_paired_t_test(make_study: MakeStudy) -> None:
    found = _found(make_study, {0: 0.51, 1: 0.505, 2: 0.5}, spread=1)
    noise = [[NOISE[seed] + NOISE[(seed + lookback) % 4 + 1] for seed in range(1, 5)] for lookback in range(3)]
    assert found["p"][0] == pytest.approx(stats.ttest_rel(0.51 + np.array(noise[0]), 0.5 + np.array(noise[2])).pvalue)


def test_interval_of_the_difference_holds_it(make_study: MakeStudy) -> None:
    found = _found(make_study, {0: 0.51, 1: 0.505, 2: 0.5}, spread=1).dropna(subset=["difference"])
    assert (found["difference_low"] <= found["difference"]).all()
    assert (found["difference"] <= found["difference_high"]).all()


def test_settings_without_common_seeds_are_compared_unpaired(make_study: MakeStudy) -> None:
    _, runs = make_study(seeds=[1, 2, 3, 4], failed=[0, 1, 6, 7])
    found = contrasts(runs_frame(runs), ["model.cell"], BEST_LOSS)
    assert found["paired"][0] == 0
    assert found["p"][0] == pytest.approx(stats.ttest_ind([0.54, 0.50], [0.40, 0.41], equal_var=False).pvalue)


@pytest.mark.parametrize(("first", "second", "p"), [(0.3, 0.3, 1), (0.3, 0.4, 0), (0.0, 0.0, 1)])
def test_seeds_that_all_came_to_the_same_are_compared_without_a_warning(first: float, second: float, p: float) -> None:
    rows = [("a", seed, first) for seed in (1, 2)] + [("b", seed, second) for seed in (3, 4)]
    runs = pd.DataFrame(rows, columns=["model.cell", "train.seed", "best_loss"]).assign(status="done")
    assert contrasts(runs, ["model.cell"], BEST_LOSS)["p"].dropna().tolist() == [p]


def test_one_seed_tells_nothing_apart(make_study: MakeStudy) -> None:
    found = _found(make_study, {0: 0.9, 1: 0.7, 2: 0.5}, seeds=1)
    assert list(found["verdict"]) == [UNKNOWN, UNKNOWN, BEST]
    assert found["p"].isna().all()


def test_best_of_an_accuracy_is_the_highest(make_study: MakeStudy) -> None:
    found = _found(make_study, {0: 0.9, 1: 0.7, 2: 0.5}, metric=ACCURACY)
    assert list(found["verdict"]) == [TOLD, TOLD, BEST]
    assert found["difference"][0] < 0


def test_nothing_finished_gives_no_row(make_study: MakeStudy) -> None:
    _, runs = make_study(missing=range(6))
    assert contrasts(runs_frame(runs), ["model.cell"], BEST_LOSS).empty


def test_holm_multiplies_the_smallest_by_their_rank_and_keeps_the_order() -> None:
    """The worked example of Holm (1979): 0.01, 0.04, 0.03, 0.005."""
    assert list(holm(pd.Series([0.01, 0.04, 0.03, 0.005]))) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm(pd.Series([0.7, np.nan, 0.6])).tolist() == pytest.approx([1, np.nan, 1], nan_ok=True)


def test_holm_never_rejects_more_than_bonferroni_would_at_the_first() -> None:
    p = pd.Series(np.random.default_rng(3).random(20))
    corrected = holm(p)
    assert (corrected >= p).all()
    assert (corrected <= (p * 20).clip(upper=1) + 1e-12).all()
    assert corrected[int(p.argmin())] == pytest.approx(min(1, 20 * p.min()))
