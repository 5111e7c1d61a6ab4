"""What is private in Keras and used all the same is there, and does what it is used for; a test a name."""

import importlib
import tomllib
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from packaging.requirements import Requirement

ROOM = "toolkit/builder/keras_internals.py"


def gone(name: str, source: str) -> str:
    return f"Keras {keras.__version__} has no {name} any more, or it means something else: see its {source}, and {ROOM}"


@pytest.fixture
def internals() -> Any:
    return importlib.import_module("toolkit.builder.keras_internals")


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("keras.src.backend.common.global_state", "get_global_attribute"),
        ("keras.src.backend.common.global_state", "set_global_attribute"),
        ("keras.src.random.seed_generator", "GLOBAL_SEED_GENERATOR"),
        ("keras.src.utils.rng_utils", "GLOBAL_RANDOM_SEED"),
        ("keras.src.utils.naming", "reset_uids"),
    ],
)
def test_a_name_of_a_private_module_is_there(module: str, name: str) -> None:
    found = importlib.util.find_spec(module) and importlib.import_module(module)
    assert hasattr(found, name), gone(name, module)


def test_a_cell_says_whether_it_takes_training(internals: Any) -> None:
    class Plain(keras.layers.Layer):
        def call(self, inputs: Any, states: Any) -> Any:
            return inputs, states

    told = gone("_call_has_training_arg", "keras/src/layers/layer.py")
    assert hasattr(Plain(), "_call_has_training_arg"), told
    assert [internals.takes_training(cell) for cell in (keras.layers.GRUCell(2), Plain())] == [True, False], told
    assert not internals.takes_training(lambda inputs, states: inputs)


def test_a_cell_keeps_the_masks_that_it_draws(internals: Any) -> None:
    told = gone("get_dropout_mask, or one of DROPOUT_MASKS", "keras/src/layers/rnn/dropout_rnn_cell.py")
    cell = keras.layers.GRUCell(2, dropout=0.5, recurrent_dropout=0.5, seed=1)
    assert internals.draws_masks(cell), told
    assert not internals.draws_masks(keras.layers.StackedRNNCells([cell])), told
    cell(tf.ones((3, 4)), [tf.ones((3, 2))], training=True)
    shapes = [tf.nest.flatten(getattr(cell, name))[0].shape for name in internals.DROPOUT_MASKS]
    assert shapes == [(3, 4), (3, 2)], told


def test_all_layers_within_a_cell_are_found(internals: Any) -> None:
    cells = [keras.layers.GRUCell(2), keras.layers.SimpleRNNCell(2)]
    stacked = keras.layers.StackedRNNCells(cells)
    told = gone("_flatten_layers", "keras/src/layers/layer.py")
    assert hasattr(stacked, "_flatten_layers"), told
    assert {id(part) for part in internals.parts(stacked)} >= {id(stacked), *map(id, cells)}, told


def test_a_value_has_the_precision_of_its_variable(internals: Any) -> None:
    variable = keras.Variable(np.array([1 / 3], "float32"))
    told = gone("_autocast", "keras/src/backend/common/variables.py")
    assert hasattr(variable, "_autocast"), told
    with keras.src.backend.common.variables.AutocastScope("float16"):
        assert variable.value.dtype == "float16"
        assert internals.value_of(variable).dtype == "float32", told
        assert variable.value.dtype == "float16", told


def test_a_keras_variable_is_one_of_tensorflow(internals: Any) -> None:
    told = gone("_value", "keras/src/backend/tensorflow/core.py")
    variable = keras.Variable(np.array([1.0], "float32"))
    assert hasattr(variable, "_value"), told
    assert isinstance(internals.tensorflow_variable(variable), tf.Variable), told


def test_names_are_counted_anew(internals: Any) -> None:
    internals.count_names_anew()
    first = keras.layers.Dense(1).name
    internals.count_names_anew()
    assert (first, keras.layers.Dense(1).name) == ("dense", "dense"), gone("reset_uids", "keras/src/utils/naming.py")


def test_functions_without_a_seed_draw_from_the_generator_that_is_set(internals: Any) -> None:
    told = gone("GLOBAL_SEED_GENERATOR", "keras/src/random/seed_generator.py")
    before = internals.default_generator()
    drawn = []
    for _ in range(2):
        with internals.restored(internals.GENERATOR):
            internals.set_default_generator(keras.random.SeedGenerator(7))
            drawn.append(keras.random.normal((3,)).numpy().tolist())
    assert drawn[0] == drawn[1], told
    assert internals.default_generator() is before, told


def test_the_admitted_versions_end_with_the_one_that_this_was_seen_in(internals: Any) -> None:
    text = Path("pyproject.toml").read_text(encoding="utf-8")
    (wanted,) = (Requirement(one) for one in tomllib.loads(text)["project"]["dependencies"] if one.startswith("keras>"))
    assert keras.__version__ in wanted.specifier
    assert "seen in Keras 3.15." in (internals.__doc__ or "")
    assert [wanted.specifier.contains(version) for version in ("3.15.9", "3.16.0")] == [True, False]
