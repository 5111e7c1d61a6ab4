"""The randomness of a run: all of it comes from the run's seed, whatever layer draws."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np
from keras.src.backend.common import global_state
from keras.src.random.seed_generator import GLOBAL_SEED_GENERATOR
from keras.src.utils.rng_utils import GLOBAL_RANDOM_SEED


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Build a model within the block, and whatever its layers draw without a seed of their own comes from this one.

    Keras draws the seeds of such layers' initializers and generators from Python's global generator; a layer may also
    use that, NumPy's, TensorFlow's, or Keras's functions without a seed. After the block all but TensorFlow's are as
    they were before.

    Args:
        seed: The seed, 0 to 2**32 - 1.
    """
    python, numpy = random.getstate(), np.random.get_state()
    with _restored(GLOBAL_SEED_GENERATOR, GLOBAL_RANDOM_SEED):
        keras.utils.set_random_seed(seed)
        try:
            yield
        finally:
            random.setstate(python)
            np.random.set_state(numpy)


@contextmanager
def drawing_from(generator: keras.random.SeedGenerator | None) -> Iterator[None]:
    """Trace or run a model within the block, and Keras's functions without a seed draw from this generator.

    Args:
        generator: The generator; None where nothing draws so.
    """
    if generator is None:
        yield
        return
    with _restored(GLOBAL_SEED_GENERATOR):
        global_state.set_global_attribute(GLOBAL_SEED_GENERATOR, generator)
        yield


def keras_state() -> Any:
    """The state of the generator that Keras's functions without a seed draw from; None where they have not yet."""
    generator = global_state.get_global_attribute(GLOBAL_SEED_GENERATOR)
    return None if generator is None else generator.state


@contextmanager
def _restored(*names: str) -> Iterator[None]:
    """A block after which these attributes of Keras are as before; there is no public way (seen in Keras 3.15)."""
    before = [global_state.get_global_attribute(name) for name in names]
    try:
        yield
    finally:
        for name, value in zip(names, before, strict=True):
            global_state.set_global_attribute(name, value)
