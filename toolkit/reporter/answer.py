"""The answer in sentences, each computed from the numbers and none that they do not support."""

from collections.abc import Hashable, Mapping, Sequence
from typing import Any, TypeAlias

import pandas as pd

from toolkit.reporter.metrics import Metric, setting_text
from toolkit.reporter.statistics import COUNTS

Row: TypeAlias = Mapping[Hashable, Any]
"""A row of a summary."""


def answer(summary: pd.DataFrame, keys: Sequence[str], metric: Metric) -> list[str]:
    """Say which setting is best, how sure that is, and what is not known.

    Args:
        summary: What `summarise` returns.
        keys: The swept keys without the seed.
        metric: The metric that decides, lowest mean first.

    Returns:
        Sentences, at least one.
    """
    ranked = summary.dropna(subset=[metric.name]).sort_values(metric.name, kind="stable").to_dict("records")
    if not ranked:
        return [_nothing_finished(summary), *_unfinished(summary, said=True)]
    return [
        _best(ranked, keys, metric),
        *_runner_up(ranked, keys, metric),
        *_spread(ranked),
        *_unfinished(summary),
    ]


def counts_text(summary: pd.DataFrame) -> str:
    """How many runs there are and what became of them."""
    counts = {column: int(summary[column].sum()) for column in COUNTS}
    words = {"diverged": "diverged", "failed": "failed", "missing": "not trained"}
    others = [f"{counts[column]} {word}" for column, word in words.items() if counts[column]]
    return f"{_plural(sum(counts.values()), 'run')}: {', '.join([f'{counts[COUNTS[0]]} done', *others])}"


def _best(ranked: Sequence[Row], keys: Sequence[str], metric: Metric) -> str:
    best = ranked[0]
    value = f"{metric.text(best[metric.name])} {metric.unit}".rstrip()
    mean = f"a mean {metric.name}" if best["seeds"] > 1 else f"a {metric.name}"
    over = f"{value} over {_plural(best['seeds'], 'seed')}"
    if len(ranked) == 1:
        return f"{_name(best, keys)} reaches {mean} of {over}{_interval(best, metric)}."
    return f"{_name(best, keys)} has the lowest {mean.removeprefix('a ')}: {over}{_interval(best, metric)}."


def _runner_up(ranked: Sequence[Row], keys: Sequence[str], metric: Metric) -> list[str]:
    if len(ranked) == 1:
        return []
    best, second = ranked[:2]
    value = f"{metric.text(second[metric.name])} {metric.unit}".rstrip()
    if best[metric.name] == second[metric.name]:
        return [f"{_name(second, keys)} has the same value, so neither is ahead."]
    sentence = f"The runner-up is {_name(second, keys)} with {value}{_interval(second, metric)}"
    return [f"{sentence}{_overlap(best, second, metric)}."]


def _overlap(best: Row, second: Row, metric: Metric) -> str:
    low, high = second[f"{metric.name}_low"], best[f"{metric.name}_high"]
    if pd.isna(low) or pd.isna(high):
        return ""
    if low <= high:
        return "; the two 95% intervals overlap, so these runs do not settle which of the two is better"
    return "; the two 95% intervals do not overlap"


def _spread(ranked: Sequence[Row]) -> list[str]:
    single = sum(row["seeds"] == 1 for row in ranked)
    if single == len(ranked):
        return ["With one seed a setting, nothing can be said about the spread between seeds."]
    if single:
        return [f"{_plural(single, 'setting')} with one finished seed only: the spread is unknown there."]
    return []


def _nothing_finished(summary: pd.DataFrame) -> str:
    if summary["diverged"].any() and not summary[["failed", "missing"]].any(axis=None):
        return "All runs diverged, so there is nothing to compare; a smaller train.learning_rate may help."
    if summary["failed"].any() and not summary[["diverged", "missing"]].any(axis=None):
        return "All runs failed, so there is nothing to compare."
    return "No run was finished, so there is nothing to compare."


def _unfinished(summary: pd.DataFrame, said: bool = False) -> list[str]:
    counts = {column: int(summary[column].sum()) for column in COUNTS}
    words = {"diverged": "diverged", "failed": "failed", "missing": f"{_were(counts['missing'])} not trained"}
    parts = [f"{counts[column]} {word}" for column, word in words.items() if counts[column]]
    if not parts:
        return []
    consequence = "" if said else "; the means leave these out"
    return [f"Of {_plural(sum(counts.values()), 'run')}, {' and '.join(parts)}{consequence}."]


def _name(row: Row, keys: Sequence[str]) -> str:
    return setting_text((key, row[key]) for key in keys) or "The one setting"


def _interval(row: Row, metric: Metric) -> str:
    low, high = row[f"{metric.name}_low"], row[f"{metric.name}_high"]
    return "" if pd.isna(low) else f" (95% interval {metric.text(low)} to {metric.text(high)})"


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _were(count: int) -> str:
    return "was" if count == 1 else "were"
