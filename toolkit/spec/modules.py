"""Where the source of a module is, and whose it is, found without importing anything."""

import importlib.metadata
import sys
import sysconfig
import zipimport
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.machinery import SOURCE_SUFFIXES, ModuleSpec
from pathlib import Path
from pkgutil import get_importer
from typing import Literal

TOOLKIT, TOOLKIT_PACKAGE = "rnn-spec-toolkit", "toolkit"

Owner = Literal["python", "installed", "user"]


class UnreadableSourceError(Exception):
    """A module has no Python source that could be read; the text says why."""


@dataclass(frozen=True)
class Found:
    """A module that an import statement would find.

    Attributes:
        name: Its dotted name.
        spec: What the search for it gave.
        library: Name of the installed distribution that it belongs to; empty where it belongs to none.
    """

    name: str
    spec: ModuleSpec
    library: str

    @property
    def owner(self) -> Owner:
        """Whose it is: Python's own, an installed distribution's, or the user's."""
        if self.library:
            return "installed"
        if self.spec.origin in {"built-in", "frozen"} or _is_pythons(self.spec.origin):
            return "python"
        return "user"

    @property
    def folders(self) -> Sequence[str] | None:
        """Where the modules of a package are searched; None for another module."""
        return self.spec.submodule_search_locations

    def source(self) -> bytes:
        """The source; empty for a package without an `__init__`.

        Raises:
            UnreadableSourceError: There is none, as for a compiled module, or it cannot be read.
        """
        if self.spec.loader is None or self.spec.origin is None:
            return b""
        path = Path(self.spec.origin)
        if path.suffix not in SOURCE_SUFFIXES:
            raise UnreadableSourceError(f"{path} is no Python source, so that a change in it cannot be noticed")
        try:
            if isinstance(self.spec.loader, zipimport.zipimporter):
                return self.spec.loader.get_data(self.spec.origin)
            if not path.is_file():
                raise UnreadableSourceError(f"{path} is no regular file")
            return path.read_bytes()
        except OSError as error:
            raise UnreadableSourceError(f"{path} cannot be read ({error.strerror})") from error


def find(name: str) -> Found | None:
    """Find a module as `import` would, but run nothing: neither it nor the packages that it lies in.

    `importlib.util.find_spec` imports the packages around a module to ask them where it is.

    Args:
        name: Its dotted name.
    """
    top, *parts = name.split(".")
    spec = _find_top(top)
    library = _library(top, spec) if spec else ""
    found = top
    for part in parts:
        if spec is None or spec.submodule_search_locations is None:
            return None
        found = f"{found}.{part}"
        spec = _find_within(found, spec.submodule_search_locations)
    return Found(name, spec, library) if spec else None


def _find_top(name: str) -> ModuleSpec | None:
    for finder in sys.meta_path:
        find_spec = getattr(finder, "find_spec", None)
        spec: ModuleSpec | None = find_spec(name, None) if find_spec else None
        if spec is not None:
            return spec
    return None


def _find_within(name: str, folders: Iterable[str]) -> ModuleSpec | None:
    """Find a module in the folders of its package; `PathFinder` asks for packages without `__init__` in sys.modules."""
    portions: list[str] = []
    for folder in folders:
        finder = get_importer(folder)
        spec: ModuleSpec | None = finder.find_spec(name) if finder is not None else None
        if spec is not None and spec.loader is not None:
            return spec
        portions += (spec.submodule_search_locations or []) if spec else []
    if not portions:
        return None
    package = ModuleSpec(name, None, is_package=True)
    package.submodule_search_locations = portions
    return package


def _library(top: str, spec: ModuleSpec) -> str:
    """The distribution that a package belongs to; none where it was installed to be edited in place."""
    if top == TOOLKIT_PACKAGE:
        return TOOLKIT
    place = _place(spec)
    return next((name for name in _candidates(top) if place is not None and place in _places(name)), "")


def _place(spec: ModuleSpec) -> Path | None:
    """The folder that a top-level module or package lies in."""
    folders = list(spec.submodule_search_locations or ())
    where = folders[0] if folders else spec.origin if spec.has_location else None
    return Path(where).resolve().parent if where else None


def _candidates(top: str) -> Sequence[str]:
    """The distributions that may have brought a package; to look into all of them takes half a second."""
    try:
        importlib.metadata.distribution(top)
    except (importlib.metadata.PackageNotFoundError, ValueError):
        return _all_candidates().get(top, ())
    return (top,)


@cache
def _all_candidates() -> dict[str, list[str]]:
    return dict(importlib.metadata.packages_distributions())


@cache
def _places(distribution: str) -> frozenset[Path]:
    """The folder that a distribution is installed in."""
    return frozenset({Path(str(importlib.metadata.distribution(distribution).locate_file(""))).resolve()})


def _is_pythons(origin: str | None) -> bool:
    if origin is None:
        return False
    path = Path(origin)
    return any(path.is_relative_to(place) for place in _pythons_places()) and not _OTHERS & set(path.parts)


_OTHERS = {"site-packages", "dist-packages"}
"""Folders beneath those of Python's own modules that hold what is installed."""


@cache
def _pythons_places() -> tuple[str, ...]:
    return tuple(place for name in ("stdlib", "platstdlib") if (place := sysconfig.get_path(name)))
