"""Runs trained in this process, leg by leg, as tests need them."""

from collections.abc import Iterator

from toolkit.data.dataset import Dataset, load_examples
from toolkit.runner.worker.jobs import End, Job, Leg
from toolkit.runner.worker.process import Worker
from toolkit.spec.schema import RunConfig

RUN = "0123456789abcdef"
LONG = 1e9
"""Seconds of a leg that only the run's end ends."""


def train_whole(config: RunConfig, data: Dataset | None = None, worker: Worker | None = None) -> End:
    """Train a run in one leg."""
    *_, end = legs(Job(RUN, config, "digest", seconds=LONG), data, worker)
    assert isinstance(end, End)
    return end


def legs(job: Job, data: Dataset | None = None, worker: Worker | None = None) -> Iterator[Leg | End]:
    """Train a run leg by leg, each from the checkpoint of the one before: the worker trains another run in between."""
    data, worker = data or load_examples(job.config.data), worker or Worker()
    result = worker.advance(job, data)
    yield result
    while isinstance(result, Leg):
        worker.advance(Job("another", job.config, job.digest, seconds=0), data)
        result = worker.advance(Job(job.identity, job.config, job.digest, result.checkpoint, seconds=job.seconds), data)
        yield result
