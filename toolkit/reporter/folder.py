"""The report folder on disk: every file of a report is written here, and a former report's are taken away."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from toolkit.errors import StoreError
from toolkit.received import MOST_SPEC, read_regular
from toolkit.store.files import write_whole
from toolkit.store.places import place_in, remove_file

MANIFEST = ".report-files"
"""Names what the reporter wrote; whatever else lies in the folder is not its own and stays."""


def write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Make a report folder hold these files, and no longer those of the report that it held before.

    Each file is replaced at once, and the manifest always covers all that was written: a rebuild that is interrupted
    leaves whole files, and the next one takes away what is no longer made. Nothing outside the folder is written or
    removed, whatever links lie in it and whatever its manifest names: it may have been sent by somebody.

    Args:
        folder: The report folder; it is made if need be.
        files: Content by path relative to the folder, with `/` between parts.

    Raises:
        StoreError: The folder, or one in it that a file goes to, is a link.
        DiskError: The disk is full or cannot be written to.
    """
    places = {name: _free_place(folder, name) for name in (MANIFEST, *files)}
    former = _former_files(folder)
    write_whole(places[MANIFEST], _manifest({*former, *files}))
    for name, content in files.items():
        write_whole(place_in(folder, name), content)
    for name in sorted(former - files.keys()):
        remove_file(folder, name)
    write_whole(places[MANIFEST], _manifest(files))


def _free_place(folder: Path, name: str) -> Path:
    """Where a file goes, told before the first is written if it cannot go there."""
    place = place_in(folder, name)
    if place.is_dir() and not place.is_symlink():
        raise StoreError(f"{place}: a folder stands where a file of the report goes; take it away")
    if place.parent.exists() and not place.parent.is_dir():
        raise StoreError(f"{place.parent}: a file stands where a folder of the report goes; take it away")
    return place


def _former_files(folder: Path) -> set[str]:
    """What the manifest names; nothing if there is none, or something else stands in its place."""
    path = folder / MANIFEST
    if path.is_symlink():
        return set()
    try:
        names = read_regular(path, MOST_SPEC).decode("utf-8").split("\n")
    except (OSError, UnicodeDecodeError):
        return set()
    return set(filter(None, names))


def _manifest(names: Iterable[str]) -> bytes:
    return "".join(f"{name}\n" for name in sorted(names)).encode()
