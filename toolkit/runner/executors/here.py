"""Training in this process, one run after another."""

from collections.abc import Iterator
from typing import Self

from toolkit.data.dataset import Dataset
from toolkit.runner.executors.registry import Asked
from toolkit.runner.worker.jobs import Job, Result
from toolkit.runner.worker.process import Worker


class Here:
    """An executor that trains in this process while it is waited for."""

    retries = 0

    def __init__(self) -> None:
        self._worker: Worker | None = None
        self._next: tuple[Job, Dataset] | None = None

    @classmethod
    def asked(cls, _: Asked) -> Self:
        """The one that trains one run at a time."""
        return cls()

    def is_free(self) -> bool:
        """Whether there is no job."""
        return self._next is None

    def start(self, job: Job, data: Dataset) -> None:
        """Take a job."""
        self._next = job, data

    def wait(self, seconds: float | None) -> Iterator[Result]:
        """Do the job."""
        if self._next is not None:
            self._worker = self._worker or Worker()
            taken, self._next = self._next, None
            yield self._worker.advance(*taken)

    def close(self) -> None:
        """Nothing is left running."""
