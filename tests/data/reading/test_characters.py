"""What parts words and lines, and what no data file may have."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.data.dataset import load_corpus
from toolkit.data.sources.coursework import read_sentences
from toolkit.errors import DataError
from toolkit.spec.schema import DataConfig
from toolkit.units.word import split_words

SPACES = {chr(code) for code in range(sys.maxunicode + 1) if chr(code).isspace()}
CONTROLS = {"\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x1f", "\x85", "\u2028", "\u2029"}
LINE_ENDS = {"\n", "\r"}
SEPARATORS = {" ", "\t"}


def text_corpus(folder: Path, content: bytes) -> list[list[str]]:
    """The training sentences of a folder whose training file has this content."""
    (folder / "train.txt").write_bytes(content)
    corpus = load_corpus(DataConfig(source="text", path=str(folder)))
    return [list(words) for words in corpus.train.words]


def message_of(folder: Path, content: bytes) -> str:
    with pytest.raises(DataError) as caught:
        text_corpus(folder, content)
    return str(caught.value)


@pytest.mark.parametrize(
    "space", sorted(SPACES - CONTROLS - LINE_ENDS - SEPARATORS), ids=lambda space: f"{ord(space):x}"
)
def test_a_space_other_than_blank_and_tab_stands_inside_a_word(text_folder: Path, space: str) -> None:
    assert text_corpus(text_folder, f"a 1{space}1/2 b\n".encode()) == [["a", f"1{space}1/2", "b"]]


@pytest.mark.parametrize("space", sorted(SEPARATORS))
def test_blanks_and_tabs_part_words_however_many_they_are(text_folder: Path, space: str) -> None:
    assert text_corpus(text_folder, f"{space}é{space}{space}b {space}\n".encode()) == [["é", "b"]]


@pytest.mark.parametrize(
    "character", sorted({*CONTROLS, "\0", "\x1a", "\x1b", "\x7f", "\x92"}), ids=lambda one: f"{ord(one):x}"
)
def test_a_control_character_is_refused_with_its_line(text_folder: Path, character: str) -> None:
    message = message_of(text_folder, f"the zebra\nthe{character} cat\n".encode())
    assert message.startswith(f"{text_folder}/train.txt:2: the control character U+{ord(character):04X}")
    assert "; put a blank in its place" in message


def test_a_byte_order_mark_inside_a_file_is_refused_with_its_line(text_folder: Path) -> None:
    part = "\ufeffThe zebra runs .\n".encode()
    assert message_of(text_folder, part + part).startswith(
        f"{text_folder}/train.txt:2: a byte-order mark inside the file"
    )


@pytest.mark.skipif(not shutil.which("perl"), reason="the advice is for perl")
@pytest.mark.parametrize("character", ["\x0b", "\x85", "\u2028", "\ufeff"], ids=lambda one: f"{ord(one):x}")
def test_the_command_that_a_message_advises_mends_the_file(text_folder: Path, character: str) -> None:
    message = message_of(text_folder, f"the{character} zébra\n".encode())
    command = re.findall("`(.*)`", message)[0].replace("FILE", str(text_folder / "train.txt"))
    subprocess.run(command, shell=True, check=True)  # noqa: S602  the command as a user gives it
    assert load_corpus(DataConfig(source="text", path=str(text_folder))).train.words == [["the", "zébra"]]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_end_as_on_any_system(text_folder: Path, end: str) -> None:
    content = end.join(["a b", "c", ""]).encode()
    assert text_corpus(text_folder, content) == [["a", "b"], ["c"]]


def test_a_fault_in_a_file_with_carriage_returns_alone_is_told_with_its_line(text_folder: Path) -> None:
    assert message_of(text_folder, b"a b\rc\r\xff\r").startswith(f"{text_folder}/train.txt:3: byte 0xff is not UTF-8")


def test_a_no_break_space_before_the_verb_does_not_shift_its_place(coursework_folder: Path) -> None:
    path = coursework_folder / "wiki-dev.txt"
    header = path.read_text(encoding="utf-8").split("\n", maxsplit=1)[0]
    path.write_text(f"{header}\nthe 1\u00a01/2 zebras run .\t2\t3\tVBP\trun\truns\n", encoding="utf-8")
    assert read_sentences(path).words[0] == ["the", "1\u00a01/2", "zebras", "run", "."]


def test_a_vocabulary_row_is_split_at_tabs_alone(coursework_folder: Path) -> None:
    path = coursework_folder / "vocab.wiki.txt"
    path.write_text(path.read_text(encoding="utf-8") + "1\u00a01/2\t3\t0.1\n", encoding="utf-8")
    corpus = load_corpus(DataConfig(source="coursework", path=str(coursework_folder)))
    assert corpus.vocabulary[-1] == "1\u00a01/2"


@given(line=st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]) | st.sampled_from(" \t")))
def test_words_are_what_stands_between_blanks_and_tabs(line: str) -> None:
    assert split_words(line) == [word for word in line.replace("\t", " ").split(" ") if word]
