"""Entries of registries: what something that can be added is called, where it is found, and what it needs installed."""

from dataclasses import dataclass
from importlib import import_module
from operator import attrgetter
from typing import Any

from toolkit.extras import require


def found(place: str) -> Any:
    """What stands at a place, `module:NAME` or `module:CLASS.METHOD`; the module is imported only now."""
    module, _, name = place.partition(":")
    return attrgetter(name)(import_module(module))


@dataclass(frozen=True)
class Entry:
    """Something that an option of the command line asks for: known here, imported where it is asked for.

    Attributes:
        name: What it is called; that of its option and of its extra, if it needs one.
        place: Where it is, as `package.module:NAME`.
        help: What its option says of it; empty where none asks for it.
        metavar: What its option takes; empty for an option that is given or not.
        tool: What it needs installed, in words; empty if nothing.
        modules: The modules that must be there then.
    """

    name: str
    place: str
    help: str = ""
    metavar: str = ""
    tool: str = ""
    modules: tuple[str, ...] = ()

    @property
    def option(self) -> str:
        """Its option of the command line; empty where it has none."""
        return f"--{self.name}" if self.help else ""

    def require(self) -> None:
        """Make sure that what it needs is installed.

        Raises:
            ExtraError: It is not, or cannot be imported.
        """
        if self.modules:
            require(self.name, self.tool, self.modules)

    def found(self) -> Any:
        """The class or function itself.

        Raises:
            ExtraError: What it needs is not installed.
        """
        self.require()
        return found(self.place)
