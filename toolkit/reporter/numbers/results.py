"""An experiment's results in one piece: what tables, figures, captions and sentences are all made from."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import pandas as pd

from toolkit.reporter.numbers.best import contrasts
from toolkit.reporter.numbers.frames import (
    Runs,
    group_frame,
    history_frame,
    lag_frame,
    run_columns,
    runs_frame,
    setting_columns,
    swept_settings,
)
from toolkit.reporter.numbers.metrics import compared_measures, curves_of_runs, measures_of_runs
from toolkit.reporter.numbers.statistics import summarise
from toolkit.spec.measures import groups_known_to
from toolkit.spec.reporting import ReportConfig, Where, is_chosen
from toolkit.spec.schema import Experiment
from toolkit.spec.sweep import SEED_KEY
from toolkit.spec.words import value_text
from toolkit.tasks.measure import Measure
from toolkit.tasks.task import Group

SPARSE = 4


@dataclass(frozen=True)
class Results:
    """An experiment's runs as frames, and the sweep that they come from.

    Attributes:
        experiment: What was asked for.
        runs: A row a run, the columns of runs.csv.
        history: A row an epoch, the columns of history.csv.
        lags: A row a lag of every measured epoch, the columns of gradient_by_lag.csv.
        groups: A row a value of each group of the tasks that `evaluate.by` names, the columns of groups.csv.
        keys: The swept keys without the seed.
        settings: All keys that `runs` has a column for.
        measures: All that these runs are, or the search's would be, measured for, by name.
        curves: All that is measured at every epoch of them, by name.
        metrics: What is compared, the measure that decides first.
    """

    experiment: Experiment
    runs: pd.DataFrame
    history: pd.DataFrame
    lags: pd.DataFrame
    groups: pd.DataFrame
    keys: Sequence[str]
    settings: Sequence[str]
    measures: Mapping[str, Measure]
    curves: Mapping[str, Measure]
    metrics: Sequence[Measure]

    @cached_property
    def known_groups(self) -> Mapping[str, Group]:
        """Every group that measures can be split by, by its name: those of the tasks of these runs first."""
        return groups_known_to(self.experiment)

    @cached_property
    def distinct(self) -> pd.DataFrame:
        """The runs without those that repeat another's configuration: what is counted and averaged."""
        return self.runs[~self.runs[list(self.settings)].map(value_text).duplicated()]

    @cached_property
    def summary(self) -> pd.DataFrame:
        """A row a setting, aggregated over seeds."""
        return self.summarised(self.keys, self.metrics)

    @cached_property
    def contrasts(self) -> pd.DataFrame:
        """A row a finished setting, compared with the best one: what `contrasts` returns for the decisive metric."""
        return contrasts(self.distinct, self.keys, self.metrics[0])

    @cached_property
    def is_scattered(self) -> bool:
        """Whether the settings lie here and there among all combinations of their values, as those of a search do."""
        combinations = math.prod(self.summary[key].map(value_text).nunique() for key in self.keys)
        return len(self.keys) > 1 and combinations > SPARSE * len(self.summary)

    @property
    def shown_keys(self) -> list[str]:
        """The keys that tell runs apart in the table of all runs: what was swept, and the seed."""
        return [*self.keys, SEED_KEY]

    @property
    def fixed(self) -> list[tuple[str, Any]]:
        """The settings that all runs share, in the order of the spec language."""
        data = self.experiment.data
        others = {"data.source": data.source, "data.task": data.task}
        shared = {key: self.runs[key].iloc[0] for key in self.settings if key not in self.differing}
        return [*((key, value) for key, value in others.items() if key not in self.settings), *shared.items()]

    def summarised(self, keys: Sequence[str], metrics: Iterable[Measure]) -> pd.DataFrame:
        """A row a combination of these keys' values: what `summarise` returns."""
        return summarise(self.distinct, keys, list(metrics))

    def differing_beside(self, keys: Sequence[str]) -> list[str]:
        """The swept keys that still differ between runs that have these keys' values in common."""
        groups = self.runs[[*keys, *self.keys]].loc[:, lambda frame: ~frame.columns.duplicated()].map(value_text)
        others = [key for key in self.keys if key not in keys]
        if not keys:
            return [key for key in others if groups[key].nunique() > 1]
        counts = groups.groupby(list(keys), sort=False)[others].nunique()
        return [key for key in others if (counts[key] > 1).any()]

    def narrowed(self, where: Where) -> "Results":
        """The results of the runs that have these settings alone."""
        if not where:
            return self
        chosen = self.runs[[is_chosen(row, where) for row in self.runs[list(where)].to_dict("records")]]
        runs = chosen.reset_index(drop=True)
        part = replace(
            self, runs=runs, history=_of(runs, self.history), lags=_of(runs, self.lags), groups=_of(runs, self.groups)
        )
        return replace(part, keys=[key for key in self.keys if key in part.differing])

    @cached_property
    def differing(self) -> list[str]:
        """The keys whose values are not the same in all runs."""
        texts = self.runs[list(self.settings)].map(value_text)
        return [key for key in self.settings if texts[key].nunique() > 1]


def collect_results(experiment: Experiment, runs: Runs) -> Results:
    """Frame, group and aggregate an experiment's runs."""
    frame = runs_frame(runs, declared_keys(experiment.report))
    return _results(experiment, runs, frame, history_frame(runs), lag_frame(runs), group_frame(runs))


def some_of(whole: Results, runs: Runs, places: slice) -> Results:
    """The results of some of an experiment's runs, taken from those of all: what `collect_results` makes of them alone.

    Args:
        whole: The results of all.
        runs: Those in question, with no settings but theirs. None of the others is one of them with another length.
        places: Where they are among all.
    """
    columns = run_columns(runs, declared_keys(whole.experiment.report))
    frame = whole.runs.iloc[places].reset_index(drop=True)[columns]
    parts = (_of(frame, part) for part in (whole.history, whole.lags, whole.groups))
    return _results(whole.experiment, runs, frame, *parts)


def _results(
    experiment: Experiment,
    runs: Runs,
    frame: pd.DataFrame,
    history: pd.DataFrame,
    lags: pd.DataFrame,
    groups: pd.DataFrame,
) -> Results:
    configs = [run.config for run, _ in runs]
    named = [*configs, *([experiment] if experiment.search else [])]  # whatever a search has tried so far
    return Results(
        experiment=experiment,
        runs=frame,
        history=history,
        lags=lags,
        groups=groups,
        keys=swept_settings(runs),
        settings=setting_columns(runs, declared_keys(experiment.report)),
        measures=measures_of_runs(named),
        curves=curves_of_runs(named),
        metrics=compared_measures(configs, frame),
    )


def declared_keys(report: ReportConfig) -> list[str]:
    """The dotted keys that declared tables, figures and claims name."""
    named: list[str | None] = []
    for table in report.tables:
        named += [*table.rows, *table.columns, *table.where]
    for figure in report.figures:
        named += [figure.x, figure.y, figure.hue, figure.style, figure.facet, *figure.where]
    for claim in report.claims:
        named += claim.keys
    return list(dict.fromkeys(name for name in named if name and "." in name))


def _of(runs: pd.DataFrame, frame: pd.DataFrame) -> pd.DataFrame:
    return frame[frame["run"].isin(runs["run"].dropna())].reset_index(drop=True)
