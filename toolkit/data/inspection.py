"""Holding specs against their data before anything is trained; all that is wrong is told at once."""

from collections.abc import Callable, Hashable, Iterable, Iterator

from toolkit.data.reading.folders import check_files
from toolkit.data.reading.mistakes import Mistakes
from toolkit.errors import DataError, SettingError, SpecError
from toolkit.spec.loader import LoadedSpec
from toolkit.spec.schema import RunConfig
from toolkit.spec.search_checks import data_trials


def inspect(specs: Iterable[LoadedSpec], look: Callable[[RunConfig], object] = check_files) -> None:
    """Look at the data of every run of several specs.

    Args:
        specs: The specs.
        look: Raises a DataError where something is wrong with what a run is made of; left out, the files are looked at
            and not read. Called once for runs whose data, measures and cell are the same.

    Raises:
        SpecError: Everything that is wrong, each once: where a spec asks for what its data has not, with the place in
            the spec.
        DataError: The same, where all of it is in the files.
    """
    told: dict[str, DataError] = {}
    for spec in specs:
        for config in different_runs(spec):
            mistakes = Mistakes()
            with mistakes:
                look(config)
            told |= {_located(spec, error, config): error for error in mistakes.errors}
    if told:
        kind = SpecError if any(isinstance(error, SettingError) for error in told.values()) else DataError
        raise kind("\n".join(told))


def different_runs(spec: LoadedSpec) -> Iterator[RunConfig]:
    """A run for each different data set of a spec, for each way to read and measure it, and for each cell."""
    configs = data_trials(spec.experiment) if spec.experiment.search else (run.config for run in spec.runs)
    yield from {_looked_at(config): config for config in configs}.values()


def _looked_at(config: RunConfig) -> Hashable:
    """All of a run that is held against its data."""
    evaluate, model = config.evaluate, config.model
    return config.data, evaluate.test, tuple(evaluate.by), model.cell, model.embedding, config.train.protocol


def _located(spec: LoadedSpec, error: DataError, config: RunConfig) -> str:
    return str(spec.located(error, config) if isinstance(error, SettingError) else error)
