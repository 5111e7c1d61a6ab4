"""From texts to what is read: spelling, units and length."""

import sys
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.data.conftest import write_conll
from tests.spec.test_loader import error_of, write
from toolkit.data.corpus import Corpus, Sequences
from toolkit.data.dataset import load_corpus, load_examples
from toolkit.data.reading.folders import check_files
from toolkit.data.texts import corpus_of_words
from toolkit.errors import DataError, SettingError
from toolkit.spec.growth import without_later_defaults
from toolkit.spec.schema import DataConfig, RunConfig

DECOMPOSED = "cafe\u0301"


def text_config(folder: Path, train: str, dev: str = "a\n", **settings: Any) -> DataConfig:
    (folder / "train.txt").write_text(train, encoding="utf-8")
    (folder / "dev.txt").write_text(dev, encoding="utf-8")
    return DataConfig.model_validate({"source": "text", "path": str(folder), **settings})


def words(corpus: Corpus) -> list[list[str]]:
    return [list(sequence) for sequence in corpus.train.words]


def test_of_characters_a_blank_is_one_too(tmp_path: Path) -> None:
    corpus = load_corpus(text_config(tmp_path, "a b \n\n \tb\n", unit="character"))
    assert words(corpus) == [["a", " ", "b", " "], [" ", "\t", "b"]]
    assert corpus.vocabulary == ["UNK", "<s>", "</s>", " ", "b", "a", "\t"]


def test_a_data_set_of_characters_is_counted_in_characters(tmp_path: Path) -> None:
    summary = load_examples(text_config(tmp_path, "ab a\n", "abc\n", unit="character")).summary
    assert summary is not None
    assert str(summary.parts[0]) == "1 sentence, 4 characters, 0 of them unknown (0.0%)"
    assert str(summary.parts[1]) == "1 sentence, 3 characters, 1 of them unknown (33.3%)"


def test_texts_are_set_in_lower_case_after_they_are_normalized(tmp_path: Path) -> None:
    text = f"{DECOMPOSED.upper()} \ufb01x\n"
    for settings, expected in (
        ({}, [DECOMPOSED.upper(), "\ufb01x"]),
        ({"lowercase": True}, [DECOMPOSED, "\ufb01x"]),
        ({"normalize": "nfc"}, ["CAF\u00c9", "\ufb01x"]),
        ({"normalize": "nfkc", "lowercase": True}, ["caf\u00e9", "fix"]),
    ):
        assert words(load_corpus(text_config(tmp_path, text, **settings))) == [expected]


@given(st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1), st.sampled_from(["nfc", "nfkc"]))
def test_words_of_a_sentence_are_normalized_one_by_one(word: str, form: str) -> None:
    config = DataConfig.model_validate({"source": "conll", "path": "here", "normalize": form, "lowercase": True})
    part = Sequences({"words": [[word, "b"]]})
    corpus = corpus_of_words(config, {"train": part, "dev": part}, ["words"])
    assert words(corpus) == [[unicodedata.normalize(form.upper(), word).lower(), "b"]]  # type: ignore[arg-type]


def test_longer_sequences_are_cut_and_it_is_told_how_many_were(tmp_path: Path) -> None:
    config = text_config(tmp_path, "a b c d\na\na b c\n", "a b\n", max_length=2)
    corpus = load_corpus(config)
    assert words(corpus) == [["a", "b"], ["a"], ["a", "b"]]
    # What is cut off counts for the vocabulary: the whole training file does.
    told = "2 of 3 sequences of the train part are cut to data.max_length: 2; the longest has 4 words"
    assert list(corpus.remarks) == [told]
    summary = load_examples(config).summary
    assert summary is not None
    assert told in summary.remarks


def test_tags_are_cut_with_their_words(tmp_path: Path) -> None:
    path = str(write_conll(tmp_path / "data"))
    train = load_corpus(DataConfig(source="conll", path=path, max_length=2, lowercase=True)).train
    assert words_and(train, "tags") == [(["do", "n't"], ["AUX", "PART"]), (["zebras"], ["NOUN"])]
    assert [len(lemmas) for lemmas in train.columns["lemma"]] == [2, 1]


def words_and(part: Sequences, column: str) -> list[tuple[list[str], list[str]]]:
    return [(list(one), list(other)) for one, other in zip(part.words, part.columns[column], strict=True)]


def test_a_text_of_which_nothing_is_left_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"train.txt:2: nothing is left of the text"):
        load_corpus(text_config(tmp_path, "a\n\u00a0\n", normalize="nfkc"))


@pytest.mark.parametrize(
    ("section", "told"),
    [
        ("{unit: character}", "data.unit is for data.source: text or table; it is grammar, and its words are those of"),
        ("{lowercase: true}", "data.lowercase is for data.source: text, table or conll; it is grammar"),
        (
            "{source: coursework, path: here, normalize: nfc}",
            "it is coursework, and its words, and where among them subject and verb stand, are those of its files",
        ),
        ("{source: conll, path: here, unit: character}", "it is conll, and a tag belongs to a word"),
        (
            "{source: table, path: here, task: agreement, max_length: 5}",
            "data.max_length: the task agreement counts words up to the verb, which it would move or cut off",
        ),
        ("{source: text, path: here, unit: letter}", "data.unit: expected word, character or subword"),
        ("{source: text, path: here, normalize: nfd}", "data.normalize: expected nfc or nfkc"),
        ("{source: text, path: here, max_length: 0}", "data.max_length"),
    ],
)
def test_what_does_not_go_with_a_source_or_task_is_refused_with_the_reason(
    tmp_path: Path, section: str, told: str
) -> None:
    assert told in error_of(write(tmp_path, f"name: a\ndata: {section}\n"))


def test_at_their_defaults_the_keys_are_no_part_of_an_identity() -> None:
    assert {"unit", "lowercase", "normalize", "max_length", "columns", "split"}.isdisjoint(
        without_later_defaults(RunConfig())["data"]
    )
    changed = RunConfig(data=DataConfig(source="text", path="here", unit="character"))
    assert without_later_defaults(changed)["data"]["unit"] == "character"


def test_subwords_are_learnt_from_the_training_part_alone(tmp_path: Path) -> None:
    pytest.importorskip("tokenizers")
    train = "the lower zebra\nthe lowest  zebras\nlow lower\n"
    config = text_config(tmp_path, train, "a zebra slow\u00e9r\n", unit="subword", vocab_size=25)
    one, again = load_corpus(config), load_corpus(config.model_copy(update={"dev_size": 1}))
    assert words(one) == words(again)
    assert one.vocabulary == again.vocabulary
    assert len(one.vocabulary) <= 25
    for pieces, text in zip(words(one), ["the lower zebra", "the lowest zebras", "low lower"], strict=True):
        assert "".join(pieces).replace("\u2581", " ").strip() == text
        assert len(pieces) < len(text)
    known = set(one.vocabulary)
    assert all(piece in known for pieces in words(one) for piece in pieces)
    (dev,) = one.dev.words
    # A character that training has not is one piece, which is not known.
    assert "".join(dev).replace("\u2581", " ").strip() == "a zebra slow\0r"
    assert "\0" not in known


def test_a_missing_package_of_a_unit_is_told_before_anything_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "tokenizers", None)
    monkeypatch.setattr("toolkit.extras.find_spec", lambda _: None)
    config = RunConfig(data=text_config(tmp_path, "a\n", unit="subword"))
    with pytest.raises(SettingError, match=r"data.unit: subword needs tokenizers: .*'rnn-spec-toolkit\[subword\]'"):
        check_files(config)
