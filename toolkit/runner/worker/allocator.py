"""The C library's allocator, told to keep the memory that a training process frees."""

import ctypes

M_TRIM_THRESHOLD, M_TOP_PAD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -2, -3, -8
"""Of `malloc.h` of the GNU C library."""
HEAP_BYTES = 2**26
"""What that library's threads reserve at a time."""
ARENAS = 2
"""Heaps that all threads share: with one each, the compiler's threads keep 40 MiB more; one alone is waited for."""


def keep_freed_memory() -> None:
    """Have freed memory reused instead of given back to the operating system; does nothing with other C libraries.

    It is best called before threads are started, since a thread that has a heap of its own keeps it.

    A product of matrices allocates half a MiB for itself and frees it (TensorFlow 2.21). Where that is the last of a
    thread's memory it goes back each time and comes anew, page by page, which takes small batches longer than the
    product: up to 1.7 times the seconds of an epoch, in some processes and not in others.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(M_TRIM_THRESHOLD, 2**30)
        mallopt(M_MMAP_THRESHOLD, HEAP_BYTES // 2)  # the most that it takes
        mallopt(M_TOP_PAD, HEAP_BYTES)
        mallopt(M_ARENA_MAX, ARENAS)
