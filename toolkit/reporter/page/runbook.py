"""What the page can show of each single run, as JSON: its configuration, history and provenance."""

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from toolkit.escape import script_text
from toolkit.reporter.numbers.frames import Runs
from toolkit.reporter.page.origin import flat, told_provenance
from toolkit.spec.words import value_text
from toolkit.store import RunRecord
from toolkit.tasks.accuracy import DEV_ACCURACY
from toolkit.tasks.measures import DEV_LOSS, LEARNING_RATE, SECONDS, TRAIN_LOSS
from toolkit.tasks.reported import curves_of, known_curves

FIRST_CURVES = (TRAIN_LOSS, DEV_LOSS, DEV_ACCURACY, LEARNING_RATE, SECONDS)
"""The curves that the page shows first, in its order."""


def run_data(runs: Runs) -> str:
    """Every run as JSON that can stand in a script element: no character in it ends the element or starts a comment.

    Args:
        runs: Every run of the experiment with its record.

    Returns:
        `columns`, the columns of a history; `common`, the configuration and provenance that all runs share; and `runs`:
        for each the `run`, `status`, `error`, what its `configuration` and `provenance` have besides, and its
        `history`, a row an epoch.
    """
    configurations = [_texts(run.config.model_dump(mode="json")) for run, _ in runs]
    provenances = [told_provenance(record) for _, record in runs]
    shared = _shared(configurations), _shared([one for one in provenances if one])
    first = {curve.name: curve for curve in FIRST_CURVES}
    names = list(first | known_curves(run.config.data.task for run, _ in runs))
    rows = [
        {
            "run": record.identity if record else "",
            "status": record.status if record else "missing",
            "error": (record.error or "") if record else "",
            "configuration": _besides(configuration, shared[0]),
            "provenance": _besides(provenance, shared[1]),
            "history": _history(record, names, run.config.data.task) if record else [],
        }
        for (run, record), configuration, provenance in zip(runs, configurations, provenances, strict=True)
    ]
    common = {"configuration": shared[0], "provenance": shared[1]}
    values = {"columns": ["epoch", *names], "common": common, "runs": rows}
    text = json.dumps(values, separators=(",", ":"), allow_nan=False)
    return script_text(text)


def _history(record: RunRecord, names: Sequence[str], task: str) -> list[list[float | None]]:
    """A row an epoch; what a task's runs are not measured for has no values."""
    found = {curve.name: curve.found for curve in curves_of(task)}
    return [
        [_short(epoch.epoch), *(_short(found[name](epoch)) if name in found else None for name in names)]
        for epoch in record.history
    ]


def _texts(values: Mapping[str, Any]) -> dict[str, str]:
    return {key: value_text(value) for key, value in flat(values)}


def _shared(all_values: Sequence[Mapping[str, str]]) -> dict[str, str]:
    first = all_values[0] if all_values else {}
    return {key: value for key, value in first.items() if all(one.get(key) == value for one in all_values)}


def _besides(values: Mapping[str, str], shared: Mapping[str, str]) -> dict[str, str]:
    return {key: value for key, value in values.items() if key not in shared}


def _short(value: float | None) -> float | None:
    """Six digits are enough to be looked at; the CSV files have them all."""
    return None if value is None or not math.isfinite(value) else float(f"{value:.6g}")
