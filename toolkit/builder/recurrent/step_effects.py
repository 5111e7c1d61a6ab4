"""What a cell's step does besides giving its result: whether it can be taken again, and how."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from toolkit.builder.keras_internals import DROPOUT_MASKS, parts, tensorflow_variable, value_of
from toolkit.builder.model.seeding import keras_state
from toolkit.builder.recurrent.cell_step import CellStep
from toolkit.builder.shapes import Cell, Mask, Rows, Structure, Tensor, Tensors, Variable

HARMLESS = {
    "Assert",
    "Case",
    "If",
    "PartitionedCall",
    "PrintV2",
    "ReadVariableOp",
    "ResourceGather",
    "ResourceGatherNd",
    "StatefulPartitionedCall",
    "VariableShape",
    "VarHandleOp",
    "VarIsInitializedOp",
    "While",
}
"""TensorFlow's operations that it calls stateful, and that can be run again; functions called are looked into."""

ADVICE = (
    "Keep what it draws from, changes and learns in Keras variables and layers of its own (keras.random with a "
    "keras.random.SeedGenerator, add_weight)"
)
SIZES = (1, 1, 100, -100)
"""Of the made-up rows: the first is looked at, beside the next and beside two that would show in it, if any did."""


@dataclass(frozen=True)
class StepEffects:
    """How a step can be taken again for the backward pass.

    Attributes:
        changed: Keras variables that a step changes: states of random generators, moving averages.
        mixes: Whether what a row of a batch gives depends on the batch's other rows.
        refused: Why a step cannot be taken again; None if it can.
        hidden: Whether it draws from or changes what is kept in no variable of the cell, nor in Keras's generator.
    """

    changed: Sequence[Variable] = ()
    mixes: bool = False
    refused: str | None = None
    hidden: bool = False

    @property
    def anywhere(self) -> bool:
        """Whether all steps can be taken again side by side, as one large batch, at any time."""
        return not (self.changed or self.mixes or self.refused)


class EffectsByMode:
    """What a layer's steps do, found out once in each mode: in training, in a function, with which parts frozen."""

    def __init__(self) -> None:
        self.found: dict[Any, StepEffects] = {}

    def of(self, step: CellStep, inputs: Rows, states: Tensors) -> StepEffects:
        """See `effects_of`."""
        mode = (
            step.arguments.get("training"),
            tf.inside_function(),
            *(getattr(part, "trainable", True) for part in parts(step.cell)),
        )
        if mode not in self.found:
            self.found[mode] = effects_of(step, inputs, states)
        return self.found[mode]


def effects_of(step: CellStep, inputs: Rows, states: Tensors) -> StepEffects:
    """Find out what a step does by taking it on made-up rows, without changing the cell's variables.

    Its graph shows what it draws and changes. Taken twice, it must give the same. A row must give the same in another
    place of another batch: otherwise rows act on one another, or a draw depends on the place.

    Args:
        step: The cell, which has its weights.
        inputs: Those of one step, shape `(batch, ..)`; their values play no part.
        states: The previous states, likewise.
    """
    free = [(part, name) for part in parts(step.cell) for name in DROPOUT_MASKS if getattr(part, name, None) is None]
    with tf.init_scope():
        effects = _effects(step, (inputs, *states))
    kept = [(part, name) for part, name in free if getattr(part, name, None) is not None]
    for part, name in kept:
        setattr(part, name, None)
    if kept:
        return StepEffects(refused=f"{type(kept[0][0]).__name__} within it keeps a dropout mask from step to step")
    return effects


def refusal(cell: Cell, effects: StepEffects) -> str:
    """What is said to whoever asks for the truncated gradient of a cell whose step cannot be taken again."""
    return (
        f"TruncatedRNN: the step of the cell {type(cell).__name__} cannot be taken again for the backward pass: "
        f"{effects.refused}. {ADVICE}, or use lookback='full'"
    )


def _paths(variables: Sequence[Variable]) -> str:
    return ", ".join(variable.path for variable in variables)


def _effects(step: CellStep, values: Tensors) -> StepEffects:
    try:
        changed, operations, outside = _traced(step, values)
    except Exception as error:  # whatever the cell's code raises
        return StepEffects(refused=f"it cannot be traced by TensorFlow ({type(error).__name__}: {error})")
    stateful = sorted(operations - HARMLESS)
    if stateful:
        told = f"it draws or changes what is no Keras variable ({', '.join(stateful)})"
        return StepEffects(refused=told, hidden=True)
    if outside:
        told = f"it computes with what is neither its input, state nor weight, and would get no gradient ({outside})"
        return StepEffects(refused=told)
    own = {id(variable) for variable in getattr(step.cell, "variables", ())}
    foreign = [variable for variable in changed if id(variable) not in own]
    if foreign:
        told = f"it draws from or changes what is not among its variables ({_paths(foreign)})"
        return StepEffects(refused=told, hidden=any(variable is not keras_state() for variable in foreign))
    trainable = [variable for variable in changed if variable.trainable]
    if trainable:
        return StepEffects(refused=f"it changes a weight that is trained ({_paths(trainable)})")
    row, *others = (_row(number, values, size) for number, size in enumerate(SIZES))
    try:
        first, again, elsewhere = (
            _taken(step, rows) for rows in ([row, others[0]], [row, others[0]], [*others[1:], row])
        )
    except Exception:  # a step that takes no batch of any size is taken with its own, one after another
        return StepEffects(changed, mixes=True)
    if not all(map(_close, first, again)):
        return StepEffects(refused="it gives another result each time, from the same values and seeds", hidden=True)
    return StepEffects(changed, not all(_close(one[0], two[-1]) for one, two in zip(first, elsewhere, strict=True)))


class _Changes(keras.StatelessScope):
    """Keeps changes of variables from being made, and remembers of which."""

    def __init__(self) -> None:
        super().__init__()
        self.variables: dict[int, Variable] = {}

    def add_update(self, update: tuple[Variable, Tensor]) -> None:
        """Called by a variable when it is assigned to."""
        self.variables[id(update[0])] = update[0]
        super().add_update(update)


def _traced(step: CellStep, values: Tensors) -> tuple[list[Tensor], set[str], str]:
    """What a step's graph shows.

    Returns:
        The Keras variables that it changes, the stateful operations in it and in all that it calls, and the names of
        weights and tensors that it takes from elsewhere.
    """

    def take(*values: Tensor) -> Structure:
        return step(values[0], values[1:])

    specs = [tf.TensorSpec((2, *value.shape[1:]), value.dtype) for value in values]
    with _Changes() as changes, step.with_masks(lambda mask: _ones(2, mask)):
        graph = tf.function(take, autograph=False).get_concrete_function(*specs).graph
    definition = graph.as_graph_def()
    nodes = [*definition.node, *(node for each in definition.library.function for node in each.node_def)]
    names = {node.op for node in nodes} - {each.signature.name for each in definition.library.function}
    stateful = {name for name in names if graph.op_def_for_type(name).is_stateful}
    own = {id(tensorflow_variable(variable)) for variable in getattr(step.cell, "variables", ())}
    outside = [variable.name for variable in graph.trainable_variables if id(variable) not in own]
    outside += [tensor.name for tensor, _ in graph.captures if tf.is_symbolic_tensor(tensor)]
    stateful = {name for name in stateful if not name.startswith("Stateless")}
    return list(changes.variables.values()), stateful, ", ".join(outside)


def _taken(step: CellStep, rows: list[list[Tensor]]) -> list[Tensor]:
    """What a step gives for some rows."""
    inputs, *states = [tf.stack(values) for values in zip(*rows, strict=True)]
    with _Changes() as changes, step.with_masks(lambda mask: _ones(len(rows), mask)):
        for variable, value in _moved_weights(step):
            changes.state_mapping[id(variable)] = value
        return [tf.convert_to_tensor(value) for value in step(inputs, states)]


def _moved_weights(step: CellStep) -> Iterator[tuple[Variable, Tensor]]:
    """The trained weights a little off what they are, which may be a zero that hides what the step does."""
    random = np.random.default_rng(0)
    for weight in getattr(step.cell, "trainable_variables", ()):
        value = value_of(weight)
        if value.dtype.is_floating:
            off = random.uniform(0, 0.1, value.shape) / max(1, *value.shape[:1]) ** 0.5
            yield weight, value + tf.cast(tf.constant(off), value.dtype)


def _row(number: int, values: Tensors, size: float) -> list[Tensor]:
    """A row of each value: numbers of about a size, of which a positive one has roots and logarithms, or indices."""
    random = np.random.default_rng(number)

    def row(value: Tensor) -> Rows:
        shape = [size or 1 for size in value.shape[1:]]
        made_up = size * random.uniform(0.1, 0.9, shape) if value.dtype.is_floating else np.full(shape, min(number, 1))
        return tf.cast(tf.constant(made_up), value.dtype)

    return [row(value) for value in values]


def _ones(rows: int, mask: Mask) -> Rows:
    return tf.ones((rows, *mask.shape[1:]), mask.dtype)


def _close(one: Tensor, other: Tensor) -> bool:
    tolerance = 1e-5 if one.dtype.size >= 4 else 1e-2
    one, other = (np.asarray(tf.cast(value, tf.float64)) for value in (one, other))
    return bool(np.allclose(one, other, rtol=tolerance, atol=tolerance, equal_nan=True))
