"""Data in one process, between calls."""

import os
from pathlib import Path

import pytest

from toolkit.data import dataset as sources
from toolkit.data.dataset import Dataset
from toolkit.data.kept import load_data
from toolkit.spec.schema import DataConfig


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    for split in ("train", "dev"):
        (tmp_path / f"{split}.txt").write_text("a b c\nb c\n", encoding="utf-8")
    return tmp_path


def config(folder: Path) -> DataConfig:
    return DataConfig.model_validate({"source": "text", "path": str(folder)})


def test_data_that_changed_between_two_calls_is_read_again(corpus: Path) -> None:
    first = load_data(config(corpus)).digest
    (corpus / "train.txt").write_text("a b c\nc b\n", encoding="utf-8")
    second = load_data(config(corpus)).digest
    assert first != second
    (corpus / "train.txt").write_text("a b c\nb c\n", encoding="utf-8")
    assert load_data(config(corpus)).digest == first


def test_a_change_that_keeps_size_and_time_is_seen(corpus: Path) -> None:
    first = load_data(config(corpus)).digest
    path = corpus / "dev.txt"
    times = path.stat()
    path.write_text("a b c\nc b\n", encoding="utf-8")
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert load_data(config(corpus)).digest != first


def test_a_file_that_is_added_or_replaced_by_another_is_seen(corpus: Path) -> None:
    assert load_data(config(corpus)).test is None
    (corpus / "test.txt").write_text("a b\n", encoding="utf-8")
    assert load_data(config(corpus)).test is not None
    first = load_data(config(corpus)).digest
    (corpus / "new.txt").write_text("a c\n", encoding="utf-8")
    (corpus / "new.txt").replace(corpus / "test.txt")
    assert load_data(config(corpus)).digest != first


def test_data_that_stayed_the_same_is_not_read_again(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[DataConfig] = []

    def load_examples(asked: DataConfig) -> Dataset:
        read.append(asked)
        return sources.load_examples(asked)

    monkeypatch.setattr("toolkit.data.kept.load_examples", load_examples)
    assert load_data(config(corpus)) is load_data(config(corpus))
    assert len(read) == 1
