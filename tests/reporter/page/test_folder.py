"""A report on disk: whole or not at all, whoever else writes it."""

import os
import shutil
import threading
import time
from pathlib import Path

import pytest

from toolkit.errors import DiskError, StoreError
from toolkit.reporter.page.folder import MANIFEST, write_folder
from toolkit.reporter.page.listing import write_listing
from toolkit.store.durable import write_whole
from toolkit.store.locks import Locks

OLD = {"index.html": b"old", "tables/a.csv": b"old", "tables/gone.csv": b"old"}
NEW = {"index.html": b"new", "tables/a.csv": b"new", "figures/b.svg": b"new"}


def content(folder: Path) -> dict[str, bytes]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files if path.name != MANIFEST}


def test_a_report_takes_the_place_of_the_former_one(tmp_path: Path) -> None:
    report = tmp_path / "report"
    write_folder(report, OLD)
    (report / "mine.txt").write_bytes(b"mine")
    write_folder(report, NEW)
    assert content(report) == {**NEW, "mine.txt": b"mine"}


@pytest.mark.parametrize("moment", range(4))
def test_a_disk_that_is_full_at_any_moment_leaves_the_former_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: int
) -> None:
    report = tmp_path / "report"
    write_folder(report, OLD)
    left = iter(range(moment, -1, -1))

    def full(path: Path, content: bytes) -> None:
        if next(left) == 0:
            raise DiskError("full")
        write_whole(path, content)

    monkeypatch.setattr("toolkit.reporter.page.folder.write_whole", full)
    with pytest.raises(DiskError, match="full"):
        write_folder(report, NEW)
    assert content(report) == OLD


class Death(BaseException):
    """The process is killed."""


@pytest.mark.parametrize("moment", range(9))
def test_of_a_kill_at_any_moment_nothing_is_left_once_the_report_is_written_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: int
) -> None:
    report = tmp_path / "report"
    write_folder(report, OLD)
    left, put_in_place = iter(range(moment, -1, -1)), os.replace

    def die(*paths: Path) -> None:
        if next(left, None) == 0:
            raise Death
        put_in_place(*paths)

    with monkeypatch.context() as killed:
        killed.setattr(os, "replace", die)
        killed.setattr(shutil, "rmtree", lambda *_, **__: None)
        with pytest.raises(Death):
            write_folder(report, NEW)
    write_folder(report, NEW)
    assert content(report) == NEW


def test_what_a_killed_call_left_is_swept_away_once_it_is_old(tmp_path: Path) -> None:
    report = tmp_path / "report"
    report.mkdir()
    old, young = [tmp_path / ".new-1", report / ".new-1"], [tmp_path / ".new-2", report / ".new-2"]
    for path in (*old, *young):
        path.touch()
    for path in old:
        os.utime(path, (0, 0))
    write_folder(report, OLD)
    write_listing(tmp_path)
    assert not any(path.exists() for path in old)
    assert all(path.exists() for path in young)


def test_a_second_call_that_writes_the_same_report_waits(tmp_path: Path) -> None:
    report, other = tmp_path / "report", Locks(tmp_path / "runs" / ".locks")
    assert other.take("report-report")
    waiting = threading.Thread(target=write_folder, args=(report, NEW))
    waiting.start()
    time.sleep(0.3)
    assert content(report) == {}
    other.give_free("report-report")
    waiting.join(timeout=20)
    assert content(report) == NEW


def test_a_report_that_is_not_given_free_is_told_with_who_writes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("toolkit.reporter.page.folder.PATIENCE", 0)
    other = Locks(tmp_path / "runs" / ".locks")
    assert other.take("report-report")
    with pytest.raises(
        StoreError, match=rf"report: this report is being written by process {os.getpid()} on .*, since"
    ):
        write_folder(tmp_path / "report", NEW)
