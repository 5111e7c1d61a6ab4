"""One step of any Keras cell, called the same way at one step or at all positions at once."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import keras
import tensorflow as tf
from keras import tree

from toolkit.builder.recurrent_cell import RecurrentCell

Tensors = Sequence[Any]
Prepared = Callable[[Any, Tensors], tuple[Tensors, Tensors]]
"""A step from inputs `(batch, features)` and states to what the cell gives and what is kept of it."""

DROPOUT_MASKS = ("_dropout_mask", "_recurrent_dropout_mask")
"""Where Keras's cells keep the dropout masks of a sequence, each `(batch, features)` (seen in Keras 3.15)."""


class CellStep:
    """Calls a cell with its states as a flat list, whatever their nesting.

    What a step gives is one list too: the new states, with the output in front of them where it is not the first of
    them, as it mostly is. Its first entry is the output in either case, its last ones are the states.

    Keras draws a cell's dropout masks once a sequence and forgets them when its layer's call ends. They are kept
    here, so that the step that is differentiated later is the one that was taken.

    Args:
        cell: The cell.
        structure: States nested as the cell takes them.
        training: Passed to the cell if it takes it.
    """

    def __init__(self, cell: Any, structure: Any, training: bool) -> None:
        self.cell = cell
        self.structure = structure
        takes_training = isinstance(cell, keras.layers.Layer) and cell._call_has_training_arg
        self.arguments = {"training": training} if takes_training else {}
        self.prepares = getattr(type(cell), "call", None) is RecurrentCell.call
        self.keeps = self.prepares and cell.knows_errors_back
        self.masks = [
            (part, name, getattr(part, name))
            for part in _parts(cell)
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

    def taken(self, inputs: Any, states: Tensors, results: Tensors, kept: Tensors) -> Tensors:
        """A step at all positions that was taken already, to be differentiated.

        Args:
            inputs: Shape `(batch * steps, features)`.
            states: The previous states, each `(batch * steps, units)`.
            results: What the step gave, likewise.
            kept: What was kept of it, likewise.

        Returns:
            `results`, computed anew by a cell that has no `errors_back`.
        """
        if not self.keeps:
            return self.everywhere(inputs, states)
        taken: Tensors = self.cell.taken(inputs, list(states), list(results), list(kept))
        return taken

    def __call__(self, inputs: Any, states: Tensors) -> Tensors:
        """Step a batch: inputs `(batch, features)` and states, each `(batch, units)`, to output and new states."""
        output, new_states = self.cell(inputs, tree.pack_sequence_as(self.structure, list(states)), **self.arguments)
        new_states = tree.flatten(new_states)
        return new_states if output is new_states[0] else [output, *new_states]

    def everywhere(self, inputs: Any, states: Tensors) -> Tensors:
        """Step all positions at once: the same with `batch * steps` rows, those of a sentence side by side."""
        with self._masks_for(tf.shape(inputs)[0]):
            return self(inputs, states)

    @contextmanager
    def _masks_for(self, rows: Any) -> Iterator[None]:
        before = [getattr(part, name) for part, name, _ in self.masks]

        def repeat(mask: Any) -> Any:
            return tf.repeat(mask, rows // tf.shape(mask)[0], axis=0)

        for part, name, mask in self.masks:
            setattr(part, name, tree.map_structure(repeat, mask))
        try:
            yield
        finally:
            for (part, name, _), mask in zip(self.masks, before, strict=True):
                setattr(part, name, mask)


def _parts(cell: Any) -> Iterator[Any]:
    for part in getattr(cell, "cells", ()):
        yield from _parts(part)
    yield cell
