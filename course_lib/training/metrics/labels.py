"""Checks that metrics share: labels are whole numbers from 0, probabilities lie between 0 and 1."""

import numpy as np

from course_lib.checks import expect_finite, expect_numbers, expect_shape

__all__ = ["expect_labels", "expect_probabilities"]

LARGEST_ROW_ERROR = 1e-3  # a float32 softmax over thousands of classes still sums to 1 well within this


def expect_labels(y, *, where: str, n: int | None = None, n_classes: int | None = None) -> None:
    """Raise an error unless ``y`` holds at least one class label 0, 1, ...

    Args:
        y: what should be (n,) whole numbers or truth values
        where: the function and argument to name in the error
        n: how many there must be, where that is known
        n_classes: labels must be below it, where that is known
    Raises:
        TypeError: y is not an array, or holds fractions
        ValueError: y has another shape, is empty, or holds a label outside 0 ... n_classes - 1

    >>> expect_labels(np.array([0, 3]), where="accuracy: y", n_classes=3)
    Traceback (most recent call last):
    ...
    ValueError: accuracy: y must hold labels from 0 to 2. It also holds 3.
    """
    if not isinstance(y, np.ndarray):
        raise TypeError(f"{where} must be a NumPy array. It is a {type(y).__name__}. Try np.array(...).")
    sizes = {} if n is None else {"n": n}
    expect_shape(y, "n", where=where, hint="One label per example.", **sizes)
    if y.dtype.kind not in "bui":
        raise TypeError(
            f"{where} must hold whole numbers. Its dtype is {y.dtype}. "
            "Scores become labels by scores.argmax(axis=1), probabilities of label 1 by p > 0.5."
        )
    if len(y) == 0:
        raise ValueError(f"{where} must hold at least one label. It holds none.")
    largest = np.inf if n_classes is None else n_classes - 1
    strange = y[(y < 0) | (y > largest)]
    if strange.size:
        span = "of at least 0" if n_classes is None else f"from 0 to {largest}"
        raise ValueError(f"{where} must hold labels {span}. It also holds {strange[0]}.")


def expect_probabilities(p, *, where: str) -> None:
    """Raise an error unless ``p`` holds probabilities: one an example, or a row an example.

    Args:
        p: what should be (n,) probabilities of label 1, or (n, n_classes) with rows that sum to 1
        where: the function and argument to name in the error
    Raises:
        TypeError: p is not an array of numbers
        ValueError: p has another shape, is empty, leaves 0 ... 1, or a row does not sum to 1

    >>> expect_probabilities(np.array([0.5, 1.5]), where="p")
    Traceback (most recent call last):
    ...
    ValueError: p must lie between 0 and 1. It holds 1.5. Are these logits? Take sigmoid or softmax.
    """
    expect_numbers(p, where=where)
    if np.ndim(p) not in (1, 2):
        raise ValueError(f"{where} must have shape (n,) or (n, n_classes). It has shape {np.shape(p)}.")
    if p.size == 0:
        raise ValueError(f"{where} must hold at least one example. It has shape {p.shape}.")
    expect_finite(p, where=where)
    outside = p[(p < 0) | (p > 1)]
    if outside.size:
        raise ValueError(
            f"{where} must lie between 0 and 1. It holds {outside[0]:.4g}. "
            "Are these logits? Take sigmoid or softmax."
        )
    if p.ndim == 2:
        sums = p.sum(axis=1)  # (n, n_classes) -> (n,)
        worst = int(np.argmax(np.abs(sums - 1)))
        if abs(sums[worst] - 1) > LARGEST_ROW_ERROR:
            raise ValueError(f"{where} must have rows that sum to 1. Row {worst} sums to {sums[worst]:.4g}.")
