"""Sentences on what changes with what: which architecture is ahead, and from where on more brings nothing."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from toolkit.reporter.answer.phrasing import Sentence, better, extreme, mean_of, name_of, with_unit
from toolkit.reporter.figures.axes import positions
from toolkit.reporter.figures.roles import comparison_roles
from toolkit.reporter.numbers.best import NOT_TOLD, contrasts
from toolkit.reporter.numbers.results import Results
from toolkit.spec.words import value_text
from toolkit.tasks.measure import Measure

MOST_VALUES = 6
"""Of a key with more values than this, values are not compared one with another."""


def trends(results: Results) -> list[Sentence]:
    """Say which value of the coloured key is ahead of the others, and how each of them changes along the x axis."""
    roles = comparison_roles(results.runs, results.keys)
    metric = results.metrics[0]
    known = results.summary.dropna(subset=[metric.name])
    if roles.hue is None or not 1 < known[roles.hue].map(value_text).nunique() <= MOST_VALUES:
        return _course(results, known, roles.x, metric) if roles.x and len(known) else []
    ahead = _ahead(known, results.keys, roles.hue, metric)
    groups = [group for _, group in known.groupby(known[roles.hue].map(value_text), sort=False)]
    courses = [one for group in groups for one in _course(results, group, roles.x, metric, roles.hue)]
    return [*ahead, *_bests(groups, roles.hue, results.keys, metric), *courses]


def _ahead(known: pd.DataFrame, keys: Sequence[str], hue: str, metric: Measure) -> list[Sentence]:
    """How often the best value of a key is better than each other value, all other keys being equal."""
    others = [key for key in keys if key != hue]
    texts = known[keys].map(value_text)
    table = known.assign(hue=texts[hue], rest=texts[others].agg("; ".join, axis=1) if others else "")
    wide = table.pivot_table(metric.name, "rest", "hue", sort=False)
    leader = table.loc[table[metric.name].eq(metric.best(table[metric.name])), "hue"].iloc[0]
    told = [_compared(wide[[leader, rival]].dropna(), leader, rival, others, hue, metric) for rival in wide]
    return [one for one in told if one is not None]


def _compared(
    pairs: pd.DataFrame, leader: str, rival: Any, others: Sequence[str], hue: str, metric: Measure
) -> Sentence | None:
    if rival == leader or len(pairs) < 2:
        return None
    sign = -1 if metric.highest_is_best else 1
    wins = int((sign * (pairs[rival] - pairs[leader]) > 0).sum())
    place = others[0] if len(others) == 1 else "setting of the other keys"
    where = f"every {place}" if wins == len(pairs) else f"{wins} of {len(pairs)} values of {others[0]}"
    if wins < len(pairs) and len(others) > 1:
        where = f"{wins} of {len(pairs)} settings of the other keys"
    compared = f" ({len(pairs)} compared)" if wins == len(pairs) else ""
    text = f"{hue} {leader} reaches a {better(metric)} {metric.name} than {rival} at {where}{compared}."
    return Sentence(text, metric.name)


def _bests(groups: Sequence[pd.DataFrame], hue: str, keys: Sequence[str], metric: Measure) -> list[Sentence]:
    """Each value's own best and where it lies."""
    others = [key for key in keys if key != hue]
    if not others or len(groups) < 2:
        return []
    told = []
    for group in groups:
        row = group.sort_values(metric.name, kind="stable", ascending=not metric.highest_is_best).iloc[0].to_dict()
        told.append(f"{value_text(row[hue])}'s is {with_unit(metric, row[metric.name])} at {name_of(row, others)}")
    return [Sentence(f"The {extreme(metric)} {metric.name} by {hue}: {'; '.join(told)}.", metric.name)]


def _course(
    results: Results, group: pd.DataFrame, x: str | None, metric: Measure, hue: str | None = None
) -> list[Sentence]:
    """From which value of the x axis on there is no gain, other keys being those of the group's best setting."""
    if x is None:
        return []
    best = group.sort_values(metric.name, kind="stable", ascending=not metric.highest_is_best).iloc[0]
    rest = [key for key in results.keys if key != x]
    series = _with_settings_of(group, best, rest)
    places = positions(list(series[x].unique()))
    if len(places) < 3:
        return []
    series = series.assign(place=series[x].map(places)).sort_values("place")
    values = list(series[x])
    subject = _subject(best, rest, hue)
    mean = mean_of(metric, best.to_dict())
    at = values.index(best[x])
    if at == len(values) - 1:
        gain = _still_gains(results, series, rest, x, metric)
        largest = f"the largest {x} tried, {value_text(best[x])}"
        return [Sentence(f"{subject} has its {extreme(metric)} {mean} at {largest}{gain}.", metric.name)]
    sentence = f"{subject} has its {extreme(metric)} {mean} at {x} {value_text(best[x])}; no larger one is better."
    enough = _enough(results, series, rest, x, metric)
    if enough is not None and values.index(enough) < at:
        sentence = (
            f"No gain of {subject} beyond {x} {value_text(enough)} can be told from the spread between seeds; its "
            f"{extreme(metric)} {mean} is at {value_text(best[x])}."
        )
    return [Sentence(sentence, metric.name)]


def _subject(best: pd.Series, rest: Sequence[str], hue: str | None) -> str:
    named = [key for key in rest if key != hue]
    who = f"{hue} {value_text(best[hue])}" if hue else ""
    where = name_of(best.to_dict(), named) if named else ""
    return f"{who} (with {where})" if who and where else who or where or "The model"


def _tests(results: Results, series: pd.DataFrame, rest: Sequence[str], x: str, metric: Measure) -> pd.DataFrame:
    return contrasts(_with_settings_of(results.distinct, series.iloc[0], rest), [x], metric)


def _with_settings_of(frame: pd.DataFrame, row: "pd.Series[Any]", keys: Sequence[str]) -> pd.DataFrame:
    """The rows of a frame that have the same values of these keys as a given row."""
    chosen = pd.Series(True, index=frame.index)
    for key in keys:
        chosen &= frame[key].map(value_text) == value_text(row[key])
    return frame[chosen]


def _enough(results: Results, series: pd.DataFrame, rest: Sequence[str], x: str, metric: Measure) -> Any:
    """The smallest value of x that cannot be told from the best, nor any larger one; None where nothing was tested."""
    tests = _tests(results, series, rest, x, metric)
    if not tests["p"].notna().any():
        return None
    close = dict(zip(tests[x], tests["verdict"].isin([NOT_TOLD, "best"]), strict=True))
    enough = None
    for value in reversed(list(series[x])):
        if not close.get(value, False):
            break
        enough = value
    return enough


def _still_gains(results: Results, series: pd.DataFrame, rest: Sequence[str], x: str, metric: Measure) -> str:
    enough = _enough(results, series, rest, x, metric)
    values = list(series[x])
    if enough is None or values.index(enough) == len(values) - 1:
        return ""
    return f", though from {value_text(enough)} on no more than the spread between seeds explains"
