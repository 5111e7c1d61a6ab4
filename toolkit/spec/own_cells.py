"""Cells of the user's, as far as they can be told before anything is imported."""

import sys
from collections.abc import Iterator
from importlib.util import find_spec

from toolkit.spec.diagnosis import nearest
from toolkit.spec.document import Document, Path, Problem
from toolkit.spec.schema import Experiment
from toolkit.spec.search_checks import searched_values
from toolkit.spec.sweep import swept_values

CELL_KEY = "model.cell"


def cell_problems(experiment: Experiment, document: Document) -> Iterator[Problem]:
    """The cells whose package is nowhere to be found."""
    for path, cell in _cells(experiment):
        module, _, name = cell.partition(":")
        package = module.partition(".")[0]
        if name and not _is_there(package):
            message = f"{CELL_KEY}: there is no module `{package}` in the working directory or among the packages"
            advice = "write a cell of your own as package.module:ClassName, and start where its module lies"
            yield Problem(nearest(document.values, path), f"{message}; {advice}")


def _cells(experiment: Experiment) -> Iterator[tuple[Path, str]]:
    yield ("model", "cell"), experiment.model.cell
    yield from ((swept.path, swept.value) for swept in swept_values(experiment.sweep) if swept.key == CELL_KEY)
    yield from ((path, value) for key, value, path in searched_values(experiment) if key == CELL_KEY)


def _is_there(package: str) -> bool:
    """Whether a package can be imported; it is not, since with a cell comes Keras."""
    return package in sys.modules or find_spec(package) is not None
