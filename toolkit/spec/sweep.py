"""From one experiment to its runs."""

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any

from toolkit.spec.schema import Experiment, RunConfig, SweepConfig

SEED_KEY = "train.seed"
"""The key that repeats a run without changing what it is a run of."""


@dataclass(frozen=True)
class RunSpec:
    """One training to be done: a resolved configuration, and what sets it apart within its experiment.

    Attributes:
        config: The resolved configuration; nothing else decides the run's result.
        settings: The swept keys of this run in full (`model.hidden`), with their values.
    """

    config: RunConfig
    settings: Mapping[str, Any]


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
    key_path: tuple[str | int, ...]
    path: tuple[str | int, ...]


def expand(experiment: Experiment) -> list[RunSpec]:
    """Spell out an experiment's runs: every combination of its axes.

    The axes are each key of `grid`, the keys of `zip` together, the entries of `runs`, and `seeds`; the last varies
    fastest. Without a sweep there is one run.

    Args:
        experiment: A validated experiment.

    Returns:
        One RunSpec a combination, at least one.

    Raises:
        pydantic.ValidationError: A swept value is not one that its key takes.
    """
    base = experiment.model_dump(include=set(RunConfig.model_fields))
    runs = []
    for parts in itertools.product(*_axes(experiment.sweep)):
        settings = dict(itertools.chain.from_iterable(part.items() for part in parts))
        runs.append(RunSpec(RunConfig.model_validate(with_settings(base, settings)), settings))
    return runs


def swept_values(sweep: SweepConfig) -> Iterator[SweptValue]:
    """Every value of a sweep but its seeds, in order."""
    for axis, lists in (("grid", sweep.grid), ("zip", sweep.zip)):
        for key, values in lists.items():
            for index, value in enumerate(values):
                yield SweptValue(key, value, ("sweep", axis, key), ("sweep", axis, key, index))
    for index, settings in enumerate(sweep.runs):
        for key, value in settings.items():
            place = ("sweep", "runs", index, key)
            yield SweptValue(key, value, place, place)


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


def _axes(sweep: SweepConfig) -> Iterator[list[dict[str, Any]]]:
    for key, values in sweep.grid.items():
        yield [{key: value} for value in values]
    if sweep.zip:
        yield [dict(zip(sweep.zip, row, strict=True)) for row in zip(*sweep.zip.values(), strict=True)]
    if sweep.runs:
        yield sweep.runs
    if sweep.seeds:
        yield [{SEED_KEY: seed} for seed in sweep.seeds]
