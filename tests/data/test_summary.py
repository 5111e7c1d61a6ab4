"""The numbers that a data set is told by."""

import json
from pathlib import Path
from typing import Any

import pytest

from toolkit.data.sources import load_examples
from toolkit.data.summary import Part, Summary, summary_from_plain, summary_lines, summary_rows
from toolkit.spec.schema import DataConfig


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


def test_a_summary_survives_being_stored(text_folder: Path) -> None:
    summary = summary_of(source="text", path=str(text_folder))
    assert summary_from_plain(json.loads(json.dumps(summary.to_plain()))) == summary


TRAIN, MORE, DEV = Part("train", 1000, 20_000, 1234), Part("train", 2000, 40_000, 2468), Part("dev", 100, 2000, 0)


def test_data_sets_of_one_folder_are_told_together_and_each_remark_once() -> None:
    summaries = [Summary("text a", 500, [part, DEV], ["odd"]) for part in (TRAIN, MORE, TRAIN)]
    assert list(summary_lines([*summaries, Summary("text b", 500, [TRAIN, DEV], ["odd", "even"])])) == [
        "data: text a, 500 words known",
        "  train  1,000 sentences, 20,000 words, 1,234 of them unknown (6.2%)",
        "  train  2,000 sentences, 40,000 words, 2,468 of them unknown (6.2%)",
        "  dev    100 sentences, 2,000 words, 0 of them unknown (0.0%)",
        "data: text b, 500 words known",
        "  train  1,000 sentences, 20,000 words, 1,234 of them unknown (6.2%)",
        "  dev    100 sentences, 2,000 words, 0 of them unknown (0.0%)",
        "warning: odd",
        "warning: even",
    ]


def test_a_report_has_a_row_a_part_and_a_row_a_remark() -> None:
    assert summary_rows([Summary("text a", 500, [part, DEV], ["odd"]) for part in (TRAIN, MORE)]) == [
        (
            "training set",
            "1,000 sentences, 20,000 words, 1,234 of them unknown (6.2%); "
            "2,000 sentences, 40,000 words, 2,468 of them unknown (6.2%)",
        ),
        ("development set", "100 sentences, 2,000 words, 0 of them unknown (0.0%)"),
        ("vocabulary", "500 words known"),
        ("warning", "odd"),
    ]
