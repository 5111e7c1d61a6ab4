"""The disk that a sweep will take, and a stored run as a Keras model."""

import io
import math
import sys
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from tests.runner.training import RUN, train_whole
from toolkit import build, load_model
from toolkit.builder.training.feed import Feed
from toolkit.data.dataset import load_examples
from toolkit.errors import StoreError
from toolkit.runner.planning.disk import run_bytes, weight_count
from toolkit.spec.schema import RunConfig
from toolkit.store import Epoch, RunRecord, Store
from toolkit.tasks.sizes import Sizes

SMALL = {"task": "agreement", "train_size": 30, "dev_size": 20, "distance": "uniform", "max_distance": 2}


@pytest.mark.parametrize(
    "model",
    [
        *({"cell": cell, "hidden": 5} for cell in ("rnn", "gru", "lstm")),
        {"cell": "gru", "hidden": [5, 3, 2], "embedding": 7},
        {"cell": "rnn", "hidden": [5, 3]},
        {"cell": "keras.layers:LSTMCell", "hidden": [5, 3], "embedding": 7},
    ],
)
@pytest.mark.parametrize("task", ["agreement", "language_model"])
def test_weights_are_counted_as_keras_counts_them(model: dict[str, Any], task: str) -> None:
    assert_counted(model, task, Sizes(11))


@pytest.mark.parametrize("sizes", [Sizes(11), Sizes(features=6)])
@pytest.mark.parametrize(
    "model",
    [
        {"cell": "lstm", "hidden": [5, 3], "bias": True},
        {"cell": "gru", "hidden": [5, 3], "direction": "both"},
        {"cell": "rnn", "bias": True, "direction": "both", "pool": "mean"},
    ],
)
def test_biases_both_directions_and_vectors_are_counted_too(model: dict[str, Any], sizes: Sizes) -> None:
    assert_counted(model, "agreement", sizes)


def assert_counted(model: dict[str, Any], task: str, sizes: Sizes) -> None:
    config = RunConfig.model_validate({"data": {"task": task}, "model": model})
    weights = build(config, sizes).trainable_weights
    assert weight_count(config, sizes) == sum(math.prod(weight.shape) for weight in weights)


@pytest.mark.parametrize(
    "train", [{}, {"optimizer": "adam", "learning_rate": 0.01}, {"protocol": "coursework", "dtype": "float64"}]
)
def test_a_stored_run_takes_little_less_disk_than_was_foretold_and_is_loaded_as_a_model(
    train: dict[str, Any], tmp_path: Path
) -> None:
    sections = {"data": SMALL, "model": {"hidden": 200}, "train": {"epochs": 2, "batch_size": 15, **train}}
    config = RunConfig.model_validate(sections)
    end, store, data = train_whole(config), Store(tmp_path), load_examples(config.data)
    store.save(end.record, end.weights, end.checkpoint)
    taken = sum(path.stat().st_size for path in store.folder(RUN).iterdir())
    assert 0.5 < taken / run_bytes(config, data.sizes) < 1
    model = load_model(tmp_path / RUN)
    dev = Feed(data.dev, 200)
    loss = model.evaluate(dev.dataset(), steps=dev.blocks(), verbose=0, return_dict=True)["loss"]
    assert end.record.best is not None
    np.testing.assert_allclose(loss, end.record.best.dev_loss, rtol=1e-12)


def test_a_folder_without_a_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no trained run is stored there"):
        load_model(tmp_path / "none")


def made_up(store: Store, weights: bytes, vocabulary: int = 5, **model: Any) -> Path:
    """A run that nobody trained."""
    config = RunConfig.model_validate({"model": {"hidden": 2, **model}}).model_dump(mode="json")
    record = RunRecord(RUN, "done", config, (Epoch(0, 1.0),), 1, parameters=1, vocabulary=vocabulary)
    store.save(record, weights)
    return store.folder(RUN)


def test_a_cell_of_the_users_is_imported_only_when_told_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sent_cells.py").write_text("raise SystemExit('imported')", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    folder = made_up(Store(tmp_path), b"w", cell="sent_cells:Cell", embedding=2)
    with pytest.raises(StoreError, match=r"its cell is sent_cells:Cell, and to load it runs the code of that module"):
        load_model(folder)
    assert "sent_cells" not in sys.modules


def hdf5(**arrays: Any) -> bytes:
    file = io.BytesIO()
    with h5py.File(file, "w") as archive:
        for name, options in arrays.items():
            archive.create_dataset(name, **options)
    return file.getvalue()


@pytest.mark.parametrize(
    ("weights", "vocabulary", "fault"),
    [
        (b"none", 5, "it is no file of weights"),
        (hdf5(a={"shape": (10**9,), "dtype": "f4", "compression": "gzip"}), 5, "its arrays are larger than the file"),
        (hdf5(a={"data": np.zeros(3)}), 10**9, "it is smaller than the weights of the run's configuration"),
        (hdf5(a={"data": np.zeros(1000)}), 5, "these are not the weights of this run's model"),
    ],
)
def test_weights_that_are_none_take_no_memory(tmp_path: Path, weights: bytes, vocabulary: int, fault: str) -> None:
    with pytest.raises(StoreError, match=fault):
        load_model(made_up(Store(tmp_path), weights, vocabulary))
