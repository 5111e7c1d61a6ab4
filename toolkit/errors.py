"""Every error that the toolkit raises on purpose.

ToolkitError
├── SpecError (ValueError)      something wrong in a spec, in `-s key=value` or in the environment
├── DataError (ValueError)      something wrong in a data file
└── StoreError (RuntimeError)   a stored run or a report that cannot be read or written

A message says what is wrong, where, and how to mend it. The command line ends with exit status 2 on any of these.
"""


class ToolkitError(Exception):
    """Root of the toolkit's own errors; its text is meant for the user."""


class SpecError(ToolkitError, ValueError):
    """What a spec, an override or the environment says cannot be run."""


class DataError(ToolkitError, ValueError):
    """A data file is missing, damaged or not in the expected format."""


class StoreError(ToolkitError, RuntimeError):
    """A stored run or a report cannot be read or written."""
