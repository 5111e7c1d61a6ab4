"""What is still to do for a sweep, and how long it may take, judged by the stored timings of like runs."""

import statistics
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from toolkit.errors import StoreError
from toolkit.runner.planning.plan import PlannedRun, longest, stored_history, to_train
from toolkit.spec.growth import with_later_defaults
from toolkit.spec.schema import RunConfig
from toolkit.spec.words import duration_text, plural, settings_text
from toolkit.store import RunRecord, Store

MOST_TIMINGS = 300
"""Stored runs whose timings are looked at, the newest first."""
UNLIKE = {
    "data": ("path", "dev_size", "seed", "distance", "max_distance"),
    "model": ("lookback", "initializer", "gradient"),
    "train": ("epochs", "learning_rate", "anneal", "seed", "min_change", "clip_norm"),
}
"""Settings that say little about how long an epoch takes."""


STATES = ("done", "partly done", "to do")


@dataclass(frozen=True)
class PlanRow:
    """A run of a plan.

    Attributes:
        identity: Its identity.
        state: One of STATES.
        stored: Epochs that the store holds.
        epochs: Epochs that are asked for.
        seconds: Estimated time of the epochs that are missing; None if no like run is stored.
        settings: Its swept keys, in one line.
    """

    identity: str
    state: str
    stored: int
    epochs: int
    seconds: float | None
    settings: str


def outlook(planned: Iterable[PlannedRun], store: Store) -> list[PlanRow]:
    """Compare what is asked for with what is stored, each different run once."""
    runs = list(planned)
    timings = _timings(store)
    stored = {path.name for path in store.root.glob("*")}
    known = [run for run in runs if run.identity in stored]
    done = {run.identity for run in known} - {run.identity for run in to_train(known, store)}
    return [_row(run, store, run.identity in stored, run.identity in done, timings) for run in longest(runs)]


def plan_lines(rows: Sequence[PlanRow], workers: int) -> Iterator[str]:
    """The plan as a table in plain text, totals last."""
    cells = [("run", "state", "epochs", "time", "settings")] + [
        (row.identity, row.state, f"{row.stored}/{row.epochs}", _estimate(row.seconds), row.settings) for row in rows
    ]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for row in cells:
        yield "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
    counts = [f"{count:,} {state}" for state in STATES if (count := sum(row.state == state for row in rows))]
    yield f"{plural(len(rows), 'different run')}: {', '.join(counts)}"
    yield f"time for what is missing: {_total(rows, workers)}"


def _row(planned: PlannedRun, store: Store, known: bool, done: bool, timings: Mapping[str, float]) -> PlanRow:
    config = planned.spec.config
    history = stored_history(planned.identity, store) if known else ()
    stored = min(history[-1].epoch, config.train.epochs) if history else 0
    state = "done" if done else "partly done" if stored else "to do"
    epoch_seconds = timings.get(_kind(config.model_dump(mode="json"))) if timings else None
    missing = 0.0 if done else None if epoch_seconds is None else epoch_seconds * (config.train.epochs - stored)
    return PlanRow(planned.identity, state, stored, config.train.epochs, missing, settings_text(planned.spec.settings))


def _timings(store: Store) -> dict[str, float]:
    """The median over stored runs of their mean seconds of training an epoch, by what decides them."""
    seconds: dict[str, list[float]] = {}
    for record in _newest(store):
        timed = [epoch.seconds for epoch in record.history if epoch.seconds is not None]
        if timed:
            seconds.setdefault(_kind(with_later_defaults(record.config, RunConfig)), []).append(statistics.fmean(timed))
    return {kind: statistics.median(values) for kind, values in seconds.items()}


def _kind(config: Mapping[str, Any]) -> str:
    """What decides how long an epoch of a run takes."""
    kept = {section: {key for key in config[section] if key not in unlike} for section, unlike in UNLIKE.items()}
    return str([[(key, config[section][key]) for key in sorted(keys)] for section, keys in kept.items()])


def _newest(store: Store) -> Iterator[RunRecord]:
    """The newest stored runs; a damaged one says nothing."""
    folders = sorted((path for path in store.root.glob("*") if path.is_dir()), key=_modified, reverse=True)
    for folder in folders[:MOST_TIMINGS]:
        with suppress(StoreError):
            if record := store.load(folder.name):
                yield record


def _modified(path: Path) -> float:
    return path.stat().st_mtime


def _estimate(seconds: float | None) -> str:
    return "unknown" if seconds is None else duration_text(seconds)


def _total(rows: Sequence[PlanRow], workers: int) -> str:
    missing = [row for row in rows if row.state != "done"]
    known = [row.seconds for row in missing if row.seconds is not None]
    if not missing:
        return "none"
    time = time_text(sum(known) if known else None, min(workers, len(known)))
    others = len(missing) - len(known)
    return f"{time}; unknown for {plural(others, 'other run')}" if known and others else time


def time_text(seconds: float | None, at_once: int) -> str:
    """The time that runs will take which are trained for so long all together, so many at once."""
    if seconds is None:
        return "unknown, since no like run is stored"
    return f"about {duration_text(seconds / at_once)} of training, {at_once} at a time"
