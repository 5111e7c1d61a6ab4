"""`train.class_weights`: what a prediction counts in training, by its class."""

from collections.abc import Sequence

import numpy as np

from toolkit.data.examples import Examples


def balanced(examples: Examples, classes: int) -> Sequence[float]:
    """Weights in inverse proportion to each class's share, as scikit-learn's `class_weight="balanced"`.

        w_c = predictions / (classes that there are * predictions of class c)

    Their mean over the predictions is 1, so that a learning rate keeps its meaning.

    Args:
        examples: Those that are trained on.
        classes: Number of classes; one that no prediction has weighs 0.
    """
    counts = np.bincount(np.concatenate(examples.targets), minlength=classes)
    there = counts > 0
    weights = np.divide(counts.sum() / there.sum(), counts, out=np.zeros(classes), where=there)
    return tuple(weights.tolist())
