"""Reading columns of words: CoNLL-U, and what else has a word a line and a blank line between sentences."""

import os
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.data.conftest import CONLLU, write_conll
from toolkit.data.dataset import load_corpus
from toolkit.data.reading.folders import check_files
from toolkit.data.sources.conll import load
from toolkit.errors import DataError
from toolkit.spec.schema import DataConfig, RunConfig

REAL = Path(os.environ.get("SHARED_DATA", Path(__file__).parents[4] / "shared" / "data")) / "tagging"
PAIRS = "EU NNP B-ORG\nrejects VBZ O\n\n# NN O\nGerman JJ B-MISC\n# NN O\n"


def config(path: Path, **settings: Any) -> DataConfig:
    return DataConfig.model_validate({"source": "conll", "path": str(path), **settings})


def folder(place: Path, text: str, name: str = "conllu", encoding: str = "utf-8") -> Path:
    for part in ("train", "dev"):
        (place / f"{part}.{name}").write_bytes(text.encode(encoding))
    return place


def wrong(path: Path, **settings: Any) -> str:
    with pytest.raises(DataError) as told:
        load_corpus(config(path, **settings))
    return str(told.value)


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_words_tags_and_all_columns_of_conllu_are_read(tmp_path: Path, ends: str) -> None:
    train = load_corpus(config(folder(tmp_path, CONLLU.replace("\n", ends)))).train
    assert list(map(list, train.words)) == [["do", "n't", "run"], ["zebras"]]
    assert list(map(list, train.columns["tags"])) == [["AUX", "PART", "VERB"], ["NOUN"]]
    assert list(map(list, train.columns["lemma"])) == [["do", "not", "run"], ["zebra"]]
    assert list(map(list, train.columns["head"])) == [["3", "3", "0"], ["0"]]
    assert train.origin is not None
    assert list(train.origin.lines) == [4, 10]


@pytest.mark.parametrize("tags", ["xpos", 5])
def test_another_column_may_be_the_tags(tmp_path: Path, tags: str | int) -> None:
    train = load_corpus(config(write_conll(tmp_path / "data"), columns={"tags": tags})).train
    assert list(train.columns["tags"][0]) == ["VB", "RB", "VB"]


def test_columns_parted_by_blanks_are_called_by_their_numbers(tmp_path: Path) -> None:
    path = folder(tmp_path, f"-DOCSTART- -X- O\n\n{PAIRS}", "txt")
    train = load_corpus(config(path, columns={"words": 1, "tags": 3})).train
    # Where blanks part columns a line that begins with # is a comment before a sentence, and a word in it.
    assert list(map(list, train.words)) == [["EU", "rejects"], ["German", "#"]]
    assert list(map(list, train.columns["tags"])) == [["B-ORG", "O"], ["B-MISC", "O"]]
    assert list(map(list, train.columns["column 2"])) == [["NNP", "VBZ"], ["JJ", "NN"]]


def test_a_token_with_a_range_in_another_format_is_a_word(tmp_path: Path) -> None:
    path = folder(tmp_path, "1-2\tNUM\n#\tSYM\n3.1\tNUM\n", "conll")
    train = load_corpus(config(path, columns={"words": 1, "tags": 2})).train
    assert list(train.words[0]) == ["1-2", "#", "3.1"]


def test_one_file_is_split_by_sentences(tmp_path: Path) -> None:
    (tmp_path / "all.conll").write_text("\n\n".join(f"w{n}\tX" for n in range(20)), encoding="utf-8")
    corpus = load_corpus(config(tmp_path / "all.conll", columns={"words": 1}, split={"dev": 0.25}))
    assert (len(corpus.train), len(corpus.dev), corpus.test) == (15, 5, None)


def lines(*changed: tuple[int, str]) -> str:
    """CONLLU with other lines, from 1."""
    rows = CONLLU.splitlines()
    for number, line in changed:
        rows[number - 1] = line
    return "\n".join(rows)


MISTAKES: dict[str, tuple[str, dict[str, Any], str]] = {
    "too few columns": (
        lines((5, "2\tn't\tPART")),
        {},
        "train.conllu:5: the line has 3 columns parted by tabs, where the first one with a word has 10; complete it",
    ),
    "blanks for tabs": (lines((5, "2 n't not PART RB _ 3 advmod _ _")), {}, "train.conllu:5: the line has 1 columns"),
    "no blank line": (
        lines((8, "# no blank line")),
        {},
        "train.conllu:10: the word has the ID '1', expected 4; part sentences by a blank line",
    ),
    "a tag that is missing": (
        lines((5, "2\tn't\tnot\t_\tRB\t_\t3\tadvmod\t_\t_")),
        {"columns": {"tags": "upos"}},
        "train.conllu:5: the tag is missing ('_'); complete the line, or name another column in data.columns",
    ),
    "a word that is missing": (lines((5, "2\t\tnot\tX\tRB\t_\t3\tadvmod\t_\t_")), {}, "train.conllu:5: the word is mi"),
    "a column that is spelled otherwise": (
        CONLLU,
        {"columns": {"tags": "upso"}},
        "data.columns: {}/train.conllu:4: CoNLL-U has no column `upso`, only id, form, lemma, upos, xpos, feats, head, "
        "deprel, deps, misc; did you mean `upos`?",
    ),
    "a column beyond": (CONLLU, {"columns": {"tags": 11}}, "train.conllu:4: there is no column 11; its lines have 10"),
    "nothing": ("# text\n\n", {}, "train.conllu:1: the file has no words; expected a word a line"),
    "columns that nobody named": (
        "the\tDET\n",
        {},
        "train.conllu:1: this is not CoNLL-U, so say which column has the words: data.columns: {words: 1, tags: 2}; "
        "its first word has 1: the, 2: DET",
    ),
    "a name where there is none": (
        "the\tDET\n",
        {"columns": {"words": "form"}},
        "train.conllu:1: there is no column `form`: this is not CoNLL-U, so give numbers from 1 to 2",
    ),
    "what the task needs": (CONLLU, {"task": "agreement"}, "the task agreement needs the column `verb_idx`, which is"),
    "a control character": (lines((5, "2\tn\x02t")), {}, "train.conllu:5: the control character U+0002"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_told_with_its_place_and_mend(tmp_path: Path, name: str) -> None:
    text, settings, told = MISTAKES[name]
    assert told.replace("{}", str(tmp_path)) in wrong(folder(tmp_path, text), **settings)


def test_another_encoding_is_told_with_its_line(tmp_path: Path) -> None:
    path = folder(tmp_path, lines((5, "2\tné\tnot\tX\tRB\t_\t3\tadvmod\t_\t_")), encoding="latin1")
    assert "train.conllu:5: byte 0xe9 is not UTF-8" in wrong(path)


def test_columns_are_looked_at_before_all_is_read(tmp_path: Path) -> None:
    path = folder(tmp_path, f"{CONLLU}\nbroken\n")
    check_files(RunConfig(data=config(path)))
    with pytest.raises(DataError, match="CoNLL-U has no column `pos`"):
        check_files(RunConfig(data=config(path, columns={"tags": "pos"})))


WORD = st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters="#"), min_size=1, max_size=6)
SENTENCES = st.lists(st.lists(st.tuples(WORD, WORD), min_size=1, max_size=5), min_size=1, max_size=5)


@pytest.mark.parametrize("between", ["\t", " ", "  "])
@given(sentences=SENTENCES)
def test_what_is_written_is_read_back(between: str, sentences: list[list[tuple[str, str]]]) -> None:
    text = "\n\n".join("\n".join(between.join(word) for word in sentence) for sentence in sentences)
    with TemporaryDirectory() as place:
        columns = load(config(folder(Path(place), text), columns={"words": 1, "tags": 2})).train.columns
    assert [list(zip(*pair, strict=True)) for pair in zip(columns["words"], columns["tags"], strict=True)] == sentences


@pytest.mark.skipif(not REAL.exists(), reason="the treebank is not there; SHARED_DATA names its folder's folder")
def test_a_treebank_is_read_as_its_comments_say() -> None:
    corpus = load_corpus(config(REAL))
    assert corpus.test is not None
    for part, sentences in (("train", corpus.train), ("dev", corpus.dev), ("test", corpus.test)):
        text = (REAL / f"{part}.conllu").read_text(encoding="utf-8")
        assert len(sentences) == text.count("# sent_id = ")
        words = [line for line in text.splitlines() if line.partition("\t")[0].isdecimal()]
        assert sum(map(len, sentences.words)) == len(words)
        tags = Counter(tag for each in sentences.columns["tags"] for tag in each)
        assert tags == Counter(line.split("\t")[3] for line in words)
        assert len(tags) == 17
