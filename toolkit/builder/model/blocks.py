"""Several batches in one compiled call, so that the cost of a call is paid once for all of them."""

from collections.abc import Callable, Mapping

import keras
import tensorflow as tf

from toolkit.builder.shapes import Number, Structure, Tensor, Trained


def each_batch(block: Mapping[str, Structure], act: Callable[[Trained], None]) -> None:
    """Do something with each batch of a block, one after another, in a loop of the graph.

    Args:
        block: As `toolkit.builder.training.feed.Feed` makes it.
        act: What to do with a batch `(inputs, targets, weights)`; it changes variables, and is traced once a shape.
    """

    # `tf.gather`, not brackets: XLA would take an index in brackets for a constant, and compile anew for each block.
    def with_shape(stacks: Structure, place: Number) -> Callable[[], Number]:
        def take() -> Number:
            act(keras.tree.map_structure(lambda stack: tf.gather(stack, place), stacks))
            return place

        return take

    def take_turn(turn: Tensor) -> Number:
        shape, place = tf.unstack(tf.gather(block["turns"], turn), num=2)
        branches = [with_shape(stacks, place) for stacks in block["batches"]]
        if len(branches) > 1:
            tf.switch_case(shape, branches)
        else:
            branches[0]()
        return (turn + 1,)

    tf.while_loop(lambda turn: turn < block["count"], take_turn, (tf.constant(0),))
