"""Files that are wholly there or not at all, whatever happens, and that tell when they have been damaged."""

import errno
import hashlib
import json
import os
import shutil
import time
import uuid
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from toolkit.errors import DiskError

NEW = ".new-"
"""How the name of a file begins that is being written; what a killed process leaves of it is swept away."""

LONGEST_WRITE = 60
"""Seconds after which nobody is writing a file any more that has not got its name."""

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class DamageError(ValueError):
    """The content of a file is not what was written."""


def write_durably(path: Path, content: bytes) -> None:
    """Write a file so that after a crash of the machine at any moment the old one or the new one is there, whole.

    Raises:
        DiskError: The disk is full or cannot be written to; the old file is there as it was.
    """
    write_whole(path, content, flush=True)


def write_whole(path: Path, content: bytes, flush: bool = False) -> None:
    """Write a file so that whoever looks, also after this process was killed, finds the old one or the new one, whole.

    Args:
        path: The file.
        content: Its content.
        flush: Whether it is to be on the disk when this returns.

    Raises:
        DiskError: The disk is full or cannot be written to; the old file is there as it was.
    """
    scratch = path.with_name(f"{NEW}{uuid.uuid4().hex}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with scratch.open("xb") as file:  # with the permissions that the user's umask gives to new files
            file.write(content)
            file.flush()
            if flush:
                os.fsync(file.fileno())
        scratch.replace(path)
        if flush:
            _flush_folder(path.parent)
    except OSError as error:
        raise disk_error(path, error) from error
    finally:
        with suppress(OSError):
            scratch.unlink(missing_ok=True)


def sweep(folder: Path) -> None:
    """Remove the files that killed processes left half-written; younger ones may be being written."""
    for leftover in folder.glob(f"{NEW}*"):
        with suppress(OSError):
            if leftover.is_file() and time.time() - leftover.lstat().st_mtime > LONGEST_WRITE:
                leftover.unlink()


def disk_error(path: Path, error: OSError) -> DiskError:
    """Say which disk cannot be written to, and how to go on."""
    disk = _mount_point(path.absolute())
    if error.errno in _FULL:
        free = shutil.disk_usage(disk).free / 2**20
        told = f"the disk mounted at {disk} is full ({error.strerror}; {free:.1f} MiB free)"
    else:
        told = f"the disk mounted at {disk} cannot be written to ({error.strerror})"
    return DiskError(
        f"{path}: {told}. Everything stored before is unharmed: make room, or choose another place with --out, and the "
        "same command goes on."
    )


def sealed_json(values: Mapping[str, Any]) -> bytes:
    """JSON whose first entry, `sha256`, is the checksum of all the text after its line."""
    body = json.dumps(values, indent=1, allow_nan=False).removeprefix("{\n").encode() + b"\n"
    return b'{\n "sha256": "%s",\n' % hashlib.sha256(body).hexdigest().encode() + body


def unsealed_json(content: bytes) -> dict[str, Any]:
    """The values of `sealed_json`.

    Raises:
        DamageError: The content is not, to the byte, what `sealed_json` made.
    """
    head, mark, body = content.partition(b'",\n')
    if head + mark != b'{\n "sha256": "%s",\n' % hashlib.sha256(body).hexdigest().encode():
        raise DamageError("its checksum does not fit its content")
    try:
        values: dict[str, Any] = json.loads(content)
    except RecursionError as error:
        raise DamageError("it is nested too deep") from error
    values.pop("sha256")
    return values


def sealed(content: bytes) -> bytes:
    """The content behind its checksum."""
    return hashlib.sha256(content).digest() + content


def unsealed(content: bytes) -> bytes:
    """The content of `sealed`.

    Raises:
        DamageError: The content is not, to the byte, what `sealed` made.
    """
    size = hashlib.sha256().digest_size
    if hashlib.sha256(content[size:]).digest() != content[:size]:
        raise DamageError("its checksum does not fit its content")
    return content[size:]


def set_aside(path: Path) -> Path:
    """Rename a damaged file or folder to the first free name of `NAME.damaged-1`, `NAME.damaged-2`, .."""
    number = 1
    while (aside := path.with_name(f"{path.name}.damaged-{number}")).exists():
        number += 1
    return path.rename(aside)


def _mount_point(path: Path) -> Path:
    return next(parent for parent in (path, *path.parents) if parent.is_mount())


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
