"""Learning-rate schedules: functions of the absolute epoch only."""

import math

import keras

from toolkit.spec.annealing import Anneal, Constant, Cosine, Exponential, Harmonic, Step


def rate_at(initial: float, anneal: Anneal, epoch: int) -> float:
    """The learning rate of an epoch, by the formulas of `toolkit.spec.annealing`.

    Args:
        initial: lr_0, the learning rate of the first epoch.
        anneal: A whole number a for lr_0 * a / (a + e), 0 for lr_0 throughout, or a schedule.
        epoch: e, 0 for the first.
    """
    match anneal:
        case Exponential(factor=factor):
            return initial * factor**epoch
        case Step(every=every, factor=factor):
            return initial * factor ** (epoch // every)
        case Cosine(epochs=epochs, final=final):
            gone = min(epoch / epochs, 1.0)
            return initial * (final + (1 - final) * (1 + math.cos(math.pi * gone)) / 2)
        case Harmonic(epochs=halved):
            return rate_at(initial, halved, epoch)
        case 0 | Constant():
            return initial
        case int():
            return initial / ((anneal + epoch) / anneal)


def schedule(initial: float, anneal: Anneal) -> keras.callbacks.LearningRateScheduler:
    """A Keras callback that sets `rate_at` at the start of each epoch."""
    return keras.callbacks.LearningRateScheduler(lambda epoch, _: rate_at(initial, anneal, epoch))
