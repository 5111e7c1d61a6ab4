"""Which measures a report compares by itself, and the words for settings."""

from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

import pandas as pd

from toolkit.spec.schema import RunConfig
from toolkit.spec.words import value_text
from toolkit.tasks.measure import Measure
from toolkit.tasks.measures import COMMON, CURVES
from toolkit.tasks.reported import curves_of, measures_of

Settings: TypeAlias = Iterable[tuple[str, Any]]
"""Dotted keys with their values."""


def measures_of_runs(configs: Iterable[RunConfig]) -> dict[str, Measure]:
    """What these runs are measured for, by name: what every run has, then what the runs of each task have."""
    own = (measure for task in _tasks(configs) for measure in measures_of(task))
    return {measure.name: measure for measure in (*COMMON, *own)}


def curves_of_runs(configs: Iterable[RunConfig]) -> dict[str, Measure]:
    """What is measured at every epoch of these runs, by name."""
    own = (curve for task in _tasks(configs) for curve in curves_of(task))
    return {curve.name: curve for curve in (*CURVES, *own)}


def _tasks(configs: Iterable[RunConfig]) -> list[str]:
    return sorted({config.data.task for config in configs})


def compared_measures(configs: Sequence[RunConfig], runs: pd.DataFrame) -> list[Measure]:
    """The measures that the comparison of these runs shows, the one that decides first.

    Args:
        configs: The runs' configurations; test results are shown where they ask for them.
        runs: The frame of runs.csv: what is taken sentence by sentence is left out where no run was measured for it.
    """
    compared = [
        measure
        for measure in measures_of_runs(configs).values()
        if measure.is_compared and (not measure.by_sentence or runs[measure.name].notna().any())
    ]
    tested = any(config.evaluate.test for config in configs)
    on_test = [measure for measure in compared if measure.on_test and tested]
    return [*(measure for measure in compared if not measure.on_test), *on_test]


def setting_text(settings: Settings) -> str:
    """Dotted keys with their values, in one line."""
    return ", ".join(f"{key} {value_text(value)}" for key, value in settings)
