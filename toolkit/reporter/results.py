"""An experiment's results in one piece: what tables, figures, captions and sentences are all made from."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from toolkit.reporter.frames import ALWAYS_SHOWN, Runs, history_frame, lag_frame, runs_frame, swept_settings
from toolkit.reporter.metrics import Metric, metrics_of
from toolkit.reporter.statistics import summarise
from toolkit.spec.schema import Experiment
from toolkit.spec.sweep import SEED_KEY


@dataclass(frozen=True)
class Results:
    """An experiment's runs as frames, and the sweep that they come from.

    Attributes:
        experiment: What was asked for.
        runs: A row a run, the columns of runs.csv.
        history: A row an epoch, the columns of history.csv.
        lags: A row a lag of every measured epoch, the columns of gradient_by_lag.csv.
        keys: The swept keys without the seed.
        metrics: What is compared, the metric that decides first.
        summary: A row a setting, aggregated over seeds.
    """

    experiment: Experiment
    runs: pd.DataFrame
    history: pd.DataFrame
    lags: pd.DataFrame
    keys: Sequence[str]
    metrics: Sequence[Metric]
    summary: pd.DataFrame

    @property
    def shown_keys(self) -> list[str]:
        """The keys that tell runs apart in the table of all runs: what was swept, and the seed."""
        return [*self.keys, SEED_KEY]

    @property
    def fixed(self) -> list[tuple[str, Any]]:
        """The settings that all runs share, in the order of the spec language."""
        task = [("data.task", self.experiment.data.task)] * ("data.task" not in self.keys)
        source = [("data.source", self.experiment.data.source)] * ("data.source" not in self.keys)
        columns = [key for key in ALWAYS_SHOWN if key not in self.keys and self.runs[key].nunique(dropna=False) == 1]
        return [*source, *task, *((key, self.runs[key].iloc[0]) for key in columns)]


def collect_results(experiment: Experiment, runs: Runs) -> Results:
    """Frame, group and aggregate an experiment's runs."""
    frame = runs_frame(runs)
    keys = swept_settings(runs)
    metrics = metrics_of([run.config for run, _ in runs])
    summary = summarise(frame, keys, [metric.name for metric in metrics])
    return Results(experiment, frame, history_frame(runs), lag_frame(runs), keys, metrics, summary)
