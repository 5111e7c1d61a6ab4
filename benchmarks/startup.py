"""How long the toolkit makes its user wait before there is anything to see."""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from turns import ROUNDS

ROOT = Path(__file__).parents[1]
QUICKSTART = "specs/quickstart.yaml"
COMMANDS = {"--help": ["--help"], "--check": [QUICKSTART, "--check"], "--plan": [QUICKSTART, "--plan"]}
LOOK_SECONDS = 0.02


def command_seconds() -> dict[str, float]:
    """Seconds of the commands that train nothing, by their option; medians, by turns."""
    rounds = [{name: _seconds(arguments) for name, arguments in COMMANDS.items()} for _ in range(ROUNDS)]
    return {name: statistics.median(each[name] for each in rounds) for name in COMMANDS}


def quickstart_seconds() -> float:
    """Seconds from the quickstart's command to the first epoch that is stored; the median."""
    return statistics.median(_first_epoch() for _ in range(ROUNDS))


def _seconds(arguments: Sequence[str]) -> float:
    start = time.perf_counter()
    subprocess.run(_command(arguments), cwd=ROOT, stdout=subprocess.DEVNULL, check=True)  # noqa: S603  ours
    return time.perf_counter() - start


def _first_epoch() -> float:
    with tempfile.TemporaryDirectory() as out:
        start = time.perf_counter()
        command = _command([QUICKSTART, "--out", out])
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL) as process:  # noqa: S603  ours
            passed = until_stored(Path(out) / "runs", start, lambda: process.poll() is not None)
            process.kill()
    return passed


def until_stored(store: Path, start: float, is_over: Callable[[], bool]) -> float:
    """Seconds from `start` until a store has the first epoch of any run, or nobody trains any more."""
    while not (is_over() or any(any(store.glob(f"*/{name}")) for name in ("checkpoint", "record.json"))):
        time.sleep(LOOK_SECONDS)
    return time.perf_counter() - start


def _command(arguments: Sequence[str]) -> list[str]:
    return [sys.executable, "run_spec.py", *arguments]
