"""What a unit is: how it is cut from a text, and what of that is learnt from the training part."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

Cut = Callable[[str], Sequence[str]]
"""From a text to its units, in order; none of a text that has none."""


@dataclass(frozen=True)
class Unit:
    """What a text is cut into. All that the toolkit knows of a unit stands here.

    Attributes:
        name: What it is called: `data.unit`, and in reports one of them.
        meaning: What it is, to follow its name.
        learn: From the texts of the training part, and the number of units that a network is to know, to how a text is
            cut; what it learns depends on nothing else.
        check: Raises an ExtraError where an optional package is missing that it needs.
    """

    name: str
    meaning: str
    learn: Callable[[Sequence[str], int], Cut]
    check: Callable[[], None] = lambda: None
