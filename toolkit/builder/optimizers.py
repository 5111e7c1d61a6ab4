"""Optimizers by name."""

import keras

from toolkit.spec.schema import TrainConfig


def make_optimizer(train: TrainConfig) -> keras.optimizers.Optimizer:
    """The optimizer that a spec's `train` section names, with Keras's defaults besides rate and clipping.

    With `clip_norm` the gradient of all weights together is scaled down to that norm where it is longer (Pascanu et
    al., 2013).
    """
    kind = type(keras.optimizers.get(train.optimizer))
    return kind(learning_rate=train.learning_rate, global_clipnorm=train.clip_norm)
