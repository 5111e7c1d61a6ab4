"""What a sweep costs beside the training itself, and what a second worker gains.

python benchmarks/sweeps.py

writes benchmarks/sweeps.json and the tables of docs/runs.md, and prints these. Overhead: 200 tiny runs in one process;
all that is not spent in Keras's `fit` and `evaluate`, nor on importing TensorFlow, by the number of runs. Throughput:
16 language models of about 20 seconds each; wall time with everything, the start of the processes included, and the
processors' time, of which two cores have two seconds a second. Other work on the machine spoils it.
"""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from machine import machine_text
from markdown import markdown_table
from pages import ROOT, fill
from sweep_time import planned, sweep_seconds, sweep_use, tiny_runs
from turns import in_new_process

from toolkit.runner.executors.processes import Processes

RESULTS = Path(__file__).with_suffix(".json")
PAGE = ROOT / "docs" / "runs.md"
WAYS: dict[str, tuple[Any, ...]] = {
    "one worker process": (Processes, 1),
    "two worker processes": (Processes, 2),
}
"""Executors and their arguments."""
TINY_RUNS = 200
LARGE = {
    "name": "large",
    "data": {"task": "language_model", "train_size": 4000, "dev_size": 1000},
    "model": {"hidden": 50, "lookback": 3},
    "train": {"epochs": 65, "batch_size": 20, "min_change": None},
    "sweep": {"seeds": list(range(16))},
}


def main() -> None:
    """Measure both, write the JSON file and the page's tables, and print these."""
    results = {
        "machine": machine_text("float32"),
        "overhead": overhead(),
        "runs": len(planned(LARGE)),
        "throughput": throughput(),
    }
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    fill(PAGE, shown := tables(results))
    print("\n\n".join(shown.values()))


def overhead() -> dict[str, Any]:
    """Milliseconds a tiny run that are not spent in training or evaluating."""
    import keras  # noqa: PLC0415  the processes that are timed import this file too

    inside: list[float] = []
    for name in ("fit", "evaluate"):
        setattr(keras.Model, name, _timed(getattr(keras.Model, name), inside))
    whole = sweep_seconds(tiny_runs(TINY_RUNS), 1)
    return {"runs": TINY_RUNS, "milliseconds": 1000 * (whole - sum(inside)) / TINY_RUNS}


def throughput() -> list[dict[str, Any]]:
    """The sweep of large runs by each way of training it, in a new process each."""
    return [
        {"way": way, **in_new_process(sweep_use, planned(LARGE), executor, *count)}
        for way, (executor, *count) in WAYS.items()
    ]


def tables(results: dict[str, Any]) -> dict[str, str]:
    """The machine and what was measured, by name, in Markdown as they stand in the documentation."""
    overhead, throughput, runs = results["overhead"], results["throughput"], results["runs"]
    alone = throughput[0]["seconds"]
    rows = [
        [row["way"], f"{row['seconds']:.0f}", f"{alone / row['seconds']:.2f}", f"{row['processor_seconds']:.0f}"]
        for row in throughput
    ]
    return {
        "machine": results["machine"],
        "overhead": f"{overhead['runs']} tiny runs: {overhead['milliseconds']:.0f} ms a run outside training.",
        "length": f"{runs} runs, language models of {alone / runs:.0f} seconds each:",
        "throughput": markdown_table(["trained by", "s", "throughput", "processor (s)"], rows),
    }


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
