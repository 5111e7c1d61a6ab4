"""A stored run as a Keras model."""

import os
from collections.abc import Iterator
from pathlib import Path

import h5py
from pydantic import ValidationError

from toolkit.builder.model.sequence_model import SequenceModel
from toolkit.errors import StoreError
from toolkit.runner.planning.disk import weight_count
from toolkit.runner.worker.protocols import build
from toolkit.spec.named import CELL, TASK
from toolkit.spec.own_tasks import know_task
from toolkit.spec.schema import CELL_NAMES, RunConfig
from toolkit.store import Store
from toolkit.store.store import IDENTITY
from toolkit.tasks.sizes import Sizes


def load_model(folder: str | os.PathLike[str], trust: bool = False) -> SequenceModel:
    """Load the model of a stored run with its best weights.

    Args:
        folder: The run's folder in the store, such as `reports/runs/0123456789abcdef`.
        trust: Whether the modules that the run's record names for a cell or a task may be imported, which runs their
            code. It is asked for those of the user's only; the toolkit's and Keras's are always loaded.

    Returns:
        A compiled Keras model, as `build` makes it.

    Raises:
        StoreError: No run is stored there, it has no weights or others than it should, or its cell or task is the
            user's own and `trust` is not given.
        SettingError: That task is not there, or is none.
    """
    place = Path(folder)
    store = Store(place.parent)
    record = store.load(place.name) if IDENTITY.fullmatch(place.name) else None
    if record is None or record.vocabulary is None or record.weights is None:
        raise StoreError(f"{place}: no trained run is stored there; expected a folder of the store, named in runs.csv")
    try:
        config = RunConfig.model_validate(record.config)
    except ValidationError as error:
        raise StoreError(f"{place}: its record has no configuration that this version knows") from error
    for what, name in _own_code(config):
        if not trust:
            raise StoreError(
                f"{place}: its {what} is {name}, and to load it runs the code of that module, whoever put the "
                "name into the record; if you trust both, call load_model(.., trust=True)"
            )
    if TASK.is_own(config.data.task):
        know_task(config.data.task)
    weights = store.weights_path(record)
    sizes = Sizes(record.vocabulary, record.features or 0, record.outputs or 0)
    check_weights(weights, config, sizes)
    model = build(config, sizes)
    try:
        model.load_weights(weights)
    except (ValueError, KeyError, OSError) as error:
        raise StoreError(f"{weights}: these are not the weights of this run's model ({error})") from error
    return model


def _own_code(config: RunConfig) -> Iterator[tuple[str, str]]:
    """What a model needs that is the user's, and its name."""
    if is_own_cell(config.model.cell):
        yield CELL.what, config.model.cell
    if TASK.is_own(config.data.task):
        yield TASK.what, config.data.task


def is_own_cell(cell: str) -> bool:
    """Whether a cell is the user's: neither the toolkit's nor one of Keras's."""
    return cell not in CELL_NAMES and cell.partition(":")[0].partition(".")[0] != "keras"


def check_weights(path: Path, config: RunConfig, sizes: Sizes) -> None:
    """Refuse a file of weights that says it is more than it is, before memory is taken for it or for its model.

    Raises:
        StoreError: Its arrays are larger than the file, or the file is too small for the model.
    """
    size = path.stat().st_size
    fault = ""
    try:
        with h5py.File(path, "r") as file:
            taken: list[int] = []
            file.visititems(lambda _, item: taken.append(item.nbytes) if isinstance(item, h5py.Dataset) else None)
        if sum(taken) > size:
            fault = "its arrays are larger than the file"
    except (OSError, ValueError, RuntimeError, KeyError) as error:
        fault = f"it is no file of weights ({error})"
    itemsize = 8 if config.train.dtype == "float64" else 4
    if config.model.cell in CELL_NAMES and weight_count(config, sizes) * itemsize > size:
        fault = fault or "it is smaller than the weights of the run's configuration"
    if fault:
        raise StoreError(f"{path}: {fault}; copy the run's folder again, or train it again")
