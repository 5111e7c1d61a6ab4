"""Files of other people's: only regular ones are read, and only up to a size."""

import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from toolkit.received import UnfitFileError, open_regular, read_regular


def in_time(work: Callable[[], object], seconds: float = 2.0) -> None:
    """Do something in a thread, which must end in time: what hangs would hang the test."""
    caught: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:
            caught.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    assert not thread.is_alive()
    for error in caught:
        raise error


def test_a_pipe_that_nobody_writes_to_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UnfitFileError, match="a pipe, a socket or a device"):
        in_time(lambda: read_regular(tmp_path / "pipe", 100))


def test_a_device_without_end_is_not_read() -> None:
    with pytest.raises(UnfitFileError, match="expected a regular file"):
        in_time(lambda: read_regular("/dev/zero", 100))


def test_a_file_is_read_up_to_its_bound(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"12345")
    assert read_regular(tmp_path / "file", 5) == b"12345"
    with pytest.raises(UnfitFileError, match="too large; at most 4 bytes are read"):
        open_regular(tmp_path / "file", 4)


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="needs Linux's /proc")
def test_a_file_that_tells_no_size_is_bounded_all_the_same() -> None:
    with pytest.raises(UnfitFileError, match="too large"):
        read_regular("/proc/self/maps", 10)


def test_a_folder_is_told_from_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError):
        read_regular(tmp_path, 5)
    with pytest.raises(FileNotFoundError):
        read_regular(tmp_path / "none", 5)


def test_a_link_to_a_device_is_a_device(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("/dev/zero")
    with pytest.raises(UnfitFileError):
        in_time(lambda: read_regular(tmp_path / "link", 100))
