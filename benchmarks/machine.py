"""The machine and the versions that a measurement was made with, in one sentence."""

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

LIBRARIES = ("tensorflow", "keras", "torch")
"""Told where they are installed."""


def machine_text(*settings: str) -> str:
    """Name processor, cores, memory, system and versions, and the settings of the measurement, for a reader."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    parts = [f"{_processor()} with {os.cpu_count()} cores and {memory:.0f} GiB", platform.system()]
    versions = [f"Python {platform.python_version()}", *filter(None, map(_version, LIBRARIES))]
    return f"Measured on {', '.join([*parts, *versions, *settings])}."


def _version(library: str) -> str | None:
    try:
        return f"{library} {version(library)}"
    except PackageNotFoundError:
        return None


def _processor() -> str:
    information = Path("/proc/cpuinfo")
    lines = information.read_text(encoding="utf-8").splitlines() if information.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
