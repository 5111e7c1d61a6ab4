"""Tidy frames of an experiment's runs and of their histories; their columns are part of the interface."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import pandas as pd
from pydantic import BaseModel

from toolkit.spec.sweep import SEED_KEY, RunSpec, setting_value
from toolkit.spec.words import value_text
from toolkit.store import Epoch, RunRecord
from toolkit.tasks.measures import GROUPED
from toolkit.tasks.reported import FIRST_COLUMNS, columns_of, curves_of, known_curves, measured

Runs: TypeAlias = Sequence[tuple[RunSpec, RunRecord | None]]
"""An experiment's runs in the order of the sweep; None for a run that was not trained."""

ALWAYS_SHOWN = (
    "model.cell",
    "model.hidden",
    "model.lookback",
    "train.learning_rate",
    "train.batch_size",
    "train.anneal",
    "train.epochs",
    "train.seed",
    "data.train_size",
)
"""Keys that runs.csv has a column for whether they were swept or not."""

_GROUP_TYPES = {
    "run": "object",
    "train.epochs": "int64",
    "split": "object",
    "by": "object",
    "value": "int64",
    "sentences": "int64",
    **{measure.name: measure.dtype for measure in GROUPED.values()},
}

_LAG_TYPES = {"run": "object", "epoch": "int64", "lag": "int64", "norm": "float64"}


def runs_frame(runs: Runs, declared: Sequence[str] = ()) -> pd.DataFrame:
    """One row a run, in the order of the sweep, whatever became of it.

    A stored run may have gone on for longer than its configuration asks here: only its first `train.epochs` epochs
    count, and the test results are those of the best of them. A run without a record has the status
    `missing`, and a failed one the results that its history gives.

    Args:
        runs: Every run of the experiment with its record.
        declared: Further keys that the report's tables and figures name.

    Returns:
        The columns of runs.csv: `run`, `status`, the swept keys, the keys of ALWAYS_SHOWN that were not swept, then the
        results: every measure, and `error`. Absent values are missing values.
    """
    keys, types = setting_columns(runs, declared), _result_types(runs)
    rows = [_run_row(run, record, keys) for run, record in runs]
    return pd.DataFrame(rows, columns=run_columns(runs, declared), dtype=object).astype(types)


def run_columns(runs: Runs, declared: Sequence[str] = ()) -> list[str]:
    """The columns of `runs_frame`."""
    return ["run", "status", *setting_columns(runs, declared), *_result_types(runs)]


def history_frame(runs: Runs) -> pd.DataFrame:
    """One row an epoch of every run that has a record, epoch 0 being before training.

    Runs that differ in `train.epochs` alone are one stored run: each of its epochs has one row.

    Args:
        runs: Every run of the experiment with its record.

    Returns:
        The columns of history.csv: `run`, `epoch`, and every curve.
    """
    curves = known_curves(_tasks(runs))
    types = {"run": "object", "epoch": "int64", **{name: curve.dtype for name, curve in curves.items()}}
    rows = [
        {
            "run": record.identity,
            "epoch": epoch.epoch,
            **{curve.name: curve.found(epoch) for curve in curves_of(run.config.data.task)},
        }
        for run, record in runs
        if record is not None
        for epoch in _history(run, record)
    ]
    frame = pd.DataFrame(rows, columns=list(types), dtype=object).astype(types)
    return frame.drop_duplicates(["run", "epoch"], ignore_index=True)


def lag_frame(runs: Runs) -> pd.DataFrame:
    """One row a lag of every epoch whose gradient by lag was measured; none if that was not asked for.

    A stored run may have been measured further back and more often than its configuration asks here: that is left out.

    Args:
        runs: Every run of the experiment with its record.

    Returns:
        The columns of gradient_by_lag.csv: `run`, `epoch`, `lag` (steps) and `norm`, which is missing at a lag that no
        sentence has.
    """
    rows = [
        [record.identity, epoch.epoch, lag, norm]
        for run, record in runs
        if record is not None
        for epoch in _history(run, record)
        for lag, norm in enumerate(_asked_lags(run, epoch))
    ]
    frame = pd.DataFrame(rows, columns=list(_LAG_TYPES), dtype=object).astype(_LAG_TYPES)
    return frame.drop_duplicates(["run", "epoch", "lag"], ignore_index=True)


def group_frame(runs: Runs) -> pd.DataFrame:
    """One row a value of each group of each split of a run, for what `evaluate.by` asks for.

    Args:
        runs: Every run of the experiment with its record.

    Returns:
        The columns of groups.csv: `run`, `train.epochs` (of which the best counts), `split`, `by` (the
        group), `value`, `sentences`, and but for the training set `accuracy` and `loss` (nats a sentence).
    """
    rows = [
        [record.identity, run.config.train.epochs, *(group.get(column) for column in list(_GROUP_TYPES)[2:])]
        for run, record in runs
        if record is not None
        for group in _by_sentence(record.first(run.config.train.epochs)).get("groups", ())
        if group["by"] in run.config.evaluate.by
    ]
    frame = pd.DataFrame(rows, columns=list(_GROUP_TYPES), dtype=object).astype(_GROUP_TYPES)
    return frame.drop_duplicates(["run", "train.epochs", "split", "by", "value"], ignore_index=True)


def setting_columns(runs: Runs, declared: Sequence[str] = ()) -> list[str]:
    """The dotted keys that have a column in runs.csv: swept in the order of the sweep, overridden, then the others."""
    overridden = dict.fromkeys(key for run, _ in runs for key in run.overridden)
    return list(_swept(runs) | overridden | dict.fromkeys([*declared, *ALWAYS_SHOWN]))


def swept_settings(runs: Runs) -> list[str]:
    """The swept keys that set results apart: all but the seed, which only repeats them."""
    return [key for key in _swept(runs) if key != SEED_KEY]


def _swept(runs: Runs) -> dict[str, None]:
    return dict.fromkeys(key for run, _ in runs for key in run.settings)


def _result_types(runs: Runs) -> dict[str, str]:
    """The columns of results with their types: what is measured, and `error` where it has always stood."""
    types: dict[str, str] = {name: measure.dtype for name, measure in columns_of(_tasks(runs)).items()}
    names = list(types)
    names.insert(len(FIRST_COLUMNS), "error")
    return {name: types.get(name, "object") for name in names}


def _tasks(runs: Runs) -> list[str]:
    return list(dict.fromkeys(run.config.data.task for run, _ in runs))


def _history(run: RunSpec, record: RunRecord) -> Sequence[Epoch]:
    return record.first(run.config.train.epochs).history


def _asked_lags(run: RunSpec, epoch: Epoch) -> Sequence[float | None]:
    track = run.config.track
    return (epoch.gradient_by_lag or ())[: track.gradient_by_lag + 1] if track.is_due(epoch.epoch) else ()


def _run_row(run: RunSpec, record: RunRecord | None, keys: Sequence[str]) -> dict[str, Any]:
    settings = {key: _hashable(setting_value(run.config, key)) for key in keys}
    if record is None:
        return {"status": "missing", **settings}
    record = record.first(run.config.train.epochs)
    return {
        "run": record.identity,
        "status": record.status,
        **settings,
        **measured(record, run.config.data.task),
        "error": record.error,
    }


def _by_sentence(record: RunRecord) -> Mapping[str, Any]:
    return (record.best.by_sentence if record.best else None) or {}


def _hashable(value: Any) -> Any:
    """A setting as pandas can group by it: a list or a section, such as a schedule, as the spec writes it."""
    return value_text(value) if isinstance(value, list | BaseModel) else value
