"""Who may write a run: a lock a run, which is free again when its process dies, and a word of who holds it."""

import json
import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from toolkit.errors import StoreError
from toolkit.received import read_regular
from toolkit.store.durable import disk_error, sweep, write_whole
from toolkit.store.places import refuse_link

if TYPE_CHECKING:
    from filelock import FileLock

HOLDER_SUFFIX = ".holder"
MOST_HOLDER = 10_000
"""Bytes of what is told of a holder."""


@dataclass(frozen=True)
class Holder:
    """The process that trains a run.

    Attributes:
        process: Its number.
        machine: The name of its machine.
        since: When it took the run, in UTC, to the second.
    """

    process: int
    machine: str
    since: str

    @property
    def is_stopped(self) -> bool:
        """Whether it stands still until it is told to go on, as after Ctrl-Z; False where that cannot be known."""
        state = Path(f"/proc/{self.process}/stat")
        if self.machine != platform.node() or not state.exists():
            return False
        return state.read_text(encoding="utf-8", errors="replace").rpartition(") ")[2].startswith("T")


class Locks:
    """The locks of the runs of a store.

    Args:
        root: The folder that they are in.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._held: dict[str, FileLock] = {}

    def take(self, identity: str) -> bool:
        """Take a run for this process, unless it is taken; the lock of a process that died is free.

        Raises:
            StoreError: The lock or its folder is a link.
            DiskError: The disk cannot hold the lock.
        """
        if identity in self._held:
            return False
        lock = self._new(identity)
        try:
            if not _acquired(lock):
                return False
        except OSError as error:
            raise disk_error(Path(lock.lock_file), error) from error
        if not self._held:
            sweep(self.root)
        self._held[identity] = lock
        holder = Holder(os.getpid(), platform.node(), datetime.now(UTC).isoformat(timespec="seconds"))
        write_whole(self._holder_path(identity), json.dumps(asdict(holder)).encode())
        return True

    def give_free(self, identity: str) -> None:
        """Give free a run that this process took."""
        self._holder_path(identity).unlink(missing_ok=True)
        self._held.pop(identity).release()

    def holder(self, identity: str) -> Holder | None:
        """Who took a run last and has not given it free; None where nobody did, or it is not known."""
        with suppress(OSError, ValueError, TypeError, KeyError, RecursionError):
            told = json.loads(read_regular(self._holder_path(identity), MOST_HOLDER))
            return Holder(int(told["process"]), str(told["machine"]), str(told["since"]))
        return None

    @contextmanager
    def alone(self, identity: str) -> Iterator[bool]:
        """Whether no other process can be writing the run within the block, or whether nobody can be kept from it."""
        if identity in self._held:
            yield True
            return
        try:
            lock = self._new(identity)
            acquired = _acquired(lock)
        except (OSError, StoreError):  # the disk cannot be written to, or a link leads elsewhere
            yield True
            return
        try:
            yield acquired
        finally:
            if acquired:
                lock.release()

    def _new(self, identity: str) -> "FileLock":
        from filelock import FileLock  # noqa: PLC0415  a plan locks nothing

        path = refuse_link(self.root) / identity
        # The lock empties the file that it opens, which a link would make another's.
        if path.is_symlink() or (path.exists() and path.stat().st_nlink > 1):
            raise StoreError(f"{path}: this lock is a link to another file; take it away")
        return FileLock(path, thread_local=False)

    def _holder_path(self, identity: str) -> Path:
        return self.root / f"{identity}{HOLDER_SUFFIX}"


def _acquired(lock: "FileLock") -> bool:
    from filelock import Timeout  # noqa: PLC0415  a plan locks nothing

    path = Path(lock.lock_file)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire(blocking=False)
    except Timeout:
        return False
    return True
