"""A study: one spec on its way from its runs to its report, and the call that carries it."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Generic, TypeVar

from rich.console import Console

from toolkit.errors import StoreError
from toolkit.reporter.numbers.frames import Runs
from toolkit.runner.console import tell
from toolkit.runner.planning.plan import Named, recall
from toolkit.runner.planning.remembered import Memory
from toolkit.spec.checks import STORE_NAME
from toolkit.spec.loader import LoadedSpec
from toolkit.spec.trials import SearchResult
from toolkit.store import Store
from toolkit.store.places import refuse_link

REPORTS = "reports"
"""Where reports are written unless another place is named."""

RunT_co = TypeVar("RunT_co", bound=Named, covariant=True)


class Desk:
    """Where a call works: the folder of its reports, the store in it, and the console.

    Args:
        out: Folder of the reports.
        console: Where it is told what happens; None for standard output.
    """

    def __init__(self, out: str | os.PathLike[str], console: Console | None = None) -> None:
        self.out = Path(out)
        self.console = console or Console()
        self.tell = partial(tell, self.console)
        self.store = Store(self.out / STORE_NAME, self.tell)


@dataclass(frozen=True)
class Study(Generic[RunT_co]):
    """A spec, and what is known of it so far; a step returns it with more.

    Attributes:
        spec: The spec.
        memory: What is known of its data and cells where they are no longer there.
        runs: Its runs with their places in the store; of a search those that were tried, and its confirmations.
        search: What its search came to.
        records: Its runs with what the store says of each.
    """

    spec: LoadedSpec
    memory: Memory
    runs: Sequence[RunT_co] = ()
    search: SearchResult | None = None
    records: Runs = ()

    @property
    def name(self) -> str:
        """The name of its report."""
        return self.spec.experiment.name

    def recalled(self, store: Store) -> "Study[RunT_co]":
        """The study with what the store says of its runs."""
        return replace(self, records=[(run.spec, recall(run, store)) for run in self.runs])


def make_folder(folder: Path) -> None:
    """Make a folder that will be written to, so that a wrong one is told before anything is trained.

    Raises:
        StoreError: It cannot be made, or not be written to.
    """
    try:
        refuse_link(folder).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"{folder}: this folder cannot be made ({error.strerror}); choose another place with --out"
        ) from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise StoreError(f"{folder}: this folder cannot be written to; choose another place with --out")
