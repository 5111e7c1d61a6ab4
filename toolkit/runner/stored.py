"""A stored run as a Keras model."""

import os
from pathlib import Path

from toolkit.builder.model import SequenceModel
from toolkit.errors import StoreError
from toolkit.runner.protocols import build
from toolkit.spec.schema import RunConfig
from toolkit.store import Store


def load_model(folder: str | os.PathLike[str]) -> SequenceModel:
    """Load the model of a stored run with its best weights.

    Args:
        folder: The run's folder in the store, such as `reports/runs/0123456789abcdef`.

    Returns:
        A compiled Keras model, as `build` makes it.

    Raises:
        StoreError: No run is stored there, or it has no weights.
    """
    place = Path(folder)
    store = Store(place.parent)
    record = store.load(place.name)
    if record is None or record.vocabulary is None or record.weights is None:
        raise StoreError(f"{place}: no trained run is stored there; expected a folder of the store, named in runs.csv")
    model = build(RunConfig.model_validate(record.config), record.vocabulary)
    model.load_weights(store.weights_path(record))
    return model
