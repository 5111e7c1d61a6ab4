"""Cells of the user's, as far as they can be told before anything is imported."""

import sys
from collections.abc import Iterator

from toolkit.spec.declaration import Declaration
from toolkit.spec.diagnosis import nearest
from toolkit.spec.document import Path, Problem
from toolkit.spec.expectations import did_you_mean
from toolkit.spec.modules import find
from toolkit.spec.own_classes import gives, names_of
from toolkit.spec.schema import Experiment
from toolkit.spec.search_checks import searched_values
from toolkit.spec.sweep import swept_values

CELL_KEY = "model.cell"


def cell_problems(spec: Declaration) -> Iterator[Problem]:
    """The cells whose module, or whose class in it, is nowhere to be found."""
    for path, cell in _cells(spec.experiment):
        module, _, name = cell.partition(":")
        if name and (message := _missing(module, name)):
            yield Problem(nearest(spec.document.values, path), f"{CELL_KEY}: {message}")


def _missing(module: str, name: str) -> str:
    """What is not there of a cell, and what to do; empty where it is there, or may be."""
    if find(module) is None:
        if module in sys.modules:
            return ""
        package = module.partition(".")[0]
        known = find(package) is not None
        place = f"in the package `{package}`" if known else "in the working directory or among the packages"
        advice = "write a cell of your own as package.module:ClassName, and start where its module lies"
        return f"there is no module `{module if known else package}` {place}; {advice}"
    if gives(module, name):
        return ""
    return f"the module `{module}` has no class `{name}`{did_you_mean(name, names_of(module))}"


def _cells(experiment: Experiment) -> Iterator[tuple[Path, str]]:
    yield ("model", "cell"), experiment.model.cell
    yield from ((swept.path, swept.value) for swept in swept_values(experiment.sweep) if swept.key == CELL_KEY)
    yield from ((path, value) for key, value, path in searched_values(experiment) if key == CELL_KEY)
