"""What a sweep costs beside the training itself, and what a second worker gains.

python benchmarks/sweeps.py

prints the table of docs/runs.md and writes benchmarks/sweeps.json. Overhead: 200 tiny runs in one process; all that is
not spent in Keras's `fit` and `evaluate`, nor on importing TensorFlow, by the number of runs. Throughput: 16 language
models of about 20 seconds each, by one worker and by two, each on one thread; wall time with everything, by turns.
Other work on the machine spoils it.
"""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
from machine import machine_text
from markdown import markdown_table
from sweep_time import planned, sweep_seconds, tiny_runs

RESULTS = Path(__file__).with_suffix(".json")
TINY_RUNS = 200
LARGE = {
    "name": "large",
    "data": {"task": "language_model", "train_size": 4000, "dev_size": 1000},
    "model": {"hidden": 50, "lookback": 3},
    "train": {"epochs": 36, "batch_size": 20, "min_change": None},
    "sweep": {"seeds": list(range(16))},
}


def main() -> None:
    """Measure both, write the JSON file and print the table."""
    results = {"machine": machine_text("float32"), "overhead": overhead(), "throughput": throughput()}
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    print("\n\n".join(tables(results)))


def overhead() -> dict[str, Any]:
    """Milliseconds a tiny run that are not spent in training or evaluating."""
    inside: list[float] = []
    for name in ("fit", "evaluate"):
        setattr(keras.Model, name, _timed(getattr(keras.Model, name), inside))
    whole = sweep_seconds(tiny_runs(TINY_RUNS), 1)
    return {"runs": TINY_RUNS, "milliseconds": 1000 * (whole - sum(inside)) / TINY_RUNS}


def throughput() -> list[dict[str, Any]]:
    """Seconds of the sweep of large runs, by the number of workers."""
    return [{"workers": workers, "seconds": sweep_seconds(planned(LARGE), workers)} for workers in (1, 2)]


def tables(results: dict[str, Any]) -> list[str]:
    """The machine and what was measured, in Markdown as they stand in the documentation."""
    alone = results["throughput"][0]["seconds"]
    rows = [[row["workers"], f"{row['seconds']:.0f}", f"{alone / row['seconds']:.2f}"] for row in results["throughput"]]
    overhead = results["overhead"]
    return [
        results["machine"],
        f"{overhead['runs']} tiny runs: {overhead['milliseconds']:.0f} ms a run outside training.",
        markdown_table(["workers", "16 runs (s)", "throughput"], rows),
    ]


def _timed(method: Callable[..., Any], inside: list[float]) -> Callable[..., Any]:
    """The method, which notes its time; the evaluation within `fit` (Keras 3.15 marks it) counts as part of that."""

    def timed(*arguments: Any, **named: Any) -> Any:
        start = time.perf_counter()
        result = method(*arguments, **named)
        if not named.get("_use_cached_eval_dataset"):
            inside.append(time.perf_counter() - start)
        return result

    return timed


if __name__ == "__main__":
    main()
