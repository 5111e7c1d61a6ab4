"""The layer `TruncatedRNN`: like `keras.layers.RNN`, with exact truncated back-propagation through time."""

import re
from numbers import Integral
from typing import Any, Literal

import keras
import tensorflow as tf
from keras import tree

from toolkit.builder.keras_internals import place_in_file
from toolkit.builder.recurrent.cell_step import CellStep
from toolkit.builder.recurrent.first_order import without_gradient
from toolkit.builder.recurrent.padding import Packing, as_mask
from toolkit.builder.recurrent.replay import replayed_scan
from toolkit.builder.recurrent.scan import scan, unrolled_scan
from toolkit.builder.recurrent.step_effects import EffectsByMode, StepEffects, refusal
from toolkit.builder.recurrent.truncation import truncate_gradient
from toolkit.builder.recurrent.walk import Sequences, Words, scan_to
from toolkit.builder.shapes import Cell, Kernel, Lengths, Mask, Number, Rows, Steps, Structure, Tensor, Tensors

Lookback = int | Literal["full"]


@keras.saving.register_keras_serializable("toolkit")
class TruncatedRNN(keras.layers.RNN):
    """Runs a cell over a sequence; errors travel back `lookback` steps from every prediction, no further.

    Truncation is per prediction: every position has the same depth of credit, unlike the cutting of a sequence into
    chunks. Values are those of `keras.layers.RNN`, to the bit; only gradients differ. Steps that are masked out are
    not counted: a sentence has the same gradient however it is padded.

    The lookback is that of one layer. Of two layers one upon the other each passes the error `lookback` steps back, so
    that both together reach back twice as far; stacked cells within one layer reach as far as one. Within
    `keras.layers.Bidirectional` an error reaches `lookback` steps to either side.

    The gradient is exact for every cell whose step can be taken again. One that draws, updates variables or mixes the
    rows of a batch (dropout of the new state, batch normalization) is stepped again as it was, one step after
    another; one that draws outside of Keras's seeds has a gradient with `lookback="full"` only, and is refused with
    another when a gradient is asked for. A truncated gradient has no gradient of its own; asking for it is an error.

    Args:
        cell: Any Keras RNN cell: an object with `state_size` that is called with the inputs of a step and the list of
            states, and returns an output and the new states. Or a list of cells, as in `keras.layers.RNN`.
        lookback: Number of steps further back than the current one that an error is propagated, at least 0; `full`
            for ordinary back-propagation through time.
        return_sequences: Whether to return the output at every step or only the last; errors then come from the last
            step alone, and the backward pass takes `lookback` + 1 steps, however long the sequences are.
        return_state: Whether to return the final states as well.
        **kwargs: Arguments of `keras.layers.RNN`.

    Raises:
        ValueError: `lookback` is neither a whole number of at least 0 nor `full`, or the cell has no `state_size`; when
            a gradient is asked for: it would be wrong.

    Call args:
        sequences: Shape `(batch, steps, ..)`.
        initial_state: The states before the first step, each `(batch, ..)`; None for the cell's own.
        mask: Shape `(batch, steps)` or `(batch, steps, 1)`, False at steps to leave out; None for none.
        training: Passed to the cell.
        lengths: The number of real steps of each sequence, shape `(batch,)`, where what follows is padding; the same
            as a mask, but faster, and equal only up to rounding. None for no padding, or a mask.

    Returns:
        Shape `(batch, steps, ..)` with `return_sequences`, else `(batch, ..)`; with `return_state` followed by
        the final states.

    Example:
        >>> layer = TruncatedRNN(keras.layers.GRUCell(32), lookback=3, return_sequences=True)
        >>> layer(keras.ops.ones((2, 7, 5))).shape
        TensorShape([2, 7, 32])
    """

    def __init__(
        self,
        cell: Cell,
        lookback: Lookback,
        return_sequences: bool = False,
        return_state: bool = False,
        **kwargs: Any,
    ) -> None:
        if isinstance(cell, (list, tuple)):
            cell = keras.layers.StackedRNNCells(cell, dtype=kwargs.get("dtype"))
        if getattr(cell, "state_size", None) is None:
            raise ValueError(
                f"TruncatedRNN: the cell must have `state_size`, the number of units of its state or a list of them; "
                f"received {cell!r}"
            )
        super().__init__(cell, return_sequences=return_sequences, return_state=return_state, **kwargs)
        self._steps_back = tf.Variable(0, trainable=False, dtype=tf.int32)
        self._effects = EffectsByMode()
        self.lookback = lookback

    @property
    def lookback(self) -> Lookback:
        """Number of steps that an error travels back; a finite one may be changed without compiling anew."""
        return self._lookback

    @lookback.setter
    def lookback(self, lookback: Lookback) -> None:
        self._lookback = _checked(lookback)
        if lookback != "full":
            self._steps_back.assign(lookback)

    @property
    def refusal(self) -> str | None:
        """Why there is no truncated gradient in a mode that the layer was called in; None if there is one in all."""
        refused = [] if self.lookback == "full" else [each for each in self.effects if each.refused]
        return refusal(self.cell, refused[0]) if refused else None

    @property
    def effects(self) -> list[StepEffects]:
        """What the cell's step does, in each mode that the layer was called in."""
        return list(self._effects.found.values())

    def call(
        self,
        sequences: Steps,
        initial_state: Structure = None,
        mask: Mask = None,
        training: bool = False,
        lengths: Lengths = None,
    ) -> Structure:
        """Run the cell over the sequences; see the class."""
        if lengths is not None:
            mask = tf.sequence_mask(lengths, tf.shape(sequences)[1])
        packing = Packing(as_mask(mask, sequences), self.zero_output_for_mask, packed=lengths is not None)
        return super().call(sequences, initial_state=initial_state, mask=packing, training=training)

    def read_words(self, table: Kernel, tokens: Steps, lengths: Lengths, training: bool = False) -> Rows:
        """Run the cell over sentences whose words are rows of a table, which are looked up where they are read.

        Equal up to rounding to `self(tf.gather(table, tokens), lengths=lengths)`, and faster. For a layer with neither
        `return_sequences` nor `go_backwards`, and a cell without dropout of its own.

        Args:
            table: Shape `(words, features)`.
            tokens: Indices of its rows, shape `(batch, steps)`, padding behind.
            lengths: The number of words of each sentence, at least 1, shape `(batch,)`.
            training: Passed to the cell.

        Returns:
            The last outputs, shape `(batch, units)`.
        """
        initial_state = self.get_initial_state(tf.shape(tokens)[0])
        step = CellStep(self.cell, initial_state, training)
        read, initial = Words(tf.convert_to_tensor(table), tokens), tree.flatten(initial_state)
        if not self._effects.of(step, read.source[:1], initial).anywhere:
            return self(tf.gather(read.source, tokens), lengths=lengths, training=training)
        return scan_to(step, read, initial, lengths - 1, self._most_back(tokens), by_length=True)[0]

    def inner_loop(
        self, sequences: Steps, initial_state: Structure, mask: Packing, training: bool = False
    ) -> tuple[Tensor, Tensor, Tensors]:
        """Run the cell over the sequences; called by `call`.

        Returns:
            The last output `(batch, ..)`, all outputs `(batch, steps, ..)` (the last one alone where no others are
            asked for) and the final states.
        """
        # A Keras variable passes for a tensor; a state that is carried on changes before its gradient is asked for.
        sequences, initial_state = tree.map_structure(tf.convert_to_tensor, (sequences, initial_state))
        step = CellStep(self.cell, initial_state, training)
        initial = tree.flatten(initial_state)
        effects = self._effects.of(step, sequences[:, 0], initial)
        if self.lookback == "full" and (self.return_sequences or not effects.anywhere):
            whole: tuple[Tensor, Tensor, Tensors] = super().inner_loop(sequences, initial_state, mask.mask, training)
            return whole
        if effects.refused:
            results = super().inner_loop(sequences, initial_state, mask.mask, training)
            sources = [sequences, *initial, *step.sources]
            flat = without_gradient(tree.flatten(results), sources, refusal(self.cell, effects))
            refusing: tuple[Tensor, Tensor, Tensors] = tree.pack_sequence_as(results, flat)
            return refusing
        packing = mask
        if self.go_backwards:
            sequences, packing = tf.reverse(sequences, [1]), mask.reversed()
        if self.return_sequences or not effects.anywhere:
            results = self._all_results(step, effects, sequences, initial, packing)
            ends = packing.ends(sequences)
            last: Tensors = [tf.gather(result, ends, axis=1, batch_dims=1) for result in results]
            outputs = packing.unpack(results[0])
        else:
            inputs = packing.pack(sequences)
            ends, most_back = packing.ends(inputs), self._most_back(inputs)
            last = scan_to(step, Sequences(inputs), initial, ends, most_back, packing.packed)
            outputs = packing.last_output(last[0])
        states = last[-len(initial) :]
        final = [packing.last_state(first, state) for first, state in zip(initial, states, strict=True)]
        return packing.last_output(last[0]), outputs, tree.pack_sequence_as(initial_state, final)

    def _all_results(
        self, step: CellStep, effects: StepEffects, sequences: Steps, initial: Tensors, packing: Packing
    ) -> Tensors:
        """What the cell gives at each real step, each `(batch, steps, ..)`, real steps first."""
        if not effects.anywhere:
            tried = None if self.unroll else sequences[:, -1 if self.go_backwards else 0]
            most_back = self._most_back(sequences)
            results = replayed_scan(step, effects.changed, sequences, initial, packing, most_back, tried)
            return [packing.pack(result) for result in results]
        inputs = packing.pack(sequences)
        results = (unrolled_scan if self.unroll else scan)(step, inputs, initial)
        return truncate_gradient(step, inputs, initial, results, self._most_back(inputs))

    def _most_back(self, sequences: Steps) -> Number:
        """Steps that an error travels back in sequences `(batch, steps, ..)`."""
        return tf.shape(sequences)[1] if self.lookback == "full" else tf.convert_to_tensor(self._steps_back)

    def load_own_variables(self, store: Any) -> None:
        """Load what the layer itself has; say what to do with a file of an equal model of Keras."""
        path, groups = place_in_file(store)
        plain = path and re.sub(r"truncated_rnn(_\d+)?$", r"rnn\1", path)  # Keras names groups by class (seen in 3.15)
        if path and path not in groups and plain in groups:
            raise ValueError(
                f"TruncatedRNN: the file has no weights {path}, but {plain} of a keras.layers.RNN; load it into the "
                "model with keras.layers.RNN and take the weights from there: model.set_weights(other.get_weights())"
            )
        super().load_own_variables(store)

    def get_config(self) -> dict[str, Any]:
        """Arguments that make an equal layer."""
        return {**super().get_config(), "lookback": self.lookback}


def _checked(lookback: Any) -> Lookback:
    if lookback == "full":
        return "full"
    if isinstance(lookback, Integral) and not isinstance(lookback, bool) and int(lookback) >= 0:
        return int(lookback)
    raise ValueError(f"TruncatedRNN: lookback is a whole number of at least 0, or 'full'; received {lookback!r}")
