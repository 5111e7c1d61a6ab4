"""What a spec's `model` section can say."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any, get_args

import keras
import numpy as np
import pytest
from keras.src.layers.rnn.dropout_rnn_cell import DropoutRNNCell

from toolkit.builder.model.network import build, check_step, make_cell
from toolkit.builder.recurrent.cells import RNNCell
from toolkit.builder.training.feed import Feed
from toolkit.data.batches import make_batch
from toolkit.data.examples import Examples
from toolkit.errors import SpecError
from toolkit.spec.schema import ACTIVATIONS, INITIALIZERS, ModelConfig, RunConfig
from toolkit.tasks.sizes import Sizes

WORDS = 9
EXAMPLES = Examples([np.arange(5, dtype=np.int32), np.arange(3, dtype=np.int32)], [np.ones(1, np.int32)] * 2)


class PlainCell(keras.layers.Layer):
    """A user's cell with the least that Keras asks for: no `output_size`, one state that is returned bare."""

    def __init__(self, units: int) -> None:
        super().__init__()
        self.state_size = units
        self.mix = keras.layers.Dense(units, activation="tanh")

    def build(self, input_shape: Any) -> None:
        self.mix.build((None, input_shape[-1] + self.state_size))

    def call(self, inputs: Any, states: Any) -> Any:
        previous = states[0] if isinstance(states, (list, tuple)) else states
        state = self.mix(keras.ops.concatenate([inputs, previous], axis=-1))
        return state, state


class DroppingCell(DropoutRNNCell, RNNCell):
    """A user's cell upon the toolkit's, with dropout as Keras's own cells have it: a mask a sequence."""

    def __init__(self, units: int, **kwargs: Any) -> None:
        super().__init__(units, **kwargs)
        self.dropout, self.recurrent_dropout = 0.5, 0.0
        self.seed_generator = keras.random.SeedGenerator(1)

    def call(self, inputs: Any, states: Any, training: bool = False) -> Any:
        return super().call(inputs * self.get_dropout_mask(inputs) if training else inputs, states)


class BrokenCell(keras.layers.Layer):
    def __init__(self, units: int) -> None:
        super().__init__()
        self.state_size = units

    def call(self, inputs: Any, states: Any) -> Any:
        raise ValueError("it is broken")


def config(**model: Any) -> RunConfig:
    train = {"learning_rate": 2.0}
    return RunConfig.model_validate({"data": {"task": "agreement"}, "model": {"hidden": 4, **model}, "train": train})


def losses(config: RunConfig, updates: int = 15) -> list[float]:
    model = build(config, WORDS)
    block = next(Feed(EXAMPLES, 2).epochs())
    told = []
    for _ in range(updates):
        model.reset_metrics()
        told.append(float(model.train_step(block)["loss"]))
    return told


@pytest.mark.parametrize(
    "model",
    [
        {"cell": "lstm", "lookback": 2},
        {"cell": "gru", "hidden": [4, 3], "lookback": 1},
        {"cell": "rnn", "hidden": [4, 3, 2], "lookback": "full"},
        {"cell": "lstm", "embedding": 5, "lookback": 3},
        {"cell": "rnn", "activation": "tanh"},
        {"cell": "gru", "initializer": "glorot_uniform"},
        {"cell": "gru", "initializer": "orthogonal", "embedding": 2},
        {"cell": "keras.layers:GRUCell", "embedding": 3, "lookback": 1},
        {"cell": "keras.layers:GRUCell", "embedding": 3, "direction": "both", "cell_options": {"reset_after": False}},
        {"cell": "lstm", "bias": True, "direction": "both", "hidden": [4, 3], "lookback": 1},
        {"cell": "gru", "embedding": 3, "bias": True, "direction": "both", "pool": "max"},
        {"cell": "rnn", "pool": "mean", "lookback": "full"},
        {"cell": "keras.layers:LSTMCell", "embedding": 3, "hidden": [4, 2]},
        {"cell": "tests.builder.recurrent.test_truncated_rnn:LeakyCell", "embedding": 3},
        {"cell": "tests.builder.model.test_network:PlainCell", "embedding": 3},
    ],
)
def test_every_kind_of_model_learns_its_examples(model: dict[str, Any]) -> None:
    told = losses(config(**model))
    assert told[-1] < 0.7 * told[0]


def test_number_of_weights_follows_from_the_sizes() -> None:
    assert build(config(cell="lstm", hidden=[4, 3]), WORDS).count_params() == WORDS * 16 + 4 * 16 + (4 + 3) * 12 + 3 * 2
    assert build(config(cell="gru", embedding=5), WORDS).count_params() == WORDS * 5 + (5 + 4) * 12 + 4 * 2


def test_weights_of_vectors_are_drawn_as_those_of_words() -> None:
    model = build(config(cell="gru", hidden=60, direction="both"), Sizes(features=80))
    kernels = [weight for weight in model.trainable_weights if weight.name == "kernel"]
    assert [kernel.shape for kernel in kernels[:2]] == [(80, 180), (80, 180)]
    assert [float(np.var(kernel)) for kernel in kernels[:2]] == pytest.approx([0.1, 0.1], rel=0.05)
    assert not np.array_equal(*kernels[:2])


def test_weights_are_normal_with_variance_one_tenth_and_depend_on_the_seed_only() -> None:
    big = [build(config(cell="gru", hidden=60), 500).get_weights() for _ in range(2)]
    for one, other in zip(*big, strict=True):
        np.testing.assert_array_equal(one, other)
    assert [float(np.var(weights)) for weights in big[0][:2]] == pytest.approx([0.1, 0.1], rel=0.05)
    other_seed = RunConfig.model_validate({"data": {"task": "agreement"}, "train": {"seed": 1}})
    assert not np.array_equal(
        build(other_seed, WORDS).get_weights()[0], build(config(hidden=50), WORDS).get_weights()[0]
    )


def test_dropout_changes_training_only() -> None:
    model = build(config(dropout=0.5), WORDS)
    batch = make_batch(EXAMPLES, np.arange(2))
    inputs = batch.inputs
    trained = [np.asarray(model(inputs, training=True)) for _ in range(2)]
    assert not np.array_equal(trained[0], trained[1])
    np.testing.assert_array_equal(model(inputs), model(inputs))


def test_dropout_of_a_cell_upon_the_toolkits_is_that_of_the_whole_batch() -> None:
    sentences = [np.full(1 + length % 7, length % WORDS, np.int32) for length in range(60)]
    feed = Feed(Examples(sentences, [np.ones(1, np.int32)] * 60), 60)
    model = build(config(cell="tests.builder.model.test_network:DroppingCell"), WORDS)
    told = model.fit(feed.dataset(), steps_per_epoch=1, epochs=3, shuffle=False, verbose=0).history["loss"]
    assert told[-1] < 0.5 * told[0]


def test_dropout_is_the_same_for_the_same_seed() -> None:
    assert losses(config(dropout=0.5)) == losses(config(dropout=0.5))


@pytest.mark.parametrize("wider", [{}, {"bias": True, "direction": "both", "pool": "max"}])
def test_model_is_saved_and_loaded_in_safe_mode(wider: dict[str, Any], tmp_path: Path) -> None:
    model = build(config(cell="lstm", hidden=[4, 3], embedding=2, dropout=0.1, **wider), WORDS)
    batch = make_batch(EXAMPLES, np.arange(2))
    inputs = batch.inputs
    model(inputs)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras", safe_mode=True)
    np.testing.assert_array_equal(loaded(inputs), model(inputs))


def test_names_that_the_spec_takes_are_known_to_keras() -> None:
    for name in get_args(ACTIVATIONS):
        assert callable(keras.activations.get(name))
    for name in get_args(INITIALIZERS):
        assert isinstance(keras.initializers.get(name), keras.initializers.Initializer)


@pytest.mark.parametrize(
    ("model", "message"),
    [
        ({"cell": "no_such_module:Cell", "embedding": 2}, "cannot be imported"),
        ({"cell": "keras.layers:NoSuchCell", "embedding": 2}, "cannot be imported"),
        ({"cell": "math:sin", "embedding": 2}, "not a class derived from keras.layers.Layer"),
        ({"cell": "keras.layers:Dense", "embedding": 2}, "has no `state_size`"),
        ({"cell": "keras.layers:GRUCell"}, "reads vectors, so words need an embedding; add `embedding: 50`"),
        (
            {"cell": "tests.builder.recurrent.test_truncated_rnn:LeakyCell", "embedding": 2, "activation": "relu"},
            "cannot be made",
        ),
    ],
)
def test_cell_that_cannot_be_had_is_named(model: dict[str, Any], message: str) -> None:
    with pytest.raises(SpecError, match=message):
        make_cell(ModelConfig.model_validate(model))


def test_a_cell_that_reads_vectors_needs_no_embedding_where_the_data_has_them() -> None:
    plain = ModelConfig.model_validate({"cell": "keras.layers:GRUCell"})
    with pytest.raises(SpecError, match="words need an embedding"):
        check_step(plain)
    check_step(plain, features=1)
    assert build(RunConfig(model=plain), Sizes(features=2, vocabulary=3)).lookup is None


MEMORY = """
import resource, sys
import numpy as np
import tensorflow as tf
from toolkit.builder.training.feed import Feed
from toolkit.builder.model.network import build
from toolkit.data.examples import Examples
from toolkit.spec.schema import RunConfig

WORDS = 50_000
config = RunConfig.model_validate({"model": {"cell": "gru", "hidden": 50, "lookback": 3}})
model = build(config, WORDS)
random = np.random.default_rng(0)
sentences = [random.integers(0, WORDS, 60, dtype=np.int32) for _ in range(100)]
block = next(Feed(Examples(sentences, sentences), 100).epochs())
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
step = tf.function(model.train_step, jit_compile=True)
for _ in range(2):
    loss = float(step(block)["loss"])
print(loss, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)
"""


def test_a_vocabulary_of_50000_trains_within_a_gigabyte_above_the_weights() -> None:
    as_users_have_it = {name: value for name, value in os.environ.items() if not name.endswith("XLA_FLAGS")}
    command = [sys.executable, "-c", MEMORY]
    told = subprocess.run(command, env=as_users_have_it, capture_output=True, text=True, check=True)
    loss, mebibytes = map(float, told.stdout.split())
    assert np.isfinite(loss)
    assert mebibytes < 1024
