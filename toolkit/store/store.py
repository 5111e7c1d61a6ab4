"""The store's folder: a record, a checkpoint and the best weights of each run, and who may write them."""

import hashlib
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from toolkit.errors import StoreError
from toolkit.received import UnfitFileError, open_regular, read_regular
from toolkit.store.checkpoint import Checkpoint
from toolkit.store.durable import NEW, DamageError, disk_error, sealed_json, set_aside, unsealed_json, write_durably
from toolkit.store.locks import Holder, Locks
from toolkit.store.places import refuse_link
from toolkit.store.plain import record_from_plain, record_to_plain
from toolkit.store.records import RunRecord

RECORD_FILE = "record.json"
FAILURE_FILE = "failure.json"
CHECKPOINT_FILE = "checkpoint"
WEIGHTS_FILE = "best.weights.h5"
NEXT_WEIGHTS_FILE = "next.weights.h5"
"""Weights whose record may not be written yet; once it is, they take the place of the former ones."""
LOCKS = ".locks"
RETIRED = ".replaced"
IDENTITY = re.compile("[0-9a-f]{16}")
MOST_BYTES = {RECORD_FILE: 2**26, FAILURE_FILE: 2**26, CHECKPOINT_FILE: 2**34, WEIGHTS_FILE: 2**34}
"""How large a file of a run may be; what is larger is no such file."""

Content = TypeVar("Content")


class Store:
    """Runs under one folder. Every file is either wholly there or not at all, and carries a checksum.

    Where a file turns out damaged it is renamed to `NAME.damaged-1`, .., which is told, and the run is as one that
    lacks it.

    Args:
        root: The folder.
        tell: Called with a line on each damaged file.
    """

    def __init__(self, root: Path, tell: Callable[[str], None] = print) -> None:
        self.root = root
        self.tell = tell
        self._locks = Locks(root / LOCKS)

    def folder(self, identity: str) -> Path:
        """Where the run with this identity is kept.

        Raises:
            StoreError: It is no identity, so that the place may be outside the store.
        """
        if not IDENTITY.fullmatch(identity):
            raise StoreError(f"{identity!r} is no identity of a run, which has 16 hexadecimal digits")
        return self.root / identity

    def weights_path(self, record: RunRecord) -> Path:
        """Where the best weights of a record are.

        Raises:
            DamageError: They are not there as they were written.
        """
        for name in (WEIGHTS_FILE, NEXT_WEIGHTS_FILE):
            path = self.folder(record.identity) / name
            if _digest(path) == record.weights:
                return path
        raise DamageError(f"the checksum that it has of {WEIGHTS_FILE} does not fit that file")

    def load(self, identity: str) -> RunRecord | None:
        """Read the record of a run that is done or has diverged, and check its weights; None if there is none."""
        return self._read(identity, RECORD_FILE, self._whole_record)

    def load_failure(self, identity: str) -> RunRecord | None:
        """Read how the last attempt to train a run failed; None if it did not."""
        return self._read(identity, FAILURE_FILE, self._record)

    def load_checkpoint(self, identity: str) -> bytes | None:
        """Read where a run stands, as `Checkpoint.to_bytes` packed it; None if there is nothing."""
        return self._read(identity, CHECKPOINT_FILE, self._checkpoint)

    def save_checkpoint(self, identity: str, checkpoint: bytes) -> None:
        """Keep where a run stands, in the place of where it stood.

        Raises:
            DiskError: The disk cannot hold it.
        """
        write_durably(self.folder(identity) / CHECKPOINT_FILE, checkpoint)

    def save(self, record: RunRecord, weights: bytes | None = None, checkpoint: bytes | None = None) -> None:
        """Keep what came of a run, and no more of its past than it needs to go on for more epochs.

        A failure stands beside what is stored already. So does a record of fewer epochs: it adds no more than what was
        measured in its epochs.

        Args:
            record: The record.
            weights: Content of the file of the best weights.
            checkpoint: Where the run stands; None where it cannot go on.

        Raises:
            DiskError: The disk cannot hold it; what was stored before is unharmed.
        """
        if record.status == "failed":
            self._write_record(FAILURE_FILE, record)
            return
        stored = self.load(record.identity)
        if stored is not None:
            self._settle(stored)
        if checkpoint is not None:
            self.save_checkpoint(record.identity, checkpoint)
        if stored is None:
            self._write_with_weights(record, weights)
        elif len(stored.history) > len(record.history):
            self._write_record(RECORD_FILE, stored.with_measures_of(record))
        else:
            self._write_with_weights(record.with_measures_of(stored), weights)
        if checkpoint is None:
            (self.folder(record.identity) / CHECKPOINT_FILE).unlink(missing_ok=True)
        (self.folder(record.identity) / FAILURE_FILE).unlink(missing_ok=True)
        shutil.rmtree(self._retired(record.identity), ignore_errors=True)

    def retire(self, identity: str) -> None:
        """Rename what is stored of a run to `.replaced/RUN`, where it stays until there is a new record of the run."""
        folder, aside = self.folder(identity), self._retired(identity)
        try:
            if aside.exists():
                shutil.rmtree(folder, ignore_errors=True)
            elif folder.exists():
                refuse_link(aside.parent).mkdir(exist_ok=True)
                folder.rename(aside)
        except OSError as error:
            raise disk_error(folder, error) from error

    def lock(self, identity: str) -> bool:
        """Take a run for this process, unless another one has it; the lock of a process that died is free.

        What a killed process left half-written is swept away.

        Raises:
            StoreError: Its folder, or that of the locks, is a link.
            DiskError: The disk cannot hold the lock.
        """
        folder = self.folder(identity)
        refuse_link(folder)
        if not self._locks.take(identity):
            return False
        for leftover in folder.glob(f"{NEW}*"):
            leftover.unlink(missing_ok=True)
        return True

    def unlock(self, identity: str) -> None:
        """Give a run free."""
        self._locks.give_free(identity)

    def holder(self, identity: str) -> Holder | None:
        """Who trains a run, if anybody does."""
        return self._locks.holder(identity)

    def _retired(self, identity: str) -> Path:
        return self.root / RETIRED / identity

    def _write_record(self, name: str, record: RunRecord) -> None:
        write_durably(self.folder(record.identity) / name, sealed_json(record_to_plain(record)))

    def _write_with_weights(self, record: RunRecord, weights: bytes | None) -> None:
        """Write both so that a death at any moment leaves a record with its weights, the old one or the new one."""
        following = self.folder(record.identity) / NEXT_WEIGHTS_FILE
        checksum = None if weights is None else hashlib.sha256(weights).hexdigest()
        if weights is not None:
            write_durably(following, weights)
        written = replace(record, weights=checksum)
        self._write_record(RECORD_FILE, written)
        self._settle(written)

    def _settle(self, record: RunRecord) -> None:
        """Put the weights of a record that is written where its former ones are, and take away what is not its own."""
        following = self.folder(record.identity) / NEXT_WEIGHTS_FILE
        if record.weights is None or not following.exists():
            return
        try:
            if self.weights_path(record) == following:
                following.replace(self.folder(record.identity) / WEIGHTS_FILE)
            else:
                following.unlink()
        except OSError as error:
            raise disk_error(following, error) from error

    def _record(self, identity: str, content: bytes) -> RunRecord:
        record = record_from_plain(unsealed_json(content))
        if record.identity != identity:
            raise DamageError(f"it is that of the run {record.identity}")
        return record

    def _whole_record(self, identity: str, content: bytes) -> RunRecord:
        record = self._record(identity, content)
        if record.weights is not None:
            self.weights_path(record)
        return record

    def _checkpoint(self, identity: str, content: bytes) -> bytes:
        if (owner := Checkpoint.from_bytes(content).identity) != identity:
            raise DamageError(f"it is that of the run {owner}")
        return content

    def _read(self, identity: str, name: str, parse: Callable[[str, bytes], Content]) -> Content | None:
        path = self.folder(identity) / name
        try:
            return parse(identity, _content(path))
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StoreError(f"{path}: this file cannot be read ({error.strerror}); mend its permissions") from error
        except (ValueError, TypeError, KeyError):
            return self._read_alone(identity, path, parse)

    def _read_alone(self, identity: str, path: Path, parse: Callable[[str, bytes], Content]) -> Content | None:
        """Read again when no other process can be writing, so that a file is called damaged only if it is."""
        with self._locks.alone(identity) as alone:
            if not alone:
                return None
            try:
                return parse(identity, _content(path))
            except FileNotFoundError:
                return None
            except (ValueError, TypeError, KeyError) as error:
                self._set_aside(path, error)
                return None

    def _set_aside(self, path: Path, fault: Exception) -> None:
        told = f"{path}: damaged, or of another version ({fault})"
        try:
            refuse_link(path.parent)
            told += f"; renamed to {set_aside(path).name}. The run is trained again."
        except (OSError, StoreError) as error:
            told += f"; it cannot be renamed ({getattr(error, 'strerror', error)}). The run is as one that lacks it."
        self.tell(told)


def _content(path: Path) -> bytes:
    """The bytes of a run's file; what is no regular file, or too large, is none of the store's."""
    try:
        return read_regular(path, MOST_BYTES[path.name])
    except (UnfitFileError, IsADirectoryError) as error:
        raise DamageError(error.strerror) from error


def _digest(path: Path) -> str:
    """SHA-256 in hex of a file of weights; empty where there is none."""
    try:
        with open_regular(path, MOST_BYTES[WEIGHTS_FILE]) as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (FileNotFoundError, UnfitFileError, IsADirectoryError):
        return ""
