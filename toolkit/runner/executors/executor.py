"""What an executor does: it trains what the driver gives it, wherever that is."""

from collections.abc import Iterator
from typing import Protocol

from toolkit.data.dataset import Dataset
from toolkit.runner.worker.jobs import Job, Result


class Executor(Protocol):
    """Trains legs of runs, several side by side where it can.

    Attributes:
        retries: How often a job that was lost is started again.
    """

    retries: int

    def is_free(self) -> bool:
        """Whether another job can be started now."""

    def start(self, job: Job, data: Dataset) -> None:
        """Have a job done; the leg after that of a run is best started at once, while its worker has the run."""

    def wait(self, seconds: float | None) -> Iterator[Result]:
        """Wait until something came of a job, or for some time at most, and give all that came."""

    def close(self) -> None:
        """End at once, whatever is still in training."""
