"""How runs are trained, by `train.protocol`: what builds the model, and what feeds it."""

from collections.abc import Callable
from dataclasses import dataclass

from toolkit.builder.keras_internals import count_names_anew
from toolkit.builder.model import network
from toolkit.builder.model.perturbation import perturb
from toolkit.builder.model.sequence_model import SequenceModel
from toolkit.builder.model.settings import default_settings
from toolkit.builder.training.feed import Feed
from toolkit.data.class_weights import balanced
from toolkit.data.dataset import Dataset
from toolkit.replication import protocol as coursework
from toolkit.spec.schema import RunConfig
from toolkit.tasks.registry import task_of
from toolkit.tasks.sizes import Sizes


@dataclass(frozen=True)
class Protocol:
    """A way of training.

    Attributes:
        build: Makes the model of a configuration, given the sizes of what is read and predicted.
        feed: Makes the feed of its training sentences.
    """

    build: Callable[[RunConfig, Sizes | int], SequenceModel]
    feed: Callable[[RunConfig, Dataset], Feed]


def _shuffled(config: RunConfig, data: Dataset) -> Feed:
    train, classes = config.train, task_of(config.data.task).head.outputs(data.sizes)
    return Feed(
        data.train, train.batch_size, train.seed, balanced(data.train, classes) if train.class_weights else None
    )


PROTOCOLS = {
    "standard": Protocol(network.build, _shuffled),
    "coursework": Protocol(coursework.build, coursework.feed),
}


def build(config: RunConfig, vocabulary_size: int | Sizes) -> SequenceModel:
    """Build the model of a run's configuration, with its initial weights, ready for `fit`.

    Args:
        config: A resolved run configuration.
        vocabulary_size: Number of words in the vocabulary; all sizes where vectors are read, or what is predicted is
            neither a word nor a label of the task's own.

    Returns:
        A compiled Keras model; see `toolkit.builder.model.network.build` and `toolkit.replication.protocol.build`.

    Raises:
        SpecError: `model.cell` cannot be imported or made.
    """
    count_names_anew()  # names are counted from here, so that a weights file does not depend on what was built before
    with default_settings():
        model = PROTOCOLS[config.train.protocol].build(config, vocabulary_size)
    if config.train.perturbation:
        perturb(model.trainable_weights, config.train.perturbation)
    return model
