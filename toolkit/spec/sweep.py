"""From one experiment to its runs."""

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

from pydantic import ValidationError

from toolkit.spec.document import Path
from toolkit.spec.schema import Experiment, RunConfig, SweepConfig
from toolkit.tasks.reported import known_measures, measures_of

SEED_KEY = "train.seed"
"""The key that repeats a run without changing what it is a run of."""
PERTURBATION_KEY = "train.perturbation"
"""The key that `sensitivity` repeats a run by."""
SEEDS = "seeds"
"""What the axis of seeds is called."""
MAX_RUNS = 10_000
"""Largest number of runs of one experiment."""
TASK_KEY = "data.task"
_REPEATS = {SEED_KEY: SEEDS, PERTURBATION_KEY: "with and without perturbation"}


@dataclass(frozen=True)
class RunSpec:
    """One training to be done: a resolved configuration, and what sets it apart within its experiment.

    Attributes:
        config: The resolved configuration; nothing else decides the run's result.
        settings: The swept keys of this run in full (`model.hidden`), with their values.
        overridden: The keys that the command line set for all runs.
        names_by_sentence: Whether the spec names a measure that is taken sentence by sentence.
    """

    config: RunConfig
    settings: Mapping[str, Any]
    overridden: Sequence[str] = ()
    names_by_sentence: bool = False

    @property
    def is_by_sentence(self) -> bool:
        """Whether the best weights are asked to be measured sentence by sentence."""
        return bool(self.config.evaluate.by) or (
            self.names_by_sentence and any(measure.by_sentence for measure in measures_of(self.config.data.task))
        )


@dataclass(frozen=True)
class SweptValue:
    """A value that a sweep gives to a key.

    Attributes:
        key: The dotted key.
        value: The value.
        key_path: Where the key stands in the spec.
        path: Where the value stands.
    """

    key: str
    value: Any
    key_path: Path
    path: Path

    @property
    def axis(self) -> Path:
        """Which of the sweep's axes the value belongs to: a key of the grid, the zip or the list of runs."""
        return self.path[:3] if self.path[1] == "grid" else self.path[:2]

    @property
    def row(self) -> Path:
        """The axis with the value's place on it; what stands in one row counts together."""
        return (*self.axis, self.path[2] if self.path[1] == "runs" else self.path[3])


def expand(experiment: Experiment) -> list[RunSpec]:
    """Spell out an experiment's runs: every combination of its axes.

    The axes are each key of `grid`, the keys of `zip` together, the entries of `runs`, `seeds`, and the repetitions of
    `sensitivity`, unperturbed first; the last varies fastest. A whole section as a value of an axis (`model: [{cell:
    rnn, hidden: 80}, {cell: gru, hidden: 50}]`) sets its keys together. Without a sweep there is one run.

    Args:
        experiment: A validated experiment.

    Returns:
        One RunSpec a combination: at least one, but for a spec that only combines others.

    Raises:
        pydantic.ValidationError: A swept value is not one that its key takes.
    """
    if experiment.combine:
        return []
    sections = _Sections(experiment)
    named = names_by_sentence(experiment)
    runs = []
    for parts in itertools.product(*_axes(experiment)):
        settings = {key: value for part in parts for key, value in part.items()}
        runs.append(RunSpec(sections.config(settings), settings, experiment.overridden, named))
    return runs


def names_by_sentence(experiment: Experiment) -> bool:
    """Whether a table, a figure, a claim or the search of a spec names a measure that is taken sentence by sentence."""
    report = experiment.report
    named = [value for table in report.tables for value in table.values]
    named += [column for figure in report.figures for column in (figure.x, figure.y, figure.value) if column]
    named += [claim.measure for claim in report.claims]
    named += [experiment.search.objective] if experiment.search else []
    known = known_measures(task_names(experiment))
    return any(known[name].by_sentence for name in named if name in known)


def task_names(experiment: Experiment) -> list[str]:
    """The tasks that an experiment's runs may have."""
    swept = [one.value for one in swept_values(experiment.sweep) if one.key == TASK_KEY]
    space = experiment.search.space.get(TASK_KEY) if experiment.search else None
    searched = [value for value in (space.samples if space else ()) if takes(experiment, TASK_KEY, value)]
    return list(dict.fromkeys([experiment.data.task, *swept, *searched]))


def takes(experiment: Experiment, key: str, value: Any) -> bool:
    """Whether a key of an experiment's runs could have a value."""
    base = experiment.model_dump(include=set(RunConfig.model_fields))
    try:
        RunConfig.model_validate(with_settings(base, {key: value}))
    except ValidationError:
        return False
    return True


def count_runs(experiment: Experiment) -> int:
    """How many runs an experiment spells out."""
    return math.prod(len(axis) for axis in _axes(experiment))


def axis_sizes(experiment: Experiment) -> list[tuple[str, int]]:
    """The axes of an experiment by their keys, each with how many values it has."""
    named = [(", ".join(dict.fromkeys(key for part in axis for key in part)), len(axis)) for axis in _axes(experiment)]
    return [(_REPEATS.get(keys, keys), size) for keys, size in named]


def swept_values(sweep: SweepConfig) -> Iterator[SweptValue]:
    """Every value of a sweep but its seeds, in order; of a whole section each of its values."""
    for axis, lists in (("grid", sweep.grid), ("zip", sweep.zip)):
        for key, values in lists.items():
            for index, value in enumerate(values):
                yield from _values(key, value, ("sweep", axis, key), ("sweep", axis, key, index))
    for index, settings in enumerate(sweep.runs):
        for key, value in settings.items():
            place = ("sweep", "runs", index, key)
            yield from _values(key, value, place, place)


def with_settings(base: Mapping[str, Any], settings: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of nested `base` in which each dotted key of `settings` has its new value."""
    merged = dict(base)
    for key, value in settings.items():
        section, _, rest = key.partition(".")
        merged[section] = with_settings(merged.get(section, {}), {rest: value}) if rest else value
    return merged


def setting_value(config: RunConfig, key: str) -> Any:
    """The value that a dotted key (`model.hidden`) has in a resolved configuration."""
    return reduce(getattr, key.split("."), config)


class _Sections:
    """Makes configurations; each combination of settings within a section is validated once."""

    def __init__(self, experiment: Experiment) -> None:
        self.base = experiment.model_dump(include=set(RunConfig.model_fields))
        self.unvaried = RunConfig.model_validate(self.base)
        self.known: dict[str, Any] = {}

    def config(self, settings: Mapping[str, Any]) -> RunConfig:
        by_section: dict[str, dict[str, Any]] = {}
        for key, value in settings.items():
            by_section.setdefault(key.partition(".")[0], {})[key] = value
        varied = {name: self._section(name, changes) for name, changes in by_section.items()}
        return self.unvaried.model_copy(update=varied) if varied else self.unvaried

    def _section(self, name: str, settings: Mapping[str, Any]) -> Any:
        signature = f"{name} {settings}"
        if signature not in self.known:
            changed = with_settings({name: self.base[name]}, settings)
            try:
                self.known[signature] = type(getattr(self.unvaried, name)).model_validate(changed[name])
            except ValidationError:
                RunConfig.model_validate(changed)  # the same error, with the section's name in its place
                raise
        return self.known[signature]


def _axes(experiment: Experiment) -> Iterator[list[dict[str, Any]]]:
    sweep = experiment.sweep
    for key, values in sweep.grid.items():
        yield [_flat({key: value}) for value in values]
    if sweep.zip:
        yield [_flat(dict(zip(sweep.zip, row, strict=True))) for row in zip(*sweep.zip.values(), strict=True)]
    if sweep.runs:
        yield [_flat(settings) for settings in sweep.runs]
    if sweep.seeds:
        yield [{SEED_KEY: seed} for seed in sweep.seeds]
    if experiment.sensitivity:
        yield [{PERTURBATION_KEY: number} for number in range(experiment.sensitivity + 1)]


def _flat(settings: Mapping[str, Any]) -> dict[str, Any]:
    return {swept.key: swept.value for key, value in settings.items() for swept in _values(key, value, (), ())}


def _values(key: str, value: Any, key_path: Path, path: Path) -> Iterator[SweptValue]:
    if key in RunConfig.model_fields and isinstance(value, dict):
        for name, item in value.items():
            place = (*path, name)
            yield SweptValue(f"{key}.{name}", item, place, place)
    else:
        yield SweptValue(key, value, key_path, path)
