"""What is shown while runs are trained: a live display on a terminal, plain lines elsewhere."""

import time
from collections import Counter
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.text import Text

from toolkit.escape import visible_text
from toolkit.runner.console import tell
from toolkit.runner.planning.plan import PlannedRun
from toolkit.runner.planning.speed import Speed
from toolkit.spec.words import plural, settings_text
from toolkit.store import Epoch, RunRecord
from toolkit.store.locks import Holder

SPARKS = "▁▂▃▄▅▆▇█"
SPARK_WIDTH = 12
"""Epochs that a spark line shows, the last ones."""
PATIENCE = 5
"""Seconds that a run of another process is waited for before it is told."""
HEARTBEAT = 60
"""Seconds after which a log file is told that runs go on, if no run has ended."""


class SweepProgress:
    """Follows a sweep: runs done, failed and to do, each current run's epoch and dev losses, the time left.

    Args:
        count: How many runs are to be trained, at most.
        console: Where to show it.
    """

    def __init__(self, count: int, console: Console) -> None:
        self.console = console
        self.speed = Speed()
        self.ended: Counter[str] = Counter()
        self.total = count
        self.running: dict[str, PlannedRun] = {}
        self.histories: dict[str, Sequence[Epoch]] = {}
        self.told = time.monotonic()
        self.waits_told: float | None = None
        self.live = Live(get_renderable=self.display, console=console, transient=True, auto_refresh=console.is_terminal)

    def __enter__(self) -> Self:
        if self.console.is_terminal:
            self.live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.live.stop()

    def expect(self, run: PlannedRun) -> None:
        """A run is to be trained."""
        self.speed.expect(run.identity, run.spec.config.train.epochs)

    def start(self, run: PlannedRun, history: Sequence[Epoch] = ()) -> None:
        """A run begins, or goes on after the epochs that it has behind it."""
        self.running[run.identity], self.histories[run.identity] = run, history
        self.waits_told = None
        self.speed.start(run.identity, len(history) - 1)

    def advance(self, identity: str, history: Sequence[Epoch]) -> None:
        """Epochs of a run have ended and are stored."""
        self.histories[identity] = history
        self.speed.advance(identity, len(history) - 1)
        if not self.console.is_terminal and time.monotonic() - self.told > HEARTBEAT:
            self._tell(self.summary())

    def wait(self, holders: Sequence[Holder | None]) -> None:
        """Nothing is to do until other processes give runs free; they are named after a while."""
        now = time.monotonic()
        self.waits_told = self.waits_told or now + PATIENCE - HEARTBEAT
        if now >= self.waits_told + HEARTBEAT:
            self.waits_told = now
            for holder, count in Counter(filter(None, holders)).items():
                self._tell(waiting_text(holder, count))

    def finish(self, run: PlannedRun, record: RunRecord, is_stored: bool = False) -> None:
        """A run has ended, well or not.

        Args:
            run: The run.
            record: What came of it.
            is_stored: Whether it had been stored before it could begin; else one that never began was trained by
                another process meanwhile.
        """
        if run.identity in self.running:
            seconds = f"{self.speed.seconds(run.identity):.1f} s"
        else:
            seconds = "stored already" if is_stored else "trained by another process"
        self.speed.finish(run.identity)
        self.running.pop(run.identity, None)
        self.ended[record.status] += 1
        parts = [outcome(record), settings_text(run.spec.settings), seconds, self.speed.left_text(len(self.running))]
        done = self.ended.total()
        self._tell("  ".join([f"{done:>{len(str(self.total))}}/{self.total}", *filter(None, parts)]))

    def summary(self) -> str:
        """How many runs are done, running and to do, and the time left."""
        states = {
            **{status: self.ended[status] for status in ("done", "diverged", "failed") if self.ended[status]},
            "running": len(self.running),
            "to do": self.total - self.ended.total() - len(self.running),
        }
        counts = ", ".join(f"{count} {state}" for state, count in states.items() if count)
        return "  ".join(filter(None, [counts, self.speed.left_text(len(self.running))]))

    def display(self) -> RenderableType:
        """The summary, and a line for each run in training, cut to the terminal's width."""
        lines = [self.summary(), *map(self._line, list(self.running.values()))]
        return Group(*(Text(visible_text(line), no_wrap=True, overflow="ellipsis") for line in lines))

    def _line(self, run: PlannedRun) -> str:
        history, epochs = self.histories[run.identity], run.spec.config.train.epochs
        losses = [each.dev_loss for each in history]
        epoch = f"epoch {max(len(history) - 1, 0):>{len(str(epochs))}}/{epochs}"
        loss = f"{losses[-1]:.4f}" if losses else ""
        return f"{epoch}  {loss:6}  {spark_line(losses):{SPARK_WIDTH}}  {settings_text(run.spec.settings)}"

    def _tell(self, line: str) -> None:
        self.told = time.monotonic()
        tell(self.console, line)


def waiting_text(holder: Holder, count: int) -> str:
    """Whom runs are waited for, and how to go on where that process will not."""
    runs = plural(count, "run")
    told = f"waiting for {runs} that process {holder.process} on {holder.machine} trains, since {holder.since}"
    if holder.is_stopped:
        told += (
            f"; it is stopped: `kill -CONT {holder.process}` has it go on, `kill -KILL {holder.process}` ends it, and"
        )
        told += " its runs go on here"
    return told


def spark_line(values: Sequence[float]) -> str:
    """The last values as bars, from the lowest to the highest of them."""
    shown = values[-SPARK_WIDTH:]
    low, spread = min(shown, default=0.0), max(shown, default=0.0) - min(shown, default=0.0)
    top = len(SPARKS) - 1
    return "".join(SPARKS[round((value - low) / spread * top) if spread else 0] for value in shown)


def outcome(record: RunRecord) -> str:
    """How a run ended, in a few words."""
    best = record.best
    if record.status == "done" and best:
        return f"best dev loss {best.dev_loss:.4f} at epoch {best.epoch}"
    return f"{record.status} in epoch {record.ended_in}: {record.error}"
