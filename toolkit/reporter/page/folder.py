"""The report folder on disk: every file of a report is written here, and a former report's are taken away."""

import shutil
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from toolkit.errors import StoreError
from toolkit.received import MOST_SPEC, read_regular
from toolkit.spec.checks import STORE_NAME
from toolkit.store.durable import NEW, disk_error, sweep, write_whole
from toolkit.store.locks import Locks
from toolkit.store.places import place_in, refuse_link, remove_file
from toolkit.store.store import LOCKS

STAGED = f"{NEW}report"
"""Where a report is made until it is whole."""
PATIENCE = 60
"""Seconds that another call that writes the same report is waited for."""
MANIFEST = ".report-files"
"""Names what the reporter wrote; whatever else lies in the folder is not its own and stays."""


def write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Make a report folder hold these files, and no longer those of the report that it held before.

    All of them are made beside the former report and then put in its place: a full disk or an error leaves that as it
    was, and of a kill in the moment between nothing is left once the report is written again. The manifest always
    covers all that was written. Calls that write one report at the same time do so one after another. Nothing outside
    the folder is written or removed, whatever links lie in it and whatever its manifest names: it may have been sent
    by somebody.

    Args:
        folder: The report folder; it is made if need be.
        files: Content by path relative to the folder, with `/` between parts.

    Raises:
        StoreError: The folder, or one in it that a file goes to, is a link; or another call does not cease to write it.
        DiskError: The disk is full or cannot be written to; the former report is as it was.
    """
    for name in (MANIFEST, *files):
        _free_place(folder, name)
    with _alone(folder):
        sweep(folder)
        former = _former_files(folder)
        covered = {MANIFEST: _manifest({*former, *files})}
        _put_in_place(folder, _staged(folder, {**covered, **files}))
        for name in sorted(former - files.keys()):
            remove_file(folder, name)
        write_whole(place_in(folder, MANIFEST), _manifest(files))


def _staged(folder: Path, files: Mapping[str, bytes]) -> list[str]:
    """Make the files in a folder of the report's own, and give their names; none is left where one cannot be made."""
    staged = refuse_link(folder / STAGED)
    shutil.rmtree(staged, ignore_errors=True)
    try:
        for name, content in files.items():
            write_whole(staged / name, content)
    except BaseException:
        shutil.rmtree(staged, ignore_errors=True)
        raise
    return list(files)


def _put_in_place(folder: Path, names: Iterable[str]) -> None:
    for name in names:
        place = place_in(folder, name)
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            (folder / STAGED / name).replace(place)
        except OSError as error:
            raise disk_error(place, error) from error
    shutil.rmtree(folder / STAGED)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep other calls from writing the report within the block."""
    locks, name = Locks(folder.parent / STORE_NAME / LOCKS), f"report-{folder.name}"
    end = time.monotonic() + PATIENCE
    while not locks.take(name):
        if time.monotonic() > end:
            holder = locks.holder(name)
            who = f"process {holder.process} on {holder.machine}, since {holder.since}" if holder else "another call"
            raise StoreError(f"{folder}: this report is being written by {who}; wait for it or end it, and call again")
        time.sleep(0.1)
    try:
        yield
    finally:
        locks.give_free(name)


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
