"""What is shown while runs are trained: a live display on a terminal, plain lines elsewhere."""

import time
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from toolkit.store import Epoch, RunRecord


class SweepProgress:
    """Follows a sweep: runs done, the current run's epoch and dev loss, the time left.

    Args:
        total: Number of runs to train.
        console: Where to show it.
    """

    def __init__(self, total: int, console: Console) -> None:
        self.total = total
        self.console = console
        self.done = 0
        self.name = ""
        self.epochs = 0
        self.began = time.monotonic()
        self.bars = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TextColumn("{task.fields[note]}", markup=False),
            TimeElapsedColumn(),
            console=console,
            disable=not console.is_terminal,
            transient=True,
        )
        self.overall = self.bars.add_task("runs ", total=total, note="")
        self.current = self.bars.add_task("epoch", total=None, note="")

    def __enter__(self) -> Self:
        self.bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.bars.stop()

    def start(self, settings: Mapping[str, Any], epochs: int) -> None:
        """A run begins."""
        self.name = describe(settings)
        self.epochs = epochs
        self.run_began = time.monotonic()
        self.bars.reset(self.current, total=epochs, note=self.name)

    def epoch(self, epoch: Epoch) -> None:
        """An epoch has ended."""
        self.bars.update(self.current, completed=epoch.epoch, note=f"dev loss {epoch.dev_loss:.4f}  {self.name}")
        self.bars.update(self.overall, note=self._time_left(epoch.epoch / self.epochs))

    def finish(self, record: RunRecord) -> None:
        """A run has ended, well or not."""
        self.done += 1
        self.bars.update(self.overall, completed=self.done, note=self._time_left(0))
        seconds = time.monotonic() - self.run_began
        self.console.print(
            f"{self.done:>{len(str(self.total))}}/{self.total}  {outcome(record)}  {self.name}  "
            f"{seconds:.1f} s  {self._time_left(0)}",
            markup=False,
            highlight=False,
            soft_wrap=True,
        )

    def _time_left(self, part: float) -> str:
        finished = self.done + part
        if not finished or self.done == self.total:
            return ""
        return f"about {_duration((time.monotonic() - self.began) / finished * (self.total - finished))} left"


def describe(settings: Mapping[str, Any]) -> str:
    """A run's swept keys in one line."""
    return "  ".join(f"{key}={value}" for key, value in settings.items())


def outcome(record: RunRecord) -> str:
    """How a run ended, in a few words."""
    if record.status == "failed":
        return f"failed: {record.error}"
    best = record.best
    return f"best dev loss {best.dev_loss:.4f} at epoch {best.epoch}" if best else record.status


def _duration(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes = seconds / 60
    return f"{minutes:.0f} min" if minutes < 60 else f"{minutes / 60:.1f} h"
