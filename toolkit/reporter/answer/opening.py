"""The answer in sentences, each computed from the numbers and none that they do not support."""

from collections.abc import Sequence

import pandas as pd

from toolkit.reporter.answer.phrasing import (
    Row,
    Sentence,
    extreme,
    interval_of,
    listed,
    mean_of,
    name_of,
    with_article,
    with_unit,
)
from toolkit.reporter.answer.trends import trends
from toolkit.reporter.answer.yardsticks import yardsticks
from toolkit.reporter.numbers.best import NOT_TOLD, TOLD
from toolkit.reporter.numbers.results import Results
from toolkit.reporter.numbers.statistics import COUNTS
from toolkit.reporter.tables.catalogue import COMPARISON, DIFFERENCES
from toolkit.spec.words import plural
from toolkit.tasks.measure import Measure

WORDS = {"seeds": "done", "diverged": "diverged", "failed": "failed", "missing": "not trained"}


def answer(results: Results) -> list[Sentence]:
    """Say which setting is best, what changes with what, how sure that is, and what is not known.

    Args:
        results: What the runs gave.

    Returns:
        Sentences, at least one.
    """
    metric, summary = results.metrics[0], results.summary
    order = summary.dropna(subset=[metric.name]).sort_values(
        metric.name, kind="stable", ascending=not metric.highest_is_best
    )
    ranked = order.to_dict("records")
    if not ranked:
        return [Sentence(_nothing_finished(summary)), *_unfinished(summary, said=True), *_divergence(results)]
    return [
        _best(ranked, results.keys, metric),
        *_told_apart(ranked, results, metric),
        *trends(results),
        *yardsticks(results),
        *_spread(ranked),
        *_unfinished(summary),
        *_divergence(results),
        *_repeated(results),
    ]


def counts_text(summary: pd.DataFrame) -> str:
    """How many runs there are and what became of them."""
    counts = {count: int(summary[count].sum()) for count in COUNTS}
    parts = [f"{number:,} {WORDS[count]}" for count, number in counts.items() if number or count == "seeds"]
    return f"{plural(sum(counts.values()), 'run')}: {', '.join(parts)}"


def _best(ranked: Sequence[Row], keys: Sequence[str], metric: Measure) -> Sentence:
    best = ranked[0]
    over = f"{with_unit(metric, best[metric.name])} over {plural(best['seeds'], 'seed')}{interval_of(best, metric)}"
    if len(ranked) == 1:
        return Sentence(f"{name_of(best, keys)} reaches {with_article(mean_of(metric, best))} of {over}.", COMPARISON)
    if best[metric.name] == ranked[1][metric.name]:
        tied = [name_of(row, keys) for row in ranked if row[metric.name] == best[metric.name]]
        return Sentence(
            f"{plural(len(tied), 'setting')} share the {extreme(metric)} {mean_of(metric, best)}, {over}, so none of "
            f"them is ahead: {listed(tied)}.",
            COMPARISON,
        )
    return Sentence(f"{name_of(best, keys)} has the {extreme(metric)} {mean_of(metric, best)}: {over}.", COMPARISON)


def _told_apart(ranked: Sequence[Row], results: Results, metric: Measure) -> list[Sentence]:
    """The runner-up, and which settings can't be told from the best."""
    if len(ranked) == 1 or ranked[0][metric.name] == ranked[1][metric.name]:
        return []
    second = ranked[1]
    value = f"{with_unit(metric, second[metric.name])}{interval_of(second, metric)}"
    runner_up = Sentence(f"The runner-up is {name_of(second, results.keys)} with {value}.", COMPARISON)
    tested = results.contrasts.dropna(subset=["p_holm"])
    if not len(tested):
        return [runner_up]
    nearest = tested.assign(gap=tested["difference"].abs()).sort_values("gap", kind="stable")
    close = nearest[nearest["verdict"] == NOT_TOLD].to_dict("records")
    if not close:
        others = "the other setting" if len(tested) == 1 else f"each of the {len(tested)} other settings"
        return [runner_up, Sentence(f"The best is told from {others} (p < 0.05, {_corrected(tested)}).", DIFFERENCES)]
    told = int((tested["verdict"] == TOLD).sum())
    names = listed([name_of(row, results.keys) for row in close])
    return [
        runner_up,
        Sentence(
            f"{plural(len(close), 'setting')} cannot be told from the best, {told} can "
            f"(p < 0.05, {_corrected(tested)}): {names}.",
            DIFFERENCES,
        ),
    ]


def _corrected(tested: pd.DataFrame) -> str:
    paired = " paired by seed," if (tested["paired"] > 0).all() else ""
    over = f"Holm's correction over {len(tested)} comparisons" if len(tested) > 1 else "one comparison"
    return f"t-test,{paired} {over}"


def _spread(ranked: Sequence[Row]) -> list[Sentence]:
    single = sum(row["seeds"] == 1 for row in ranked)
    if single == len(ranked):
        return [Sentence("With one seed a setting, nothing can be said about the spread between seeds.")]
    if single:
        told = f"{plural(single, 'setting')} with one finished seed only: the spread is unknown there."
        return [Sentence(told, COMPARISON)]
    return []


def _nothing_finished(summary: pd.DataFrame) -> str:
    advice = {"failed": "", "diverged": "; a smaller train.learning_rate may help"}
    total = summary[list(COUNTS)].to_numpy().sum()
    for count, text in advice.items():
        if summary[count].sum() == total:
            return f"{'The one run' if total == 1 else 'All runs'} {count}, so there is nothing to compare{text}."
    return "No run was finished, so there is nothing to compare."


def _unfinished(summary: pd.DataFrame, said: bool = False) -> list[Sentence]:
    failed, missing = int(summary["failed"].sum()), int(summary["missing"].sum())
    parts = [f"{failed} failed"] if failed else []
    if missing:
        parts.append(plural(missing, "was not trained", "were not trained"))
    if not parts:
        return []
    total = int(summary[list(COUNTS)].to_numpy().sum())
    consequence = "" if said else f"; the means leave {_these(failed + missing)} out"
    return [Sentence(f"Of {plural(total, 'run')}, {' and '.join(parts)}{consequence}.", "runs")]


def _divergence(results: Results) -> list[Sentence]:
    """Runs whose loss left all bounds are a result: which settings lead there."""
    runs = results.distinct
    diverged = runs["status"] == "diverged"
    if not diverged.any():
        return []
    causes = [
        name_of({key: value}, [key])
        for key in results.keys
        for value in runs[diverged][key].unique()
        if diverged.equals(runs[key] == value)
    ]
    where = f": all with {causes[0]} and none without" if causes else ""
    return [
        Sentence(
            f"{diverged.sum()} of {plural(len(runs), 'run')} diverged{where}; "
            f"the means leave {_these(diverged.sum())} out.",
            "runs",
        )
    ]


def _repeated(results: Results) -> list[Sentence]:
    extra = len(results.runs) - len(results.distinct)
    if not extra:
        return []
    repeat = plural(extra, "run repeats", "runs repeat")
    return [Sentence(f"{repeat} another's configuration; each configuration counts once.", "runs")]


def _these(count: int) -> str:
    return "it" if count == 1 else "these"
