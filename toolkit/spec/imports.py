"""What a module imports, as far as its source says so; nothing of it is run."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import resolve_name

LOADERS = {"import_module", "__import__"}
"""Functions that import what their first argument names."""
RUNNERS = {"exec", "eval", "run_path", "run_module", "spec_from_file_location", "SourceFileLoader", "load_source"}
"""Functions that run what no import statement names."""


class HiddenImportError(Exception):
    """A source runs code that it does not name; the text says where and how."""


@dataclass(frozen=True)
class Import:
    """A module that is imported.

    Attributes:
        module: Its dotted name.
        perhaps: Names that are taken from it, each of which may be a module within it.
    """

    module: str
    perhaps: tuple[str, ...] = ()


def imports_of(source: bytes, place: str, module: str, is_package: bool) -> Iterator[Import]:
    """Read the imports of a source, also those within functions.

    Args:
        source: The source.
        place: Where it is, for messages.
        module: Dotted name of its module.
        is_package: Whether it is a package's `__init__`, whose `__all__` may name modules.

    Raises:
        HiddenImportError: It imports or runs what it does not name.
        SyntaxError, ValueError: It is no Python source, or a relative import leads out of its packages.
    """
    package = module if is_package else module.rpartition(".")[0]
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import():
                yield from (Import(alias.name) for alias in node.names)
            case ast.ImportFrom():
                if renamed := [each.name for each in node.names if each.asname and each.name in LOADERS | RUNNERS]:
                    raise HiddenImportError(
                        f"{place}:{node.lineno}: `{renamed[0]}` under another name hides what it runs"
                    )
                base = "." * node.level + (node.module or "")
                yield Import(resolve_name(base, package), tuple(alias.name for alias in node.names))
            case (
                ast.Assign(targets=[ast.Name(id="__all__")], value=listed)
                | ast.AnnAssign(target=ast.Name(id="__all__"), value=ast.expr() as listed)
                | ast.AugAssign(target=ast.Name(id="__all__"), value=listed)
            ) if is_package:
                named = (part.value for part in ast.walk(listed) if isinstance(part, ast.Constant))
                yield Import(module, tuple(name for name in named if isinstance(name, str)))
            case ast.Call():
                yield from _imported_by_call(node, place, package)


def _imported_by_call(call: ast.Call, place: str, package: str) -> Iterator[Import]:
    name = _called(call.func)
    if name not in LOADERS | RUNNERS:
        return
    first = call.args[0] if call.args else None
    if name in LOADERS and isinstance(first, ast.Constant) and isinstance(first.value, str):
        yield Import(resolve_name(first.value, package))
    else:
        raise HiddenImportError(f"{place}:{call.lineno}: `{name}` runs code that this source does not name")


def _called(function: ast.expr) -> str:
    """The name that is called; `exec` and `eval` are functions only where they stand alone (`frame.eval(..)`)."""
    if isinstance(function, ast.Name):
        return function.id
    if isinstance(function, ast.Attribute) and function.attr not in {"exec", "eval"}:
        return function.attr
    return ""
