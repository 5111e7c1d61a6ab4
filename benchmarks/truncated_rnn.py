"""Time and memory of a training step of `TruncatedRNN`, against full back-propagation by `keras.layers.RNN`.

python benchmarks/truncated_rnn.py

prints the tables of docs/truncated-bptt.md and writes benchmarks/truncated_rnn.json. Time: a process a cell, in it the
layers of each shape take turns, and the median of the rounds counts. Memory: a process a layer.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from machine import machine_text
from markdown import markdown_table

CELLS = ("rnn", "gru", "lstm")
TIME_LOOKBACKS = ("0", "3", "10", "full")
MEMORY_LOOKBACKS = ("0", "3", "10", "100", "full")
RESULTS = Path(__file__).with_suffix(".json")


def main() -> None:
    """Measure everything, write the JSON file and print the tables."""
    times = [row for cell in CELLS for row in _measured("time", cell)]
    memory = [
        {"cell": cell, "mib": {each: _measured("memory", cell, each) for each in MEMORY_LOOKBACKS}} for cell in CELLS
    ]
    results = {"machine": machine_text("float32, `jit_compile=True`"), "times": times, "memory": memory}
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    print("\n\n".join(tables(results)))


def tables(results: dict[str, Any]) -> list[str]:
    """The machine, the table of times and the table of memory, in Markdown as they stand in the documentation."""
    times = [
        [row["cell"], row["batch"], row["length"], *(f"{row['milliseconds'][each]:.3g}" for each in TIME_LOOKBACKS)]
        for row in results["times"]
    ]
    memory = [[row["cell"], *(f"{row['mib'][each]:.0f}" for each in MEMORY_LOOKBACKS)] for row in results["memory"]]
    return [
        results["machine"],
        markdown_table(["cell", "batch", "length", *_heads(TIME_LOOKBACKS)], times),
        markdown_table(["cell", *_heads(MEMORY_LOOKBACKS)], memory),
    ]


def _measured(*task: str) -> Any:
    script = Path(__file__).with_name("training_step.py")
    ended = subprocess.run([sys.executable, script, *task], capture_output=True, text=True, check=False)  # noqa: S603  ours
    if ended.returncode:
        sys.exit(ended.stderr)
    return json.loads(ended.stdout)


def _heads(lookbacks: Sequence[str]) -> list[str]:
    return ["`keras.layers.RNN`" if each == "full" else f"lookback {each}" for each in lookbacks]


if __name__ == "__main__":
    main()
