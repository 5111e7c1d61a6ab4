"""The code of what a spec names of the user's, imported as it was when it was hashed."""

import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import InspectLoader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import decode_source, spec_from_file_location
from pathlib import Path
from types import CodeType, ModuleType

from toolkit.errors import SpecError
from toolkit.spec.modules import find
from toolkit.spec.own_code import Module, OwnCode


@contextmanager
def planned_code(code: OwnCode | None) -> Iterator[None]:
    """Import within the block, and the modules of the user's are those whose sources were hashed.

    Neither an edit since then nor compiled files that are older than their source make a difference, nor does a module
    that the process imported earlier: it is imported again.

    Args:
        code: What is imported is made of; None where it is the toolkit's.

    Raises:
        SpecError: A module of the user's was imported in a way that the sources do not show, so that it was not hashed.
    """
    if code is None or not code.modules:
        yield
        return
    _forget_others(code)
    finder, before = _PlannedFinder(code), set(sys.modules)
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
    _refuse_hidden(code, before)


def import_line(code: OwnCode | None) -> str:
    """A line on what is imported of the user's, to be told before it is; empty where nothing is."""
    if code is None or not code.modules:
        return ""
    return f"{code.place} is imported: {', '.join(map(_told, code.modules))}"


def failure_text(error: BaseException, code: OwnCode | None) -> str:
    """How code of the user's went wrong, in one line: the last line of it that was gone through, and the error.

    Args:
        error: What was raised.
        code: What is imported is made of; None where it is the toolkit's.
    """
    own = {module.path for module in code.modules} if code else set()
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename in own]
    place = f" at {frames[-1].filename}:{frames[-1].lineno}" if frames else ""
    return f"{place} ({''.join(traceback.format_exception_only(error)).strip().splitlines()[-1]})"


def _told(module: Module) -> str:
    """A module and its file, relative to the working directory where it lies there."""
    path, here = Path(module.path), Path.cwd()
    return f"{module.name} ({path.relative_to(here) if path.is_relative_to(here) else path})"


class _PlannedLoader(InspectLoader):
    """Loads a module from a source that was read before."""

    def __init__(self, module: Module) -> None:
        self.module = module

    def is_package(self, fullname: str) -> bool:
        """Whether modules can lie in it."""
        return self.module.folders is not None

    def get_source(self, fullname: str) -> str:
        """The source."""
        return decode_source(self.module.source)

    def get_code(self, fullname: str) -> CodeType:
        """The source, compiled anew."""
        return self.source_to_code(self.module.source, self.module.path)


class _PlannedFinder(MetaPathFinder):
    """Finds the modules of the user's before anything else does."""

    def __init__(self, code: OwnCode) -> None:
        self.modules = {module.name: module for module in code.modules}

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """What to import for a name; None where it is not one of these modules."""
        module = self.modules.get(fullname)
        if module is None:
            return None
        folders = None if module.folders is None else list(module.folders)
        return spec_from_file_location(
            fullname, module.path, loader=_PlannedLoader(module), submodule_search_locations=folders
        )


def _forget_others(code: OwnCode) -> None:
    """Forget all modules of a code if any of them was loaded otherwise, since they hold on to one another."""
    loaded = {module.name: sys.modules[module.name] for module in code.modules if module.name in sys.modules}
    if any(_source_of(loaded[module.name]) != module.source for module in code.modules if module.name in loaded):
        for name in loaded:
            del sys.modules[name]


def _source_of(module: ModuleType) -> bytes | None:
    """The source that a module was loaded from; None where that cannot be told."""
    loader = getattr(module.__spec__, "loader", None)
    return loader.module.source if isinstance(loader, _PlannedLoader) else None


def _refuse_hidden(code: OwnCode, before: set[str]) -> None:
    """Refuse modules of the user's that are no part of a code, and forget them, lest they pass for known later."""
    planned = {module.name for module in code.modules}
    new = set(sys.modules) - before - planned
    packages = {name.partition(".")[0] for name in new}
    of_users = {package for package in packages if (found := find(package)) and found.owner == "user"}
    files = {name: getattr(sys.modules[name], "__file__", None) for name in sorted(new)}
    hidden = {name: file for name, file in files.items() if file and name.partition(".")[0] in of_users}
    if not hidden:  # a package without `__init__` has no file
        return
    for name in (hidden.keys() | planned) & sys.modules.keys():
        del sys.modules[name]
    name, file = next(iter(hidden.items()))
    raise SpecError(
        f"{code.place} imports {name} ({file}) in a way that its source does not show, so that a "
        "change there could not be noticed; write an import statement"
    )
