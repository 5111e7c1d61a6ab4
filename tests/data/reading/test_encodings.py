"""Data files that are no plain text in UTF-8: read where that is sure, told otherwise."""

import bz2
import gzip
import lzma
import zipfile
from pathlib import Path

import pytest

from toolkit.data.dataset import load_corpus, load_examples
from toolkit.errors import DataError
from toolkit.spec.schema import DataConfig

SENTENCES = "The zébra runs .\nTwo zébras run .\n"
CHINESE = "斑马 跑 了\n斑马 吃 草\n"


def message_of(folder: Path, content: bytes) -> str:
    (folder / "train.txt").write_bytes(content)
    with pytest.raises(DataError) as caught:
        load_corpus(DataConfig(source="text", path=str(folder)))
    return str(caught.value)


@pytest.mark.parametrize("text", [SENTENCES, CHINESE, SENTENCES.replace("\n", "\r\n")])
@pytest.mark.parametrize(
    ("encoding", "named"),
    [("utf-16", "utf-16"), ("utf-16-le", "utf-16le"), ("utf-16-be", "utf-16be"), ("utf-32", "utf-32")],
)
def test_utf_16_with_and_without_a_mark_is_told_with_how_to_convert_it(
    text_folder: Path, text: str, encoding: str, named: str
) -> None:
    message = message_of(text_folder, text.encode(encoding))
    assert message.startswith(
        f"data.path: {text_folder}/train.txt: is text in {named.upper()[:6]}; convert it to UTF-8"
    )
    assert f"`iconv -f {named} -t utf-8`" in message


@pytest.mark.parametrize("content", [b"the \0cat\n", b"a\0 b\nthe cat\n", b"\0\0\0\0a b\n", b"ab\0cd\n"])
def test_a_nul_in_a_text_in_utf_8_is_not_taken_for_utf_16(text_folder: Path, content: bytes) -> None:
    assert "train.txt:1: the control character U+0000 (NUL)" in message_of(text_folder, content)


def zipped(text: bytes, place: Path) -> bytes:
    with zipfile.ZipFile(place, "w") as archive:
        archive.writestr("train.txt", text)
    return place.read_bytes()


def test_other_kinds_of_packed_files_are_told_by_name(text_folder: Path, tmp_path: Path) -> None:
    text = SENTENCES.encode()
    for content, told in (
        (bz2.compress(text), "compressed by bzip2; unpack it with bunzip2"),
        (lzma.compress(text), "compressed by xz; unpack it with unxz"),
        (zipped(text, tmp_path / "a.zip"), "a zip archive or an Office document; save the text in it"),
        (b"%PDF-1.7\n", "a PDF document; save its text in UTF-8"),
    ):
        assert message_of(text_folder, content) == f"data.path: {text_folder}/train.txt: is {told}" + (
            ", or use gzip, which is read" if "compressed" in told else ""
        )


def test_a_text_that_begins_like_bzip2_is_a_text(text_folder: Path) -> None:
    (text_folder / "train.txt").write_text("BZh is an abbreviation .\n", encoding="utf-8")
    assert load_corpus(DataConfig(source="text", path=str(text_folder))).train.words[0][0] == "BZh"


@pytest.mark.parametrize("source", ["coursework", "text"])
def test_files_packed_by_gzip_are_the_same_data(request: pytest.FixtureRequest, source: str) -> None:
    folder: Path = request.getfixturevalue(f"{source}_folder")
    config = DataConfig.model_validate({"source": source, "path": str(folder)})
    plain = load_examples(config).digest
    for path in list(folder.iterdir()):
        path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes()))
        path.unlink()
    assert load_examples(config).digest == plain


def test_a_packed_file_under_a_plain_name_is_read_too(text_folder: Path) -> None:
    (text_folder / "train.txt").write_bytes(gzip.compress(SENTENCES.encode()))
    assert load_corpus(DataConfig(source="text", path=str(text_folder))).train.words[0][1] == "zébra"


def test_a_fault_in_a_packed_file_is_told_with_its_line(text_folder: Path) -> None:
    assert "train.txt:2: byte 0xe9 is not UTF-8" in message_of(text_folder, gzip.compress(b"a b\nz\xe9bra\n"))


def test_a_file_beside_its_packed_one_is_refused(text_folder: Path) -> None:
    (text_folder / "dev.txt.gz").write_bytes(gzip.compress(SENTENCES.encode()))
    with pytest.raises(DataError, match=r"dev.txt is there and dev.txt.gz too; delete one of them"):
        load_corpus(DataConfig(source="text", path=str(text_folder)))


@pytest.mark.parametrize("cut", [12, 40, -4])
def test_a_packed_file_that_is_cut_off_or_damaged_is_told(text_folder: Path, cut: int) -> None:
    packed = gzip.compress((SENTENCES * 50).encode())
    assert "train.txt: cannot be unpacked by gzip (" in message_of(text_folder, packed[:cut])
    damaged = packed[:30] + bytes(20) + packed[50:]
    assert "train.txt: cannot be unpacked by gzip (" in message_of(text_folder, damaged)


@pytest.mark.parametrize(
    "content",
    [gzip.compress(b""), b"\xef\xbb\xbf", gzip.compress(b"\xef\xbb\xbf")],
    ids=["nothing packed", "a mark", "a mark packed"],  # packed bytes have the time in them
)
def test_a_file_with_nothing_in_its_packing_is_empty(text_folder: Path, content: bytes) -> None:
    assert "train.txt: the file is empty" in message_of(text_folder, content)
