"""Which settings can be told from the best: differences by seed, their intervals and tests."""

import math
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from toolkit.reporter.numbers.statistics import CONFIDENCE, settings_groups
from toolkit.spec.sweep import SEED_KEY
from toolkit.tasks.measure import Measure

LEVEL = 0.05
RESAMPLES = 2000
TOLD, NOT_TOLD, BEST, UNKNOWN = "told from the best", "not told from the best", "best", "one seed"

Sample = Mapping[Any, float]
"""Seed to value."""


def contrasts(runs: pd.DataFrame, keys: Sequence[str], metric: Measure) -> pd.DataFrame:
    """Compare every setting with the best one.

    Where two settings share at least two seeds they are paired by seed, and tested by Student's t-test for paired
    samples; else by Welch's. The interval of the difference of means is a bootstrap over seeds (percentiles, 2,000
    resamples, a fixed generator). The p values of one table are corrected by Holm's method.

    Args:
        runs: Distinct runs, the columns of runs.csv.
        keys: Dotted keys that set the settings apart, without the seed.
        metric: What is compared.

    Returns:
        A row a setting with a finished run, in the order of the sweep: the keys, `difference` (setting less best),
        `difference_low`, `difference_high`, `paired` (number of shared seeds; 0 if not paired), `p`, `p_holm` and
        `verdict`.
    """
    samples = [
        (group[list(keys)].iloc[0].to_dict(), dict(zip(done[SEED_KEY], done[metric.name], strict=True)))
        for group in settings_groups(runs, keys)
        if len(done := group[(group["status"] == "done") & np.isfinite(group[metric.name])])
    ]
    columns = [*keys, "difference", "difference_low", "difference_high", "paired", "p", "p_holm", "verdict"]
    if not samples:
        return pd.DataFrame(columns=columns)
    means = [float(np.mean(list(sample.values()))) for _, sample in samples]
    best = means.index(metric.best(means))
    rows = [
        settings | ({} if place == best else _contrast(sample, samples[best][1]))
        for place, (settings, sample) in enumerate(samples)
    ]
    frame = pd.DataFrame(rows).reindex(columns=columns)
    frame["p_holm"] = holm(frame["p"].astype(float))
    frame["verdict"] = [BEST if place == best else _verdict(p) for place, p in enumerate(frame["p_holm"])]
    return frame


def holm(p: "pd.Series[float]") -> "pd.Series[float]":
    """Holm's step-down correction (Holm, 1979): the largest of (m - k) p_(k) up to each k = 0, 1, .., at most 1.

    Args:
        p: One p value a comparison; NaN where nothing was tested, which does not count.

    Returns:
        The corrected values, in the same order.
    """
    ordered = p.dropna().sort_values(kind="stable")
    factors = np.arange(len(ordered), 0, -1)
    return (ordered * factors).cummax().clip(upper=1).reindex(p.index)


def _verdict(p: float) -> str:
    if math.isnan(p):
        return UNKNOWN
    return TOLD if p < LEVEL else NOT_TOLD


def _contrast(sample: Sample, best: Sample) -> dict[str, float]:
    shared = sorted(set(sample) & set(best))
    if len(shared) > 1:
        gaps = np.array([sample[seed] - best[seed] for seed in shared])
        return _difference((gaps,), _paired_p(gaps)) | {"paired": len(shared)}
    pair = np.array(list(sample.values())), np.array(list(best.values()))
    if min(map(len, pair)) < 2:
        return {"difference": float(pair[0].mean() - pair[1].mean()), "paired": 0}
    return _difference(pair, _welch_p(*pair)) | {"paired": 0}


def _difference(samples: tuple[NDArray[np.float64], ...], p: float) -> dict[str, float]:
    drawn = stats.bootstrap(
        samples,
        _mean_difference,
        n_resamples=RESAMPLES,
        confidence_level=CONFIDENCE,
        method="percentile",
        vectorized=True,
        rng=np.random.default_rng(2018),
    ).confidence_interval
    return {
        "difference": float(_mean_difference(*samples)),
        "difference_low": float(drawn.low),
        "difference_high": float(drawn.high),
        "p": p,
    }


def _mean_difference(*samples: Any, axis: int = -1) -> Any:
    first, *others = (np.mean(sample, axis=axis) for sample in samples)
    return first - others[0] if others else first


def _welch_p(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    """The p value of Welch's t-test; where no value differs from another, its limit as their spread goes to zero."""
    if np.ptp(np.concatenate([first, second])) == 0:
        return 1.0
    with warnings.catch_warnings():
        # scipy 1.17 warns of seeds that came to the same value; then the spread is zero, which it is to be.
        warnings.simplefilter("ignore", RuntimeWarning)
        return float(stats.ttest_ind(first, second, equal_var=False).pvalue)


def _paired_p(gaps: NDArray[np.float64]) -> float:
    """The p value of the paired t-test; where all gaps are equal, its limit as their spread goes to zero."""
    if np.ptp(gaps) <= 1e-12 * np.abs(gaps).max():
        return 0.0 if gaps.any() else 1.0
    return float(stats.ttest_1samp(gaps, 0.0).pvalue)
