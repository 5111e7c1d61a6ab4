"""Reading folders of plain sentences."""

from pathlib import Path

from toolkit.data.dataset import load_corpus
from toolkit.spec.schema import DataConfig


def config(folder: Path, **settings: int) -> DataConfig:
    return DataConfig.model_validate({"source": "text", "path": str(folder), **settings})


def test_sentences_are_split_at_white_space_and_blank_lines_passed_over(text_folder: Path) -> None:
    corpus = load_corpus(config(text_folder))
    assert corpus.train.words == [["the", "zebra", "runs", "."], ["the", "zebras", "run", "."], ["zebra", "café", "."]]
    assert corpus.dev.words == [["the", "café", "runs", "."]]
    assert corpus.test is None


def test_test_file_is_read_where_there_is_one(text_folder: Path) -> None:
    (text_folder / "test.txt").write_text("the zebra .\n")
    test = load_corpus(config(text_folder)).test
    assert test is not None
    assert test.words == [["the", "zebra", "."]]


def test_vocabulary_is_most_frequent_first_and_ties_by_first_occurrence(text_folder: Path) -> None:
    expected = ["UNK", "<s>", "</s>", ".", "the", "zebra", "runs", "zebras", "run", "café"]
    assert load_corpus(config(text_folder)).vocabulary == expected


def test_vocab_size_counts_the_special_tokens(text_folder: Path) -> None:
    assert load_corpus(config(text_folder, vocab_size=5)).vocabulary == ["UNK", "<s>", "</s>", ".", "the"]


def test_train_size_does_not_change_the_vocabulary(text_folder: Path) -> None:
    small = load_corpus(config(text_folder, train_size=1))
    assert len(small.train) == 1
    assert small.vocabulary == load_corpus(config(text_folder)).vocabulary


def test_special_tokens_written_in_the_text_are_not_listed_twice(text_folder: Path) -> None:
    (text_folder / "train.txt").write_text("<s> the UNK UNK </s>\n")
    assert load_corpus(config(text_folder)).vocabulary == ["UNK", "<s>", "</s>", "the"]
