"""Mini-batches: shuffled examples, cut into pieces that are small enough to learn from one at a time."""

from __future__ import annotations  # np.random is slow to import: the annotations below must not load it

from collections.abc import Iterator

import numpy as np

from course_lib.checks import expect_numbers
from course_lib.data.randomness import expect_generator

__all__ = ["batches", "cut", "expect_batch_size", "expect_examples"]


def batches(
    X: np.ndarray, y: np.ndarray, *, batch_size: int, rng: np.random.Generator | None = None
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Go once through all examples, a batch at a time: one epoch.

    The last batch is smaller where the batch size does not divide the number of examples.

    Args:
        X: (n, ...)  one row an example
        y: (n, ...)  what is true, in the same order
        batch_size: B, how many examples a batch holds
        rng: shuffles the examples; without it they come in their order
    Returns:
        pairs of X (B, ...) and y (B, ...)
    Raises:
        TypeError: X or y is not an array of numbers, or ``rng`` is not a generator
        ValueError: there is no example, X and y differ in length, or the batch size is not a whole number
            from 1 to n
    Source: Goodfellow, Bengio & Courville 2016, *Deep Learning*, section 8.1.3.

    >>> X, y = np.array([[1.0], [2.0], [3.0]]), np.array([0, 1, 0])
    >>> for X_batch, y_batch in batches(X, y, batch_size=2):
    ...     print(X_batch.tolist(), y_batch)
    [[1.0], [2.0]] [0 1]
    [[3.0]] [0]
    """
    expect_examples(X, y, where="batches")
    expect_batch_size(batch_size, len(X), where="batches")
    if rng is None:
        order = np.arange(len(X))
    else:
        expect_generator(rng, where="batches: rng")
        order = rng.permutation(len(X))
    return ((X[rows], y[rows]) for rows in cut(order, batch_size))


def cut(order: np.ndarray, batch_size: int) -> Iterator[np.ndarray]:
    """Cut an order of rows into batches.

    Args:
        order: (n,)  numbers of rows
        batch_size: B, how many a batch holds; the last may hold fewer
    Returns:
        (B,)  the numbers of the rows of each batch

    >>> [rows.tolist() for rows in cut(np.array([4, 0, 3, 1, 2]), 2)]
    [[4, 0], [3, 1], [2]]
    """
    for start in range(0, len(order), batch_size):
        yield order[start : start + batch_size]


def expect_examples(X: np.ndarray, y: np.ndarray, *, where: str, names: tuple[str, str] = ("X", "y")) -> None:
    """Raise an error unless X and y are arrays with one row for each of at least one example.

    Args:
        X: what should hold the inputs
        y: what should hold the answers
        where: the function to name in the error
        names: what the caller calls the two
    Raises:
        TypeError: one of them is not an array of numbers
        ValueError: there is no example, or the numbers of rows differ

    >>> expect_examples(np.zeros((3, 2)), np.zeros(2), where="fit")
    Traceback (most recent call last):
    ...
    ValueError: fit: X has 3 rows, y has 2. Both need one row for each example.
    """
    for name, array in zip(names, (X, y), strict=True):
        if not isinstance(array, np.ndarray):
            remedy = "Pass its .data." if hasattr(array, "data") else "Try np.array(...)."
            kind = type(array).__name__
            raise TypeError(f"{where}: {name} must be a NumPy array. It is a {kind}. {remedy}")
        expect_numbers(array, where=f"{where}: {name}")
        if array.ndim == 0:
            raise ValueError(f"{where}: {name} must have one row for each example. It is a single number.")
    if len(X) != len(y):
        raise ValueError(
            f"{where}: {names[0]} has {len(X)} rows, {names[1]} has {len(y)}. "
            "Both need one row for each example."
        )
    if len(X) == 0:
        raise ValueError(f"{where}: {names[0]} must hold at least one example. It has shape {X.shape}.")


def expect_batch_size(batch_size: int, n: int, *, where: str) -> None:
    """Raise a ValueError unless a batch of that size can be taken from n examples.

    Args:
        batch_size: what should be a number of examples
        n: how many examples there are
        where: the function to name in the error
    Raises:
        ValueError: the batch size is not a whole number from 1 to n

    >>> expect_batch_size(64, 20, where="fit")
    Traceback (most recent call last):
    ...
    ValueError: fit: batch_size must be a whole number from 1 to 20, the number of examples. It is 64.
    """
    is_whole = isinstance(batch_size, int | np.integer) and not isinstance(batch_size, bool)
    if not (is_whole and 1 <= batch_size <= n):
        raise ValueError(
            f"{where}: batch_size must be a whole number from 1 to {n}, the number of examples. "
            f"It is {batch_size!r}."
        )
