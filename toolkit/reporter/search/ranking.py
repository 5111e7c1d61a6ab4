"""What a search found, as numbers: its trials ranked, the best so far, and which keys mattered."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from toolkit.reporter.figures.axes import positions
from toolkit.reporter.numbers.results import Results
from toolkit.spec.searching import SearchConfig
from toolkit.spec.words import value_text
from toolkit.tasks.measure import Measure
from toolkit.tasks.measures import BEST_EPOCH, TRAINING_SECONDS

LEAST_TRIALS = 8
"""Fewer trials say nothing about which key matters."""
TREES, REPEATS = 300, 30


@dataclass(frozen=True)
class Trials:
    """A search's results.

    Attributes:
        search: The spec's `search` section.
        metric: Its objective.
        lowest: Whether the lowest value is the best.
        results: The trials, a run each.
        ranking: A row a trial with a result that was trained to its end, the best first: `trial` (from 1, in the order
            of the proposals), the searched keys, the objective, the best epoch and the training time.
        confirmed: The winner on fresh seeds; None where there is no winner, or no seed.
        is_complete: Whether every combination of the space was tried.
    """

    search: SearchConfig
    metric: Measure
    lowest: bool
    results: Results
    ranking: pd.DataFrame
    confirmed: Results | None
    is_complete: bool


def rank(search: SearchConfig, results: Results, confirmed: Results | None, is_complete: bool) -> Trials:
    """Rank the trials of a search.

    Args:
        search: The spec's `search` section.
        results: The trials in the order of their proposals.
        confirmed: The winner on fresh seeds.
        is_complete: Whether every combination of the space was tried.
    """
    metric = results.measures[search.objective]
    lowest = search.aim(metric) == "min"
    keys = [key for key in search.space if key in results.runs]
    columns = list(dict.fromkeys([*keys, metric.name, BEST_EPOCH.name, TRAINING_SECONDS.name]))
    runs = results.runs.assign(trial=range(1, len(results.runs) + 1))
    whole = runs[(runs["status"] == "done") & (runs["train.epochs"] == results.experiment.train.epochs)]
    known = whole[np.isfinite(whole[metric.name].astype(float))]
    ranking = known[["trial", *columns]].sort_values(metric.name, ascending=lowest, kind="stable", ignore_index=True)
    return Trials(search, metric, lowest, results, ranking, confirmed, is_complete)


def searched_keys(trials: Trials) -> list[str]:
    """The keys of the search that differ between trials."""
    tried = trials.ranking
    return [key for key in trials.search.space if key in tried and tried[key].map(value_text).nunique() > 1]


def best_so_far(trials: Trials) -> pd.DataFrame:
    """The course of a search: `trial`, its objective, the `best` until then, and the `seconds` of training until then.

    Seconds are those of all trials one after another, whatever ran at once.
    """
    course = trials.ranking.sort_values("trial", ignore_index=True)
    values = course[trials.metric.name].astype(float)
    return pd.DataFrame(
        {
            "trial": course["trial"],
            trials.metric.name: values,
            "best": values.cummin() if trials.lowest else values.cummax(),
            "seconds": course[TRAINING_SECONDS.name].astype(float).cumsum(),
        }
    )


def slices(trials: Trials) -> pd.DataFrame:
    """Each trial's objective against each of its keys: `trial`, `key`, `value` and the objective."""
    parts = [
        pd.DataFrame(
            {
                "trial": trials.ranking["trial"],
                "key": key,
                "value": trials.ranking[key],
                trials.metric.name: trials.ranking[trials.metric.name].astype(float),
            }
        )
        for key in searched_keys(trials)
    ]
    empty = pd.DataFrame(columns=["trial", "key", "value", trials.metric.name])
    return pd.concat(parts, ignore_index=True) if parts else empty


def importances(trials: Trials) -> pd.DataFrame:
    """How much worse a forest foretells the objective when the values of a key are shuffled among the trials.

    The permutation importance (Breiman, 2001) of scikit-learn's random forest, fitted to the trials: the loss of R^2.

    Returns:
        `key`, `importance` and its standard deviation over the shuffles, `spread`; the most important first, no row
        where there are too few trials.
    """
    keys, ranking = searched_keys(trials), trials.ranking
    frame = pd.DataFrame(columns=["key", "importance", "spread"])
    if len(ranking) < LEAST_TRIALS or not keys:
        return frame
    from sklearn.ensemble import RandomForestRegressor  # noqa: PLC0415  other reports do without what takes a second
    from sklearn.inspection import permutation_importance  # noqa: PLC0415  as above

    inputs = np.column_stack([_numbers(ranking[key]) for key in keys])
    objective = ranking[trials.metric.name].astype(float)
    forest = RandomForestRegressor(TREES, random_state=0).fit(inputs, objective)
    found = permutation_importance(forest, inputs, objective, n_repeats=REPEATS, random_state=0)
    frame = pd.DataFrame({"key": keys, "importance": found.importances_mean, "spread": found.importances_std})
    return frame.sort_values("importance", ascending=False, kind="stable", ignore_index=True)


def _numbers(values: pd.Series) -> pd.Series:
    """A key's values as numbers in their order; a key that is not tried in a trial is below all."""
    texts = values.map(lambda value: value if isinstance(value, (int, float)) else str(value))
    places = positions(list(dict.fromkeys(texts)))
    return texts.map(places).fillna(-1.0).astype(float)
