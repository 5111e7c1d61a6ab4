"""Whole folders that somebody sent, given to the command line: nothing of theirs runs, nothing elsewhere changes."""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.security.test_report_folders import ATTACKS, listed
from tests.security.test_stores import CHECKPOINTS, RECORD
from toolkit.cli import main
from toolkit.runner.planning.plan import look_anew, plan
from toolkit.spec.loader import load_spec
from toolkit.store import Epoch, RunRecord, Store
from toolkit.store.durable import sealed_json

SPEC = """
name: {name}
data: {{task: agreement, train_size: 30, dev_size: 20}}
model: {{cell: "trap.inner.cells:Cell", embedding: 3}}
train: {{epochs: 1, seed: {seed}}}
"""
TRAP = "import pathlib\npathlib.Path(__file__).with_name('ran').touch()\nclass Cell: pass\n"
SECONDS = 2
"""Of the processor, in which `--check` and `--plan` answer."""


def record_of(**values: Any) -> Callable[[Path], None]:
    def make(run: Path) -> None:
        (run / "record.json").write_bytes(sealed_json(RECORD | {"run": run.name} | values))

    return make


def checkpoint_of(name: str) -> Callable[[Path], None]:
    def make(run: Path) -> None:
        (run / "record.json").unlink()
        (run / "checkpoint").write_bytes(CHECKPOINTS[name]())

    return make


def pipe(run: Path) -> None:
    (run / "record.json").unlink()
    os.mkfifo(run / "record.json")


STORES: dict[str, Callable[[Path], None]] = {
    "a record without a model": record_of(config={}),
    "a record with a text for a loss": record_of(history=[{"epoch": 0, "dev_loss": "x"}]),
    "a record that is a pipe": pipe,
    **{name: checkpoint_of(name) for name in list(CHECKPOINTS)[:2]},
}


@pytest.fixture
def received(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with two specs, a cell that leaves a trace where it is imported, and a store with their runs."""
    folder = tmp_path / "received"
    for name in ("trap/__init__.py", "trap/inner/__init__.py", "trap/inner/cells.py"):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(TRAP, encoding="utf-8")
    monkeypatch.chdir(folder)
    monkeypatch.syspath_prepend(str(folder))
    look_anew()
    for name, seed in (("sent", 1), ("other", 2)):
        Path(f"{name}.yaml").write_text(SPEC.format(name=name, seed=seed), encoding="utf-8")
        for run in plan(load_spec(f"{name}.yaml")):
            history = [Epoch(0, 0.7, 0.5), Epoch(1, 0.6, 0.8, 0.6, 0.5, 0.1)]
            record = RunRecord(run.identity, "done", run.spec.config.model_dump(mode="json"), history, epochs=1)
            Store(Path("reports/runs")).save(record, b"weights")
    return folder


def assert_harmless(received: Path, outside: Path) -> None:
    """Call the command line in every way that trains nothing, and see that nothing but reports and store is touched."""
    elsewhere, ours = listed(outside), source_of(received)
    for arguments in (["--check"], ["--plan"], ["--report-only"]):
        begun = time.process_time()
        called("sent.yaml", *arguments)
        if arguments != ["--report-only"]:  # which draws figures
            assert time.process_time() - begun < SECONDS
    called("other.yaml", "--report-only")
    called("reports/sent", "reports/other", "--compare")
    assert listed(outside) == elsewhere
    assert source_of(received) == ours
    assert not list(received.rglob("ran"))
    assert not [name for name in sys.modules if name.startswith("trap")]


def source_of(received: Path) -> dict[str, bytes]:
    """All that lies in the folder beside its reports and its store."""
    return {
        str(path.relative_to(received)): path.read_bytes()
        for path in received.rglob("*")
        if path.relative_to(received).parts[0] != "reports" and path.is_file()
    }


def called(*arguments: str) -> None:
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code in (0, 1, 2)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    "attack", ["a file is a link", "a subfolder in the manifest is a link", "the manifest names files outside"]
)
def test_a_received_report_folder_is_harmless(attack: str, received: Path, outside: Path) -> None:
    ATTACKS[attack](received / "reports" / "sent", outside)
    assert_harmless(received, outside)


@pytest.mark.parametrize("damage", STORES.values(), ids=STORES)
def test_a_received_store_is_harmless(damage: Callable[[Path], None], received: Path, outside: Path) -> None:
    for run in received.glob("reports/runs/*"):
        damage(run)
    assert_harmless(received, outside)
