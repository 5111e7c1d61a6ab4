"""Optimizers by name."""

import keras

from toolkit.spec.schema import TrainConfig

# `keras.optimizers.get` does not know all of them by name (`lamb` in Keras 3.15).
_KINDS = {
    name.lower(): kind
    for name, kind in vars(keras.optimizers).items()
    if isinstance(kind, type) and issubclass(kind, keras.optimizers.Optimizer)
}


def make_optimizer(train: TrainConfig) -> keras.optimizers.Optimizer:
    """The optimizer that a spec's `train` section names, with Keras's defaults besides rate and clipping.

    With `clip_norm` the gradient of all weights together is scaled down to that norm where it is longer (Pascanu et
    al., 2013).
    """
    return _KINDS[train.optimizer](learning_rate=train.learning_rate, global_clipnorm=train.clip_norm)
