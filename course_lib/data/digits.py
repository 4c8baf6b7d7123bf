"""Handwritten digits small enough to look at number by number: 8 x 8 pixels."""

import numpy as np

from course_lib.data.dataset import Dataset, read_datasheet

INK_LEVELS = 16  # each pixel of the file counts the inked dots, 0 to 16, in a 4 x 4 block of a larger scan


def load_digits() -> Dataset:
    r"""Load 1797 handwritten digits as rows of 64 pixels between 0 (paper) and 1 (full ink).

    The file counts ink from 0 to 16: $x = \text{count} / 16$. That 16 is fixed beforehand, not learned from
    the data, so it leaks nothing. ``data.X.reshape(-1, 8, 8)`` gives the images, row by row from the top.

    Returns:
        X: (1797, 64) share of ink, y: (1797,) the digit 0 to 9.
    Source: Alpaydin & Kaynak 1998, *Cascading classifiers*, Kybernetika 34(4), 369-374.

    >>> data = load_digits()
    >>> data
    Dataset('digits': X (1797, 64) float32, y (1797,) int64, 10 classes)
    >>> float(data.X.min()), float(data.X.max())
    (0.0, 1.0)
    """
    from sklearn import datasets

    table = datasets.load_digits()
    return Dataset(
        name="digits",
        X=np.array(table.data / INK_LEVELS, dtype=np.float32),  # (1797, 64)
        y=np.array(table.target, dtype=np.int64),  # (1797,)
        feature_names=tuple(f"ink at row {row}, column {column}" for row in range(8) for column in range(8)),
        class_names=tuple(str(digit) for digit in range(10)),
        datasheet=read_datasheet("digits"),
    )
