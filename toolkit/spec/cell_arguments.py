"""What the class of a cell takes when it is made, read from its source; nothing of it is run."""

import ast
from collections.abc import Iterator
from functools import cache

from toolkit.spec.bound_names import bound_in, statements_of, tree_of
from toolkit.spec.expectations import did_you_mean
from toolkit.spec.schema import ModelConfig

SAID = {"units": "hidden", "activation": "activation", "initializer": "initializer"}
"""Arguments that other keys of `model` say, and these keys."""
MADE = "project_inputs"
"""An argument of the toolkit's cells that follows from what is read."""


def unfit_options(model: ModelConfig) -> Iterator[str]:
    """What is wrong with `model.cell_options`, for a cell that is none of the toolkit's; one message an option."""
    known = arguments_of(*model.cell.split(":"))
    for name in model.cell_options:
        if name in SAID:
            yield f"model.cell_options.{name} is what model.{SAID[name]} says; write it there"
        elif known is not None and name not in known:
            told = f"it takes {', '.join(known)}" if known else "it takes none"
            yield f"model.cell_options: {model.cell} takes no `{name}`{did_you_mean(name, known)}; {told}"


@cache
def arguments_of(module: str, name: str) -> tuple[str, ...] | None:
    """The names that a class takes beside its number of units and what `model` says; None where that cannot be told."""
    found = _find(module, name, frozenset())
    names = _taken(*found) if found else None
    return None if names is None else tuple(each for each in dict.fromkeys(names[1:]) if each not in (*SAID, MADE))


def _find(module: str, name: str, seen: frozenset[tuple[str, str]]) -> tuple[str, ast.ClassDef] | None:
    """The definition of a class, and the module that it stands in."""
    tree = tree_of(module)
    if tree is None or (module, name) in seen:
        return None
    for statement in statements_of(tree.body):
        if isinstance(statement, ast.ClassDef) and statement.name == name:
            return module, statement
    source = bound_in(tree, module).get(name)
    return _find(*source, seen | {(module, name)}) if source else None


def _taken(module: str, definition: ast.ClassDef) -> list[str] | None:
    """The names that `__init__` takes: its own, and those that it passes on to classes that this one derives from."""
    inits = (part for part in definition.body if isinstance(part, ast.FunctionDef) and part.name == "__init__")
    init = next(inits, None)
    if init is None and not all(
        "register_keras_serializable" in ast.unparse(each) for each in definition.decorator_list
    ):
        return None  # a decorator may make one
    taken = [each.arg for each in (*init.args.posonlyargs, *init.args.args, *init.args.kwonlyargs)][1:] if init else []
    if (init and init.args.kwarg is None) or (definition.name == "Layer" and module.startswith("keras.")):
        return taken
    for base in definition.bases:
        home, _, name = ast.unparse(base).rpartition(".")
        found = _find(home or module, name, frozenset())
        passed = _taken(*found) if found else None
        if passed is None:
            return None
        taken += passed
    return taken
