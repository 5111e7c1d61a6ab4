"""How long a sweep will take, from the speeds that were measured in it."""

import time
from collections.abc import Callable

from toolkit.spec.words import duration_text


class Speed:
    """Measures the seconds that an epoch takes, all told, and foretells the rest.

    A run in training goes on at its own speed; one to come is taken to have the mean speed of those before.

    Args:
        clock: Gives the time in seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.left: dict[str, int] = {}
        self.clock = clock
        self.began: dict[str, float] = {}
        self.first: dict[str, int] = {}
        self.measured: dict[str, float] = {}
        self._epochs: dict[str, int] = {}

    def expect(self, identity: str, epochs: int) -> None:
        """A run is to have so many epochs."""
        self.left[identity] = self._epochs[identity] = epochs

    def start(self, identity: str, epoch: int) -> None:
        """A run begins, or goes on, after an epoch."""
        self.began[identity], self.first[identity] = self.clock(), max(epoch, 0)
        self.left[identity] = self._epochs[identity] - max(epoch, 0)

    def advance(self, identity: str, epoch: int) -> None:
        """A run has come to the end of an epoch."""
        self.left[identity] = self._epochs[identity] - epoch
        if epoch > self.first[identity]:
            self.measured[identity] = self.seconds(identity) / (epoch - self.first[identity])

    def finish(self, identity: str) -> None:
        """A run has ended, at whatever epoch."""
        self.left.pop(identity, None)

    def seconds(self, identity: str) -> float:
        """Seconds since a run began, or went on."""
        return self.clock() - self.began[identity]

    def left_text(self, side_by_side: int) -> str:
        """The time left with so many runs side by side, in words; nothing where nothing was measured or is left."""
        if not self.measured or not self.left:
            return ""
        mean = sum(self.measured.values()) / len(self.measured)
        seconds = sum(epochs * self.measured.get(run, mean) for run, epochs in self.left.items())
        return f"about {duration_text(seconds / max(side_by_side, 1))} left"
