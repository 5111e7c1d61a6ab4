"""Python's search for cycles of garbage, made rare in processes of the toolkit's own."""

import gc

THRESHOLDS = 100_000, 20, 10
"""Objects made before the youngest are searched, and how many times oftener each generation is than the next."""


def collect_seldom() -> None:
    """Have cycles searched for seldom.

    Most of what a process makes while it imports Keras and traces a model stays as long as it lives: to look through it
    as often as Python does by itself takes an eighth of the time from its start to the first epoch, and finds nothing.
    """
    gc.set_threshold(*THRESHOLDS)
