from pathlib import Path

import keras
import numpy as np
import pandas as pd
import pytest

import toolkit
from toolkit.builder.model.perturbation import perturb
from toolkit.runner.worker.protocols import build
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


def test_repetitions_of_a_run_end_close_to_it_and_not_in_it(tmp_path: Path) -> None:
    spec = tmp_path / "rounding.yaml"
    data = "{task: agreement, distance: uniform, max_distance: 2, train_size: 60, dev_size: 40}"
    train = "{epochs: 2, batch_size: 10, dtype: float64}"
    spec.write_text(
        f"name: rounding\ndata: {data}\nmodel: {{hidden: 4}}\ntrain: {train}\nsensitivity: 2\n", encoding="utf-8"
    )
    page = toolkit.run(spec, out=tmp_path / "reports", workers=1)[0].page
    runs = pd.read_csv(page.parent / "runs.csv")
    assert runs["best_loss"].max() - runs["best_loss"].min() < 1e-12
    plain, *moved = (toolkit.load_model(tmp_path / "reports" / "runs" / run).get_weights() for run in runs["run"])
    for weights in moved:
        for weight, its in zip(plain, weights, strict=True):
            assert np.mean(weight != its) > 0.5
            np.testing.assert_allclose(weight, its, atol=1e-12)
    assert (page.parent / "tables" / "sensitivity.csv").exists()
