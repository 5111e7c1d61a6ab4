"""The numbers that a data set is told by."""

from pathlib import Path
from typing import Any

import pytest

from toolkit.data.dataset import load_examples
from toolkit.spec.schema import DataConfig
from toolkit.summary import Part, Summary


def summary_of(**settings: Any) -> Summary:
    summary = load_examples(DataConfig(**settings)).summary
    assert summary is not None
    return summary


def test_sentences_words_and_unknown_words_are_counted_in_each_part(text_folder: Path) -> None:
    (text_folder / "test.txt").write_text("the UNK lion runs\n\nlion\n", encoding="utf-8")
    summary = summary_of(source="text", path=str(text_folder), vocab_size=6)
    assert summary.parts == [Part("train", 3, 11, 4), Part("dev", 1, 4, 2), Part("test", 2, 5, 4)]
    assert (summary.origin, summary.vocabulary) == (f"text {text_folder}", 6)


def test_no_more_is_counted_than_is_asked_for(text_folder: Path) -> None:
    assert summary_of(source="text", path=str(text_folder), train_size=1).parts[0] == Part("train", 1, 4, 0)


@pytest.mark.parametrize("task", ["language_model", "agreement"])
def test_whole_sentences_are_counted_whatever_is_read_of_them(coursework_folder: Path, task: str) -> None:
    summary = summary_of(source="coursework", path=str(coursework_folder), task=task, vocab_size=9)
    assert summary.parts == [Part(name, 3, 15, 10) for name in ("train", "dev", "test")]
