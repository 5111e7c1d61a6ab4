"""Everything that `bench.py` measures, one thing after the other."""

import json
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from contestants import BOUND, BOUND_ON_ALL_CORES, NUMPY, PEERS, TOOLKIT, TOOLKIT_ON_ALL_CORES
from epochs import LARGE, MODEL, epochs, installed, training_memory
from growth import growths
from machine import machine_text
from pages import fill
from results import PAGES, RESULTS
from sixteen_runs import sweeps
from speed_tables import tables
from startup import command_seconds, quickstart_seconds


def main() -> None:
    """Measure everything, write the JSON file and the pages' tables, and print these."""
    start = time.perf_counter()
    results = measured()
    results["minutes"] = (time.perf_counter() - start) / 60
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    shown = tables(results)
    for page in PAGES:
        fill(page, shown)
    print("\n\n".join(shown.values()))


def measured() -> dict[str, Any]:
    """Everything that was measured, as plain values."""
    peers = installed(PEERS)
    everyone = (TOOLKIT, TOOLKIT_ON_ALL_CORES, *peers, NUMPY, BOUND, BOUND_ON_ALL_CORES)
    sections: dict[str, Callable[[], Any]] = {
        "epochs": lambda: [asdict(epoch) for epoch in epochs(peers)],
        "memory": lambda: training_memory([TOOLKIT, *peers], LARGE),
        "commands": command_seconds,
        "quickstart": quickstart_seconds,
        "sweep": lambda: {name: sweep._asdict() for name, sweep in sweeps(peers, MODEL).items()},
        "growth": lambda: [asdict(growth) for growth in growths()],
    }
    results: dict[str, Any] = {
        "machine": machine_text(),
        "contestants": {each.name: each.differs for each in everyone},
    }
    for name, measure in sections.items():
        began = time.perf_counter()
        results[name] = measure()
        print(f"{name}: {time.perf_counter() - began:.0f} s", flush=True)
    return results
