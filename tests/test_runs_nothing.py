"""What trains nothing runs nothing that a spec or a report folder names."""

import subprocess
import sys
from pathlib import Path

import pytest

from toolkit.compare import compare
from toolkit.experiment import report
from toolkit.runner.planning.plan import look_anew, plan
from toolkit.spec.loader import load_spec
from toolkit.store import Epoch, RunRecord, Store

ROOT = Path(__file__).parents[1]
SPEC = """
name: {name}
data: {{task: agreement, train_size: 30, dev_size: 20}}
model: {{cell: "trap.inner.cells:Cell", embedding: 3}}
train: {{epochs: 1}}
sweep: {{seeds: [{seeds}]}}
"""
TRAP = "import pathlib\npathlib.Path(__file__).with_name('ran').touch()\nclass Cell: pass\n"


@pytest.fixture
def received(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a cell that leaves a trace where it is imported, and two specs of it with stored runs."""
    for name in ("trap/__init__.py", "trap/inner/__init__.py", "trap/inner/cells.py"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(TRAP, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    look_anew()
    for name, seeds in (("first", "1, 2"), ("second", "3, 4")):
        (tmp_path / f"{name}.yaml").write_text(SPEC.format(name=name, seeds=seeds), encoding="utf-8")
        for run in plan(load_spec(f"{name}.yaml")):
            history = [Epoch(0, 0.7, 0.5), Epoch(1, 0.6, 0.8, 0.6, 0.5, 0.1)]
            record = RunRecord(run.identity, "done", run.spec.config.model_dump(mode="json"), history, epochs=1)
            Store(tmp_path / "reports" / "runs").save(record, b"weights")
    return tmp_path


def test_a_cell_is_not_imported_where_nothing_is_trained(received: Path) -> None:
    for name in ("first", "second"):
        assert report(f"{name}.yaml")[0].missing == 0
    assert compare("reports/first", "reports/second").missing == 0
    for option, told in (("--check", "2 seeds"), ("--plan", "2 different runs: 2 done")):
        command = [sys.executable, str(ROOT / "run_spec.py"), "first.yaml", option]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        assert result.returncode == 0, result.stderr
        assert told in result.stdout
    assert not list(received.rglob("ran"))
    assert not [name for name in sys.modules if name.startswith("trap")]
