"""Every error that the toolkit raises on purpose.

ToolkitError
├── SpecError (ValueError)      something wrong in a spec, in `-s key=value` or in the environment
├── DataError (ValueError)      something wrong in a data file
│   ├── CollectedDataError      several such
│   └── SettingError            a setting that no data can satisfy
├── StoreError (RuntimeError)   a stored run or a report that cannot be read or written
│   └── DiskError               a disk that is full or cannot be written to
├── ExtraError (RuntimeError)   an option's optional package that is not installed
└── WorkerError (RuntimeError)  no process or cluster that trains runs

A message says what is wrong, where, and how to mend it. The command line ends with exit status 2 on any of these
but DiskError and WorkerError, which are none of the spec's or the call's making: 1.
"""

from collections.abc import Sequence

from toolkit.escape import visible_text, without_passwords


class ToolkitError(Exception):
    """Root of the toolkit's own errors; its text is meant for the user: no terminal obeys it, no password is in it."""

    def __str__(self) -> str:
        return without_passwords(visible_text(super().__str__()))


class SpecError(ToolkitError, ValueError):
    """What a spec, an override or the environment says cannot be run."""


class DataError(ToolkitError, ValueError):
    """A data file is missing, damaged or not in the expected format."""


class CollectedDataError(DataError):
    """Several things are wrong with data, each told once.

    Args:
        errors: What is wrong.
    """

    def __init__(self, errors: Sequence[DataError]) -> None:
        super().__init__("\n".join(dict.fromkeys(map(str, errors))))
        self.errors = tuple(errors)


class SettingError(DataError):
    """A setting of a spec that no data, or not the data at hand, can satisfy.

    Args:
        key: The dotted key.
        message: What is wrong with its value, and how to mend it.
    """

    def __init__(self, key: str, message: str) -> None:
        super().__init__(f"{key}: {message}")
        self.key = key


class StoreError(ToolkitError, RuntimeError):
    """A stored run or a report cannot be read or written."""


class DiskError(StoreError):
    """A disk is full, or cannot be written to."""


class ExtraError(ToolkitError, RuntimeError):
    """An optional package that an option needs is not installed, or cannot be imported."""


class WorkerError(ToolkitError, RuntimeError):
    """There is no process or cluster, or no longer one, that could train runs."""
