"""Folders that are written to and swept: only what truly lies in them, wherever a link or a crafted name may point."""

import stat
from pathlib import Path, PurePosixPath

from toolkit.errors import StoreError


def refuse_link(folder: Path) -> Path:
    """The folder, which is not there yet or is no link.

    Raises:
        StoreError: It is a link, to wherever that leads.
    """
    mode = _mode(folder)
    if mode is not None and stat.S_ISLNK(mode):
        raise StoreError(
            f"{folder}: this is a link, and what is written there would lie elsewhere; take it away, or choose another "
            "place with --out"
        )
    return folder


def place_in(folder: Path, name: str) -> Path:
    """The place of a file in a folder to be written or removed; each folder on the way is one itself.

    Args:
        folder: The folder.
        name: Path relative to it, with `/` between parts.

    Raises:
        StoreError: The folder, or one on the way, is a link.
        ValueError: The name leads out of the folder, or is none.
    """
    parts = PurePosixPath(name).parts
    if not parts or name.startswith("/") or ".." in parts or "\0" in name:
        raise ValueError(f"{name!r} is no path in a folder")
    refuse_link(folder)
    for length in range(1, len(parts)):
        refuse_link(folder.joinpath(*parts[:length]))
    return folder.joinpath(*parts)


def remove_file(folder: Path, name: str) -> None:
    """Remove a file from a folder, if it truly lies there; a link goes, not what it leads to; a folder stays."""
    try:
        place = place_in(folder, name)
        mode = _mode(place)
        if mode is not None and not stat.S_ISDIR(mode):
            place.unlink(missing_ok=True)
    except (StoreError, ValueError):
        return


def _mode(path: Path) -> int | None:
    """What stands at a path; None for nothing that can be seen: whoever writes there is told why it cannot be done."""
    try:
        return path.lstat().st_mode
    except OSError:
        return None
