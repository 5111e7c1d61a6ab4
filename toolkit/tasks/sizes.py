"""What of a data set decides the shapes of a model's weights."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Sizes:
    """The sizes of what is read and predicted.

    Attributes:
        vocabulary: Number of words; 0 where vectors are read.
        features: Numbers in each vector that is read; 0 where words are.
        outputs: Labels that the training part has, or numbers that are predicted at once; 0 where the head of the task
            says how many outputs there are.
    """

    vocabulary: int = 0
    features: int = 0
    outputs: int = 0


def as_sizes(sizes: Sizes | int) -> Sizes:
    """The sizes; a number is that of the words in the vocabulary."""
    return Sizes(sizes) if isinstance(sizes, int) else sizes
