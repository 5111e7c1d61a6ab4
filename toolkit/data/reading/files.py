"""Reading lines of a data file; whatever is wrong with the file becomes one message with its place."""

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from itertools import islice
from pathlib import Path
from typing import BinaryIO, TextIO

from toolkit.data.reading.characters import refused_character
from toolkit.data.reading.encodings import GZIP, HEAD, foreign_content
from toolkit.errors import DataError, SettingError
from toolkit.received import MOST_DATA, BoundedGzip, UnfitFileError, open_regular
from toolkit.spec.words import plural

BYTE_ORDER_MARK = "\ufeff"


def read_lines(path: Path, limit: int | None = None) -> list[str]:
    """Lines of a file in UTF-8, packed by gzip or not, without their line ends: those of Unix, Windows or old Macs.

    Args:
        path: The file.
        limit: Lines to read, from the first; the rest is not looked at. None: all.

    Raises:
        SettingError: If the file is missing, unreadable or empty, or something else than text in UTF-8.
        DataError: If a line read has a byte that is not UTF-8, a control character or a byte-order mark.
    """
    with open_text(path) as file:
        text = "".join(islice(file, limit)).removeprefix(BYTE_ORDER_MARK)
    if refused := refused_character(text):
        line, fault = refused
        raise DataError(f"{path}:{line}: {fault}")
    return text.removesuffix("\n").split("\n")


def each_line(path: Path) -> Iterator[str]:
    """The lines of such a file one by one, with their ends, all of them as Unix has them.

    Raises:
        SettingError: As `read_lines` does.
        DataError: As `read_lines` does, once the line is reached.
    """
    with open_text(path) as file:
        for number, line in enumerate(file, start=1):
            checked = line.removeprefix(BYTE_ORDER_MARK) if number == 1 else line
            if refused := refused_character(checked):
                raise DataError(f"{path}:{number}: {refused[1]}")
            yield checked


@contextmanager
def open_text(path: Path) -> Iterator[TextIO]:
    """Open a data file whose first bytes may be text in UTF-8; whatever else it is, is told.

    Bytes that are not UTF-8 are read as `refused_character` expects them.

    Raises:
        SettingError: If the file is missing, unreadable or empty, or something else than text in UTF-8.
    """
    with open_bytes(path) as file, _as_text(_unpacked(file, path)) as text:
        yield text


@contextmanager
def open_bytes(path: Path) -> Iterator[BinaryIO]:
    """Open a data file to read its bytes.

    Raises:
        SettingError: If the file is missing, unreadable, or no regular file within the bounds.
    """
    try:
        with open_regular(path, MOST_DATA) as file:
            yield file
    except FileNotFoundError:
        raise _unfit(path, "there is no such file; add it or mend data.path") from None
    except IsADirectoryError:
        raise _unfit(path, "is a folder, expected a file; put the data file in its place") from None
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise _unfit(path, f"cannot be unpacked by gzip ({error}); copy it again") from error
    except UnfitFileError as error:
        raise _unfit(path, f"{error.strerror}; put a data file in its place, or mend data.path") from error
    except OSError as error:
        raise _unfit(path, f"cannot be read ({error.strerror}); mend its permissions or data.path") from error


def check_size(size: int, available: int, key: str, path: Path) -> None:
    """Check that a file has as many sentences as the spec's `key` asks for.

    Raises:
        DataError: If it has fewer.
    """
    if size > available:
        asked = plural(size, "sentence")
        raise DataError(
            f"{path}: {key} asks for {asked}, the file has {available:,}; lower {key}, or leave it out for all"
        )


def _unpacked(file: BinaryIO, path: Path) -> BinaryIO:
    """The content of a file, unpacked if its first bytes say that gzip has packed it."""
    if _head(file).startswith(GZIP):
        file = BoundedGzip(file, path)  # type: ignore[assignment]  # which has all of a BinaryIO's methods
    head = _head(file)
    if not head.removeprefix(BYTE_ORDER_MARK.encode()):
        raise _unfit(path, "the file is empty; copy it again or mend data.path")
    if told := foreign_content(head):
        raise _unfit(path, f"is {told}")
    return file


def _as_text(file: BinaryIO) -> TextIO:
    return TextIOWrapper(file, encoding="utf-8", errors="surrogateescape")


def _head(file: BinaryIO) -> bytes:
    head = file.read(HEAD)
    file.seek(0)
    return head


def _unfit(path: Path, message: str) -> SettingError:
    return SettingError("data.path", f"{path}: {message}")
