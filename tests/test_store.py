from pathlib import Path

import pytest

from toolkit.errors import StoreError
from toolkit.store import Epoch, RunRecord, Store

RECORD = RunRecord(
    run="0123456789abcdef",
    status="done",
    config={"model": {"hidden": 3}},
    history=(Epoch(0, 2.0), Epoch(1, 1.0 / 3, None, 1.5, 0.5, 0.25), Epoch(2, 1.0 / 3)),
    epochs=2,
    parameters=12,
    test={"loss": 0.1},
)


def test_saved_record_is_loaded_equal(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.save(RECORD)
    assert store.load(RECORD.run) == RECORD


def test_unknown_run_is_none(tmp_path: Path) -> None:
    assert Store(tmp_path).load("ffff") is None


def test_best_epoch_is_the_first_of_the_lowest() -> None:
    assert RECORD.best == RECORD.history[1]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"history": 3}', '{"history": [], "run": "x"}'])
def test_damaged_record_is_named_with_the_mend(tmp_path: Path, text: str) -> None:
    store = Store(tmp_path)
    store.save(RECORD)
    (store.folder(RECORD.run) / "record.json").write_text(text)
    with pytest.raises(StoreError, match="Delete the folder"):
        store.load(RECORD.run)


def test_failed_write_leaves_the_former_file_and_nothing_else(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with store.new_weights("r") as path:
        path.write_text("old")

    def half_write() -> None:
        with store.new_weights("r") as path:
            path.write_text("ne")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        half_write()
    assert [file.name for file in store.folder("r").iterdir()] == ["best.weights.h5"]
    assert store.weights_path("r").read_text() == "old"
