"""What a sink is, and what every one of them is told of a run."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from toolkit.errors import ToolkitError
from toolkit.spec.schema import RunConfig
from toolkit.spec.sweep import RunSpec
from toolkit.spec.words import value_text
from toolkit.store import RunRecord

Runs: TypeAlias = Sequence[tuple[RunSpec, RunRecord | None]]

Sink: TypeAlias = Callable[[str, Runs, Path], None]
"""Takes an experiment's name, its runs with their records, and its report folder."""

MEASURED = ("dev_loss", "dev_accuracy", "train_loss", "learning_rate", "seconds")


class SinkError(ToolkitError, RuntimeError):
    """The tool that runs are handed on to cannot be reached."""


def trained(runs: Runs) -> Iterator[RunRecord]:
    """The records of the runs that were trained, each once."""
    records = {record.run: record for _, record in runs if record is not None}
    yield from records.values()


def settings(record: RunRecord) -> dict[str, str]:
    """A run's configuration under dotted keys, as a spec writes it."""
    config = RunConfig.model_validate(record.config).model_dump(mode="json")
    return {f"{section}.{key}": value_text(value) for section, keys in config.items() for key, value in keys.items()}


def curves(record: RunRecord) -> Iterator[tuple[str, int, float]]:
    """Every number of a run's history: the column of history.csv, the epoch and the value."""
    for epoch in record.history:
        for name in MEASURED:
            if (value := getattr(epoch, name)) is not None:
                yield name, epoch.epoch, float(value)


def results(record: RunRecord) -> Mapping[str, Any]:
    """A run's results, as in runs.csv."""
    best = record.best
    return {"best_loss": best.dev_loss, "best_epoch": best.epoch} if best else {}
