"""What a sink is, and what every one of them is told of a run."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeAlias

from toolkit.errors import ToolkitError
from toolkit.escape import without_passwords
from toolkit.spec.schema import RunConfig
from toolkit.spec.sweep import RunSpec
from toolkit.spec.words import value_text
from toolkit.store import RunRecord
from toolkit.tasks.reported import curves_of, measured

Runs: TypeAlias = Sequence[tuple[RunSpec, RunRecord | None]]
Experiments: TypeAlias = Mapping[str, tuple[Runs, Path]]
"""By the name of an experiment its runs with their records, and its report folder."""


class Sink(Protocol):
    """Where stored runs are handed on to.

    Attributes:
        option: How the user asked for it, for messages.
    """

    option: str

    def check(self, folders: Sequence[Path]) -> None:
        """Find out, within a few seconds, whether it can be written to.

        Args:
            folders: The report folders of the experiments that are to come.

        Raises:
            SinkError: It cannot.
        """

    def write(self, name: str, runs: Runs, folder: Path) -> None:
        """Take an experiment's runs; what it took of the same runs before is replaced.

        Args:
            name: The experiment's name.
            runs: Its runs with their records.
            folder: Its report folder.
        """


class SinkError(ToolkitError, RuntimeError):
    """The tool that runs are handed on to cannot be reached."""


def hand_on(experiments: Experiments, sinks: Sequence[Sink]) -> dict[str, str]:
    """Give every sink the runs of all experiments; one that fails leaves the others theirs.

    Args:
        experiments: The experiments, whose reports are written.
        sinks: Where their runs go.

    Returns:
        By the name of the experiment at which a sink failed: what is told of it.
    """
    failures: dict[str, str] = {}
    for sink in sinks:
        for name, (runs, folder) in experiments.items():
            try:
                sink.write(name, runs, folder)
            except Exception as error:  # another project's library, over a network, may raise anything
                failures[name] = "\n".join(filter(None, [failures.get(name), _told(sink, name, error)]))
                break
    return failures


def _told(sink: Sink, name: str, error: Exception) -> str:
    reason = str(error) if isinstance(error, SinkError) else f"{sink.option}: {type(error).__name__}: {error}"
    reason = without_passwords(reason)  # another library shows the address as it was given
    return (
        f"{reason}\n    The runs of {name} were not handed on, or not all; their report is written. Mend it "
        "and repeat the command with --report-only."
    )


def trained(runs: Runs) -> Iterator[RunRecord]:
    """The records of the runs that were trained, each once, with the most epochs that any occurrence of it has."""
    records: dict[str, RunRecord] = {}
    for record in (record for _, record in runs if record is not None):
        known = records.setdefault(record.identity, record)
        records[record.identity] = max(known, record, key=lambda one: len(one.history))
    yield from records.values()


def settings(record: RunRecord) -> dict[str, str]:
    """A run's configuration under dotted keys, as a spec writes it."""
    config = RunConfig.model_validate(record.config).model_dump(mode="json")
    return {f"{section}.{key}": value_text(value) for section, keys in config.items() for key, value in keys.items()}


def curves(record: RunRecord) -> Iterator[tuple[str, int, float]]:
    """Every number of a run's history: the column of history.csv, the epoch and the value."""
    for epoch in record.history:
        for curve in curves_of(record.config["data"]["task"]):
            if (value := curve.found(epoch)) is not None:
                yield curve.name, epoch.epoch, float(value)


def results(record: RunRecord) -> dict[str, Any]:
    """A run's results, as in runs.csv; what was not measured is left out."""
    values = measured(record, record.config["data"]["task"])
    return {name: value for name, value in values.items() if value is not None}
