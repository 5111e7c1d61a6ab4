"""The layer `BothDirections`: a sequence read from its beginning and from its end."""

from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf

from toolkit.builder.recurrent.truncated_rnn import Lookback, TruncatedRNN
from toolkit.builder.shapes import Kernel, Lengths, Rows, Steps, Structure, Tensor


@keras.saving.register_keras_serializable("toolkit")
class BothDirections(keras.layers.Layer):
    """Two recurrent layers, one of which reads each sequence from its last real step to its first.

    Schuster and Paliwal (1997), "Bidirectional recurrent neural networks", IEEE Transactions on Signal Processing
    45:2673-2681. Their outputs stand side by side, those of one step together. A prediction's error travels `lookback`
    steps back in each direction, that is as many steps to the left and to the right. Stacked cells are a stack of its
    own in each direction, as in ELMo (Peters et al., 2018), so that this holds for every layer of the stack: where a
    layer reads both directions of the one below, an error goes `lookback` steps further with each layer.

    Args:
        forward: The layer that reads from the beginning.
        backward: The layer that reads from the end, with the same lookback and `return_sequences`.
        own_halves: Whether each reads a half of every vector of its own, the forward layer the first one: rows that
            words select, of each direction's input matrix, as its cell takes them without `project_inputs`.
        **kwargs: Keras layer arguments (`name`, `dtype`).

    Call args:
        sequences: Shape `(batch, steps, ..)`.
        lengths: The number of real steps of each sequence, shape `(batch,)`; what follows is padding.
        training: Passed to the cells.

    Returns:
        With `return_sequences` shape `(batch, steps, forward units + backward units)`, of no meaning at padding; else
        the last output of each direction, `(batch, forward units + backward units)`.
    """

    def __init__(self, forward: TruncatedRNN, backward: TruncatedRNN, own_halves: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.own_halves = own_halves
        self.forward = forward
        self.backward = backward

    @property
    def return_sequences(self) -> bool:
        """Whether the output at every step is returned or only the last one of each direction."""
        return bool(self.forward.return_sequences)

    @property
    def lookback(self) -> Lookback:
        """Number of steps that an error travels in each direction."""
        return self.forward.lookback

    @lookback.setter
    def lookback(self, lookback: Lookback) -> None:
        self.forward.lookback = self.backward.lookback = lookback

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Create the weights of both layers."""
        *first, width = input_shape
        for layer in directions(self):
            if not layer.built:
                layer.build((*first, width // 2 if self.own_halves and width else width))

    def call(self, sequences: Structure, lengths: Lengths, training: bool = False) -> Tensor:
        """Read the sequences in both directions; see the class."""
        ahead, back = self.read_by_each(sequences)
        back = from_the_end(back, lengths)
        if self.return_sequences:
            results = self.forward(ahead, training=training), self.backward(back, training=training)
            return self.side_by_side(results, lengths)
        both = (self.forward, ahead), (self.backward, back)
        return tf.concat([layer(read, lengths=lengths, training=training) for layer, read in both], axis=-1)

    def read_words(self, table: Kernel, tokens: Steps, lengths: Lengths, training: bool = False) -> Rows:
        """Read sentences whose words are rows of a table; see `TruncatedRNN.read_words`."""
        ahead, back = self.read_by_each(table)
        both = (self.forward, ahead, tokens), (self.backward, back, from_the_end(tokens, lengths))
        return tf.concat([layer.read_words(rows, read, lengths, training) for layer, rows, read in both], axis=-1)

    def side_by_side(self, results: Sequence[Tensor], lengths: Lengths) -> Tensor:
        """What both layers give, one vector a step.

        Args:
            results: Of each layer, in the order in which it reads, `(batch, steps, units)`.
            lengths: As `call` takes them.
        """
        ahead, behind = results
        return tf.concat([ahead, from_the_end(behind, lengths)], axis=-1)

    def read_by_each(self, vectors: Steps) -> tuple[Steps, Steps]:
        """What each layer reads of vectors `(.., features)`."""
        if not self.own_halves:
            return vectors, vectors
        ahead, back = tf.split(vectors, 2, axis=-1)
        return ahead, back

    def get_config(self) -> dict[str, Any]:
        """Arguments that make an equal layer."""
        layers = {"forward": self.forward, "backward": self.backward}
        return {
            **super().get_config(),
            **{name: keras.saving.serialize_keras_object(layer) for name, layer in layers.items()},
            "own_halves": self.own_halves,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> "BothDirections":
        """Make a layer from its configuration."""
        layers = {
            name: keras.saving.deserialize_keras_object(config[name], custom_objects)
            for name in ("forward", "backward")
        }
        return cls(**{**config, **layers})


def directions(layer: TruncatedRNN | BothDirections) -> tuple[TruncatedRNN, ...]:
    """The layers that read, one a direction. It is no attribute, since Keras would take it for further layers."""
    return (layer.forward, layer.backward) if isinstance(layer, BothDirections) else (layer,)


def from_the_end(sequences: Steps, lengths: Lengths) -> Steps:
    """Each sequence `(batch, steps, ..)` reversed by its own length; twice is as before."""
    return tf.reverse_sequence(sequences, lengths, seq_axis=1, batch_axis=0)
