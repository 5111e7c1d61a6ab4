"""Which backend Keras takes, told before Keras is imported, which fails in its own words with another one."""

import json
import os
import sys
from pathlib import Path

from toolkit.errors import SpecError

NEEDED = "tensorflow"


def require_tensorflow() -> None:
    """Make sure that Keras takes TensorFlow.

    Raises:
        SpecError: The environment, Keras's configuration file, or a program that has imported Keras, chose another.
    """
    backend, where = _chosen()
    if backend != NEEDED:
        raise SpecError(
            f"{where}: Keras is to use the backend {backend}, and the toolkit's gradients are computed by TensorFlow; "
            "set KERAS_BACKEND=tensorflow"
        )


def _chosen() -> tuple[str, str]:
    """The backend, and what chose it."""
    if "keras" in sys.modules:
        return sys.modules["keras"].config.backend(), "keras.config.backend()"
    if backend := os.environ.get("KERAS_BACKEND"):
        return backend, "KERAS_BACKEND"
    path = Path(os.environ.get("KERAS_HOME") or Path("~/.keras").expanduser()) / "keras.json"
    try:
        configured = json.loads(path.read_text(encoding="utf-8")).get("backend", NEEDED) if path.is_file() else NEEDED
    except (OSError, ValueError, AttributeError):
        return NEEDED, ""  # Keras itself says what is wrong with its file
    return str(configured), str(path)
