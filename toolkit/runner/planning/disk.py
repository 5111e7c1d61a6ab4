"""How much disk a sweep will take, reckoned from configurations alone."""

from collections.abc import Iterable, Iterator

from toolkit.runner.planning.plan import PlannedRun, longest
from toolkit.spec.schema import ModelConfig, RunConfig
from toolkit.tasks.registry import task_of
from toolkit.tasks.sizes import Sizes

GATES = {"rnn": 1, "gru": 3, "lstm": 4}
"""Blocks of weights of a cell; a cell of the user's is taken to have as many as the largest."""
MOMENTA = 2
"""Values that an optimizer other than SGD keeps for each weight, at most."""
RUN_BYTES, EPOCH_BYTES = 40_000, 500
"""What a run's files take beside its weights, and what an epoch adds to them."""


def disk_bytes(planned: Iterable[PlannedRun]) -> int:
    """The disk that a sweep takes when all its runs are stored, each different run once: an upper estimate.

    A run keeps its best weights, and for going on its last weights and the best again. With the first two Keras keeps
    the optimizer's momenta.
    """
    return sum(run_bytes(run.spec.config, run.data.sizes) for run in longest(planned))


def run_bytes(config: RunConfig, sizes: Sizes) -> int:
    """The disk that a run takes at most when it is done."""
    train = config.train
    momenta = 0 if train.optimizer == "sgd" else MOMENTA
    carried = 2 if train.protocol == "coursework" else 1
    weights = weight_count(config, sizes) * (8 if train.dtype == "float64" else 4)
    return weights * (3 * carried + 2 * momenta) + RUN_BYTES + EPOCH_BYTES * (train.epochs + 1)


def weight_count(config: RunConfig, sizes: Sizes) -> int:
    """The number of trainable weights of a configuration; exact for the toolkit's own cells."""
    model, directions = config.model, 2 if config.model.direction == "both" else 1
    outputs = task_of(config.data.task).head.outputs(sizes)
    read = _table_count(model, sizes, directions) + directions * sum(_cell_counts(model, sizes))
    return read + (directions * _hidden(model)[-1] + model.bias) * outputs


def _table_count(model: ModelConfig, sizes: Sizes, directions: int) -> int:
    """Of the table that words are looked up in; there is none for vectors."""
    return (
        0 if sizes.features else sizes.vocabulary * (model.embedding or directions * _gates(model) * _hidden(model)[0])
    )


def _cell_counts(model: ModelConfig, sizes: Sizes) -> Iterator[int]:
    gates, features = _gates(model), sizes.features or model.embedding
    for size in _hidden(model):
        yield gates * size * (size + (features or 0))
        if model.bias or model.cell not in GATES:
            yield gates * size
        features = size


def _gates(model: ModelConfig) -> int:
    return GATES.get(model.cell, max(GATES.values()))


def _hidden(model: ModelConfig) -> list[int]:
    return model.hidden if isinstance(model.hidden, list) else [model.hidden]
