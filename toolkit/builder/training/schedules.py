"""Learning-rate schedules as callbacks of Keras."""

import keras

from toolkit.spec.annealing import Anneal, rate_at


def schedule(initial: float, anneal: Anneal) -> keras.callbacks.LearningRateScheduler:
    """A Keras callback that sets `toolkit.spec.annealing.rate_at` at the start of each epoch."""
    return keras.callbacks.LearningRateScheduler(lambda epoch, _: rate_at(initial, anneal, epoch))
