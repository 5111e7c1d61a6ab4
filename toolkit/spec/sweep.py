"""From one experiment to its runs."""

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from toolkit.spec.schema import Experiment, RunConfig

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


def expand(experiment: Experiment) -> list[RunSpec]:
    """Spell out an experiment's runs: every combination of the grid, each with every seed.

    The last key of the grid varies fastest, seeds faster still. Without a sweep there is one run.

    Args:
        experiment: A validated experiment.

    Returns:
        One RunSpec a combination, at least one.

    Raises:
        pydantic.ValidationError: A swept value is not one that its key takes.
    """
    base = experiment.model_dump(include=set(RunConfig.model_fields))
    return [
        RunSpec(RunConfig.model_validate(with_settings(base, settings)), settings)
        for settings in _settings(swept_keys(experiment))
    ]


def swept_keys(experiment: Experiment) -> dict[str, list[Any]]:
    """The axes of an experiment's sweep: dotted key to values, seeds last."""
    axes = dict(experiment.sweep.grid)
    if experiment.sweep.seeds:
        axes[SEED_KEY] = list(experiment.sweep.seeds)
    return axes


def with_settings(base: Mapping[str, Any], settings: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of nested `base` in which each dotted key of `settings` has its new value."""
    merged = dict(base)
    for key, value in settings.items():
        section, _, rest = key.partition(".")
        merged[section] = with_settings(merged.get(section, {}), {rest: value}) if rest else value
    return merged


def _settings(axes: Mapping[str, list[Any]]) -> Iterator[dict[str, Any]]:
    for values in itertools.product(*axes.values()):
        yield dict(zip(axes, values, strict=True))
