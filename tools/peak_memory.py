"""Measure how much memory the kernel of a lesson takes at its highest point."""

import threading

import psutil

__all__ = ["PeakMemory"]

# Writing to a fresh gigabyte takes about 0.3 s, so a peak that matters cannot hide between two looks.
SECONDS_BETWEEN_LOOKS = 0.02


class PeakMemory:
    """Watch the processes that this one started, between ``with`` and the end of its block.

    Works the same on Linux, macOS and Windows, and counts what a lesson starts itself.

    >>> with PeakMemory() as memory:
    ...     pass
    >>> memory.peak_mb
    0.0
    """

    def __init__(self):
        self.peak_mb = 0.0
        self._is_over = threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self):
        """Start watching."""
        self._watcher.start()
        return self

    def __exit__(self, *error):
        """Stop watching."""
        self._is_over.set()
        self._watcher.join()

    def _watch(self) -> None:
        while not self._is_over.wait(SECONDS_BETWEEN_LOOKS):
            now_mb = sum(_resident_mb(child) for child in psutil.Process().children(recursive=True))
            self.peak_mb = max(self.peak_mb, now_mb)


def _resident_mb(process: psutil.Process) -> float:
    try:
        return process.memory_info().rss / 2**20
    except psutil.Error:  # it ended between being listed and being looked at
        return 0.0
