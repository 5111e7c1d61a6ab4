"""Small files of numbers."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from toolkit.data.corpus import Corpus
from toolkit.data.dataset import load_corpus
from toolkit.spec.schema import DataConfig

Load = Callable[..., Corpus]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Loads the source `series` from a text, or from a folder of several by their names."""

    def load_text(text: str | dict[str, str], **settings: Any) -> Corpus:
        files = text if isinstance(text, dict) else {"a.csv": text}
        for name, content in files.items():
            (tmp_path / name).write_text(content, encoding="utf-8")
        path = tmp_path if isinstance(text, dict) else tmp_path / "a.csv"
        split = {} if isinstance(text, dict) else {"split": {"dev": 0.2, "test": 0.2}}
        return load_corpus(DataConfig.model_validate({"source": "series", "path": str(path), **split, **settings}))

    return load_text


def rows(values: Any, head: str = "value") -> str:
    """A file with a column of values, or with several parted by commas."""
    return "\n".join([head, *map(str, values), ""])
