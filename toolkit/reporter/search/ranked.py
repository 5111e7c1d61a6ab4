"""What a report says of a search: the ranking, the winner on fresh seeds, and sentences on both."""

from collections.abc import Iterator

import pandas as pd

from toolkit.reporter.answer.phrasing import Sentence, interval_of, mean_of, with_article, with_unit
from toolkit.reporter.numbers.metrics import setting_text
from toolkit.reporter.page.origin import spec_yaml
from toolkit.reporter.search.ranking import Trials, importances, searched_keys
from toolkit.reporter.tables.captions import table_caption
from toolkit.reporter.tables.catalogue import ReportTable
from toolkit.reporter.tables.default import comparison
from toolkit.reporter.tables.printed import PrintedTable
from toolkit.spec.schema import Experiment
from toolkit.spec.sweep import RunSpec
from toolkit.spec.words import plural, value_text
from toolkit.tasks.measures import BEST_EPOCH, TRAINING_SECONDS

TRIALS, CONFIRMATION = "trials", "confirmation"
NEGLIGIBLE = 0.1
"""Keys with less than this share of the largest importance go without saying."""


def search_tables(trials: Trials) -> list[ReportTable]:
    """The trials ranked, and the winner on fresh seeds."""
    return [_ranking(trials), *([_confirmation(trials)] if trials.confirmed else [])]


def search_answer(trials: Trials) -> list[Sentence]:
    """Say what the search found, how it does where nothing was selected, what mattered, and what failed."""
    tried, ranking = len(trials.results.runs), trials.ranking
    if not len(ranking):
        return [
            Sentence("The one trial has no result." if tried == 1 else f"Of {tried} trials none has a result.", "runs")
        ]
    best = ranking.iloc[0]
    name = setting_text((key, best[key]) for key in searched_keys(trials)) or "the one setting"
    reached = with_unit(trials.metric, float(best[trials.metric.name]))
    extreme = "lowest" if trials.lowest else "highest"
    return [
        Sentence(
            f"Of {tried} trials, {name} has the {extreme} {trials.metric.name}: {reached}."
            if tried > 1
            else f"The one trial, {name}, has {with_article(trials.metric.name)} of {reached}.",
            TRIALS,
        ),
        *_confirmed(trials),
        *_what_mattered(trials),
        *([Sentence("Every combination of the space was tried.", TRIALS)] if trials.is_complete else []),
        *_without_result(trials),
    ]


def best_spec(experiment: Experiment, winner: RunSpec) -> str:
    """The winner as a spec of its own that runs."""
    sections = {name: getattr(winner.config, name) for name in type(winner.config).model_fields}
    question = f"How well does the best of {experiment.name} do?"
    named = {"name": f"{experiment.name[:95]}-best", "question": question, "search": None}
    return spec_yaml(experiment.model_copy(update={**sections, **named}))


def _ranking(trials: Trials) -> ReportTable:
    keys, frame = [key for key in trials.search.space if key in trials.ranking], trials.ranking
    cells = pd.DataFrame({"rank": map(str, range(1, len(frame) + 1)), "trial": frame["trial"].map(str)}, dtype=object)
    for key in keys:
        cells[key] = frame[key].map(value_text)
    cells[trials.metric.name] = frame[trials.metric.name].astype(float).map(trials.metric.text)
    cells[BEST_EPOCH.name] = frame[BEST_EPOCH.name].map(str)
    cells[TRAINING_SECONDS.name] = frame[TRAINING_SECONDS.name].astype(float).map(TRAINING_SECONDS.text)
    best = pd.DataFrame(False, index=cells.index, columns=cells.columns)
    best.loc[best.index[:1], trials.metric.name] = True
    extreme = "lowest" if trials.lowest else "highest"
    return ReportTable(
        name=TRIALS,
        table=PrintedTable(cells, best, list(cells.columns)),
        caption=f"The trials that were trained to their end, the {extreme} {trials.metric.name} first. Trials are "
        "numbered in the order of their proposals.",
        frame=frame,
        label=f"tab:{trials.results.experiment.name}-{TRIALS}",
    )


def _confirmation(trials: Trials) -> ReportTable:
    results = trials.confirmed
    if results is None:
        raise ValueError("there is no confirmation")
    caption = table_caption(results, results.metrics)
    return ReportTable(
        name=CONFIRMATION,
        table=comparison(results.summary, [], results.metrics),
        caption=f"The best trial again on fresh seeds, by which nothing was chosen. {caption}",
        frame=results.summary,
        label=f"tab:{results.experiment.name}-{CONFIRMATION}",
    )


def _confirmed(trials: Trials) -> Iterator[Sentence]:
    if trials.confirmed is None or not trials.confirmed.summary["seeds"].any():
        return
    row = trials.confirmed.summary.iloc[0].to_dict()
    shown = [trials.metric, *(metric for metric in trials.confirmed.metrics if metric.on_test)]
    values = [
        f"{with_article(mean_of(metric, row))} of {with_unit(metric, row[metric.name])}{interval_of(row, metric)}"
        for metric in shown
        if f"{metric.name}_low" in row and pd.notna(row[metric.name])
    ]
    if values:
        seeds = plural(int(row["seeds"]), "fresh seed")
        yield Sentence(f"On {seeds}, by which nothing was chosen, it has {' and '.join(values)}.", CONFIRMATION)


def _what_mattered(trials: Trials) -> Iterator[Sentence]:
    """The keys that are clearly above the spread of their shuffles, and not far below the first."""
    found = importances(trials)
    largest = found["importance"].max()
    told = found[(found["importance"] > 2 * found["spread"]) & (found["importance"] > NEGLIGIBLE * largest)]
    if len(told):
        level = told["importance"] + told["spread"] > largest - told["spread"].iloc[0]
        then = f", then {', '.join(told['key'][~level])}" if not level.all() else ""
        yield Sentence(f"Among the trials, {' and '.join(told['key'][level])} mattered most{then}.", "importance")


def _without_result(trials: Trials) -> Iterator[Sentence]:
    statuses = trials.results.runs["status"].value_counts()
    untrained = "trial was not trained", "trials were not trained"
    told = {"failed": ("trial failed", "trials failed"), "diverged": ("trial diverged", "trials diverged")}
    for status, words in {**told, "missing": untrained}.items():
        if count := int(statuses.get(status, 0)):
            yield Sentence(f"{plural(count, *words)}.", "runs")
