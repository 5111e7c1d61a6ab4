"""The layer `BothDirections`: a sequence read from its beginning and from its end."""

from typing import Any

import keras
import tensorflow as tf

from toolkit.builder.recurrent.truncated_rnn import Lookback, TruncatedRNN


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
        **kwargs: Keras layer arguments (`name`, `dtype`).

    Call args:
        sequences: Shape `(batch, steps, ..)`.
        lengths: The number of real steps of each sequence, shape `(batch,)`; what follows is padding.
        training: Passed to the cells.

    Returns:
        With `return_sequences` shape `(batch, steps, forward units + backward units)`, of no meaning at padding; else
        the last output of each direction, `(batch, forward units + backward units)`.
    """

    def __init__(self, forward: TruncatedRNN, backward: TruncatedRNN, **kwargs: Any) -> None:
        super().__init__(**kwargs)
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
        for layer in (self.forward, self.backward):
            if not layer.built:
                layer.build(input_shape)

    def call(self, sequences: Any, lengths: Any, training: bool = False) -> Any:
        """Read the sequences in both directions; see the class."""
        backwards = _from_the_end(sequences, lengths)
        if self.return_sequences:
            ahead = self.forward(sequences, training=training)
            return tf.concat([ahead, _from_the_end(self.backward(backwards, training=training), lengths)], axis=-1)
        both = (self.forward, sequences), (self.backward, backwards)
        return tf.concat([layer(read, lengths=lengths, training=training) for layer, read in both], axis=-1)

    def read_words(self, table: Any, tokens: Any, lengths: Any, training: bool = False) -> Any:
        """Read sentences whose words are rows of a table; see `TruncatedRNN.read_words`."""
        both = (self.forward, tokens), (self.backward, _from_the_end(tokens, lengths))
        return tf.concat([layer.read_words(table, read, lengths, training) for layer, read in both], axis=-1)

    def get_config(self) -> dict[str, Any]:
        """Arguments that make an equal layer."""
        layers = {"forward": self.forward, "backward": self.backward}
        return {
            **super().get_config(),
            **{name: keras.saving.serialize_keras_object(layer) for name, layer in layers.items()},
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> "BothDirections":
        """Make a layer from its configuration."""
        layers = {
            name: keras.saving.deserialize_keras_object(config[name], custom_objects)
            for name in ("forward", "backward")
        }
        return cls(**{**config, **layers})


def _from_the_end(sequences: Any, lengths: Any) -> Any:
    """Each sequence `(batch, steps, ..)` reversed by its own length; twice is as before."""
    return tf.reverse_sequence(sequences, lengths, seq_axis=1, batch_axis=0)
