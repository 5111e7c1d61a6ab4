"""Telling everything that is wrong with data at once."""

from types import TracebackType
from typing import Self

from toolkit.errors import CollectedDataError, DataError


class Mistakes:
    """Gathers the errors of several steps, each of which may fail by itself.

    Example:
        told = Mistakes()
        with told:
            first = read(one)
        with told:
            second = read(other)
        told.refuse()  # raises what was wrong with both
    """

    def __init__(self) -> None:
        self.errors: list[DataError] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> bool:
        if not isinstance(error, DataError):
            return False
        self.errors += error.errors if isinstance(error, CollectedDataError) else [error]
        return True

    def refuse(self) -> None:
        """Raise what was gathered, if anything was.

        Raises:
            DataError: The error, or a CollectedDataError of all.
        """
        if self.errors:
            raise self.errors[0] if len(self.errors) == 1 else CollectedDataError(self.errors)
