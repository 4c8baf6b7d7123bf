"""The weighted sum: what a neuron computes before it decides."""

import numpy as np

from course_lib.checks import expect_shape

__all__ = ["weighted_sum", "weighted_sum_slopes"]


def weighted_sum(X: np.ndarray, w: np.ndarray, b: float) -> np.ndarray:
    r"""Weigh every input, add them up, add the bias: $z = X w + b$.

    Args:
        X: (B, n_in)  one row per example
        w: (n_in,)  one weight per input
        b: the bias, one number for all examples
    Returns:
        z: (B,)  one sum per example
    Raises:
        TypeError: an argument is not an array
        ValueError: X is not a table, or w has not one weight per column of X
    Source: Rosenblatt 1958, "The perceptron", *Psychological Review* 65(6).

    >>> weighted_sum(np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([10.0, 1.0]), b=-5.0)
    array([ 7., 29.])
    """
    _expect_table_and_weights(X, w, where="weighted_sum")
    return X @ w + b  # (B, n_in) @ (n_in,) -> (B,)


def weighted_sum_slopes(X: np.ndarray, w: np.ndarray, dz: np.ndarray) -> tuple[np.ndarray, float]:
    r"""Return how the loss changes with each weight and with the bias.

    $$\frac{dL}{dw_j} = \sum_i \frac{dL}{dz_i} x_{ij} \qquad \frac{dL}{db} = \sum_i \frac{dL}{dz_i}$$

    A weight is blamed in proportion to the input it multiplied; the bias multiplied 1 every time.

    Args:
        X: (B, n_in)  the inputs of the weighted sum
        w: (n_in,)  its weights
        dz: (B,)  slope of the loss by each sum
    Returns:
        dw: (n_in,)  slope of the loss by each weight
        db: slope of the loss by the bias
    Raises:
        TypeError: an argument is not an array
        ValueError: the shapes do not belong together
    Source: Goodfellow, Bengio & Courville 2016, *Deep Learning*, section 6.5.

    >>> weighted_sum_slopes(np.array([[1.0, 2.0], [3.0, 4.0]]), np.zeros(2), np.array([1.0, -1.0]))
    (array([-2., -2.]), 0.0)
    """
    _expect_table_and_weights(X, w, where="weighted_sum_slopes")
    expect_shape(dz, "B", B=len(X), where="weighted_sum_slopes: dz")
    dw = dz @ X  # (B,) @ (B, n_in) -> (n_in,)
    db = float(dz.sum())  # (B,) -> one number
    return dw, db


def _expect_table_and_weights(X, w, *, where):
    expect_shape(X, "B n_in", where=f"{where}: X", hint="One example is a table of one row: x[None, :].")
    expect_shape(w, "n_in", n_in=X.shape[1], where=f"{where}: w", hint="One weight per column of X.")
