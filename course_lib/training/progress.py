"""A progress bar on the error stream, where it is seen and never becomes part of a result."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["progress_bar"]


@contextmanager
def progress_bar(n_steps: int, *, n_done: int = 0, is_shown: bool = True) -> Iterator[Callable[[str], None]]:
    """Show how far a training has come and when it will be done, in a terminal and in a notebook.

    Args:
        n_steps: length of the whole way
        n_done: how many steps were taken before, by a training that is resumed
        is_shown: False shows nothing
    Returns:
        what a ``with`` statement takes: a function to call after each step, with a few words to show
    """
    if not is_shown:
        yield lambda words: None
        return
    from tqdm import tqdm

    with tqdm(total=n_steps, initial=n_done, unit="step", file=sys.stderr, dynamic_ncols=True) as bar:

        def advance(words: str) -> None:
            bar.set_postfix_str(words, refresh=False)  # drawn with the next update, some ten times a second
            bar.update()

        yield advance
