"""The toolkit as it trains runs: a worker's legs of one epoch each, timed as in `history.csv`."""

import tensorflow as tf
from workloads import Workload

from toolkit.runner.jobs import Job, Leg
from toolkit.runner.process import Worker

ENDLESS = 10_000


class Trainer:
    """Trains runs that never end.

    Args:
        one_thread: Whether it trains as in a sweep; otherwise TensorFlow is used before the worker is made, which then
            leaves it as many threads as there are cores.
    """

    def __init__(self, one_thread: bool) -> None:
        if not one_thread:
            tf.zeros(()).numpy()
        self.worker = Worker()

    def prepare(self, workload: Workload) -> None:
        """Make a run."""
        self.data = workload.dataset()
        self.job = Job(str(workload), workload.config(ENDLESS), self.data.digest, seconds=0)

    def seconds(self, updates: int) -> float:
        """Train an epoch; `updates` is what it has. How long it took, without the evaluation."""
        leg = self.worker.advance(self.job, self.data)
        if not isinstance(leg, Leg):
            raise RuntimeError(leg.record.error)
        self.job = Job(self.job.run, self.job.config, self.job.digest, leg.checkpoint, seconds=0)
        return leg.history[-1].seconds or 0.0
