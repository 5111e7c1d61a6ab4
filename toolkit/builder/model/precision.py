"""The floating-point type that Keras objects are built with."""

from collections.abc import Iterator
from contextlib import contextmanager

import keras


@contextmanager
def precision(dtype: str) -> Iterator[None]:
    """Build Keras objects of this floating-point type within the block.

    Keras keeps two settings: the policy that layers take, and the type that an optimizer keeps its learning rate in
    (a float64 model would otherwise be trained with a learning rate rounded to float32; seen in Keras 3.15).

    Args:
        dtype: `float32` or `float64`.
    """
    floatx, policy = keras.config.floatx(), keras.config.dtype_policy()
    keras.config.set_floatx(dtype)
    keras.config.set_dtype_policy(dtype)
    try:
        yield
    finally:
        keras.config.set_floatx(floatx)
        keras.config.set_dtype_policy(policy)
