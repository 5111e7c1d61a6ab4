import keras
import numpy as np
import pytest

from toolkit.builder.perturbation import perturb
from toolkit.runner.protocols import build
from toolkit.spec.schema import RunConfig


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_each_weight_moves_by_one_unit_in_the_last_place(dtype: str) -> None:
    values = np.random.default_rng(1).normal(size=(40, 30)).astype(dtype)
    draws = []
    for number in (1, 2, 1):
        weight = keras.Variable(values, dtype=dtype)
        perturb([weight], number)
        moved = weight.numpy()
        assert moved.dtype == dtype
        assert np.all((moved == np.nextafter(values, np.inf)) | (moved == np.nextafter(values, -np.inf)))
        assert 0.4 < np.mean(moved > values) < 0.6
        draws.append(moved)
    assert np.any(draws[0] != draws[1])
    np.testing.assert_array_equal(draws[0], draws[2])


@pytest.mark.parametrize("protocol", ["standard", "coursework"])
def test_a_run_begins_with_perturbed_weights(protocol: str) -> None:
    weights = []
    for number in (0, 1):
        train = {"protocol": protocol, "dtype": "float64", "perturbation": number}
        model = build(RunConfig.model_validate({"model": {"hidden": 3}, "train": train}), 20)
        weights.append([weight.numpy() for weight in model.trainable_weights])
    for plain, moved in zip(*weights, strict=True):
        assert np.all(plain != moved)
        np.testing.assert_allclose(plain, moved, rtol=1e-15)
