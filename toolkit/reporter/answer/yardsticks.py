"""Sentences that hold the best setting against what is reached without learning, and its easy against its hard ones."""

import pandas as pd

from toolkit.reporter.answer.phrasing import Sentence, name_of
from toolkit.reporter.figures.groups import GROUPS_OF
from toolkit.reporter.numbers.results import Results
from toolkit.tasks.measure import Measure
from toolkit.tasks.measures import GROUPED

FEWEST = 20
"""Fewer sentences than this say too little of a group to be spoken of."""


def yardsticks(results: Results) -> list[Sentence]:
    """Say whether the best setting beats what needs no learning, and how it fares at both ends of a group."""
    return [*_unlearnt(results), *_by_group(results)]


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


def _unlearnt(results: Results) -> list[Sentence]:
    """A sentence for each measure that has a yardstick."""
    runs = _best_runs(results)
    whose = "The best setting's" if len(results.summary) > 1 else "Its"
    guessed = "".join(
        f"; its {one.words} is {one.text(runs[one.name].mean())}, where guessing gives {one.by_guessing}"
        for one in results.measures.values()
        if one.by_guessing is not None
    )
    told = [_held_against(measure, runs) for measure in results.measures.values()]
    return [Sentence(f"{whose} {one}{guessed}.", "comparison") for one in told if one]


def _held_against(measure: Measure, runs: pd.DataFrame) -> str:
    """What a measure comes to and what its yardstick does; empty where it has none, or where one was not measured."""
    if measure.yardstick is None:
        return ""
    known = runs.dropna(subset=[measure.yardstick.of.name, measure.name])
    if not len(known):
        return ""
    reached, base = known[measure.name].mean(), known[measure.yardstick.of.name].mean()
    is_better = reached > base if measure.highest_is_best else reached < base
    verdict = f"{'' if is_better else 'no '}{'more' if measure.highest_is_best else 'less'} than"
    return (
        f"{measure.words} of {measure.text(reached)} is {verdict} the {measure.text(base)} of "
        f"{measure.yardstick.meaning}"
    )


def _by_group(results: Results) -> list[Sentence]:
    """How the first measure of groups differs between the ends of the task's first group with enough sentences."""
    runs, by = _best_runs(results), next(iter(results.known_groups))
    groups = results.groups.merge(runs[GROUPS_OF], on=GROUPS_OF)
    rows = groups[(groups["split"] == "dev") & (groups["by"] == by) & (groups["sentences"] >= FEWEST)]
    measure = next(iter(GROUPED.values()))
    means = rows.groupby("value")[[measure.name, "sentences"]].mean()
    if len(means) < 2:
        return []
    ends = [
        f"{measure.text(row[measure.name])} at {by} {value} ({row.sentences:.0f} sentences)"
        for value, row in ((means.index[place], means.iloc[place]) for place in (0, -1))
    ]
    name = name_of(runs.iloc[0].to_dict(), results.keys)
    return [Sentence(f"{name}: its {measure.words} is {ends[0]} and {ends[1]}.", f"{measure.name}_by_{by}")]
