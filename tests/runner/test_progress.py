"""What is shown while a sweep is trained."""

import io
from dataclasses import replace

import pytest
from rich.console import Console

from toolkit.runner.console import tell
from toolkit.runner.planning.plan import PlannedRun, plan
from toolkit.runner.planning.speed import Speed
from toolkit.runner.progress import SPARK_WIDTH, SweepProgress, spark_line, waiting_text
from toolkit.spec.schema import Experiment
from toolkit.store import Epoch, RunRecord
from toolkit.store.locks import Holder

EPOCHS = 10
HISTORY = tuple(Epoch(epoch, 1.0 / (epoch + 1)) for epoch in range(4))
RECORD = RunRecord("r", "done", {}, HISTORY, EPOCHS)


@pytest.fixture
def runs() -> list[PlannedRun]:
    spec = {"name": "a", "data": {"task": "agreement", "train_size": 20, "dev_size": 20}, "train": {"epochs": EPOCHS}}
    return plan(Experiment.model_validate({**spec, "sweep": {"grid": {"model.hidden": [4, 5, 6, 7]}}}))


def progress_of(runs: list[PlannedRun], console: Console) -> SweepProgress:
    progress = SweepProgress(len(runs), console)
    for run in runs:
        progress.expect(run)
    return progress


def shown(progress: SweepProgress, width: int) -> list[str]:
    console = Console(file=io.StringIO(), width=width)
    with console.capture() as captured:
        console.print(progress.display())
    return [line.rstrip() for line in captured.get().splitlines()]


def test_every_state_of_a_sweep_is_shown(runs: list[PlannedRun]) -> None:
    progress = progress_of(runs, Console(file=io.StringIO(), width=100))
    for run in runs[:3]:
        progress.start(run)
    progress.advance(runs[0].identity, HISTORY)
    progress.finish(runs[1], replace(RECORD, status="failed", error="no memory", ended_in=4))
    summary, *lines = shown(progress, width=100)
    assert summary.startswith("1 failed, 2 running, 1 to do")
    assert [line.split() for line in lines] == [
        ["epoch", "3/10", "0.2500", "█▃▂▁", "model.hidden=4"],
        ["epoch", "0/10", "model.hidden=6"],
    ]


@pytest.mark.parametrize("width", [10, 30, 60])
def test_a_narrow_terminal_cuts_lines_and_never_breaks_them(runs: list[PlannedRun], width: int) -> None:
    progress = progress_of(runs, Console(file=io.StringIO(), width=width))
    progress.start(runs[0])
    progress.advance(runs[0].identity, HISTORY)
    lines = shown(progress, width)
    assert len(lines) == 2
    assert all(len(line) <= width for line in lines)


def test_a_log_file_gets_a_line_for_each_end_of_a_run_and_no_control_characters(runs: list[PlannedRun]) -> None:
    told = io.StringIO()
    with progress_of(runs, Console(file=told, width=40)) as progress:
        progress.start(runs[0])
        progress.advance(runs[0].identity, HISTORY)
        progress.finish(runs[0], RECORD)
        progress.finish(runs[1], RECORD)
        progress.finish(runs[3], RECORD, is_stored=True)
        progress.start(runs[2])
        progress.finish(runs[2], replace(RECORD, status="diverged", error="the dev loss is nan", ended_in=4))
    first, second, third, fourth = told.getvalue().splitlines()
    assert first.startswith("1/4  best dev loss 0.2500 at epoch 3  model.hidden=4  0.0 s")
    assert "trained by another process" in second
    assert "another process" not in third
    assert "stored already" in third
    assert fourth.startswith("4/4  diverged in epoch 4: the dev loss is nan  model.hidden=6")
    assert "\x1b" not in told.getvalue()


def test_whoever_is_waited_for_is_named_after_a_while(runs: list[PlannedRun], monkeypatch: pytest.MonkeyPatch) -> None:
    told, now = io.StringIO(), [100.0]
    progress = progress_of(runs, Console(file=told, width=40))
    monkeypatch.setattr("toolkit.runner.progress.time.monotonic", lambda: now[0])
    one, other = Holder(7, "alpha", "2026-01-02T03:04:05+00:00"), Holder(8, "beta", "2026-01-02T03:04:06+00:00")
    for seconds in (0, 4, 1, 1, 59):
        now[0] += seconds
        progress.wait([one, other, one, None])
    since = "trains, since 2026-01-02T03:04:0"
    line, another = (
        f"waiting for 2 runs that process 7 on alpha {since}5+00:00",
        f"waiting for 1 run that process 8 on beta {since}6+00:00",
    )
    assert told.getvalue().splitlines() == [line, another] * 2


def test_a_process_that_is_stopped_is_told_with_how_to_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Holder, "is_stopped", True)
    told = waiting_text(Holder(7, "alpha", "2026-01-02T03:04:05+00:00"), 1)
    assert told.endswith("it is stopped: `kill -CONT 7` has it go on, `kill -KILL 7` ends it, and its runs go on here")


def test_a_spark_line_goes_from_the_lowest_to_the_highest_of_the_last_values() -> None:
    assert spark_line([]) == ""
    assert spark_line([1.0, 1.0]) == "▁▁"
    assert spark_line([8.0, 1.0, 2.0]) == "█▁▂"
    assert len(spark_line([1.0] * 50)) == SPARK_WIDTH


def test_the_time_left_follows_from_the_speeds_measured() -> None:
    now = [0.0]
    speed = Speed(lambda: now[0])
    for run, epochs in {"a": 10, "b": 20, "c": 5}.items():
        speed.expect(run, epochs)
    speed.start("a", 0)
    speed.start("b", 10)
    assert speed.left_text(2) == ""
    now[0] = 8.0
    speed.advance("a", 4)  # 2 s an epoch, 6 left
    speed.advance("b", 12)  # 4 s an epoch, 8 left; c has 5, taken to be of 3 s
    assert speed.left_text(2) == f"about {(6 * 2 + 8 * 4 + 5 * 3) / 2:.0f} s left"
    for run in "abc":
        speed.finish(run)
    assert speed.left_text(1) == ""


def test_no_line_has_a_character_that_a_terminal_obeys() -> None:
    told = io.StringIO()
    tell(Console(file=told), "data.path=\x1b[2Ja\rb [bold]")
    assert told.getvalue() == "data.path=\\x1b[2Ja\\rb [bold]\n"
