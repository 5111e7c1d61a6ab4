"""From a run's configuration to its network: cells, rows, output layer, and their initial weights."""

import inspect
from typing import Any

import keras
import tensorflow as tf

from toolkit.builder.model.precision import precision
from toolkit.builder.model.seeding import drawing_from, seeded
from toolkit.builder.model.sequence_model import SequenceModel
from toolkit.builder.recurrent.cells import CELLS, get_cell
from toolkit.builder.recurrent.step_effects import ADVICE
from toolkit.builder.recurrent.truncated_rnn import TruncatedRNN
from toolkit.builder.recurrent_cell import INITIAL_STDDEV, RecurrentCell
from toolkit.builder.training.optimizers import make_optimizer
from toolkit.errors import SpecError
from toolkit.spec.schema import ModelConfig, RunConfig
from toolkit.tasks.registry import task_of


def build(config: RunConfig, vocabulary_size: int) -> SequenceModel:
    """Build the model that a configuration describes, with its initial weights, ready for `fit`.

    All weights are drawn by one Keras generator seeded with `train.seed`: from a normal distribution with variance 0.1,
    or by `model.initializer`. A cell of Keras's or the user's draws its own (see `toolkit.builder.model.seeding`).

    Args:
        config: A resolved run configuration.
        vocabulary_size: Number of words in the vocabulary.

    Returns:
        A compiled model.

    Raises:
        SpecError: `model.cell` cannot be imported or made.
    """
    with precision(config.train.dtype), seeded(config.train.seed):
        model = _network(config, vocabulary_size)
        if config.model.cell not in CELLS:
            model.generator = keras.random.SeedGenerator(config.train.seed)
        with drawing_from(model.generator):
            model.build()
        model.compile_for_descent(make_optimizer(config.train))
    return model


def make_cell(config: ModelConfig, initializer: Any = None) -> Any:
    """Make the cell of a configuration; several sizes in `hidden` are stacked into one.

    Args:
        config: The spec's `model` section.
        initializer: Keras initializer of the toolkit's own cells; None for their default.

    Returns:
        A Keras cell. The toolkit's own read looked-up rows unless there is an embedding.

    Raises:
        SpecError: The cell cannot be imported or made, or needs an embedding.
    """
    cell = get_cell(config.cell)
    own = issubclass(cell, RecurrentCell)
    if not own and config.embedding is None:
        raise SpecError(
            f"model.cell: {config.cell} reads vectors, so words need an embedding; add `embedding: 50` to `model` "
            "(only cells derived from toolkit.builder.recurrent_cell.RecurrentCell can do without)"
        )
    sizes = config.hidden if isinstance(config.hidden, list) else [config.hidden]
    cells: list[Any] = []
    for size in sizes:
        arguments: dict[str, Any] = {} if config.activation is None else {"activation": config.activation}
        if own:
            arguments |= {"project_inputs": bool(cells) or config.embedding is not None, "initializer": initializer}
        try:
            cells.append(cell(size, **arguments))
        except (TypeError, ValueError) as error:
            raise SpecError(f"model.cell: {config.cell}({size}, {arguments}) cannot be made: {error}") from error
        if getattr(cells[-1], "state_size", None) is None:
            raise SpecError(f"model.cell: {config.cell} has no `state_size`, the number of units of its state")
    return cells[0] if len(cells) == 1 else keras.layers.StackedRNNCells(cells)


def check_step(config: ModelConfig) -> None:
    """Refuse a cell of the user's whose runs could not be told, by taking its steps.

    Raises:
        SpecError: The cell cannot be made; its steps cannot be taken again, as a truncated gradient needs; or they hang
            on what neither seed nor checkpoint has, so that a run would give another result each time, or if continued.
    """
    with seeded(0):
        cell = make_cell(config)
        layer = TruncatedRNN(cell, config.lookback)
        width = config.embedding or getattr(cell, "cells", [cell])[0].row_size
        try:
            layer(tf.zeros((2, 2, width)), training=True)
        except Exception:  # whatever else the cell does wrong: its run fails of it, and says so
            return
    for effects in layer.effects:
        if effects.hidden:
            raise SpecError(
                f"model.cell: {config.cell}: its step hangs on what neither the seed nor a checkpoint of the run has: "
                f"{effects.refused}. {ADVICE}"
            )
    if layer.refusal:
        raise SpecError(f"model.cell: {config.cell}: {layer.refusal}")


def _network(config: RunConfig, vocabulary_size: int) -> SequenceModel:
    model, seed = config.model, config.train.seed
    task = task_of(config.data.task)
    outputs = task.head.outputs(vocabulary_size)
    initializer = _initializer(model.initializer, keras.random.SeedGenerator(seed))
    cell = make_cell(model, initializer)
    width = model.embedding or getattr(cell, "cells", [cell])[0].row_size
    return SequenceModel(
        lookup=keras.layers.Embedding(vocabulary_size, width, embeddings_initializer=initializer, name="lookup"),
        recurrent=TruncatedRNN(cell, model.lookback, return_sequences=task.predicts == "each", name="recurrent"),
        output_layer=keras.layers.Dense(outputs, use_bias=False, kernel_initializer=initializer, name="output"),
        loss=task.head.loss,
        tracks=task.tracks,
        dropout=model.dropout,
        seed=seed,
    )


def _initializer(name: str | None, seed: Any) -> Any:
    if name is None:
        return keras.initializers.RandomNormal(stddev=INITIAL_STDDEV, seed=seed)
    kind = type(keras.initializers.get(name))
    return kind(seed=seed) if "seed" in inspect.signature(kind).parameters else kind()
