"""Reading folders in the coursework format."""

from pathlib import Path

from toolkit.data.dataset import load_corpus
from toolkit.spec.schema import DataConfig


def config(folder: Path, **settings: int) -> DataConfig:
    return DataConfig.model_validate({"source": "coursework", "path": str(folder), **settings})


def test_columns_are_read_as_they_stand(coursework_folder: Path) -> None:
    train = load_corpus(config(coursework_folder)).train
    assert train.words[2] == ["a", "café", "opens", "."]
    assert {name: column for name, column in train.columns.items() if name != "words"} == {
        "subj_idx": (1, 1, 1),
        "verb_idx": (5, 2, 2),
        "verb_pos": ("VBZ", "VBP", "VBZ"),
        "verb": ("runs", "run", "opens"),
        "inflected_verb": ("run", "runs", "open"),
    }


def test_sizes_take_the_first_sentences(coursework_folder: Path) -> None:
    corpus = load_corpus(config(coursework_folder, train_size=2, dev_size=1))
    assert corpus.test is not None
    assert [len(split) for split in (corpus.train, corpus.dev, corpus.test)] == [2, 1, 3]
    assert corpus.train.words[1] == ["two", "zebras", "run", "."]


def test_vocabulary_is_the_first_rows_in_file_order(coursework_folder: Path) -> None:
    assert load_corpus(config(coursework_folder, vocab_size=6)).vocabulary == [
        "VBZ",
        "VBP",
        "the",
        "<s>",
        "UNK",
        "</s>",
    ]


def test_vocabulary_larger_than_its_file_is_the_whole_file(coursework_folder: Path) -> None:
    assert len(load_corpus(config(coursework_folder, vocab_size=500)).vocabulary) == 13


def test_folder_without_test_file_has_no_test_split(coursework_folder: Path) -> None:
    (coursework_folder / "wiki-test.txt").unlink()
    assert load_corpus(config(coursework_folder)).test is None


def test_windows_line_ends_and_byte_order_mark_make_no_difference(coursework_folder: Path) -> None:
    before = load_corpus(config(coursework_folder))
    for path in coursework_folder.iterdir():
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    after = load_corpus(config(coursework_folder))
    assert after.vocabulary == before.vocabulary
    assert after.train.columns == before.train.columns
