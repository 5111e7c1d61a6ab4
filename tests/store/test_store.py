"""What is stored, what is found again, and what happens to damaged files."""

import hashlib
import multiprocessing
import os
import platform
import signal
import subprocess
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from toolkit.errors import DiskError, StoreError
from toolkit.store import Checkpoint, Epoch, RunRecord, Store
from toolkit.store.durable import DamageError, sealed_json, write_durably
from toolkit.store.plain import record_from_plain, record_to_plain
from toolkit.summary import Part, Summary

RUN = "0123456789abcdef"
HISTORY = (Epoch(0, 2.0), Epoch(1, 1.0 / 3, None, 1.5, 0.5, 0.25, [0.5, None], {"loss": 0.1}), Epoch(2, 1.0 / 3))
RECORD = RunRecord(
    RUN, "done", {"data": {}, "model": {"hidden": 3}, "train": {}}, HISTORY, epochs=2, parameters=12, vocabulary=4
)
CHECKPOINT = Checkpoint(RUN, HISTORY, ({"command": "a"},), [np.array([0.1, 1 / 3])], [np.array([1], np.uint32)])
PACKED = CHECKPOINT.to_bytes()


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def store(tmp_path: Path, told: list[str]) -> Store:
    kept = Store(tmp_path, told.append)
    kept.save(RECORD, b"weights", PACKED)
    return kept


def test_what_is_stored_is_found_again(store: Store) -> None:
    found = store.load(RUN)
    assert found is not None
    assert replace(found, weights=None) == RECORD
    assert store.load_checkpoint(RUN) == PACKED
    assert store.weights_path(found).read_bytes() == b"weights"
    assert store.load_failure(RUN) is None


def test_files_of_a_run_are_those_of_version_0_2_to_the_byte() -> None:
    """Digests of what version 0.2 wrote: the identity is called `run` there."""
    stored = [sealed_json(record_to_plain(RECORD)), PACKED]
    assert [hashlib.sha256(content).hexdigest() for content in stored] == [
        "d142872302b29e913a0d603431b4e3fe0691758e12876b1e49c6f12f4d3390aa",
        "d20e4a3c58ba547e7f945a8e7346ee7b78afbd62b20aaa6ad0903ebe001ec501",
    ]


@pytest.mark.parametrize("key", ["identity", "name"])
def test_a_record_whose_identity_has_another_key_is_none(key: str) -> None:
    plain = record_to_plain(RECORD)
    with pytest.raises(DamageError, match=f"a record has no '{key}'"):
        record_from_plain({key: plain.pop("run"), **plain})


def test_what_the_data_of_a_run_holds_is_found_again(store: Store) -> None:
    data = Summary("text a", 500, [Part("train", 1000, 20_000, 1234), Part("dev", 100, 2000, 0)], ["odd"])
    store.save(replace(RECORD, data=data), b"weights")
    found = store.load(RUN)
    assert found is not None
    assert found.data == data


@pytest.mark.parametrize("wrong", [{"parts": [{"name": "train"}]}, {"vocabulary": "many"}, {"remarks": 3}])
def test_a_record_whose_data_is_told_otherwise_is_damaged(
    store: Store, told: list[str], wrong: dict[str, object]
) -> None:
    plain = record_to_plain(replace(RECORD, data=Summary("text a", 500, [], [])))
    write_durably(store.folder(RUN) / "record.json", sealed_json(plain | {"data": plain["data"] | wrong}))
    assert store.load(RUN) is None
    assert "data." in told[0]


def test_a_checkpoint_is_unpacked_as_it_was_packed() -> None:
    unpacked = Checkpoint.from_bytes(PACKED)
    assert (unpacked.identity, unpacked.history, unpacked.sessions) == (RUN, HISTORY, ({"command": "a"},))
    for arrays, originals in ((unpacked.variables, CHECKPOINT.variables), (unpacked.best, CHECKPOINT.best)):
        for array, original in zip(arrays, originals, strict=True):
            assert array.dtype == original.dtype
            np.testing.assert_array_equal(array, original)


def test_unknown_run_is_none(tmp_path: Path) -> None:
    store = Store(tmp_path)
    assert (store.load("f" * 16), store.load_failure("f" * 16), store.load_checkpoint("f" * 16)) == (None, None, None)


def test_best_epoch_is_the_first_of_the_lowest() -> None:
    assert RECORD.best == HISTORY[1]


def test_a_record_is_cut_to_the_epochs_that_are_asked_for() -> None:
    assert RECORD.first(1).history == HISTORY[:2]
    assert RECORD.first(9) == RECORD
    diverged = replace(RECORD, status="diverged", epochs=5, ended_in=3, error="nan")
    assert diverged.first(4).status == "diverged"
    assert diverged.first(2) == RECORD


def test_a_failure_stands_beside_the_record_until_there_is_a_better_one(store: Store) -> None:
    before = store.load(RUN)
    store.save(replace(RECORD, status="failed", history=HISTORY[:1], epochs=9, error="no memory"))
    assert store.load(RUN) == before
    assert (failure := store.load_failure(RUN))
    assert (failure.status, failure.error) == ("failed", "no memory")
    store.save(RECORD, b"weights", PACKED)
    assert store.load_failure(RUN) is None


def test_a_shorter_record_adds_only_its_measures(store: Store) -> None:
    shorter = (replace(HISTORY[0], test={"loss": 3.0}), replace(HISTORY[1], gradient_by_lag=[0.5, None, 0.1]))
    store.save(replace(RECORD, history=shorter, epochs=1), b"other weights", PACKED)
    found = store.load(RUN)
    assert found is not None
    assert found.epochs == 2
    assert [epoch.test for epoch in found.history] == [{"loss": 3.0}, {"loss": 0.1}, None]
    assert found.history[1].gradient_by_lag == [0.5, None, 0.1]
    assert store.weights_path(found).read_bytes() == b"weights"


def test_a_run_that_cannot_go_on_keeps_no_checkpoint(store: Store) -> None:
    store.save(RECORD, b"weights", None)
    assert store.load_checkpoint(RUN) is None


def flips(content: bytes) -> list[bytes]:
    return [content[:place] + bytes([byte ^ 1]) + content[place + 1 :] for place, byte in enumerate(content)]


def cuts(content: bytes) -> list[bytes]:
    return [content[:end] for end in range(len(content))]


@pytest.mark.parametrize("damages", [flips, cuts])
@pytest.mark.parametrize("name", ["record.json", "checkpoint", "best.weights.h5", "failure.json"])
def test_every_byte_that_is_flipped_or_cut_off_is_noticed(
    store: Store, told: list[str], name: str, damages: Callable[[bytes], list[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    store.save(replace(RECORD, status="failed", error="e"))
    load = {"checkpoint": store.load_checkpoint, "failure.json": store.load_failure}.get(name, store.load)
    path = store.folder(RUN) / name
    owner = path.with_name("record.json") if name == "best.weights.h5" else path
    whole, sealed = path.read_bytes(), owner.read_bytes()
    monkeypatch.setattr("toolkit.store.store.set_aside", lambda path: path)
    cases = damages(whole)
    for damaged in cases:
        path.write_bytes(damaged)
        assert load(RUN) is None
    assert len(told) == len(cases)
    path.write_bytes(whole)
    assert owner.read_bytes() == sealed
    assert load(RUN) is not None


class Death(BaseException):
    """The process is killed."""


@pytest.mark.parametrize("is_done", [False, True])
@pytest.mark.parametrize("moment", range(8))
def test_a_death_between_any_two_files_leaves_a_record_with_its_weights(
    store: Store, told: list[str], monkeypatch: pytest.MonkeyPatch, moment: int, is_done: bool
) -> None:
    longer = replace(RECORD, history=(*HISTORY, Epoch(3, 0.1)), epochs=3)
    longest = replace(RECORD, history=(*longer.history, Epoch(4, 0.05)), epochs=4)
    whole = {2: b"weights", 3: b"new weights", 4: b"newest weights"}
    moments = iter(range(moment, -1, -1))
    put_in_place = os.replace

    def die(*paths: Path) -> None:
        if (now := next(moments, None)) == 0 and not is_done:
            raise Death
        put_in_place(*paths)
        if now == 0:
            raise Death

    monkeypatch.setattr(os, "replace", die)
    with suppress(Death):
        store.save(longer, whole[3], PACKED)
    with suppress(Death):
        store.save(longest, whole[4], PACKED)
    found = store.load(RUN)
    assert found is not None
    assert store.weights_path(found).read_bytes() == whole[found.epochs]
    store.save(longest, whole[4], PACKED)
    assert (found := store.load(RUN))
    assert store.weights_path(found).read_bytes() == whole[found.epochs] == whole[4]
    assert not (store.folder(RUN) / "next.weights.h5").exists()
    assert not told


def test_what_cannot_be_renamed_is_told_and_left(tmp_path: Path, told: list[str], store: Store) -> None:
    """On a disk that can only be read nothing can be locked either."""
    (store.folder(RUN) / "record.json").write_text("{}")
    mount, unmount = ["mount", "--bind", str(tmp_path), str(tmp_path)], ["umount", str(tmp_path)]
    mount_again = ["mount", "-o", "remount,bind,ro", str(tmp_path)]
    if any(subprocess.run(each, capture_output=True, check=False).returncode for each in (mount, mount_again)):
        pytest.skip("a file system cannot be mounted here; run as root to test one that can only be read")
    try:
        assert store.load(RUN) is None
        assert store.load_checkpoint(RUN) == PACKED
    finally:
        subprocess.run(unmount, check=True)
    (line,) = told
    assert line.endswith("it cannot be renamed (Read-only file system). The run is as one that lacks it.")


def test_new_files_have_the_permissions_that_the_umask_gives(tmp_path: Path) -> None:
    former = os.umask(0o027)
    try:
        write_durably(tmp_path / "file", b"")
    finally:
        os.umask(former)
    assert (tmp_path / "file").stat().st_mode & 0o777 == 0o640


def test_a_damaged_file_is_set_aside_and_told(store: Store, told: list[str]) -> None:
    for number in (1, 2):
        (store.folder(RUN) / "record.json").write_text("{}")
        assert store.load(RUN) is None
        assert (store.folder(RUN) / f"record.json.damaged-{number}").read_text() == "{}"
        assert f"renamed to record.json.damaged-{number}. The run is trained again." in told[-1]
    assert store.load(RUN) is None
    assert len(told) == 2


def test_a_file_of_another_run_is_damaged(store: Store, told: list[str]) -> None:
    store.folder(RUN).rename(store.folder("f" * 16))
    assert (store.load("f" * 16), store.load_checkpoint("f" * 16)) == (None, None)
    assert all(f"it is that of the run {RUN}" in line for line in told)


def test_what_another_process_may_be_writing_is_not_called_damaged(
    store: Store, told: list[str], tmp_path: Path
) -> None:
    writer = Store(tmp_path)
    assert writer.lock(RUN)
    (store.folder(RUN) / "record.json").write_text("{")
    assert store.load(RUN) is None
    assert not told
    writer.unlock(RUN)
    assert store.load(RUN) is None
    assert told


def hold_for_ever(root: Path, ready: "multiprocessing.Queue[bool]") -> None:
    store = Store(root)
    ready.put(store.lock(RUN))
    multiprocessing.Event().wait()


def test_a_run_is_locked_until_its_owner_gives_it_free_or_dies(store: Store, tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    ready: multiprocessing.Queue[bool] = context.Queue()
    owner = context.Process(target=hold_for_ever, args=(tmp_path, ready), daemon=True)
    owner.start()
    assert ready.get(timeout=30)
    assert not store.lock(RUN)
    holder = store.holder(RUN)
    assert holder is not None
    assert (holder.process, holder.machine, holder.is_stopped) == (owner.pid, platform.node(), False)
    os.kill(holder.process, signal.SIGSTOP)
    os.waitpid(holder.process, os.WUNTRACED)
    assert holder.is_stopped
    owner.kill()
    owner.join()
    assert store.lock(RUN)
    assert not store.lock(RUN)
    store.unlock(RUN)
    assert store.holder(RUN) is None
    assert store.lock(RUN)


def test_what_a_killed_process_left_half_written_is_swept_away(store: Store) -> None:
    (store.folder(RUN) / ".new-abc").touch()
    store.lock(RUN)
    assert sorted(path.name for path in store.folder(RUN).iterdir()) == ["best.weights.h5", "checkpoint", "record.json"]


def test_a_retired_run_is_kept_until_there_is_a_new_record(store: Store) -> None:
    aside = store.root / ".replaced" / RUN
    store.retire(RUN)
    store.save_checkpoint(RUN, PACKED)
    store.retire(RUN)
    assert store.load(RUN) is None
    assert (aside / "record.json").exists()
    store.save(RECORD, b"weights", PACKED)
    assert not aside.exists()


def test_a_write_that_fails_leaves_the_former_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_durably(tmp_path / "a" / "file", b"old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DiskError, match=r"a/file: the disk mounted at / is full \(No space left on device; .* free\)"):
        write_durably(tmp_path / "a" / "file", b"new")
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["file"]
    assert (tmp_path / "a" / "file").read_bytes() == b"old"


@pytest.mark.parametrize(
    "identity", ["../../../escaped", "/escaped", "..", "", "0123456789ABCDEF", "0123456789abcdef/..", "short"]
)
def test_what_is_no_identity_is_no_place(identity: str, tmp_path: Path) -> None:
    store = Store(tmp_path / "a" / "b" / "c")
    for act in (
        lambda: store.save(replace(RECORD, identity=identity), b"weights"),
        lambda: store.save_checkpoint(identity, CHECKPOINT.to_bytes()),
        lambda: store.load(identity),
        lambda: store.lock(identity),
        lambda: store.retire(identity),
    ):
        with pytest.raises(StoreError, match="is no identity of a run"):
            act()
    assert not list(tmp_path.rglob("*"))
