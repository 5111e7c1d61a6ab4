"""The executors by name, in the order in which they are asked: whoever adds one adds its file, and an entry here."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from toolkit.entries import Entry
from toolkit.errors import WorkerError

if TYPE_CHECKING:
    from toolkit.runner.executors.executor import Executor


@dataclass(frozen=True)
class Asked:
    """What a call asks of an executor.

    Attributes:
        count: How many runs to train side by side, at most.
        tell: Called with a line on what the user should know.
        name: The executor that the call names; empty if it names none.
        value: What the call says to it, such as an address.
    """

    count: int
    tell: Callable[[str], None]
    name: str = ""
    value: str = ""


@dataclass(frozen=True)
class ExecutorEntry(Entry):
    """An executor. Its place is a function that makes it of what is asked.

    Attributes:
        most: How many runs it trains side by side; null for any number. One that has an option is taken by it alone.
    """

    most: int | None = None

    def suits(self, asked: Asked) -> bool:
        """Whether it is to train what is asked."""
        if asked.name or self.option:
            return asked.name == self.name
        return self.most is None or asked.count <= self.most


EXECUTORS = {
    entry.name: entry
    for entry in (
        ExecutorEntry(
            "cluster",
            "toolkit.runner.executors.cluster:Cluster.asked",
            "Train on the Dask cluster whose scheduler is at ADDRESS.",
            metavar="ADDRESS",
            tool="Dask",
            modules=("dask", "distributed"),
        ),
        ExecutorEntry("here", "toolkit.runner.executors.here:Here.asked", most=1),
        ExecutorEntry("processes", "toolkit.runner.executors.processes:Processes.asked"),
    )
}


def named(executor: tuple[str, str] | None, cluster: str | None) -> tuple[str, str] | None:
    """The executor that a call names, with what it says to it; None if it names none.

    Raises:
        ExtraError: What it needs is not installed.
        WorkerError: There is none of that name, or a cluster is named beside it.
    """
    if executor is None:
        executor = None if cluster is None else ("cluster", cluster)
    elif cluster is not None:
        raise WorkerError("cluster and executor say both where to train; leave out one or the other")
    if executor is not None and executor[0] not in EXECUTORS:
        raise WorkerError(f"no executor is called {executor[0]}; expected one of {', '.join(EXECUTORS)}")
    if executor is not None:
        EXECUTORS[executor[0]].require()
    return executor


def executor_for(asked: Asked) -> "Executor":
    """The first executor that suits what is asked, made.

    Raises:
        ExtraError: What it needs is not installed.
        WorkerError: It cannot be reached.
    """
    executor: Executor = next(entry for entry in EXECUTORS.values() if entry.suits(asked)).found()(asked)
    return executor
