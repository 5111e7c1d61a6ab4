"""Freed memory is kept."""

import platform
import subprocess
import sys

import pytest

FAULTS = """
import resource, sys
from toolkit.runner.worker.allocator import HEAP_BYTES, keep_freed_memory
if sys.argv[1] == "kept":
    keep_freed_memory()
for _ in range(2):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    bytearray(HEAP_BYTES // 4)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""
"""Prints how many pages the system gives for a large array, and for one more of that size after it is freed."""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="settings of the GNU C library")
def test_freed_memory_is_used_again() -> None:
    kept, not_kept = (
        [
            int(line)
            for line in subprocess.run(
                [sys.executable, "-c", FAULTS, how], capture_output=True, text=True, check=True
            ).stdout.split()
        ]
        for how in ("kept", "not kept")
    )
    assert kept[0] > 1000
    assert kept[1] < 100 < not_kept[1]
