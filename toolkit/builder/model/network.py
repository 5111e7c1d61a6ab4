"""From a run's configuration to its network: cells, rows, output layer, and their initial weights."""

import inspect
from typing import Any

import keras
import tensorflow as tf

from toolkit.builder.model.precision import precision
from toolkit.builder.model.seeding import drawing_from, seeded
from toolkit.builder.model.sequence_model import SequenceModel
from toolkit.builder.recurrent.both_directions import BothDirections
from toolkit.builder.recurrent.cells import CELLS, get_cell
from toolkit.builder.recurrent.step_effects import ADVICE
from toolkit.builder.recurrent.truncated_rnn import Lookback, TruncatedRNN
from toolkit.builder.recurrent_cell import INITIAL_STDDEV, RecurrentCell
from toolkit.builder.shapes import Cell
from toolkit.builder.training.optimizers import make_optimizer
from toolkit.errors import SpecError
from toolkit.spec.schema import ModelConfig, RunConfig
from toolkit.tasks.registry import task_of
from toolkit.tasks.sizes import Sizes, as_sizes


def build(config: RunConfig, sizes: Sizes | int) -> SequenceModel:
    """Build the model that a configuration describes, with its initial weights, ready for `fit`.

    All weights are drawn by one Keras generator seeded with `train.seed`: from a normal distribution with variance 0.1,
    or by `model.initializer`. A cell of Keras's or the user's draws its own (see `toolkit.builder.model.seeding`).

    Args:
        config: A resolved run configuration.
        sizes: Of what is read and predicted; a number is that of words in the vocabulary.

    Returns:
        A compiled model.

    Raises:
        SpecError: `model.cell` cannot be imported or made.
    """
    with precision(config.train.dtype), seeded(config.train.seed):
        model = _network(config, as_sizes(sizes))
        if config.model.cell not in CELLS:
            model.generator = keras.random.SeedGenerator(config.train.seed)
        with drawing_from(model.generator):
            model.build()
        model.compile_for_descent(make_optimizer(config.train))
    return model


def make_cell(config: ModelConfig, initializer: Any = None, reads_vectors: bool = False) -> Cell:
    """Make the cell of a configuration; several sizes in `hidden` are stacked into one.

    Args:
        config: The spec's `model` section.
        initializer: Keras initializer of the toolkit's own cells; None for their default.
        reads_vectors: Whether it reads vectors even where there is no embedding.

    Returns:
        A Keras cell. The toolkit's own read looked-up rows unless they read vectors.

    Raises:
        SpecError: The cell cannot be imported or made, or needs an embedding.
    """
    cell = get_cell(config.cell)
    own = issubclass(cell, RecurrentCell)
    reads_vectors = reads_vectors or config.embedding is not None
    if not own and not reads_vectors:
        raise SpecError(
            f"model.cell: {config.cell} reads vectors, so words need an embedding; add `embedding: 50` to `model` "
            "(only cells derived from toolkit.builder.recurrent_cell.RecurrentCell can do without)"
        )
    sizes = config.hidden if isinstance(config.hidden, list) else [config.hidden]
    cells: list[Cell] = []
    for size in sizes:
        arguments: dict[str, Any] = {} if config.activation is None else {"activation": config.activation}
        if own:
            arguments |= {"project_inputs": bool(cells) or reads_vectors, "initializer": initializer}
        if own and config.bias:
            arguments["use_bias"] = True
        cells.append(_made(config, cell, size, arguments))
    return cells[0] if len(cells) == 1 else keras.layers.StackedRNNCells(cells)


def _made(config: ModelConfig, cell: Cell, size: int, arguments: dict[str, Any]) -> Cell:
    """A cell of one layer.

    Raises:
        SpecError: It cannot be made, or is no cell.
    """
    try:
        made = cell(size, **{**arguments, **config.cell_options})
    except (TypeError, ValueError) as error:
        told = f"{config.cell}({size}, {arguments | config.cell_options})"
        raise SpecError(f"model.cell: {told} cannot be made: {error}") from error
    if getattr(made, "state_size", None) is None:
        raise SpecError(f"model.cell: {config.cell} has no `state_size`, the number of units of its state")
    return made


def check_step(config: ModelConfig, features: int = 0) -> None:
    """Refuse a cell of the user's whose runs could not be told, by taking its steps.

    Args:
        config: The spec's `model` section.
        features: Numbers in each vector that is read; 0 where words are.

    Raises:
        SpecError: The cell cannot be made; its steps cannot be taken again, as a truncated gradient needs; or they hang
            on what neither seed nor checkpoint has, so that a run would give another result each time, or if continued.
    """
    with seeded(0):
        cell = make_cell(config, reads_vectors=features > 0)
        layer = TruncatedRNN(cell, config.lookback)
        width = features or config.embedding or _row_size(cell)
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


def _network(config: RunConfig, sizes: Sizes) -> SequenceModel:
    model, seed, task = config.model, config.train.seed, task_of(config.data.task)
    initializer = _initializer(model.initializer, keras.random.SeedGenerator(seed))
    at_each = task.predicts == "each" or model.pool != "last"
    cells = [make_cell(model, initializer, sizes.features > 0) for _ in range(2 if model.direction == "both" else 1)]
    width = model.embedding or sum(map(_row_size, cells))
    return SequenceModel(
        lookup=None
        if sizes.features
        else keras.layers.Embedding(sizes.vocabulary, width, embeddings_initializer=initializer, name="lookup"),
        recurrent=_recurrent(cells, model.lookback, at_each, own_halves=not (sizes.features or model.embedding)),
        output_layer=keras.layers.Dense(
            task.head.outputs(sizes), use_bias=model.bias, kernel_initializer=initializer, name="output"
        ),
        loss=task.head.loss,
        tracks=task.tracks,
        pool=model.pool if task.predicts == "last" and at_each else None,
        features=sizes.features,
        dropout=model.dropout,
        seed=seed,
    )


def _recurrent(cells: list[Cell], lookback: Lookback, at_each: bool, own_halves: bool) -> TruncatedRNN | BothDirections:
    """The recurrent layer over a cell, or over one for each direction."""
    if len(cells) == 1:
        return TruncatedRNN(cells[0], lookback, return_sequences=at_each, name="recurrent")
    forward, backward = (
        TruncatedRNN(cell, lookback, return_sequences=at_each, name=name)
        for cell, name in zip(cells, ("forward", "backward"), strict=True)
    )
    return BothDirections(forward, backward, own_halves=own_halves, name="recurrent")


def _row_size(cell: Cell) -> int:
    """Width of the rows that a cell reads which does without an embedding; 0 where it does not."""
    return int(getattr(getattr(cell, "cells", [cell])[0], "row_size", 0))


def _initializer(name: str | None, seed: Any) -> Any:
    if name is None:
        return keras.initializers.RandomNormal(stddev=INITIAL_STDDEV, seed=seed)
    kind = type(keras.initializers.get(name))
    return kind(seed=seed) if "seed" in inspect.signature(kind).parameters else kind()
