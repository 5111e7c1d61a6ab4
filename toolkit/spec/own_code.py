"""The code of what a spec names of the user's, found and hashed without running any of it."""

import hashlib
import importlib
import importlib.metadata
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from toolkit.spec.imports import HiddenImportError, imports_of
from toolkit.spec.modules import TOOLKIT, Found, UnreadableSourceError, find
from toolkit.version import __version__


class OwnCodeError(ValueError):
    """The code of a name cannot be told; the text says why, and what to do."""


@dataclass(frozen=True)
class Module:
    """A module of the user's as it was when its source was read.

    Attributes:
        name: Its dotted name.
        path: Where its source is.
        source: Its source.
        folders: Where the modules of a package are searched; None for another module.
    """

    name: str
    path: str
    source: bytes
    folders: tuple[str, ...] | None

    @property
    def digest(self) -> str:
        """SHA-256 of the source in hex."""
        return hashlib.sha256(self.source).hexdigest()


@dataclass(frozen=True)
class OwnCode:
    """What a class, function or object is made of, or several together.

    Attributes:
        named: The key of each and its name as `package.module:Name`.
        modules: Every module of the user's that they reach by imports, by name.
        libraries: Name and version of every installed distribution that these modules import, or that they
            themselves belong to.
        absent: Names that are imported and not to be found, such as an optional library.
    """

    named: tuple[tuple[str, str], ...]
    modules: tuple[Module, ...]
    libraries: tuple[tuple[str, str], ...]
    absent: tuple[str, ...]

    @property
    def name(self) -> str:
        """What they are called."""
        return ", ".join(name for _, name in self.named)

    @property
    def place(self) -> str:
        """The keys that name them, with their names."""
        return ", ".join(f"{key}: {name}" for key, name in self.named)

    @property
    def digest(self) -> str:
        """SHA-256 in hex of the sources and the versions; not of the places that the sources are in."""
        sources = [[module.name, module.digest] for module in self.modules]
        return hashlib.sha256(json.dumps([sources, self.libraries]).encode()).hexdigest()


def together(codes: Sequence[OwnCode]) -> OwnCode | None:
    """The code of several names as one; None where there is none."""
    if not codes:
        return None
    modules = {module.name: module for code in reversed(codes) for module in code.modules}
    return OwnCode(
        named=tuple(pair for code in codes for pair in code.named),
        modules=tuple(modules[name] for name in sorted(modules)),
        libraries=tuple(sorted({library for code in codes for library in code.libraries})),
        absent=tuple(sorted({name for code in codes for name in code.absent})),
    )


def own_code(name: str, key: str = "model.cell") -> OwnCode:
    """Find the code of a name, and hash it: its module, the packages around it, and all that these import.

    What is neither Python's own nor of an installed distribution is the user's and counts by its source. A distribution
    counts by name and version.

    Args:
        name: A class, function or object as `package.module:Name`.
        key: The key whose value it is.

    Raises:
        OwnCodeError: The module is not there, or a source that it reaches cannot be read, is no Python, or runs
            what it does not name.
    """
    importlib.invalidate_caches()
    start = name.partition(":")[0]
    if start == "__main__":
        raise OwnCodeError(f"{name} stands in the program itself; put it into a module of its own and name that")
    if find(start) is None:
        raise OwnCodeError(f"{name}: there is no module `{start}` in the working directory or among the packages")
    search = _Search()
    search.reach(start)
    return OwnCode(
        ((key, name),),
        tuple(search.modules[module] for module in sorted(search.modules)),
        tuple((library, _version(library)) for library in sorted(search.libraries)),
        tuple(sorted(search.absent)),
    )


class _Search:
    """Follows imports from module to module."""

    def __init__(self) -> None:
        self.modules: dict[str, Module] = {}
        self.libraries: set[str] = set()
        self.absent: set[str] = set()
        self._known: set[str] = set()

    def reach(self, name: str) -> None:
        """Read a module, the packages around it, and what they import."""
        waiting = [name]
        while waiting:
            reached = waiting.pop()
            for module in _with_packages(reached):
                waiting += self._read(module)

    def _read(self, name: str) -> Iterator[str]:
        """Note a module, and give what it imports."""
        if name in self._known:
            return
        self._known.add(name)
        found = find(name)
        if found is None:
            self.absent.add(name)
        elif found.owner == "installed":
            self.libraries.add(found.library)
        elif found.owner == "user":
            yield from self._imported(found)

    def _imported(self, found: Found) -> Iterator[str]:
        name, place = found.name, found.spec.origin or found.name
        try:
            source = found.source()
            imports = list(imports_of(source, place, name, found.folders is not None))
        except UnreadableSourceError as error:
            raise OwnCodeError(f"{error}; install it as a package, which counts by its version") from error
        except HiddenImportError as error:
            raise OwnCodeError(f"{error}, so that a change there cannot be noticed; import it by its name") from error
        except (SyntaxError, ValueError, ImportError, RecursionError, MemoryError) as error:
            raise OwnCodeError(f"{place} cannot be read as Python ({error})") from error
        if found.spec.loader is not None:
            folders = None if found.folders is None else tuple(found.folders)
            self.modules[name] = Module(name, place, source, folders)
        for each in imports:
            yield each.module
            yield from (inner for part in each.perhaps if find(inner := f"{each.module}.{part}") is not None)


def _with_packages(name: str) -> Iterator[str]:
    """A module's name after those of the packages that it lies in."""
    parts = name.split(".")
    return (".".join(parts[:count]) for count in range(1, len(parts) + 1))


def _version(library: str) -> str:
    return __version__ if library == TOOLKIT else importlib.metadata.version(library)
