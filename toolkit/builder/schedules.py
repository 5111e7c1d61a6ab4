"""Learning-rate schedules: functions of the absolute epoch only."""

import keras


def harmonic_rate(initial: float, anneal: int, epoch: int) -> float:
    """The learning rate lr_0 * a / (a + e) of an epoch.

    Args:
        initial: lr_0, the learning rate of the first epoch.
        anneal: a, the number of epochs after which it has halved; 0 keeps lr_0.
        epoch: e, 0 for the first.
    """
    return initial / ((anneal + epoch) / anneal) if anneal else initial


def harmonic_schedule(initial: float, anneal: int) -> keras.callbacks.LearningRateScheduler:
    """A Keras callback that sets `harmonic_rate` at the start of each epoch."""
    return keras.callbacks.LearningRateScheduler(lambda epoch, _: harmonic_rate(initial, anneal, epoch))
