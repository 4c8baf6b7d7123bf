"""Randomness is an argument: whoever draws numbers is handed the generator they come from."""

from __future__ import annotations  # np.random is slow to import: the annotation below must not load it

import numpy as np


def expect_generator(rng: np.random.Generator, *, where: str) -> None:
    """Raise a TypeError unless ``rng`` is a NumPy random generator.

    Args:
        rng: what the caller handed in; a seed or ``np.random`` itself is the usual mistake
        where: the function and argument to name in the error
    Raises:
        TypeError: ``rng`` is something else

    >>> expect_generator(7, where="xor: rng")
    Traceback (most recent call last):
    ...
    TypeError: xor: rng must be a NumPy Generator. Its type is int. Make one: rng = np.random.default_rng(7).
    """
    if isinstance(rng, np.random.Generator):
        return
    seed = rng if isinstance(rng, int) else 0
    raise TypeError(
        f"{where} must be a NumPy Generator. Its type is {type(rng).__name__}. "
        f"Make one: rng = np.random.default_rng({seed})."
    )
