"""One step of any Keras cell, called the same way at one step or at all positions at once."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import keras
import tensorflow as tf
from keras import tree

from toolkit.builder.keras_internals import DROPOUT_MASKS, parts, takes_training, value_of
from toolkit.builder.recurrent_cell import RecurrentCell
from toolkit.builder.shapes import Cell, Rows, Structure, Tensor, Tensors, Variable

Prepared = Callable[[Rows, Tensors], tuple[Tensors, Tensors]]
"""A step from inputs `(batch, ..)` and states to what the cell gives and what is kept of it."""


class CellStep:
    """Calls a cell with its states as a flat list, whatever their nesting.

    What a step gives is one list too: the new states, with the output in front of them where it is not the first of
    them, as it mostly is. Its first entry is the output in either case, its last ones are the states.

    Keras draws a cell's dropout masks once a sequence and forgets them when its layer's call ends, and whoever holds a
    tape may change weights before he asks for the gradient. The masks and the weights of the forward pass are kept
    here, so that the step that is differentiated later is the one that was taken.

    Args:
        cell: The cell.
        structure: States nested as the cell takes them.
        training: Passed to the cell if it takes it.

    Attributes:
        weights: The cell's variables, each with its value now.
        sources: Those values that have a gradient.
    """

    def __init__(self, cell: Cell, structure: Structure, training: bool) -> None:
        self.cell = cell
        self.structure = structure
        self.arguments = {"training": training} if takes_training(cell) else {}
        self.prepares = getattr(type(cell), "call", None) is RecurrentCell.call
        self.keeps = self.prepares and cell.knows_errors_back
        self.weights = [(variable, value_of(variable)) for variable in getattr(cell, "variables", ())]
        self.sources = [value for _, value in self.weights if value.dtype.is_floating]
        self.masks = [
            (part, name, getattr(part, name))
            for part in parts(cell)
            for name in DROPOUT_MASKS
            if getattr(part, name, None) is not None
        ]

    def prepared(self, keeping: bool = False) -> Prepared:
        """The same step for a loop over time, with what a RecurrentCell makes of its weights made once.

        Args:
            keeping: Whether to keep what `taken` needs.
        """
        if not self.prepares:
            return lambda inputs, states: (self(inputs, states), [])
        kernels = self.cell.recurrent_kernels()
        if keeping and self.keeps:
            return lambda inputs, states: self.cell.advance_keeping(inputs, list(states), kernels)
        return lambda inputs, states: (self.cell.advance(inputs, list(states), kernels), [])

    def taken(self, inputs: Rows, states: Tensors, results: Tensors, kept: Tensors) -> Tensors:
        """A step at all positions that was taken already, to be differentiated.

        Args:
            inputs: Shape `(batch * steps, ..)`.
            states: The previous states, each `(batch * steps, ..)`.
            results: What the step gave, likewise.
            kept: What was kept of it, likewise.

        Returns:
            `results`, computed anew by a cell that has no `errors_back`.
        """
        if not self.keeps:
            return self.everywhere(inputs, states)
        taken: Tensors = self.cell.taken(inputs, list(states), list(results), list(kept))
        return taken

    def __call__(self, inputs: Rows, states: Tensors) -> Tensors:
        """Step a batch: inputs `(batch, ..)` and states, each `(batch, ..)`, to output and new states."""
        output, new_states = self.cell(inputs, tree.pack_sequence_as(self.structure, list(states)), **self.arguments)
        new_states = tree.flatten(new_states)
        return new_states if output is new_states[0] else [output, *new_states]

    def everywhere(self, inputs: Rows, states: Tensors) -> Tensors:
        """Step all positions at once: the same with `batch * steps` rows, those of a sentence side by side."""
        rows = tf.shape(inputs)[0]
        with self.with_masks(lambda mask: tf.repeat(mask, rows // tf.maximum(tf.shape(mask)[0], 1), axis=0)):
            return self(inputs, states)

    def as_it_was(self, drawn: Sequence[tuple[Variable, Tensor]] = ()) -> keras.StatelessScope:
        """A scope in which the cell has the weights of the forward pass, and changes none.

        Args:
            drawn: Variables that differ from step to step, and their values.
        """
        scope = keras.StatelessScope(initialize_variables=False)
        for variable, value in (*self.weights, *drawn):
            scope.add_update((variable, value))  # as they are: `state_mapping` would cast them to the layer's precision
        return scope

    @contextmanager
    def with_masks(self, change: Callable[[Tensor], Tensor]) -> Iterator[None]:
        """A block in which the cell has these dropout masks, changed so."""
        before = [getattr(part, name) for part, name, _ in self.masks]
        for part, name, mask in self.masks:
            setattr(part, name, tree.map_structure(change, mask))
        try:
            yield
        finally:
            for (part, name, _), mask in zip(self.masks, before, strict=True):
                setattr(part, name, mask)
