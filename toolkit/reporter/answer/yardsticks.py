"""Sentences that hold the best setting against a yardstick: the majority, the distance, the published values."""

import pandas as pd

from toolkit.reporter.answer.phrasing import Sentence, name_of
from toolkit.reporter.figures.groups import GROUPS_OF
from toolkit.reporter.numbers.metrics import METRICS
from toolkit.reporter.numbers.results import Results

FEWEST = 20
"""Fewer sentences than this say too little of a distance to be spoken of."""


def yardsticks(results: Results) -> list[Sentence]:
    """Say whether the best setting beats always saying the more frequent number, and how it fares far apart."""
    return [*_majority(results), *_by_distance(results)]


def _best_runs(results: Results) -> pd.DataFrame:
    """The finished runs of the best setting."""
    metric = results.metrics[0]
    done = results.distinct[results.distinct["status"] == "done"]
    known = results.summary.dropna(subset=[metric.name])
    if not len(known):
        return done.iloc[:0]
    best = known.loc[known[metric.name].eq(metric.best(known[metric.name]))].iloc[0]
    for key in results.keys:
        done = done[[value == best[key] or (pd.isna(value) and pd.isna(best[key])) for value in done[key]]]
    return done


def _majority(results: Results) -> list[Sentence]:
    runs = _best_runs(results).dropna(subset=["majority_accuracy", "accuracy"])
    if not len(runs):
        return []
    text, reached, base = METRICS["accuracy"].text, runs["accuracy"].mean(), runs["majority_accuracy"].mean()
    verdict = "more than" if reached > base else "no more than"
    whose = "The best setting's" if len(results.summary) > 1 else "Its"
    return [
        Sentence(
            f"{whose} accuracy of {text(reached)} is {verdict} the {text(base)} of always saying the more frequent "
            f"number; its balanced accuracy is {text(runs['balanced_accuracy'].mean())}, where guessing gives 0.5.",
            "comparison",
        )
    ]


def _by_distance(results: Results) -> list[Sentence]:
    """How the best setting's accuracy differs between the nearest and the farthest distance with enough sentences."""
    runs = _best_runs(results)
    groups = results.groups.merge(runs[GROUPS_OF], on=GROUPS_OF)
    rows = groups[(groups["split"] == "dev") & (groups["by"] == "distance") & (groups["sentences"] >= FEWEST)]
    means = rows.groupby("value")[["accuracy", "sentences"]].mean()
    if len(means) < 2:
        return []
    ends = [
        f"{METRICS['accuracy'].text(row.accuracy)} at distance {value} ({row.sentences:.0f} sentences)"
        for value, row in ((means.index[place], means.iloc[place]) for place in (0, -1))
    ]
    name = name_of(runs.iloc[0].to_dict(), results.keys)
    return [Sentence(f"{name}: its accuracy is {ends[0]} and {ends[1]}.", "accuracy_by_distance")]
