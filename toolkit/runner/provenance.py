"""Where a number comes from: the versions, the machine, the commit and the command that it was made with."""

import os
import platform
import shlex
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from toolkit.escape import without_passwords
from toolkit.runner.commit import commit
from toolkit.version import __version__

LIBRARIES = ("tensorflow", "keras", "numpy")

FLAGS = (
    "CUDA_VISIBLE_DEVICES",
    "DNNL_MAX_CPU_ISA",
    "MKL_CBWR",
    "NVIDIA_TF32_OVERRIDE",
    "OMP_NUM_THREADS",
    "ONEDNN_DEFAULT_FPMATH_MODE",
    "ONEDNN_MAX_CPU_ISA",
    "TF_CUDNN_DETERMINISTIC",
    "TF_DETERMINISTIC_OPS",
    "TF_DISABLE_MKL",
    "TF_ENABLE_ONEDNN_OPTS",
    "TF_NUM_INTEROP_THREADS",
    "TF_NUM_INTRAOP_THREADS",
    "TF_XLA_FLAGS",
    "XLA_FLAGS",
)
"""Environment variables by which TensorFlow, XLA and oneDNN may change last bits."""


def now() -> str:
    """The time, to the second, in UTC."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def origin() -> dict[str, Any]:
    """What the calling process knows: its command, and the commit of the code.

    The commit is that of the repository around the working directory, where an experiment's own cells are, else that of
    the toolkit's.
    """
    commits = (found for place in (Path.cwd(), Path(__file__).parent) if (found := commit(place)))
    return {"command": shlex.join(map(without_passwords, sys.argv)), "git": next(commits, None)}


@cache
def surroundings() -> dict[str, Any]:
    """What the training process knows: its versions, its machine and the flags that its libraries have."""
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
        "flags": {name: value for name in FLAGS if (value := os.environ.get(name)) is not None},
    }


def _processors() -> Iterator[str]:
    information = Path("/proc/cpuinfo")
    lines = information.read_text(encoding="utf-8").splitlines() if information.exists() else []
    return (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
