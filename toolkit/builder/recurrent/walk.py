"""The truncated backward pass of one prediction a sequence: a walk back from its own step."""

import tensorflow as tf

from toolkit.builder.recurrent.cell_step import CellStep
from toolkit.builder.recurrent.first_order import first_order_only
from toolkit.builder.recurrent.padding import like
from toolkit.builder.recurrent.scan import Record, swap_batch_and_steps
from toolkit.builder.shapes import Kernel, Lengths, Number, Rows, Steps, StepsFirst, Structure, Tensor, Tensors

GROUP = 25
"""Sequences of a group, where sequences of like length are stepped side by side."""


class Sequences:
    """Inputs as they are.

    Args:
        inputs: Shape `(batch, steps, ..)`.
    """

    def __init__(self, inputs: Steps) -> None:
        self.source = inputs
        self.steps = tf.shape(inputs)[1]

    def of(self, members: Lengths) -> StepsFirst:
        """Those of some sequences, `(steps, members, ..)`."""
        return swap_batch_and_steps(tf.gather(self.source, members))

    def at(self, places: Tensor) -> Rows:
        """Those at some places, pairs of sequence and step, `(places, ..)`."""
        return tf.gather_nd(self.source, places)

    def add(self, total: Tensor, places: Tensor, gradients: Rows) -> Tensor:
        """Add the gradients at some places to that of `source`."""
        return tf.tensor_scatter_nd_add(total, places, gradients)


class Words:
    """Rows of a table, looked up only where they are read, with a gradient only there.

    Args:
        table: Shape `(words, features)`.
        tokens: Indices of its rows, shape `(batch, steps)`.
    """

    def __init__(self, table: Tensor, tokens: Steps) -> None:
        self.source = table
        self.tokens = tokens
        self.steps = tf.shape(tokens)[1]

    def of(self, members: Lengths) -> StepsFirst:
        """See `Sequences.of`."""
        return tf.gather(self.source, tf.transpose(tf.gather(self.tokens, members)))

    def at(self, places: Tensor) -> Rows:
        """See `Sequences.at`."""
        return tf.gather(self.source, tf.gather_nd(self.tokens, places))

    def add(self, total: Tensor, places: Tensor, gradients: Rows) -> Tensor:
        """See `Sequences.add`."""
        return tf.tensor_scatter_nd_add(total, tf.gather_nd(self.tokens, places)[:, None], gradients)


def scan_to(
    step: CellStep, read: Sequences | Words, initial: Tensors, last: Lengths, lookback: Number, by_length: bool = False
) -> Tensors:
    """Step a cell through time and keep what it gives at one step of each sequence.

    The gradient is that of back-propagation through time, `lookback` steps back. Since an error enters at one step
    only, each term of its Neumann series (see `toolkit.builder.recurrent.truncation`) lives at one step too, so the
    series is a walk back over `lookback` + 1 steps of all sequences side by side, whatever their length.

    Args:
        step: The cell.
        read: What it reads; its `source` gets a gradient.
        initial: The states before the first step, each `(batch, units)`.
        last: The step of each sequence, from 0, shape `(batch,)`.
        lookback: Number of steps that an error travels back, at least 0; may be a tensor.
        by_length: Whether sequences of like length go in groups, forwards and back, each no further than its longest
            one: faster where lengths differ much, and equal up to rounding.

    Returns:
        What the cell gives there (see CellStep), each `(batch, units)`.
    """
    sources = [read.source, *initial, *step.sources]

    @tf.custom_gradient
    def run(*_: Tensor) -> Structure:
        groups = Groups(last, read.steps, by_length and not step.masks)  # dropout masks are of the whole batch
        with step.as_it_was():
            results, kept = groups.scan(step, read, initial)

        def gradient(*errors: Rows) -> Structure:
            with step.as_it_was():
                of_source, of_initial, of_weights = groups.walk(
                    Walk(step, read, initial, (results, kept)), errors, lookback
                )
            return first_order_only([of_source, *of_initial, *of_weights], sources)

        return [groups.at_last(result) for result in results], gradient

    given: Tensors = run(*sources)
    return given


class Groups:
    """Sequences in groups; the last group is filled up with a sequence that is there already.

    Args:
        last: The last step of each sequence, from 0, shape `(batch,)`.
        steps: Number of steps of a sequence, padding included.
        by_length: Whether groups are of sequences that end at about the same step; otherwise all are one group.
    """

    def __init__(self, last: Lengths, steps: Number, by_length: bool) -> None:
        batch = tf.shape(last)[0]
        size = tf.minimum(GROUP, batch) if by_length else batch
        count = tf.maximum(-(-batch // tf.maximum(size, 1)), 1)  # an empty batch is one empty group
        order = tf.argsort(last, stable=True) if by_length else tf.range(batch)
        filling = tf.repeat(order[-1:], count * size - batch)
        self.last = last
        self.steps = steps
        self.members = tf.reshape(tf.concat([order, filling], axis=0), [count, size])
        self.real = tf.reshape(tf.range(tf.size(self.members)) < batch, [count, size])
        self.places = tf.argsort(order)

    def scan(self, step: CellStep, read: Sequences | Words, initial: Tensors) -> tuple[Tensors, Tensors]:
        """What a cell gives, and keeps, at each step (see `Record`), each `(groups * steps, members, ..)`.

        It is of no meaning behind a sequence's last step.
        """

        def states(members: Lengths) -> Tensors:
            return [tf.gather(state, members) for state in initial]

        def add_group(group: Number, arrays: Structure) -> tuple[Number, Structure]:
            members = self.members[group]
            length = 1 + tf.reduce_max(tf.gather(self.last, members))
            return group + 1, record.add(arrays, group * self.steps, read.of(members), states(members), length)

        count, first = tf.shape(self.members)[0], self.members[0]
        record = Record(
            step.prepared(keeping=True),
            read.at(_places(first, tf.zeros_like(first))),
            states(first),
            count * self.steps,
        )
        _, arrays = tf.while_loop(lambda group, *_: group < count, add_group, (0, record.arrays))
        given, kept = tf.nest.map_structure(lambda array: array.stack(), arrays)
        return given, kept

    def at_last(self, result: Structure) -> Structure:
        """Of what `scan` gives, the last step of each sequence, shape `(batch, ..)`."""
        size = tf.shape(self.members)[1]
        return tf.gather_nd(
            result, tf.stack([self.places // size * self.steps + self.last, self.places % size], axis=1)
        )

    def walk(self, walk: "Walk", errors: Tensors, lookback: Number) -> tuple[Tensor, list[Rows], list[Kernel]]:
        """The gradients of the source, initial states and weights, from those at the last steps (see `Walk.back`)."""

        def add_group(group: Number, *sums: Structure) -> Structure:
            members, real = self.members[group], self.real[group]
            own = [tf.where(like(real, error), tf.gather(error, members), 0) for error in errors]
            return group + 1, *walk.back(
                members, group * self.steps, own, tf.gather(self.last, members), lookback, sums
            )

        count = tf.shape(self.members)[0]
        _, *sums = tf.while_loop(lambda group, *_: group < count, add_group, (0, *walk.nothing()))
        of_source, of_initial, of_weights = sums
        return of_source, of_initial, of_weights


class Walk:
    """Walks back through time, each sequence from a step of its own, adding up the gradients of the steps it passes.

    Args:
        step: The cell.
        read: What it reads.
        initial: The states before the first step, each `(batch, units)`.
        taken: What the cell gave at each step and what was kept of it, as `Groups.scan` gives them.
    """

    def __init__(
        self, step: CellStep, read: Sequences | Words, initial: Tensors, taken: tuple[Tensors, Tensors]
    ) -> None:
        self.step = step
        self.read = read
        self.initial = initial
        self.taken = taken

    def nothing(self) -> tuple[Tensor, list[Rows], list[Kernel]]:
        """Gradients of the source, initial states and weights to begin with."""
        zeros = [tf.nest.map_structure(tf.zeros_like, each) for each in (self.initial, self.step.sources)]
        return tf.zeros_like(self.read.source), list(zeros[0]), list(zeros[1])

    def back(
        self, members: Lengths, start: Number, errors: Tensors, last: Lengths, lookback: Number, sums: Structure
    ) -> Structure:
        """Walk with some of the sequences.

        Args:
            members: Which, shape `(members,)`; they are a group.
            start: Where the group's first step is among those that were taken.
            errors: The gradients of the loss with respect to what the cell gives at their last steps, each
                `(members, ..)`.
            last: The step of each where the walk begins, shape `(members,)`.
            lookback: Number of steps before it to walk over.
            sums: The gradients of the source, initial states and weights, to which this walk's are added.

        Returns:
            These sums.
        """
        outputs = [tf.zeros_like(error) for error in errors[: -len(self.initial)]]

        def pass_step(
            walked: Number, errors: Tensors, of_source: Structure, of_initial: Structure, of_weights: Structure
        ) -> Structure:
            steps = last - walked
            of_rows, of_states, of_step = self._step_gradients(members, start, steps, errors)
            return (
                walked + 1,
                [*outputs, *(tf.where(like(steps > 0, error), error, 0) for error in of_states)],
                self.read.add(of_source, _places(members, steps), of_rows),
                [
                    tf.tensor_scatter_nd_add(total, members[:, None], tf.where(like(steps == 0, one), one, 0))
                    for total, one in zip(of_initial, of_states, strict=True)
                ],
                [total + one for total, one in zip(of_weights, of_step, strict=True)],
            )

        length = 1 + tf.minimum(lookback, tf.reduce_max(last))
        return tf.while_loop(lambda walked, *_: walked < length, pass_step, (0, list(errors), *sums))[2:]

    def _step_gradients(self, members: Lengths, start: Number, steps: Lengths, errors: Tensors) -> Structure:
        """The gradients of what is read, previous states and weights of one step of each sequence."""
        rows = self.read.at(_places(members, steps))

        def at(values: StepsFirst, steps: Lengths) -> Rows:
            places = tf.stack([start + tf.maximum(steps, 0), tf.range(tf.size(members))], axis=1)
            return tf.nest.map_structure(lambda value: tf.gather_nd(value, places), values)

        given, kept = at(self.taken, steps)
        before = [
            tf.where(like(steps > 0, first), at(state, steps - 1), tf.gather(first, members))
            for state, first in zip(self.taken[0][-len(self.initial) :], self.initial, strict=True)
        ]
        with tf.GradientTape() as tape:
            tape.watch([rows, *before, *self.step.sources])
            results = self.step.taken(rows, before, given, kept)  # the dropout masks of its forward pass
        return tape.gradient(
            results,
            (rows, before, self.step.sources),
            output_gradients=errors,
            unconnected_gradients=tf.UnconnectedGradients.ZERO,
        )


def _places(members: Lengths, steps: Lengths) -> Tensor:
    """Where each sequence's step is, `(members, 2)`; the first step instead of one before it."""
    return tf.stack([members, tf.maximum(steps, 0)], axis=1)
