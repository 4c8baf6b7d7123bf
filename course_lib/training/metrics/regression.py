"""How far measured values are from predicted ones."""

import numpy as np

from course_lib.checks import expect_finite, expect_numbers

__all__ = ["mean_absolute_error", "mean_squared_error", "r2"]


def mean_squared_error(y_hat: np.ndarray, y: np.ndarray) -> float:
    r"""Mean squared distance: $\frac{1}{n}\sum_i (\hat y_i - y_i)^2$, in the square of y's unit.

    Args:
        y_hat: (n,) or any shape  predicted values
        y: the shape of y_hat  measured values
    Returns:
        the mean over all entries
    Raises:
        TypeError: y_hat or y is not an array of numbers
        ValueError: the shapes differ, there is no value, or one is not finite
    Source: Legendre 1805, *Nouvelles méthodes pour la détermination des orbites des comètes*.

    >>> mean_squared_error(np.array([1.0, 2.0]), np.array([1.0, 4.0]))
    2.0
    """
    _expect_values(y_hat, y, where="mean_squared_error")
    return float(np.mean(np.square(_distance(y_hat, y))))


def mean_absolute_error(y_hat: np.ndarray, y: np.ndarray) -> float:
    r"""Mean distance: $\frac{1}{n}\sum_i |\hat y_i - y_i|$, in y's unit.

    Args:
        y_hat: (n,) or any shape  predicted values
        y: the shape of y_hat  measured values
    Returns:
        the mean over all entries
    Raises:
        TypeError: y_hat or y is not an array of numbers
        ValueError: the shapes differ, there is no value, or one is not finite
    Source: Willmott & Matsuura 2005, "Advantages of the mean absolute error", *Climate Research* 30.

    >>> mean_absolute_error(np.array([1.0, 2.0]), np.array([1.0, 4.0]))
    1.0
    """
    _expect_values(y_hat, y, where="mean_absolute_error")
    return float(np.mean(np.abs(_distance(y_hat, y))))


def r2(y_hat: np.ndarray, y: np.ndarray) -> float:
    r"""Share of the variance that the model explains.

    $$R^2 = 1 - \frac{\sum_i (y_i - \hat y_i)^2}{\sum_i (y_i - \bar y)^2}$$

    The yardstick is the mean of y: 1 is perfect, 0 no better than always answering that mean, and on new data
    a model can be worse and go below 0.

    Args:
        y_hat: (n,) or any shape  predicted values
        y: the shape of y_hat  measured values
    Returns:
        a number of at most 1
    Raises:
        TypeError: y_hat or y is not an array of numbers
        ValueError: the shapes differ, there is no value, one is not finite, or all of y are equal
    Source: Draper & Smith 1998, *Applied Regression Analysis*, section 1.3.

    >>> round(r2(np.array([1.0, 2.0, 3.0]), np.array([1.0, 2.0, 6.0])), 4)
    0.3571
    """
    _expect_values(y_hat, y, where="r2")
    if y.min() == y.max():
        raise ValueError(f"r2: y must vary, or there is nothing to explain. All its values are {y.min()}.")
    spread = np.sum(np.square(_distance(y, np.mean(y, dtype=np.float64))))
    return float(1 - np.sum(np.square(_distance(y_hat, y))) / spread)


def _distance(a, b) -> np.ndarray:
    """Subtract in float64: unsigned numbers would wrap round, and long float32 sums lose digits."""
    return np.subtract(a, b, dtype=np.float64)


def _expect_values(y_hat, y, *, where):
    for name, values in (("y_hat", y_hat), ("y", y)):
        if isinstance(values, int | float | np.generic):
            raise TypeError(f"{where}: {name} must be an array. It is a {type(values).__name__}.")
        expect_numbers(values, where=f"{where}: {name}")
    if y_hat.shape != y.shape:
        raise ValueError(
            f"{where}: y_hat and y must have the same shape. They have {y_hat.shape} and {y.shape}. "
            "A column (n, 1) becomes (n,) by y_hat[:, 0]."
        )
    if y.size == 0:
        raise ValueError(f"{where} needs at least one value. It got none.")
    expect_finite(y_hat, where=f"{where}: y_hat")
    expect_finite(y, where=f"{where}: y")
