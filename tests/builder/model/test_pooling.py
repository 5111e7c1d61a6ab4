from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from toolkit.builder.model.pooling import POOLS

LENGTHS = np.array([3, 1, 4], np.int32)
OVER: dict[str, Any] = {"mean": np.mean, "max": np.max}


@pytest.mark.parametrize("name", POOLS)
def test_pools_are_over_the_real_steps_of_each_sequence(name: str) -> None:
    states = np.random.default_rng(1).normal(size=(3, 4, 2)) - 3  # all far below what padding would give
    expected = [OVER[name](one[:length], axis=0) for one, length in zip(states, LENGTHS, strict=True)]
    np.testing.assert_allclose(POOLS[name](tf.constant(states), LENGTHS), expected, rtol=1e-15)


@pytest.mark.parametrize("name", POOLS)
def test_errors_go_to_the_real_steps_that_were_pooled(name: str) -> None:
    states = tf.constant(np.random.default_rng(1).normal(size=(3, 4, 2)))
    with tf.GradientTape() as tape:
        tape.watch(states)
        total = tf.reduce_sum(POOLS[name](states, LENGTHS))
    gradient = tape.gradient(total, states).numpy()
    for one, error, length in zip(states.numpy(), gradient, LENGTHS, strict=True):
        real = one[:length]
        share = np.full_like(real, 1 / length) if name == "mean" else (real == real.max(axis=0)).astype(float)
        np.testing.assert_allclose(error, np.pad(share, [(0, 4 - length), (0, 0)]), rtol=1e-15)
