"""The output layer's matrix products alone, at the machine's rate for large square ones."""

import time

import tensorflow as tf
from workloads import Workload

SIZE = 1024
MEASURED_SECONDS = 0.3


class Trainer:
    """Does as many operations as the three products of the output layer: scores, and two gradients.

        6 x predictions x hidden x outputs

    Args:
        one_thread: Whether TensorFlow may use one thread only.
    """

    def __init__(self, one_thread: bool) -> None:
        if one_thread:
            tf.config.threading.set_intra_op_parallelism_threads(1)

    def prepare(self, workload: Workload) -> None:
        """Count the operations, and make a matrix."""
        train = workload.train()
        self.workload = workload
        self.operations = 6 * train.predictions * workload.hidden * workload.outputs
        self.matrix = tf.random.normal((SIZE, SIZE), dtype=workload.dtype)

    def seconds(self, updates: int) -> float:
        """How long so many batches' operations take at the rate that is measured now."""
        count, start = 0, time.perf_counter()
        while (passed := time.perf_counter() - start) < MEASURED_SECONDS:
            tf.matmul(self.matrix, self.matrix).numpy()
            count += 1
        rate = 2 * SIZE**3 * count / passed
        return self.operations / rate * updates / self.workload.updates
