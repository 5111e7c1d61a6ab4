"""What the toolkit needs of Keras that has no public name, in one place; seen in Keras 3.15.

`pyproject.toml` admits no later minor release: one may lack a name, or mean something else by it. What broke is told by
`tests/builder/test_keras_internals.py`, a test a name.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import keras
import tensorflow as tf
from keras.src.backend.common import global_state
from keras.src.random.seed_generator import GLOBAL_SEED_GENERATOR
from keras.src.utils.naming import reset_uids
from keras.src.utils.rng_utils import GLOBAL_RANDOM_SEED

from toolkit.builder.shapes import Cell, Tensor, Variable

DROPOUT_MASKS = ("_dropout_mask", "_recurrent_dropout_mask")
"""Where Keras's cells keep the dropout masks of a sequence, each `(batch, features)`."""


def takes_training(cell: Cell) -> bool:
    """Whether a cell's `call` has the argument `training`."""
    return isinstance(cell, keras.layers.Layer) and bool(cell._call_has_training_arg)


def draws_masks(cell: Cell) -> bool:
    """Whether a cell is one of Keras's that draw dropout masks."""
    return hasattr(cell, "get_dropout_mask")


def parts(cell: Cell) -> list[Any]:
    """A cell and all layers within it."""
    return list(cell._flatten_layers()) if isinstance(cell, keras.layers.Layer) else [cell]


def value_of(variable: Variable) -> Tensor:
    """The value of a Keras variable, in its own precision and not in that of the layer that asks for it."""
    autocast, variable._autocast = variable._autocast, False
    try:
        return tf.convert_to_tensor(variable.value)
    finally:
        variable._autocast = autocast


def tensorflow_variable(variable: Variable) -> tf.Variable:
    """What a Keras variable is in a graph."""
    return variable._value


def count_names_anew() -> None:
    """Name layers and variables as if none had been built before in this process."""
    reset_uids()


GENERATOR, SEED = GLOBAL_SEED_GENERATOR, GLOBAL_RANDOM_SEED
"""What Keras keeps for the process: the generator that functions without a seed draw from, and the seed of all."""


@contextmanager
def restored(*names: str) -> Iterator[None]:
    """A block after which what Keras keeps for the process under these names is as before."""
    before = [global_state.get_global_attribute(name) for name in names]
    try:
        yield
    finally:
        for name, value in zip(names, before, strict=True):
            global_state.set_global_attribute(name, value)


def default_generator() -> keras.random.SeedGenerator | None:
    """The generator that Keras's functions without a seed draw from; None where they have not yet."""
    return global_state.get_global_attribute(GENERATOR)


def set_default_generator(generator: keras.random.SeedGenerator) -> None:
    """Have Keras's functions without a seed draw from this generator."""
    global_state.set_global_attribute(GENERATOR, generator)


def place_in_file(store: Any) -> tuple[str | None, Any]:
    """Of the weights file that a layer loads from: the name of the layer's group, if it has one, and all groups."""
    return getattr(store, "_h5_entry_path", None), getattr(store, "h5_file", ())
