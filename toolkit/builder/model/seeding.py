"""The randomness of a run: all of it comes from the run's seed, whatever layer draws."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np

from toolkit.builder.keras_internals import GENERATOR, SEED, default_generator, restored, set_default_generator


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
    with restored(GENERATOR, SEED):
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
    with restored(GENERATOR):
        set_default_generator(generator)
        yield


def keras_state() -> Any:
    """The state of the generator that Keras's functions without a seed draw from; None where they have not yet."""
    generator = default_generator()
    return None if generator is None else generator.state
