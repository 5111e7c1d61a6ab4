"""A store that somebody sent: it is read within bounds and by type, and what is none is set aside as damaged."""

import io
import json
import os
import time
import tracemalloc
import zipfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from toolkit.errors import StoreError
from toolkit.store import Checkpoint, Epoch, RunRecord, Store
from toolkit.store.durable import DamageError, sealed, sealed_json
from toolkit.store.plain import record_from_plain, record_to_plain

RUN = "0123456789abcdef"
CONFIG: dict[str, Any] = {"data": {}, "model": {"hidden": 3}, "train": {"epochs": 1}}
GROUP = {"split": "dev", "by": "distance", "value": 1, "sentences": 3, "accuracy": 0.5, "loss": 1.0}
HISTORY = (Epoch(0, 2.0), Epoch(1, 1.0, 0.5, 1.5, 0.5, 0.25, [0.5, None], {"loss": 0.1}, {"plural_f1": None}))
RECORD = record_to_plain(RunRecord(RUN, "done", CONFIG, HISTORY, epochs=1, parameters=12, vocabulary=4))
ABOUT = {"run": RUN, "history": [asdict(epoch) for epoch in HISTORY], "sessions": [{}]}
HUGE = 6 * 2**30


def nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = {"a": value}
    return value


def with_epoch(**changes: Any) -> dict[str, Any]:
    return RECORD | {"history": [RECORD["history"][0], RECORD["history"][1] | changes]}


RECORDS: dict[str, dict[str, Any]] = {
    "a configuration without model": RECORD | {"config": {"data": {}, "train": {}}},
    "a configuration that is a text": RECORD | {"config": "rnn"},
    "a section that is a list": RECORD | {"config": CONFIG | {"model": []}},
    "a deep configuration": RECORD | {"config": CONFIG | {"model": nested(30)}},
    "a deep provenance": RECORD | {"provenance": nested(500)},
    "provenance that is a list": RECORD | {"provenance": ["a"]},
    "a text for a loss": with_epoch(dev_loss="0.5"),
    "nothing for a loss": with_epoch(dev_loss=None),
    "true for a loss": with_epoch(dev_loss=True),
    "a list for seconds": with_epoch(seconds=[1.0]),
    "a text for a norm": with_epoch(gradient_by_lag=["0.5"]),
    "a text for a test loss": with_epoch(test={"loss": "low"}),
    "a text for a measure": with_epoch(by_sentence={"plural_f1": "high"}),
    "groups that are numbers": with_epoch(by_sentence={"groups": [1]}),
    "a group without its value": with_epoch(by_sentence={"groups": [{"split": "dev", "by": "distance"}]}),
    "a text for a group's loss": with_epoch(by_sentence={"groups": [GROUP | {"loss": "x"}]}),
    "epochs out of order": RECORD | {"history": RECORD["history"][::-1]},
    "a history that is a number": RECORD | {"history": 3},
    "done without an epoch": RECORD | {"history": []},
    "a text for epochs": RECORD | {"epochs": "1"},
    "epochs below none": RECORD | {"epochs": -1},
    "a status that is none": RECORD | {"status": "fine"},
    "a number for an error": RECORD | {"error": 1},
    "weights that are a list": RECORD | {"weights": ["a"]},
    "a key that no record has": RECORD | {"evil": 1},
    "a record of nothing": {},
}


@pytest.mark.parametrize("values", RECORDS.values(), ids=RECORDS)
def test_a_record_of_other_types_is_damaged_and_set_aside(values: dict[str, Any], tmp_path: Path) -> None:
    told: list[str] = []
    store = Store(tmp_path, told.append)
    store.folder(RUN).mkdir()
    (store.folder(RUN) / "record.json").write_bytes(sealed_json(values))
    assert store.load(RUN) is None
    assert len(told) == 1
    assert "damaged, or of another version" in told[0]
    assert (store.folder(RUN) / "record.json.damaged-1").exists()


def test_a_record_that_is_one_is_read_as_it_was_written() -> None:
    values = with_epoch(by_sentence={"plural_f1": 0.5, "groups": [GROUP]})
    assert record_to_plain(record_from_plain(json.loads(json.dumps(values)))) == {**values, "earlier": ()} | {
        "history": tuple(values["history"])
    }


@pytest.mark.parametrize("content", [b"[" * 200_000, b'{"a":' * 200_000, b"[]", b"1", b"", b"\xff"])
def test_json_that_is_no_record_is_damaged(content: bytes, tmp_path: Path) -> None:
    told: list[str] = []
    store = Store(tmp_path, told.append)
    store.folder(RUN).mkdir()
    body = b' "a": ' + content + b"\n}\n"
    import hashlib  # noqa: PLC0415  only here is a seal made by hand

    seal = b'{\n "sha256": "%s",\n' % hashlib.sha256(body).hexdigest().encode()
    (store.folder(RUN) / "record.json").write_bytes(seal + body)
    assert store.load(RUN) is None
    assert len(told) == 1


def header(shape: tuple[int, ...], kind: str = "|u1") -> bytes:
    """The beginning of an `.npy` file that says that it has this shape."""
    text = f"{{'descr': {kind!r}, 'fortran_order': False, 'shape': {shape}, }}".encode()
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text


def packed(members: dict[str, bytes], compression: int = zipfile.ZIP_STORED, about: Any = ABOUT) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        text = np.frombuffer(json.dumps(about).encode(), np.uint8)
        whole = io.BytesIO()
        np.save(whole, text)
        for name, content in {"about.npy": whole.getvalue(), **members}.items():
            archive.writestr(name, content)
    return sealed(file.getvalue())


def pickled() -> bytes:
    file = io.BytesIO()
    np.save(file, np.array([{"a": 1}], dtype=object), allow_pickle=True)
    return file.getvalue()


def overlapping() -> bytes:
    """An archive whose directory names one member a thousand times."""
    once = packed({"variable_0.npy": header((10**6,)) + bytes(10**6)})[32:]
    end = once.rindex(b"PK\x05\x06")
    start = int.from_bytes(once[end + 16 : end + 20], "little")
    directory = once[start:end]
    entry = directory[directory.index(b"PK\x01\x02", 4) :]
    many = directory + b"".join(entry.replace(b"variable_0", b"variable_%d" % n) for n in range(1, 10))
    count = (2 + 9).to_bytes(2, "little")
    tail = once[end : end + 8] + count * 2 + len(many).to_bytes(4, "little") + once[end + 16 :]
    return sealed(once[:start] + many + tail)


CHECKPOINTS: dict[str, Callable[[], bytes]] = {
    "six gigabytes of zeros, compressed": lambda: packed(
        {"variable_0.npy": header((60 * 10**6,)) + bytes(60 * 10**6)}, zipfile.ZIP_DEFLATED
    ),
    "a shape of six gigabytes": lambda: packed({"variable_0.npy": header((HUGE,)) + bytes(100)}),
    "a shape beyond all memory": lambda: packed({"variable_0.npy": header((10**30, 0)) + bytes(100)}),
    "a shape below zero": lambda: packed({"variable_0.npy": header((-2, -3)) + bytes(6)}),
    "a pickled object": lambda: packed({"variable_0.npy": pickled()}),
    "one member many times": overlapping,
    "an array that is none": lambda: packed({"variable_0.npy": b"\x93NUMPY\x01\x00\xff\xff" + b"(" * 65535}),
    "an array of another form": lambda: packed({"variable_0.npy": b"\x93NUMPY\x09\x00" + bytes(200)}),
    "no archive": lambda: sealed(b"PK\x03\x04" + bytes(1000)),
    "nothing": lambda: sealed(b""),
    "about a list": lambda: packed({}, about=[]),
    "about nothing": lambda: packed({}, about={}),
    "a text for a loss": lambda: packed({}, about=ABOUT | {"history": [{"epoch": 0, "dev_loss": "x"}]}),
    "sessions that are texts": lambda: packed({}, about=ABOUT | {"sessions": ["a"]}),
    "a number for the run": lambda: packed({}, about=ABOUT | {"run": 1}),
    "a deep session": lambda: packed({}, about=ABOUT | {"sessions": [nested(400)]}),
}


@pytest.mark.parametrize("make", CHECKPOINTS.values(), ids=CHECKPOINTS)
def test_a_made_up_checkpoint_is_damaged_and_takes_no_more_memory_than_the_file(make: Callable[[], bytes]) -> None:
    content = make()
    begun = time.monotonic()
    tracemalloc.start()
    try:
        with pytest.raises(DamageError):
            Checkpoint.from_bytes(content)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 4 * len(content) + 2**20
    assert time.monotonic() - begun < 2


def test_a_checkpoint_that_is_one_is_still_read() -> None:
    array = np.arange(6, dtype=np.float32).reshape(2, 3)
    whole = Checkpoint(RUN, HISTORY, ({"a": 1},), [array, np.asfortranarray(array), np.float64(1.0) * np.ones(())], [])
    found = Checkpoint.from_bytes(whole.to_bytes())
    assert (found.identity, found.history, found.sessions) == (RUN, HISTORY, ({"a": 1},))
    for one, other in zip(found.variables, whole.variables, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("name", ["record.json", "checkpoint", "failure.json", "best.weights.h5"])
@pytest.mark.parametrize("kind", ["pipe", "device", "folder", "huge"])
def test_what_is_no_file_in_a_store_is_never_waited_for(name: str, kind: str, tmp_path: Path) -> None:
    told: list[str] = []
    store = Store(tmp_path, told.append)
    store.folder(RUN).mkdir()
    if name == "best.weights.h5":
        (store.folder(RUN) / "record.json").write_bytes(sealed_json(RECORD | {"weights": "0" * 64}))
    path = store.folder(RUN) / name
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "device":
        path.symlink_to("/dev/zero")
    elif kind == "folder":
        path.mkdir()
    else:
        with path.open("wb") as file:
            file.truncate(10**12)
    begun = time.monotonic()
    load = {"checkpoint": store.load_checkpoint, "failure.json": store.load_failure}.get(name, store.load)
    assert load(RUN) is None
    assert time.monotonic() - begun < 2
    assert len(told) == 1


LINKS: dict[str, Callable[[Path, Path], None]] = {
    "the run's folder": lambda store, outside: (store / RUN).symlink_to(outside),
    "the folder of the locks": lambda store, outside: (store / ".locks").symlink_to(outside),
    "the lock": lambda store, outside: (store / ".locks" / RUN).symlink_to(outside / "precious.txt"),
    "the lock, hard": lambda store, outside: (store / ".locks" / RUN).hardlink_to(outside / "precious.txt"),
}


@pytest.mark.parametrize("make", LINKS.values(), ids=LINKS)
def test_nothing_is_written_where_a_link_in_a_store_leads(make: Callable[[Path, Path], None], tmp_path: Path) -> None:
    outside, root = tmp_path / "outside", tmp_path / "runs"
    outside.mkdir()
    root.mkdir()
    if make in (LINKS["the lock"], LINKS["the lock, hard"]):
        (root / ".locks").mkdir()
    for name in ("precious.txt", ".new-precious", "record.json"):
        (outside / name).write_text("precious", encoding="utf-8")
    before = {path.name: path.read_bytes() for path in outside.iterdir()}
    make(root, outside)
    told: list[str] = []
    store = Store(root, told.append)
    with pytest.raises(StoreError, match="a link"):
        store.lock(RUN)
    assert store.load(RUN) is None
    assert {path.name: path.read_bytes() for path in outside.iterdir()} == before


def test_what_is_told_of_a_holder_may_be_anything(tmp_path: Path) -> None:
    store = Store(tmp_path)
    (tmp_path / ".locks").mkdir()
    holder = tmp_path / ".locks" / f"{RUN}.holder"
    for content in ("[]", "{", '{"process": "../../x", "machine": 1, "since": 2}', "[" * 9000):
        holder.write_text(content, encoding="utf-8")
        assert store.holder(RUN) is None
    holder.unlink()
    os.mkfifo(holder)
    assert store.holder(RUN) is None
