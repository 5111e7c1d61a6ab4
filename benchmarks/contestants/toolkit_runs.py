"""The toolkit as it trains runs: a worker's legs, timed as in `history.csv`."""

from dataclasses import replace
from statistics import mean

from workloads import Workload

from toolkit.runner.worker.jobs import Job, Leg
from toolkit.runner.worker.lean import lean_keras
from toolkit.runner.worker.process import Worker

ENDLESS = 100_000
LEG = 0.2
"""Seconds that a leg takes at least; those of a sweep take a second."""


class Trainer:
    """Trains runs that never end.

    Args:
        one_thread: Whether it trains as in a sweep; otherwise TensorFlow is used before the worker is made, which then
            leaves it as many threads as there are cores.
    """

    def __init__(self, one_thread: bool) -> None:
        with lean_keras():  # as in a worker process
            if not one_thread:
                import tensorflow as tf  # noqa: PLC0415  not before the block

                tf.zeros(()).numpy()
            self.worker = Worker()

    def prepare(self, workload: Workload) -> None:
        """Make a run."""
        self.data = workload.dataset()
        self.job = Job(str(workload), workload.config(ENDLESS), self.data.digest, seconds=LEG)
        self.epochs = 0

    def seconds(self, updates: int) -> float:
        """Train a leg; `updates` is what an epoch has. How long an epoch of it took on average, without evaluation."""
        leg = self.worker.advance(self.job, self.data)
        if not isinstance(leg, Leg):
            raise RuntimeError(leg.record.error)
        self.job = replace(self.job, checkpoint=leg.checkpoint)
        trained = [epoch.seconds or 0.0 for epoch in leg.history[1:][self.epochs :]]
        self.epochs += len(trained)
        return mean(trained)
