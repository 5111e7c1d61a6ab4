"""Where a number comes from: the versions, the machine, the commit and the command that it was made with."""

import os
import platform
import shlex
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from toolkit.escape import without_passwords
from toolkit.version import __version__

LIBRARIES = ("tensorflow", "keras", "numpy")


def now() -> str:
    """The time, to the second, in UTC."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def origin() -> dict[str, Any]:
    """What the calling process knows: its command, and the commit of the code.

    The commit is that of the repository around the working directory, where an experiment's own cells are, else that of
    the toolkit's.
    """
    commits = (commit for place in (Path.cwd(), Path(__file__).parent) if (commit := _commit(place)))
    return {"command": shlex.join(map(without_passwords, sys.argv)), "git": next(commits, None)}


@cache
def surroundings() -> dict[str, Any]:
    """What the training process knows: its versions and its machine."""
    return {
        "versions": {
            "python": platform.python_version(),
            **{name: version(name) for name in LIBRARIES},
            "rnn-spec-toolkit": __version__,
        },
        "machine": {
            "name": platform.node(),
            "architecture": platform.machine(),
            "processor": next(_processors(), None),
            "cores": os.cpu_count(),
        },
        "system": platform.system(),
    }


def _commit(place: Path) -> dict[str, Any] | None:
    """The commit that a folder's repository stands at, and whether its files are others; None without a repository."""
    commit = _git(place, "rev-parse", "HEAD")
    if not commit:
        return None
    return {"commit": commit, "dirty": bool(_git(place, "status", "--porcelain", "--untracked-files=no"))}


def _git(place: Path, *arguments: str) -> str:
    command = ["git", "-C", str(place), *arguments]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=10).stdout.strip()  # noqa: S603  a fixed command
    except (OSError, subprocess.SubprocessError):
        return ""


def _processors() -> Iterator[str]:
    information = Path("/proc/cpuinfo")
    lines = information.read_text(encoding="utf-8").splitlines() if information.exists() else []
    return (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
