"""The machine and the versions that a measurement was made with, in one sentence."""

import os
import platform
from importlib.metadata import version
from pathlib import Path


def machine_text(*settings: str) -> str:
    """Name processor, cores, memory, system and versions, and the settings of the measurement, for a reader."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    libraries = [f"{library} {version(library)}" for library in ("tensorflow", "keras")]
    parts = [f"{_processor()} with {os.cpu_count()} cores and {memory:.0f} GiB", platform.system()]
    return f"Measured on {', '.join([*parts, f'Python {platform.python_version()}', *libraries, *settings])}."


def _processor() -> str:
    information = Path("/proc/cpuinfo")
    lines = information.read_text(encoding="utf-8").splitlines() if information.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
