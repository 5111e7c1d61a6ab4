"""The memory of a process."""

import resource
import sys


def most_resident() -> float:
    """The most resident memory that this process has held, in MiB."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / 2**20 if sys.platform == "darwin" else most / 2**10
