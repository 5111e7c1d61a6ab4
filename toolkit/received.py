"""Opening files that somebody else may have made: regular files alone, and no more of them than a bound."""

import errno
import gzip
import os
import stat
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO

MOST_SPEC = 4_000_000
"""Bytes of a spec, of a table of published numbers, and of what is kept about a report."""
MOST_DATA = 4 * 2**30
"""Bytes of a data file."""


MOST_UNPACKED = 100
"""How many times as large as its file a packed text may be; texts become a tenth, zeros a thousandth."""


class UnfitFileError(OSError):
    """A file that is not read: it is no regular file, or too large. `strerror` says which."""

    def __init__(self, path: str | os.PathLike[str], reason: str) -> None:
        super().__init__(0, reason, os.fspath(path))


def open_regular(path: str | os.PathLike[str], most: int) -> BufferedReader:
    """Open a regular file to read its bytes; a device without end is never read, a pipe never waited for.

    Args:
        path: The file; a link to one is followed.
        most: Number of bytes that it may have.

    Raises:
        IsADirectoryError: It is a folder.
        UnfitFileError: It is something else that is no regular file, or has more bytes.
        OSError: It cannot be opened.
    """
    _check(path, Path(path).stat(), most)  # opening alone may already move a device
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    try:
        _check(path, os.fstat(descriptor), most)  # it may have been exchanged meanwhile
    except OSError:
        os.close(descriptor)
        raise
    return os.fdopen(descriptor, "rb")


def read_regular(path: str | os.PathLike[str], most: int) -> bytes:
    """The bytes of a regular file; see `open_regular`.

    Raises:
        OSError: As `open_regular` does; also where a file tells a smaller size than it has, as those of /proc do.
    """
    with open_regular(path, most) as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise UnfitFileError(path, _too_large(most))
    return content


class BoundedGzip(gzip.GzipFile):
    """What gzip packed into a file, as far as it is not too large: neither for data nor for what it was packed into.

    Args:
        file: The packed file.
        path: Its name, for messages.
    """

    def __init__(self, file: BinaryIO, path: str | os.PathLike[str]) -> None:
        super().__init__(fileobj=file)
        self._path = path
        self._most = min(MOST_DATA, max(MOST_UNPACKED * os.fstat(file.fileno()).st_size, MOST_SPEC))

    def read(self, size: int | None = -1) -> bytes:
        """Read from what is unpacked; all of it where no size is given."""
        asked = self._most + 1 if size is None or size < 0 else size
        return self._within(super().read(asked))

    def read1(self, size: int = -1) -> bytes:
        """The same, from what is unpacked at once."""
        return self._within(super().read1(size))

    def _within(self, content: bytes) -> bytes:
        if self.tell() > self._most:
            raise UnfitFileError(self._path, f"unpacked, {_too_large(self._most)}")
        return content


def _check(path: str | os.PathLike[str], status: os.stat_result, most: int) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), os.fspath(path))
    if not stat.S_ISREG(status.st_mode):
        raise UnfitFileError(path, "it is a pipe, a socket or a device, expected a regular file")
    if status.st_size > most:
        raise UnfitFileError(path, _too_large(most))


def _too_large(most: int) -> str:
    return f"it is too large; at most {most:,} bytes are read"
