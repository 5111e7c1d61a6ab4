"""What a task reads of a sequence, be it words or vectors, and how long that is."""

from typing import Any

from toolkit.tasks.task import Columns, Group


def what_is_read(sequence: Columns) -> Any:
    """The vectors of a sequence that has any, else its words."""
    return sequence["vectors"] if "vectors" in sequence else sequence["words"]


LENGTH = Group(
    name="length",
    unit="words",
    meaning="number of words",
    needs=("words",),
    value=lambda sequence: len(sequence["words"]),
)
