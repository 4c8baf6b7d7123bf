"""Right and wrong, counted: accuracy, the confusion matrix, precision, recall and their balance."""

import numpy as np

from course_lib.training.metrics.labels import expect_labels

__all__ = ["accuracy", "confusion_matrix", "f1", "precision", "recall"]

AVERAGES = ("binary", "macro")


def accuracy(y_hat: np.ndarray, y: np.ndarray) -> float:
    r"""Share of examples with the right label: $\frac{1}{n}\sum_i [\hat y_i = y_i]$.

    Args:
        y_hat: (n,)  predicted labels
        y: (n,)  true labels
    Returns:
        the share, from 0 to 1
    Raises:
        TypeError: y_hat or y is not an array of whole numbers
        ValueError: the shapes differ, there is no example, or a label is negative
    Source: Bishop 2006, *Pattern Recognition and Machine Learning*, section 1.5.1.

    >>> accuracy(np.array([0, 1, 1, 1]), np.array([0, 1, 0, 1]))
    0.75
    """
    _expect_pairs(y_hat, y, where="accuracy")
    return float(np.mean(y_hat == y))


def confusion_matrix(y_hat: np.ndarray, y: np.ndarray, *, n_classes: int | None = None) -> np.ndarray:
    r"""Count who was taken for whom: entry $M_{jk}$ is how many of class j were called k.

    Args:
        y_hat: (n,)  predicted labels
        y: (n,)  true labels
        n_classes: how many classes there are; by default one more than the largest label seen
    Returns:
        (n_classes, n_classes) int64  true classes in rows, predicted ones in columns
    Raises:
        TypeError: y_hat or y is not an array of whole numbers
        ValueError: the shapes differ, there is no example, or a label is not one of the classes
    Source: Kohavi & Provost 1998, "Glossary of terms", *Machine Learning* 30.

    >>> confusion_matrix(np.array([0, 1, 1, 1]), np.array([0, 1, 0, 1]))
    array([[1, 1],
           [0, 2]])
    """
    _expect_pairs(y_hat, y, where="confusion_matrix", n_classes=n_classes)
    if n_classes is None:
        n_classes = int(max(y_hat.max(), y.max())) + 1
    cell = y.astype(np.int64) * n_classes + y_hat.astype(np.int64)  # (n,), each pair has one number
    counts = np.bincount(cell, minlength=n_classes**2)  # (n,) -> (n_classes ** 2,)
    return counts.reshape(n_classes, n_classes)


def precision(y_hat: np.ndarray, y: np.ndarray, *, average: str = "binary") -> float:
    r"""How often a call was right: $\frac{TP}{TP + FP}$.

    TP is how many were called positive and are, FP how many were called positive and are not.
    If nothing was called positive there is no such share; 0 is the convention, as in scikit-learn.

    Args:
        y_hat: (n,)  predicted labels
        y: (n,)  true labels
        average: "binary" takes label 1 as positive; "macro" takes each class that occurs as positive in
            turn, and averages over them, each with the same weight however rare
    Returns:
        the share, from 0 to 1
    Raises:
        TypeError: y_hat or y is not an array of whole numbers
        ValueError: the shapes differ, there is no example, a label is negative, the average is unknown, or
            it is "binary" and there are labels above 1
    Source: Manning, Raghavan & Schütze 2008, *Introduction to Information Retrieval*, section 8.3.

    >>> precision(np.array([0, 1, 1, 1]), np.array([0, 1, 0, 1]))
    0.6666666666666666
    """
    true_positive, n_called, _ = _counts(y_hat, y, average, where="precision")
    return float(np.mean(_share(true_positive, n_called)))


def recall(y_hat: np.ndarray, y: np.ndarray, *, average: str = "binary") -> float:
    r"""How many of the positives were found: $\frac{TP}{TP + FN}$.

    FN is how many positives were missed. Where there is no positive, 0 is the convention.

    Args:
        y_hat: (n,)  predicted labels
        y: (n,)  true labels
        average: "binary" or "macro", as for ``precision``
    Returns:
        the share, from 0 to 1
    Raises:
        TypeError: y_hat or y is not an array of whole numbers
        ValueError: the shapes differ, there is no example, a label is negative, the average is unknown, or
            it is "binary" and there are labels above 1
    Source: Manning, Raghavan & Schütze 2008, *Introduction to Information Retrieval*, section 8.3.

    >>> recall(np.array([0, 1, 0, 0]), np.array([0, 1, 0, 1]))
    0.5
    """
    true_positive, _, n_there = _counts(y_hat, y, average, where="recall")
    return float(np.mean(_share(true_positive, n_there)))


def f1(y_hat: np.ndarray, y: np.ndarray, *, average: str = "binary") -> float:
    r"""Harmonic mean of precision P and recall R: $F_1 = \frac{2PR}{P + R} = \frac{2TP}{2TP + FP + FN}$.

    It is near the smaller of the two: calling everything positive does not help.

    Args:
        y_hat: (n,)  predicted labels
        y: (n,)  true labels
        average: "binary", or "macro": the mean of each class's own F1
    Returns:
        a number from 0 to 1; 0 where nothing is positive and nothing was called so
    Raises:
        TypeError: y_hat or y is not an array of whole numbers
        ValueError: the shapes differ, there is no example, a label is negative, the average is unknown, or
            it is "binary" and there are labels above 1
    Source: van Rijsbergen 1979, *Information Retrieval*, chapter 7.

    >>> f1(np.array([0, 1, 1, 1]), np.array([0, 1, 0, 1]))
    0.8
    """
    true_positive, n_called, n_there = _counts(y_hat, y, average, where="f1")
    return float(np.mean(_share(2 * true_positive, n_called + n_there)))


def _counts(y_hat, y, average, *, where) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For each class that counts as positive: called and there, called, there."""
    if average not in AVERAGES:
        raise ValueError(f"{where}: average must be one of {AVERAGES}. It is {average!r}.")
    n_classes = 2 if average == "binary" else None
    _expect_pairs(y_hat, y, where=where, n_classes=n_classes)
    M = confusion_matrix(y_hat, y, n_classes=n_classes)
    right, called, there = np.diag(M), M.sum(axis=0), M.sum(axis=1)  # (n_classes, n_classes) -> (n_classes,)
    occurs = called + there > 0
    positive = np.array([1]) if average == "binary" else np.flatnonzero(occurs)
    return right[positive], called[positive], there[positive]


def _share(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return part / np.maximum(whole, 1)  # no whole, no part: 0 / 1 is the convention's 0


def _expect_pairs(y_hat, y, *, where, n_classes=None):
    expect_labels(y, where=f"{where}: y", n_classes=n_classes)
    expect_labels(y_hat, where=f"{where}: y_hat", n=len(y), n_classes=n_classes)
