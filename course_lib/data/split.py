"""Training, validation, test: three parts that never share an example."""

from __future__ import annotations  # np.random is slow to import: the annotation below must not load it

from dataclasses import dataclass

import numpy as np

from course_lib.checks import expect_shape
from course_lib.data.randomness import expect_generator

PARTS = ("train", "validation", "test")


@dataclass(frozen=True, eq=False, repr=False)
class Split:
    """The three parts of a data set.

    Args:
        X_train, y_train: learned from
        X_validation, y_validation: looked at as often as you like, to choose between models
        X_test, y_test: looked at once, at the end

    >>> X, y = np.zeros((4, 2)), np.zeros(4)
    >>> Split(X[:2], y[:2], X[2:3], y[2:3], X[3:], y[3:])
    Split(train 2, validation 1, test 1)
    """

    X_train: np.ndarray
    y_train: np.ndarray
    X_validation: np.ndarray
    y_validation: np.ndarray
    X_test: np.ndarray
    y_test: np.ndarray

    def __repr__(self) -> str:
        sizes = (len(self.y_train), len(self.y_validation), len(self.y_test))
        return f"Split({', '.join(f'{part} {size}' for part, size in zip(PARTS, sizes, strict=True))})"


def split(
    X: np.ndarray,
    y: np.ndarray,
    rng: np.random.Generator,
    fractions: tuple[float, float, float] = (0.6, 0.2, 0.2),
    *,
    stratify: bool = True,
) -> Split:
    """Deal every example into exactly one of three parts: training, validation, test.

    With ``stratify`` each class is dealt by itself, so that every part holds the classes in nearly the same
    proportions. Rows are copied, in random order.

    Args:
        X: (n, ...) one example a row
        y: (n,) class labels; a regression target needs ``stratify=False``
        rng: where the random order comes from
        fractions: the shares of training, validation and test; they sum to 1
        stratify: False deals all rows together, whatever their class
    Returns:
        the three parts; sizes are n times the fractions, rounded within each class
    Raises:
        TypeError: X or y is not an array, rng is not a NumPy Generator, or y holds no class labels although
            ``stratify`` is on
        ValueError: X and y differ in length, fractions are not three shares of 1, or a part would be empty

    >>> X, y = np.arange(20.0).reshape(10, 2), np.array([0, 1] * 5)
    >>> parts = split(X, y, np.random.default_rng(0))
    >>> parts
    Split(train 6, validation 2, test 2)
    >>> np.bincount(parts.y_train)
    array([3, 3])
    """
    expect_shape(X, "... n_features", where="split: X")
    if len(X) == 0:
        raise ValueError("split: X must have at least one row. It has none.")
    expect_shape(y, "n", n=len(X), where="split: y", hint="X and y need one row for each example.")
    expect_generator(rng, where="split: rng")
    _expect_fractions(fractions)
    rows = np.arange(len(y))
    groups = {f"class {label}": rows[y == label] for label in _labels(y)} if stratify else {"the data": rows}
    dealt = [_deal(group, rows_of_group, rng, fractions) for group, rows_of_group in groups.items()]
    arrays = []
    for part in range(len(PARTS)):
        chosen = rng.permutation(np.concatenate([pieces[part] for pieces in dealt]))
        arrays += [X[chosen], y[chosen]]
    return Split(*arrays)


def _expect_fractions(fractions: tuple[float, float, float]) -> None:
    is_three_shares = len(fractions) == len(PARTS) and all(0 < share < 1 for share in fractions)
    if not is_three_shares or not np.isclose(sum(fractions), 1):
        raise ValueError(
            "split: fractions must be three positive shares that sum to 1: training, validation, test. "
            f"They are {fractions!r}. Try (0.6, 0.2, 0.2)."
        )


def _labels(y: np.ndarray) -> np.ndarray:
    if np.issubdtype(y.dtype, np.floating):
        raise TypeError(
            f"split: y must hold class labels when stratify=True. Its dtype is {y.dtype}. "
            "Pass stratify=False for a regression target, or y.astype(np.int64) for classes."
        )
    return np.unique(y)


def _deal(
    group: str, rows: np.ndarray, rng: np.random.Generator, fractions: tuple[float, float, float]
) -> list[np.ndarray]:
    """Shuffle the rows of one group and cut them into three pieces, none of them empty."""
    train, validation, _ = fractions
    ends = [round(train * len(rows)), round((train + validation) * len(rows))]
    pieces = np.split(rng.permutation(rows), ends)
    for part, piece in zip(PARTS, pieces, strict=True):
        if len(piece) == 0:
            raise ValueError(
                f"split: the {part} part would get no row of {group}, whose size is {len(rows)}, "
                f"with fractions {fractions!r}. Use more rows or a larger share."
            )
    return pieces
