"""What lies beside the folders that somebody sent, and must stay as it is."""

from pathlib import Path

import pytest


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A folder of the user's."""
    folder = tmp_path / "home" / "outside"
    (folder / "inner").mkdir(parents=True)
    (folder / "precious.txt").write_text("precious", encoding="utf-8")
    (folder / "inner" / "deep.txt").write_text("deep", encoding="utf-8")
    return folder
