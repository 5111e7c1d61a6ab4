"""The command line where no optional package is installed: who asks for none does without."""

import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from toolkit.cli import main

TINY = """
name: tiny
data: {task: agreement, train_size: 60, dev_size: 40}
model: {hidden: 4, lookback: 1}
train: {epochs: 1, batch_size: 20}
"""


@pytest.fixture
def without_extras(monkeypatch: pytest.MonkeyPatch) -> None:
    for package in ("tensorboard", "mlflow", "dask", "distributed"):
        for module in [package, *(name for name in sys.modules if name.startswith(f"{package}."))]:
            monkeypatch.setitem(sys.modules, module, None)


@pytest.mark.usefixtures("without_extras")
def test_what_nobody_asked_for_is_not_missed(tmp_path: Path) -> None:
    (tmp_path / "tiny.yaml").write_text(TINY, encoding="utf-8")
    result = CliRunner().invoke(main, [str(tmp_path / "tiny.yaml"), "--out", str(tmp_path), "--report-only"])
    assert result.exit_code == 1
    assert "pip install" not in result.output
    assert (tmp_path / "tiny" / "index.html").exists()
