"""What `bench.py` measured, as its targets and tables ask for it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pages import ROOT

RESULTS = Path(__file__).with_suffix(".json")
PAGES = (ROOT / "README.md", ROOT / "docs" / "speed.md")
"""Where they are shown."""
OWN = "toolkit"
OTHERS = ("toolkit, all cores", "NumPy loop", "GEMM", "GEMM, all cores")
"""Contestants that are no peers."""


def load() -> dict[str, Any]:
    """The results that are stored."""
    stored: dict[str, Any] = json.loads(RESULTS.read_text(encoding="utf-8"))
    return stored


def find_epoch(results: Mapping[str, Any], **workload: Any) -> Mapping[str, Any]:
    """What was measured of the first workload with these attributes."""
    found: Mapping[str, Any] = next(each for each in results["epochs"] if each["workload"].items() >= workload.items())
    return found


def epoch_seconds(results: Mapping[str, Any], **workload: Any) -> dict[str, float]:
    """Seconds of an epoch by contestant, of the first workload with these attributes."""
    return {name: timed["seconds"] for name, timed in find_epoch(results, **workload)["timed"].items()}


def fastest_peer(seconds: Mapping[str, float]) -> str:
    """The name of the fastest peer, of seconds by contestant."""
    return min((name for name in seconds if name not in (OWN, *OTHERS)), key=lambda name: seconds[name])
