"""Optional packages: each is asked for by its own option alone, which says how to install what is missing."""

import shlex
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from toolkit.errors import ExtraError

EXTRAS = {
    "cluster": ("Dask", ["dask", "distributed"]),
    "mlflow": ("MLflow", ["mlflow"]),
    "tensorboard": ("TensorBoard", ["tensorboard", "tensorboard.summary"]),
}
"""By the name of the extra, which is that of its option too: what it is called, and the modules that it must have."""


def require(extra: str) -> None:
    """Make sure that what an option needs is there, before anything is trained.

    Args:
        extra: One of `EXTRAS`.

    Raises:
        ExtraError: It is not installed, or cannot be imported.
    """
    tool, modules = EXTRAS[extra]
    for module in modules:
        try:
            import_module(module)
        except ImportError as error:
            if find_spec(module.partition(".")[0]) is None:
                raise ExtraError(f"--{extra} needs {tool}: {_install(extra)}") from error
            raise ExtraError(f"--{extra}: {tool} is installed, but cannot be imported ({error})") from error


def _install(extra: str) -> str:
    """The command that installs it into the environment that runs, whatever `pip` by itself means there."""
    python, here = Path(sys.executable), Path.cwd()
    shown = python.relative_to(here) if python.is_relative_to(here) else python
    return f"{shlex.quote(str(shown))} -m pip install 'rnn-spec-toolkit[{extra}]'"
