"""The coursework protocol: the study's model and batches for a run's configuration."""

import keras

from toolkit.builder.model.precision import precision
from toolkit.builder.recurrent.cells import CELLS
from toolkit.builder.recurrent.truncated_rnn import TruncatedRNN
from toolkit.builder.training.feed import Feed
from toolkit.builder.training.optimizers import make_optimizer
from toolkit.data.dataset import Dataset
from toolkit.replication.draws import Draws
from toolkit.replication.stream import StreamFeed, StreamModel
from toolkit.replication.study_gru import StudyGRUCell
from toolkit.spec.schema import RunConfig
from toolkit.tasks.registry import task_of
from toolkit.tasks.sizes import Sizes, as_sizes


def build(config: RunConfig, sizes: Sizes | int) -> StreamModel:
    """Build the study's model with its initial weights.

    The network is the ordinary one. `model.gradient: coursework` gives its GRU the gradient of the study's program.

    Args:
        config: A resolved run configuration whose protocol is `coursework`.
        sizes: Of what is read and predicted; a number is that of words in the vocabulary.

    Returns:
        A compiled model with plain SGD.
    """
    sizes = as_sizes(sizes)
    cell = StudyGRUCell if config.model.gradient == "coursework" else CELLS[config.model.cell]
    draws, task = _draws(config, sizes), task_of(config.data.task)
    with precision(config.train.dtype):
        recurrent = cell(_units(config), project_inputs=False)
        model = StreamModel(
            lookup=keras.layers.Embedding(sizes.vocabulary, recurrent.row_size, name="lookup"),
            recurrent=TruncatedRNN(
                recurrent, config.model.lookback, return_sequences=task.predicts == "each", name="recurrent"
            ),
            output_layer=keras.layers.Dense(_outputs(config, sizes), use_bias=False, name="output"),
            loss=task.head.loss,
            tracks=task.tracks,
        )
        model.build()
        for weight, value in zip(model.trainable_weights, draws.keras_weights(), strict=True):
            weight.assign(value)
        model.compile_for_descent(make_optimizer(config.train))
    return model


def feed(config: RunConfig, data: Dataset) -> Feed:
    """The training sentences in the study's order and groups."""
    return StreamFeed(data.train, config.train.batch_size, _draws(config, data.sizes))


def _draws(config: RunConfig, sizes: Sizes) -> Draws:
    outputs = _outputs(config, sizes)
    return Draws(config.train.seed, config.model.cell, _units(config), sizes.vocabulary, outputs)


def _units(config: RunConfig) -> int:
    if isinstance(config.model.hidden, list):
        raise TypeError(f"the coursework protocol has one layer, received model.hidden: {config.model.hidden}")
    return config.model.hidden


def _outputs(config: RunConfig, sizes: Sizes) -> int:
    return task_of(config.data.task).head.outputs(sizes)
