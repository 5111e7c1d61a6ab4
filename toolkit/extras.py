"""Optional packages: each is asked for by what needs it alone, which says how to install what is missing."""

import shlex
import sys
from collections.abc import Iterable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from toolkit.errors import ExtraError


def require(extra: str, tool: str, modules: Iterable[str], what: str = "") -> None:
    """Make sure that what an option needs is there, before anything is trained.

    Args:
        extra: The name of the extra, which is that of its option too, unless something else needs it.
        tool: What it is called.
        modules: The modules that it must have.
        what: What needs it; left out, the option.

    Raises:
        ExtraError: It is not installed, or cannot be imported.
    """
    asking = what or f"--{extra}"
    for module in modules:
        try:
            import_module(module)
        except ImportError as error:
            if find_spec(module.partition(".")[0]) is None:
                raise ExtraError(f"{asking} needs {tool}: {_install(extra)}") from error
            raise ExtraError(f"{asking}: {tool} is installed, but cannot be imported ({error})") from error


def _install(extra: str) -> str:
    """The command that installs it into the environment that runs, whatever `pip` by itself means there."""
    python, here = Path(sys.executable), Path.cwd()
    shown = python.relative_to(here) if python.is_relative_to(here) else python
    return f"{shlex.quote(str(shown))} -m pip install 'rnn-spec-toolkit[{extra}]'"
