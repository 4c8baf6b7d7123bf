"""Whether operations note how to differentiate themselves. They do, except inside ``no_grad``."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

__all__ = ["is_recording", "no_grad"]

_recording = ContextVar(
    "recording", default=True
)  # one for each thread and task, so that none disturbs another


def is_recording() -> bool:
    """Say whether operations are being recorded here.

    Returns:
        False inside ``no_grad``
    """
    return _recording.get()


@contextmanager
def no_grad() -> Iterator[None]:
    """Compute without recording: faster, and no memory is held for a backward pass that never comes.

    Returns:
        what a ``with`` statement takes; nothing is recorded inside it

    >>> from course_lib.autograd import Tensor
    >>> x = Tensor([1.0, 2.0])
    >>> with no_grad():
    ...     y = x * 2.0
    >>> y.needs_grad
    False
    """
    token = _recording.set(False)
    try:
        yield
    finally:
        _recording.reset(token)
