"""Ctrl-C with patience: the first one waits for the end of the step, the second acts at once."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["patient_ctrl_c"]


@contextmanager
def patient_ctrl_c() -> Iterator[Callable[[], bool]]:
    """Let the first Ctrl-C be asked about instead of raising a KeyboardInterrupt wherever Python stands.

    In the middle of an optimiser's step half of the weights would be new and half old. From the second Ctrl-C
    on everything is as it was before: it raises at once.

    Only the main thread hears Ctrl-C, and a program that has its own answer to it keeps that answer: there
    nothing changes.

    Returns:
        what a ``with`` statement takes: a function that says whether Ctrl-C has been pressed
    """
    was_pressed = []

    def note(signal_number, frame) -> None:
        was_pressed.append(True)
        signal.signal(signal.SIGINT, signal.default_int_handler)

    is_main_thread = threading.current_thread() is threading.main_thread()
    is_ours = is_main_thread and signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if is_ours:
        signal.signal(signal.SIGINT, note)
    try:
        yield lambda: bool(was_pressed)
    finally:
        if is_ours:
            signal.signal(signal.SIGINT, signal.default_int_handler)
