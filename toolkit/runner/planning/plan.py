"""What an experiment needs trained, and what the store already answers."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Protocol

from toolkit.data.dataset import Dataset
from toolkit.data.inspection import different_runs, inspect
from toolkit.data.kept import forget_called, load_data
from toolkit.data.reading.folders import no_test_set
from toolkit.errors import SettingError
from toolkit.escape import visible_text
from toolkit.spec.identity import run_identity
from toolkit.spec.imported import import_line
from toolkit.spec.loader import LoadedSpec
from toolkit.spec.named_code import forget_code, run_code, source_code
from toolkit.spec.own_code import OwnCode
from toolkit.spec.own_tasks import task_lines
from toolkit.spec.schema import EvaluateConfig, Experiment, RunConfig, TrackConfig
from toolkit.spec.sweep import RunSpec, expand
from toolkit.spec.words import joined
from toolkit.store import Checkpoint, Epoch, RunRecord, Store
from toolkit.store.records import best_epoch
from toolkit.summary import summary_lines
from toolkit.tasks.registry import task_of


@dataclass(frozen=True)
class Contents:
    """What a configuration only names.

    Attributes:
        data: Digest of its data.
        has_test: Whether the data has a test set.
        code: Digest of the code of what is the user's in it; empty where all is the toolkit's.
    """

    data: str
    has_test: bool
    code: str = ""

    def place(self, config: RunConfig) -> str:
        """The place in the store of a run with these contents."""
        return run_identity(config, self.data + self.code)


class Named(Protocol):
    """A run with its place in the store."""

    @property
    def spec(self) -> RunSpec:
        """The run."""

    @property
    def identity(self) -> str:
        """Its place in the store."""

    @property
    def contents(self) -> Contents:
        """What its configuration only names."""


@dataclass(frozen=True)
class PlannedRun:
    """A run with its data, the code of what is not the toolkit's in it, and its place in the store."""

    spec: RunSpec
    data: Dataset
    identity: str
    code: OwnCode | None = None

    @property
    def contents(self) -> Contents:
        """What its configuration only names."""
        return _contents(self.data, self.code)


def look_anew() -> None:
    """Look at the user's code, and what it gave, anew from here on, as a call begins: it may have been edited since."""
    forget_code()
    forget_called()


def plan(experiment: Experiment) -> list[PlannedRun]:
    """Spell out an experiment's runs and load their data.

    Raises:
        DataError: A data file is not what it should be.
        SettingError: A setting asks for what the data has not, such as a test set, or for code that cannot be told.
    """
    return [plan_run(spec) for spec in expand(experiment)]


def plan_run(spec: RunSpec) -> PlannedRun:
    """Load a run's data and name its place in the store.

    Raises:
        DataError: A data file is not what it should be.
        SettingError: A setting asks for what the data has not, such as a test set, or for code that cannot be told.
    """
    data, code = load_checked(spec.config), run_code(spec.config)
    return PlannedRun(spec, data, _contents(data, code).place(spec.config), code)


def _contents(data: Dataset, code: OwnCode | None) -> Contents:
    return Contents(data.digest, data.test is not None, code.digest if code else "")


def plan_specs(specs: Iterable[LoadedSpec]) -> dict[str, list[PlannedRun]]:
    """The runs of several loaded specs, by their paths; of a search none, since they are known only as it goes on.

    The data and the code of all of them are looked at, those of searches too, before anything is told.

    Raises:
        SpecError: A setting asks for what the data has not, told with its place; and whatever else is wrong with data.
        DataError: Data files are not what they should be.
    """
    specs = list(specs)
    inspect(specs, _look)
    return {spec.path: [plan_run(run) for run in spec.runs] for spec in specs if not spec.experiment.search}


def _look(config: RunConfig) -> None:
    load_checked(config)
    run_code(config)


def imported_lines(specs: Sequence[LoadedSpec]) -> list[str]:
    """What is imported of the user's to know tasks, and to read the data, of several specs."""
    lines = task_lines(spec.experiment for spec in specs)
    for config in (config.data for spec in specs for config in different_runs(spec)):
        with suppress(SettingError):  # what cannot be told of a code is told where the data is asked for
            lines.append(visible_text(import_line(source_code(config))))
    return [line for line in dict.fromkeys(lines) if line]


def data_lines(specs: Iterable[LoadedSpec]) -> list[str]:
    """What the data sets of several specs hold, and what is odd about them, each told once."""
    configs = dict.fromkeys(config.data for spec in specs for config in different_runs(spec))
    summaries = (summary for config in configs if (summary := load_data(config).summary))
    return list(map(visible_text, summary_lines(summaries)))


def to_train(planned: Iterable[PlannedRun], store: Store) -> list[PlannedRun]:
    """What the store does not answer yet, each run with all that its occurrences ask for.

    Where the best weights of fewer epochs are to be measured, a run is there more than once, in the order in which it
    is to be trained: up to these first.
    """
    missing = []
    for same in _by_run(planned):
        record = store.load(same[0].identity)
        if not all(answers(record, run.spec) for run in same):
            stages = (_together(same, epochs) for epochs in _ends(same))
            missing += [stage for stage in stages if not answers(record, stage.spec)]
    return missing


def afresh(planned: Iterable[PlannedRun]) -> list[PlannedRun]:
    """The same as if nothing were stored."""
    return [_together(same, epochs) for same in _by_run(planned) for epochs in _ends(same)]


def longest(planned: Iterable[PlannedRun]) -> list[PlannedRun]:
    """Each different run once, with the most epochs that any of its occurrences asks for."""
    return [_together(same, _ends(same)[-1]) for same in _by_run(planned)]


def recall(run: Named, store: Store) -> RunRecord | None:
    """What the store says of a run: its record, cut to what is asked for, or how it failed; None if neither."""
    record = store.load(run.identity)
    if record is None or not answers(record, run.spec):
        return store.load_failure(run.identity)
    asked = record.first(run.spec.config.train.epochs)
    return asked if run.spec.config.evaluate.test else asked.untested()


def answers(record: RunRecord | None, spec: RunSpec) -> bool:
    """Whether a stored record holds all that is asked of a run."""
    if record is None or record.status == "failed":
        return False
    epochs = spec.config.train.epochs
    asked = record.first(epochs)
    return (
        (record.epochs >= epochs or record.ended_by_itself)
        and (asked.best is None or _is_measured(asked.best, spec))
        and _tracked(record.history, spec.config)
    )


def stored_history(identity: str, store: Store) -> Sequence[Epoch]:
    """The epochs of a run that are stored, whether it has ended or was interrupted."""
    record, checkpoint = store.load(identity), store.load_checkpoint(identity)
    stood = Checkpoint.from_bytes(checkpoint).history if checkpoint else ()
    return max(record.history if record else (), stood, key=len)


def goes_on(history: Sequence[Epoch], spec: RunSpec) -> bool:
    """Whether a run can go on from where it stands: of its past epochs, nothing is asked that was not measured."""
    asked = [epoch for epoch in history if epoch.epoch <= spec.config.train.epochs]
    best = best_epoch(asked)
    measurable = best is None or best == best_epoch(history) or _is_measured(best, spec)
    return measurable and _tracked(history, spec.config)


def _is_measured(best: Epoch, spec: RunSpec) -> bool:
    """Whether the best weights were measured as is asked."""
    tested = best.test is not None or not spec.config.evaluate.test
    return tested and (best.by_sentence is not None or not spec.is_by_sentence)


def _by_run(planned: Iterable[PlannedRun]) -> Iterable[list[PlannedRun]]:
    """The occurrences of each different run."""
    runs: dict[str, list[PlannedRun]] = {}
    for run in planned:
        runs.setdefault(run.identity, []).append(run)
    return runs.values()


def _ends(same: Sequence[PlannedRun]) -> list[int]:
    """The epochs after which something is asked of a run that can only be had there, ascending; the last are all."""
    measured = {
        run.spec.config.train.epochs for run in same if run.spec.config.evaluate.test or run.spec.is_by_sentence
    }
    return sorted({*measured, max(run.spec.config.train.epochs for run in same)})


def _together(same: Sequence[PlannedRun], epochs: int) -> PlannedRun:
    """One run for several occurrences: with so many epochs, tracked as all of them ask, measured as asked for then."""
    last = max(same, key=lambda run: run.spec.config.train.epochs)
    if len(same) == 1:
        return last
    config = last.spec.config
    then = [run.spec for run in same if run.spec.config.train.epochs == epochs]
    measured = [spec.config.evaluate for spec in then]
    merged = config.model_copy(
        update={
            "train": config.train.model_copy(update={"epochs": epochs}),
            "evaluate": EvaluateConfig(
                test=any(each.test for each in measured),
                by=list(dict.fromkeys(by for each in measured for by in each.by)),
            ),
            "track": _tracks([run.spec.config for run in same]),
        }
    )
    named = any(spec.names_by_sentence for spec in then)
    return replace(last, spec=replace(last.spec, config=merged, names_by_sentence=named))


def _tracks(configs: Sequence[RunConfig]) -> TrackConfig:
    """What several configurations of a run track together."""
    tracked = [config for config in configs if config.track.gradient_by_lag]
    chosen: set[int] = set()
    for config in tracked:
        chosen.update(filter(config.track.is_due, range(config.train.epochs + 1)))
    lags = max((config.track.gradient_by_lag for config in tracked), default=0)
    return TrackConfig(gradient_by_lag=lags, epochs=sorted(chosen) or None)


def _tracked(history: Sequence[Epoch], config: RunConfig) -> bool:
    """Whether the gradient by lag was measured as far, and after all epochs, that the configuration asks for."""
    return all(
        len(epoch.gradient_by_lag or ()) > config.track.gradient_by_lag
        for epoch in history
        if epoch.epoch <= config.train.epochs and config.track.is_due(epoch.epoch)
    )


def load_checked(config: RunConfig) -> Dataset:
    """Load a run's data set, which has all that is to be measured on it.

    Raises:
        DataError: A data file is not what it should be.
        SettingError: A setting asks for what the data has not, such as a test set.
    """
    data = load_data(config.data)
    if config.evaluate.test and data.test is None:
        raise no_test_set(config)
    for group in task_of(config.data.task).groups:
        if group.name in config.evaluate.by and group.name not in data.dev.groups:
            needed = f"{group.name} needs {joined(group.needs)} of each sequence"
            raise SettingError("evaluate.by", f"{needed}, not all of which {config.data.source} gives; leave it out")
    if data.sizes.features and config.model.embedding is not None:
        raise SettingError("model.embedding", f"is for words; {config.data.source} gives vectors, so leave it out")
    if data.sizes.features and config.train.protocol == "coursework":
        raise SettingError("train.protocol", f"coursework reads words; {config.data.source} gives vectors")
    return data
