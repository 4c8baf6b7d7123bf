"""Keep freed memory: an array that is thrown away leaves its place to the next one."""

import ctypes
import sys

__all__ = ["keep_freed_memory"]

# The settings of mallopt in glibc's malloc.h.
M_TRIM_THRESHOLD = -1
M_MMAP_THRESHOLD = -3
LARGEST_ON_THE_HEAP = 32 * 2**20  # bytes: the most that glibc allows
NEVER_TRIM = 2**31 - 1  # bytes: the largest number that mallopt takes


def keep_freed_memory() -> bool:
    """Tell the C library to keep the memory of freed arrays for the next ones.

    Each step of a training makes and frees the same large arrays. By default glibc hands such memory back to
    the system at once and asks for it again, and the system fills every page with zeros first: for a small
    convolutional network that is a third of the time. After this call arrays of up to 32 MiB stay with the
    process. It holds for the whole process until its end, and a second call changes nothing.

    Returns:
        True if it was done; False on macOS, Windows and wherever the C library is not glibc
    Source: the manual page mallopt(3) of Linux.
    """
    if sys.platform != "linux":
        return False
    library = ctypes.CDLL(None)  # the C library that this Python already runs with
    if not hasattr(library, "gnu_get_libc_version"):
        return False
    is_kept = library.mallopt(M_MMAP_THRESHOLD, LARGEST_ON_THE_HEAP) == 1
    return library.mallopt(M_TRIM_THRESHOLD, NEVER_TRIM) == 1 and is_kept
