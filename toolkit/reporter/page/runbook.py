"""What the page can show of each single run, as JSON: its configuration, history and provenance."""

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from toolkit.escape import script_text
from toolkit.reporter.numbers.frames import Runs
from toolkit.reporter.page.origin import flat, told_provenance
from toolkit.spec.words import value_text

HISTORY = ("epoch", "train_loss", "dev_loss", "dev_accuracy", "learning_rate", "seconds")


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
    rows = [
        {
            "run": record.identity if record else "",
            "status": record.status if record else "missing",
            "error": (record.error or "") if record else "",
            "configuration": _besides(configuration, shared[0]),
            "provenance": _besides(provenance, shared[1]),
            "history": [[_short(getattr(epoch, name)) for name in HISTORY] for epoch in record.history]
            if record
            else [],
        }
        for (_, record), configuration, provenance in zip(runs, configurations, provenances, strict=True)
    ]
    common = {"configuration": shared[0], "provenance": shared[1]}
    text = json.dumps({"columns": HISTORY, "common": common, "runs": rows}, separators=(",", ":"), allow_nan=False)
    return script_text(text)


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
