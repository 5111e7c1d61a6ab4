"""What is shown while runs are trained: a live display on a terminal, plain lines elsewhere."""

import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

from toolkit.runner.plan import PlannedRun
from toolkit.spec.words import duration_text, settings_text
from toolkit.store import Epoch, RunRecord


class SweepProgress:
    """Follows a sweep: runs done, each current run's epoch and dev loss, the time left.

    Args:
        total: Number of runs to train.
        console: Where to show it.
    """

    def __init__(self, total: int, console: Console) -> None:
        self.total = total
        self.console = console
        self.done = 0
        self.began = time.monotonic()
        self.runs: dict[str, PlannedRun] = {}
        self.starts: dict[str, float] = {}
        self.lines: dict[str, TaskID] = {}
        self.parts: dict[str, float] = {}
        self.bars = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TextColumn("{task.fields[note]}", markup=False),
            console=console,
            disable=not console.is_terminal,
            transient=True,
        )
        self.overall = self.bars.add_task("runs ", total=total, note="")

    def __enter__(self) -> Self:
        self.bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.bars.stop()

    def expect(self, run: PlannedRun) -> None:
        """A run will begin; its first epoch tells when."""
        self.runs[run.run] = run

    def start(self, run: PlannedRun) -> None:
        """A run begins."""
        self.expect(run)
        epochs, name = run.spec.config.train.epochs, settings_text(run.spec.settings)
        self.starts[run.run] = time.monotonic()
        self.lines[run.run] = self.bars.add_task("epoch", total=epochs, note=name)

    def epoch(self, run: str, epoch: Epoch) -> None:
        """An epoch of a run has ended."""
        planned = self.runs[run]
        if run not in self.lines:
            self.start(planned)
        note = f"dev loss {epoch.dev_loss:.4f}  {settings_text(planned.spec.settings)}"
        self.bars.update(self.lines[run], completed=epoch.epoch, note=note)
        self.parts[run] = epoch.epoch / planned.spec.config.train.epochs
        self.bars.update(self.overall, note=self._time_left())

    def finish(self, record: RunRecord) -> None:
        """A run has ended, well or not."""
        run = self.runs[record.run]
        if record.run in self.lines:
            self.bars.remove_task(self.lines.pop(record.run))
        self.done += 1
        self.parts.pop(record.run, None)
        self.bars.update(self.overall, completed=self.done, note=self._time_left())
        seconds = time.monotonic() - self.starts.get(record.run, self.began)
        parts = [outcome(record), settings_text(run.spec.settings), f"{seconds:.1f} s", self._time_left()]
        counted = f"{self.done:>{len(str(self.total))}}/{self.total}"
        self.console.print("  ".join([counted, *filter(None, parts)]), markup=False, highlight=False, soft_wrap=True)

    def _time_left(self) -> str:
        finished = self.done + sum(self.parts.values())
        if not finished or self.done == self.total:
            return ""
        return f"about {duration_text((time.monotonic() - self.began) / finished * (self.total - finished))} left"


def outcome(record: RunRecord) -> str:
    """How a run ended, in a few words."""
    if record.status == "failed":
        return f"failed: {record.error}"
    best = record.best
    return f"best dev loss {best.dev_loss:.4f} at epoch {best.epoch}" if best else record.status
