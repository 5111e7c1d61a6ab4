"""Reading lines of a data file; whatever is wrong with the file becomes one message with its place."""

from itertools import islice
from pathlib import Path

from toolkit.errors import DataError, SettingError


def data_folder(path: str | None, source: str, holds: str) -> Path:
    """The folder that `data.path` names.

    Args:
        path: The value of `data.path`.
        source: The value of `data.source`, for the message.
        holds: What the folder holds, for the message.

    Raises:
        SettingError: If no path is given or it is not a folder.
    """
    if not path:
        raise SettingError("data.source", f"{source} needs data.path: the folder with {holds}")
    folder = Path(path)
    if not folder.is_dir():
        fault = "is a file" if folder.exists() else "does not exist"
        raise SettingError("data.path", f"{path} {fault}; expected the folder with {holds}")
    return folder


def read_lines(path: Path, limit: int | None = None) -> list[str]:
    """Lines of a UTF-8 file without their line ends.

    Args:
        path: The file.
        limit: Lines to read, from the first; the rest is not looked at. None: all.

    Raises:
        DataError: If the file is missing, unreadable or empty, or a line read is not UTF-8.
    """
    try:
        with path.open("rb") as file:
            raw = b"".join(islice(file, limit))
    except FileNotFoundError:
        raise DataError(f"{path}: there is no such file; add it or mend data.path") from None
    except IsADirectoryError:
        raise DataError(f"{path}: is a folder, expected a file; put the data file in its place") from None
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror}); mend its permissions or data.path") from error
    text = _decode(raw, path).removeprefix("\ufeff").replace("\r\n", "\n")
    if not text:
        raise DataError(f"{path}: the file is empty; copy it again or mend data.path")
    return text.removesuffix("\n").split("\n")


def check_size(size: int, available: int, key: str, path: Path) -> None:
    """Check that a file has as many sentences as the spec's `key` asks for.

    Raises:
        DataError: If it has fewer.
    """
    if size > available:
        raise DataError(
            f"{path}: {key} asks for {size} sentences, the file has {available}; lower {key}, or leave it out for all"
        )


def _decode(raw: bytes, path: Path) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise DataError(
            f"{path}:{line}: byte 0x{raw[error.start]:02x} is not UTF-8; save the file in UTF-8, "
            "for example with `iconv -f latin1 -t utf-8`"
        ) from None
