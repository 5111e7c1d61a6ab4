"""Keras as it is where nobody has changed its settings."""

from collections.abc import Iterator
from contextlib import contextmanager

import keras

from toolkit.builder.model.precision import precision

DEFAULTS = {"epsilon": 1e-7, "image_data_format": "channels_last", "max_epochs": None, "max_steps_per_epoch": None}
"""What Keras reads from the environment and its configuration file, beside the precision, and what it is otherwise
(seen in Keras 3.15)."""


@contextmanager
def default_settings() -> Iterator[None]:
    """Build or train within the block, and only the run's configuration decides what is computed.

    KERAS_MAX_STEPS_PER_EPOCH and KERAS_MAX_EPOCHS cut epochs and training short; the file keras.json has a precision, a
    small number that some computations add, and an order of axes.
    """
    before = {name: getattr(keras.config, name)() for name in DEFAULTS}
    with precision("float32"):
        _set(DEFAULTS)
        try:
            yield
        finally:
            _set(before)


def _set(values: dict[str, object]) -> None:
    for name, value in values.items():
        getattr(keras.config, f"set_{name}")(value)
