"""Every mistake in a data folder ends in one message with the place and the mend."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.data.dataset import load_examples
from toolkit.data.sources.coursework import COLUMNS, read_sentences
from toolkit.errors import DataError
from toolkit.spec.schema import DataConfig

Mistake = Callable[[Path], object]
Task = Literal["language_model", "agreement"]


def replaced(name: str, line: int, new: str | None, cut: bool = False) -> Mistake:
    """A mistake: the line (from 1) of the file is another, and with `cut` the last one; None: it is deleted."""

    def apply(folder: Path) -> None:
        lines = (folder / name).read_text(encoding="utf-8").split("\n")
        after = [] if cut else lines[line:]
        new_lines = [] if new is None else [new]
        (folder / name).write_text("\n".join([*lines[: line - 1], *new_lines, *after]), encoding="utf-8")

    return apply


def removed(name: str) -> Mistake:
    return lambda folder: (folder / name).unlink()


def made_a_folder(name: str) -> Mistake:
    def apply(folder: Path) -> None:
        (folder / name).unlink()
        (folder / name).mkdir()

    return apply


def overwritten(name: str, content: bytes) -> Mistake:
    return lambda folder: (folder / name).write_bytes(content)


def row(subj_idx: object = 1, verb_idx: object = 2, verb_pos: str = "VBZ", verb: str = "runs") -> str:
    return f"the zebra runs .\t{subj_idx}\t{verb_idx}\t{verb_pos}\t{verb}\trun"


DEV, TRAIN, VOCAB = "wiki-dev.txt", "wiki-train.txt", "vocab.wiki.txt"
HEADER = "\t".join(COLUMNS)

COURSEWORK_MISTAKES: dict[str, tuple[Mistake, str]] = {
    "no train file": (removed(TRAIN), "wiki-train.txt: there is no such file; add it"),
    "no dev file": (removed(DEV), "wiki-dev.txt: there is no such file; add it"),
    "no vocabulary": (removed(VOCAB), "vocab.wiki.txt: there is no such file; add it"),
    "a folder for a file": (made_a_folder(DEV), "wiki-dev.txt: is a folder, expected a file"),
    "a folder for the test file": (made_a_folder("wiki-test.txt"), "wiki-test.txt: is a folder, expected a file"),
    "empty train file": (overwritten(TRAIN, b""), "wiki-train.txt: the file is empty; copy it again"),
    "empty vocabulary": (overwritten(VOCAB, b""), "vocab.wiki.txt: the file is empty"),
    "header only": (overwritten(DEV, f"{HEADER}\n".encode()), "wiki-dev.txt:2: expected a sentence, found the end"),
    "no header": (replaced(DEV, 1, None), "wiki-dev.txt:1: expected the tab-separated header"),
    "last row cut": (
        replaced(DEV, 4, "the zebra runs .\t1", cut=True),
        "wiki-dev.txt:4: expected 6 tab-separated columns, found 2; complete the row",
    ),
    "last row cut at its end": (replaced(DEV, 4, row()[:-3], cut=True), "wiki-dev.txt:4: verb or inflected_verb is"),
    "last row cut in the tag": (
        replaced(DEV, 4, row(verb_pos="VB"), cut=True),
        "wiki-dev.txt:4: verb_pos is 'VB'; expected VBZ (singular) or VBP (plural)",
    ),
    "too few columns": (replaced(DEV, 3, "the zebra runs .\t1\t2"), "wiki-dev.txt:3: expected 6 tab-separated columns"),
    "too many columns": (replaced(DEV, 3, row() + "\tx"), "wiki-dev.txt:3: expected 6 tab-separated columns, found 7"),
    "a blank line": (replaced(DEV, 3, ""), "wiki-dev.txt:3: expected 6 tab-separated columns, found 1"),
    "an index that is no integer": (
        replaced(DEV, 3, row(verb_idx="2.0")),
        "wiki-dev.txt:3: verb_idx is '2.0'; expected an integer",
    ),
    "an empty index": (replaced(DEV, 3, row(subj_idx="")), "wiki-dev.txt:3: subj_idx is ''; expected an integer"),
    "verb outside the sentence": (
        replaced(TRAIN, 2, row(verb_idx=4)),
        "wiki-train.txt:2: verb_idx 4 is outside the sentence; expected a position from 0 to 3",
    ),
    "negative subject": (replaced(DEV, 4, row(subj_idx=-1)), "wiki-dev.txt:4: subj_idx -1 is outside the sentence"),
    "verb at 0": (replaced(DEV, 2, row(subj_idx=0, verb_idx=0)), "wiki-dev.txt:2: verb_idx is 0; expected at least 1"),
    "verb before its subject": (replaced(DEV, 2, row(subj_idx=2, verb_idx=1)), "wiki-dev.txt:2: subj_idx 2 is not"),
    "empty sentence": (replaced(DEV, 2, "\t0\t1\tVBZ\truns\trun"), "wiki-dev.txt:2: the sentence is empty"),
    "another tag": (replaced(DEV, 2, row(verb_pos="VBD")), "wiki-dev.txt:2: verb_pos is 'VBD'; expected VBZ"),
    "another word where the verb should be": (
        replaced(DEV, 2, row(verb="zebra")),
        "wiki-dev.txt:2: the word at verb_idx 2 is `runs`, but the verb is `zebra`; that stands at 1; mend verb_idx",
    ),
    "a verb that is nowhere": (
        replaced(TRAIN, 3, row(verb="walks")),
        "wiki-train.txt:3: the word at verb_idx 2 is `runs`, but the verb is `walks`; mend verb_idx, counting from 0",
    ),
    "an index with an underscore": (replaced(DEV, 3, row(verb_idx="0_2")), "wiki-dev.txt:3: verb_idx is '0_2'; exp"),
    "an index in other digits": (replaced(DEV, 3, row(verb_idx="٢")), "wiki-dev.txt:3: verb_idx is '٢'; expected an"),
    "no verb": (replaced(DEV, 2, row(verb="")), "wiki-dev.txt:2: verb or inflected_verb is empty"),
    "a byte that is not UTF-8": (
        overwritten(DEV, f"{HEADER}\n{row()}\n".encode() + "a café opens .".encode("latin1")),
        "wiki-dev.txt:3: byte 0xe9 is not UTF-8; save the file in UTF-8",
    ),
    "no UNK": (replaced(VOCAB, 5, None), "vocab.wiki.txt:12: UNK is not among the first 12 words; add a row"),
    "a word twice": (
        replaced(VOCAB, 7, "the\t5\t0.1"),
        "vocab.wiki.txt:7: the word `the` stands in line 3 already; delete one",
    ),
    "a vocabulary word with a blank": (
        replaced(VOCAB, 7, "the zebra\t5\t0.1"),
        "vocab.wiki.txt:7: the word is 'the zebra'; expected one word without blanks",
    ),
    "an empty vocabulary word": (replaced(VOCAB, 7, "\t5\t0.1"), "vocab.wiki.txt:7: the word is ''; expected one"),
    "a vocabulary parted by blanks": (
        replaced(VOCAB, 7, "zebra 5 0.1"),
        "vocab.wiki.txt:7: expected 3 tab-separated columns, found 1; complete the row",
    ),
    "a header on the vocabulary": (
        replaced(VOCAB, 1, "word\tcount\tfrequency"),
        "vocab.wiki.txt:1: count is 'count'; expected a number, for there is no header here",
    ),
    "vocabulary row cut": (
        replaced(VOCAB, 9, "ne", cut=True),
        "vocab.wiki.txt:9: expected 3 tab-separated columns, found 1",
    ),
}

TEXT_MISTAKES: dict[str, tuple[Mistake, str]] = {
    "no train file": (removed("train.txt"), "train.txt: there is no such file; add it"),
    "no dev file": (removed("dev.txt"), "dev.txt: there is no such file; add it"),
    "a folder for a file": (made_a_folder("train.txt"), "train.txt: is a folder, expected a file"),
    "empty train file": (overwritten("train.txt", b""), "train.txt: the file is empty"),
    "blank train file": (overwritten("train.txt", b"\n \n\n"), "train.txt:1: the file has only blank lines"),
    "a byte that is not UTF-8": (
        overwritten("dev.txt", b"the\n\xff\n"),
        "dev.txt:2: byte 0xff is not UTF-8; save the file in UTF-8",
    ),
}

SETTINGS: list[tuple[dict[str, Any], str]] = [
    ({"source": "coursework"}, "data.source: coursework needs data.path: the folder with wiki-train.txt, wiki-dev.txt"),
    ({"source": "text", "path": ""}, "data.source: text needs data.path: the folder with train.txt, dev.txt"),
]


def message_of(**settings: Any) -> str:
    with pytest.raises(DataError) as caught:
        load_examples(DataConfig(**settings))
    return str(caught.value)


@pytest.mark.parametrize("task", ["language_model", "agreement"])
@pytest.mark.parametrize("mistake", COURSEWORK_MISTAKES)
def test_coursework_mistake_is_one_message_with_its_place(coursework_folder: Path, mistake: str, task: Task) -> None:
    apply, expected = COURSEWORK_MISTAKES[mistake]
    apply(coursework_folder)
    message = message_of(source="coursework", path=str(coursework_folder), task=task)
    assert message.removeprefix("data.path: ").startswith(f"{coursework_folder}/{expected}")
    assert "\n" not in message
    assert ";" in message


@pytest.mark.parametrize("mistake", TEXT_MISTAKES)
def test_text_mistake_is_one_message_with_its_place(text_folder: Path, mistake: str) -> None:
    apply, expected = TEXT_MISTAKES[mistake]
    apply(text_folder)
    message = message_of(source="text", path=str(text_folder))
    assert message.removeprefix("data.path: ").startswith(f"{text_folder}/{expected}")
    assert "\n" not in message
    assert ";" in message


@pytest.mark.parametrize(("settings", "expected"), SETTINGS)
def test_setting_that_no_data_can_satisfy_is_named(settings: dict[str, Any], expected: str) -> None:
    assert message_of(**settings).startswith(expected)


@pytest.mark.parametrize("source", ["coursework", "text"])
def test_missing_folder_is_named(tmp_path: Path, source: str) -> None:
    message = message_of(source=source, path=str(tmp_path / "nowhere"))
    assert message.startswith(f"data.path: {tmp_path}/nowhere does not exist; expected the folder with")


@pytest.mark.parametrize("source", ["coursework", "text"])
def test_file_in_place_of_the_folder_is_named(tmp_path: Path, source: str) -> None:
    (tmp_path / "file").touch()
    assert f"data.path: {tmp_path}/file is a file; expected" in message_of(source=source, path=str(tmp_path / "file"))


@pytest.mark.parametrize(("key", "file"), [("train_size", TRAIN), ("dev_size", DEV)])
def test_more_sentences_than_the_coursework_file_has_says_how_many_there_are(
    coursework_folder: Path, key: str, file: str
) -> None:
    message = message_of(source="coursework", path=str(coursework_folder), **{key: 4})
    assert message.startswith(f"{coursework_folder / file}: data.{key} asks for 4 sentences, the file has 3; lower")


@pytest.mark.parametrize(("key", "file", "has"), [("train_size", "train.txt", 3), ("dev_size", "dev.txt", 1)])
def test_more_sentences_than_the_text_file_has_says_how_many_there_are(
    text_folder: Path, key: str, file: str, has: int
) -> None:
    message = message_of(source="text", path=str(text_folder), **{key: 4})
    assert message.startswith(f"{text_folder / file}: data.{key} asks for 4 sentences, the file has {has}; lower")


@pytest.mark.parametrize("verb", ["Runs", "RUNS", "runs"])
@pytest.mark.parametrize("word", ["runs", "VBZ", "UNK"])
def test_verb_may_stand_in_the_sentence_in_lower_case_or_replaced_as_a_rare_word(
    coursework_folder: Path, word: str, verb: str
) -> None:
    path = coursework_folder / DEV
    path.write_text(f"{HEADER}\nthe zebra {word} .\t1\t2\tVBZ\t{verb}\trun\n", encoding="utf-8")
    assert read_sentences(path).words == (["the", "zebra", word, "."],)


def test_all_wrong_files_of_a_folder_are_told_at_once(coursework_folder: Path) -> None:
    for mistake in (replaced(TRAIN, 3, row(verb_pos="VBD")), replaced(DEV, 2, ""), replaced(VOCAB, 5, None)):
        mistake(coursework_folder)
    told = message_of(source="coursework", path=str(coursework_folder)).split("\n")
    places = ["vocab.wiki.txt:12: UNK is", "wiki-train.txt:3: verb_pos is", "wiki-dev.txt:2: expected 6"]
    assert [line.startswith(f"{coursework_folder}/{place}") for line, place in zip(told, places, strict=True)] == [
        True
    ] * 3


def test_all_missing_files_of_a_folder_are_told_at_once(text_folder: Path) -> None:
    for name in ("train.txt", "dev.txt"):
        (text_folder / name).unlink()
    told = message_of(source="text", path=str(text_folder)).split("\n")
    assert [line.partition(": there is no such file")[0] for line in told] == [
        f"data.path: {text_folder}/{name}" for name in ("train.txt", "dev.txt")
    ]


def test_unknown_word_token_below_vocab_size_says_what_to_raise(coursework_folder: Path) -> None:
    message = message_of(source="coursework", path=str(coursework_folder), vocab_size=4, task="agreement")
    assert re.search(r"vocab.wiki.txt:4: UNK is not among the first 4 words; .*raise data.vocab_size", message)


def test_language_model_needs_the_sentence_end_and_agreement_does_not(coursework_folder: Path) -> None:
    settings = {"source": "coursework", "path": str(coursework_folder), "vocab_size": 5}
    assert "vocab.wiki.txt:5: </s> is not among the first 5 words" in message_of(task="language_model", **settings)
    assert load_examples(DataConfig(task="agreement", **settings)).vocabulary[-1] == "UNK"


def test_lines_that_are_not_asked_for_are_not_looked_at(coursework_folder: Path) -> None:
    replaced(TRAIN, 4, "cut", cut=True)(coursework_folder)
    config = DataConfig(source="coursework", path=str(coursework_folder), train_size=2)
    assert len(load_examples(config).train) == 2


@given(content=st.binary(max_size=200))
def test_random_bytes_after_the_header_are_one_error_that_names_the_file(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.txt"
    path.write_bytes(f"{HEADER}\n".encode() + content)
    with pytest.raises(DataError, match=re.escape(str(path))):
        read_sentences(path)
