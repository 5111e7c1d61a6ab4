"""Which names a module gives, read from its source and from what it imports them from; nothing of it is run."""

import ast
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.util import resolve_name

from toolkit.spec.modules import UnreadableSourceError, find

EVERYTHING = "*"


def gives(module: str, name: str) -> bool:
    """Whether a module may give a name: it defines it, takes it from a module that does, or makes names as it runs.

    Args:
        module: Dotted name of a module that is there.
        name: The name.
    """
    return _gives(module, name, frozenset())


def names_of(module: str) -> list[str]:
    """The names that a module's own source binds, as far as it can be read."""
    tree = tree_of(module)
    return list(bound_in(tree, module)) if tree else []


def _gives(module: str, name: str, seen: frozenset[tuple[str, str]]) -> bool:
    tree = tree_of(module)
    if tree is None:
        return True
    if (module, name) in seen:  # modules that import from each other in a circle define nothing by it
        return False
    bound = bound_in(tree, module)
    if "__getattr__" in bound or _makes_names(tree):
        return True
    seen |= {(module, name)}
    if name in bound:
        source = bound[name]
        return source is None or _takes(*source, seen)
    return any(
        _gives(source[0], name, seen) for taken, source in bound.items() if source and taken.startswith(EVERYTHING)
    )


def _takes(module: str, name: str, seen: frozenset[tuple[str, str]]) -> bool:
    """Whether `from module import name` finds something: a name of the module, or a module within it."""
    return find(module) is None or find(f"{module}.{name}") is not None or _gives(module, name, seen)


@cache
def tree_of(module: str) -> ast.Module | None:
    """The source of a module; None where there is none that could be read, so that nothing can be told."""
    found = find(module)
    if found is None or found.spec.loader is None:
        return None
    try:
        return ast.parse(found.source())
    except (UnreadableSourceError, SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def bound_in(tree: ast.Module, module: str) -> dict[str, tuple[str, str] | None]:
    """The names that a source binds as it is imported: with the module and the name that each is taken from, if any."""
    found = find(module)
    package = module if found and found.folders is not None else module.rpartition(".")[0]
    bound: dict[str, tuple[str, str] | None] = {}
    for statement in statements_of(tree.body):
        match statement:
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                bound[name] = None
            case ast.Import():
                bound |= {alias.asname or alias.name.partition(".")[0]: None for alias in statement.names}
            case ast.ImportFrom():
                base = resolve_name("." * statement.level + (statement.module or ""), package)
                for alias in statement.names:
                    every = f"{EVERYTHING} of {base}"
                    bound[every if alias.name == EVERYTHING else alias.asname or alias.name] = (base, alias.name)
            case _:
                stored = (node for node in ast.walk(statement) if isinstance(node, ast.Name))
                bound |= {node.id: None for node in stored if isinstance(node.ctx, ast.Store)}
    return bound


def statements_of(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a module, those under conditions and the like too, not those within functions and classes."""
    for statement in body:
        yield statement
        if not isinstance(statement, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            for _, inner in ast.iter_fields(statement):
                parts = inner if isinstance(inner, list) else []
                yield from statements_of(part for part in parts if isinstance(part, ast.stmt))
                for part in parts:
                    if isinstance(part, ast.ExceptHandler | ast.match_case):
                        yield from statements_of(part.body)


def _makes_names(tree: ast.Module) -> bool:
    """Whether a source binds names that stand nowhere in it."""
    return any(isinstance(node, ast.Name) and node.id in {"globals", "setattr", "exec"} for node in ast.walk(tree))
