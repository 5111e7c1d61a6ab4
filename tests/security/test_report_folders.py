"""A report folder that somebody sent: nothing outside it is written or removed, nothing in it breaks other calls."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from toolkit.errors import StoreError, ToolkitError
from toolkit.reporter.page.folder import MANIFEST, write_folder
from toolkit.reporter.page.listing import write_listing
from toolkit.sinks.tensorboard import TensorBoard

FILES = {"index.html": b"page", "tables/a.csv": b"1", "figures/b.svg": b"<svg/>"}

Attack = Callable[[Path, Path], None]
"""Makes a report folder, given its path and that of a folder of the user's outside."""


def manifest(folder: Path, *names: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / MANIFEST).write_text("".join(f"{name}\n" for name in names), encoding="utf-8")


def link_for(name: str, target: str) -> Attack:
    def make(folder: Path, outside: Path) -> None:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).symlink_to(outside / target)

    return make


def hard_link(folder: Path, outside: Path) -> None:
    folder.mkdir()
    (folder / "index.html").hardlink_to(outside / "precious.txt")


def through_a_linked_subfolder(folder: Path, outside: Path) -> None:
    manifest(folder, "old/precious.txt", "old/inner/deep.txt")
    (folder / "old").symlink_to(outside)


def named_in_the_manifest(folder: Path, outside: Path) -> None:
    climbing = os.path.relpath(outside / "precious.txt", folder)
    manifest(folder, climbing, str(outside / "precious.txt"), f"tables/../{climbing}", f"./{climbing}", "..", ".", "/")
    (folder / "tables").mkdir()


def a_manifest_that_is_a_link(folder: Path, outside: Path) -> None:
    manifest(outside, "precious.txt", "inner/deep.txt")
    folder.mkdir()
    (folder / MANIFEST).symlink_to(outside / MANIFEST)


def names_that_are_none(folder: Path, outside: Path) -> None:
    folder.mkdir()
    (folder / "empty").mkdir()
    (folder / MANIFEST).write_bytes(b"a\0b\nempty\n\n" + b"x" * 5000 + b"\n")


def bytes_that_are_no_text(folder: Path, outside: Path) -> None:
    folder.mkdir()
    (folder / MANIFEST).write_bytes(b"precious.txt\n\xff\xfe\n")


def a_manifest_that_is_a_pipe(folder: Path, outside: Path) -> None:
    folder.mkdir()
    os.mkfifo(folder / MANIFEST)


ATTACKS: dict[str, Attack] = {
    "the folder is a link": lambda folder, outside: folder.symlink_to(outside),
    "the folder is a dangling link": lambda folder, outside: folder.symlink_to(outside / "new"),
    "tables is a link": link_for("tables", "."),
    "figures is a dangling link": link_for("figures", "new"),
    "a file is a link": link_for("index.html", "precious.txt"),
    "a file of a subfolder is a link": link_for("tables/a.csv", "precious.txt"),
    "a file is a dangling link": link_for("index.html", "new.txt"),
    "a file is a hard link": hard_link,
    "a subfolder in the manifest is a link": through_a_linked_subfolder,
    "the manifest names files outside": named_in_the_manifest,
    "the manifest is a link": a_manifest_that_is_a_link,
    "the manifest has names that are none": names_that_are_none,
    "the manifest is no text": bytes_that_are_no_text,
    "the manifest is a pipe": a_manifest_that_is_a_pipe,
}


def listed(folder: Path) -> dict[str, bytes]:
    """All that lies under a folder."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else b"folder" for path in folder.rglob("*")
    }


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_nothing_outside_a_report_folder_is_written_or_removed(attack: Attack, tmp_path: Path, outside: Path) -> None:
    folder = tmp_path / "reports" / "sent"
    folder.parent.mkdir()
    attack(folder, outside)
    before = listed(outside)
    refused = False
    try:
        write_folder(folder, FILES)
    except StoreError as error:
        refused = "is a link" in str(error)
        assert refused
    assert listed(outside) == before
    if not refused:
        assert {name: (folder / name).read_bytes() for name in FILES} == FILES
        assert not any((folder / name).is_symlink() for name in FILES)


def test_a_report_folder_that_is_a_link_is_refused_before_anything_is_written(tmp_path: Path, outside: Path) -> None:
    (tmp_path / "sent").symlink_to(outside)
    with pytest.raises(StoreError, match="sent: this is a link, and what is written there would lie elsewhere"):
        write_folder(tmp_path / "sent", FILES)


def test_a_linked_subfolder_is_told_before_the_first_file_is_written(tmp_path: Path, outside: Path) -> None:
    write_folder(tmp_path / "sent", {"index.html": b"old"})
    (tmp_path / "sent" / "tables").symlink_to(outside)
    with pytest.raises(StoreError, match=r"sent/tables: this is a link"):
        write_folder(tmp_path / "sent", FILES)
    assert (tmp_path / "sent" / "index.html").read_bytes() == b"old"


def test_a_folder_where_a_file_goes_is_told(tmp_path: Path) -> None:
    (tmp_path / "sent" / "index.html").mkdir(parents=True)
    with pytest.raises(StoreError, match=r"index.html: a folder stands where a file of the report goes"):
        write_folder(tmp_path / "sent", FILES)


def test_a_file_where_a_folder_goes_is_told(tmp_path: Path) -> None:
    (tmp_path / "sent").mkdir()
    (tmp_path / "sent" / "tables").write_text("a", encoding="utf-8")
    with pytest.raises(StoreError, match=r"tables: a file stands where a folder of the report goes"):
        write_folder(tmp_path / "sent", FILES)


def test_what_a_former_report_wrote_and_this_one_does_not_is_still_taken_away(tmp_path: Path) -> None:
    write_folder(tmp_path / "own", FILES | {"tables/old.csv": b"2"})
    (tmp_path / "own" / "notes.txt").write_text("mine", encoding="utf-8")
    write_folder(tmp_path / "own", FILES)
    assert set(listed(tmp_path / "own")) == {*FILES, "tables", "figures", "notes.txt", MANIFEST}


def test_tensorboard_logs_are_not_written_through_a_link(tmp_path: Path, outside: Path) -> None:
    pytest.importorskip("tensorboard")
    (tmp_path / "sent").mkdir()
    (tmp_path / "sent" / "tensorboard").symlink_to(outside)
    sink = TensorBoard()
    before = listed(outside)
    with pytest.raises(ToolkitError, match=r"tensorboard: this is a link"):
        sink.check([tmp_path / "sent"])
    with pytest.raises(ToolkitError, match=r"tensorboard: this is a link"):
        sink.write("sent", [], tmp_path / "sent")
    assert listed(outside) == before


GOOD = {"name": "good", "question": "Which?", "answer": "This.", "counts": "1 run"}

SUMMARIES: dict[str, bytes] = {
    "a list": b"[]",
    "a text": b'"a"',
    "nothing": b"",
    "a number for a text": json.dumps(GOOD | {"answer": 1}).encode(),
    "a list for a text": json.dumps(GOOD | {"question": ["a"]}).encode(),
    "a key is missing": json.dumps({"name": "a"}).encode(),
    "deep nesting": b"[" * 50_000 + b"]" * 50_000,
    "deep objects": b'{"name":' * 15_000,
    "many digits": b'{"name": ' + b"1" * 90_000 + b"}",
    "not UTF-8": b"\xff\xfe\xfa",
    "too large": json.dumps(GOOD | {"answer": "a" * 10**6}).encode(),
}


@pytest.mark.parametrize("content", SUMMARIES.values(), ids=SUMMARIES)
def test_a_summary_that_is_none_is_named_and_left_out(content: bytes, tmp_path: Path) -> None:
    for name, text in (("good", json.dumps(GOOD).encode()), ("sent", content)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "report.json").write_bytes(text)
    told: list[str] = []
    write_listing(tmp_path, told.append)
    assert [line.partition(":")[0] for line in told] == [str(tmp_path / "sent" / "report.json")]
    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert page.count("<section>") == 1
    assert "good/index.html" in page


def test_a_pipe_and_a_folder_in_place_of_a_summary_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "pipe").mkdir()
    os.mkfifo(tmp_path / "pipe" / "report.json")
    (tmp_path / "folder" / "report.json").mkdir(parents=True)
    told: list[str] = []
    write_listing(tmp_path, told.append)
    assert len(told) == 2
    assert "There is no report yet." in (tmp_path / "index.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["javascript:alert(1)", "http://evil", "\ud800", "\x1b[2J", "../../outside", "<b>"])
def test_a_report_is_linked_by_its_folder_whatever_name_its_summary_gives(name: str, tmp_path: Path) -> None:
    (tmp_path / "sent").mkdir()
    (tmp_path / "sent" / "report.json").write_text(json.dumps(GOOD | {"name": name, "answer": name}), encoding="utf-8")
    write_listing(tmp_path, print)
    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert '<h2><a href="sent/index.html">sent</a></h2>' in page
    assert "\x1b" not in page


def test_a_folder_with_an_odd_name_is_linked_as_a_folder(tmp_path: Path) -> None:
    folder = tmp_path / "javascript:alert(1)"
    folder.mkdir()
    (folder / "report.json").write_text(json.dumps(GOOD), encoding="utf-8")
    write_listing(tmp_path, print)
    assert 'href="javascript%3Aalert%281%29/index.html"' in (tmp_path / "index.html").read_text(encoding="utf-8")
