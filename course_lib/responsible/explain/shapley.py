"""Shapley values: split an answer fairly among the features, over all orders in which they could join."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from course_lib.checks import expect_finite, expect_shape
from course_lib.data.randomness import expect_generator

__all__ = ["ShapleyEstimate", "exact_shapley", "sampled_shapley"]

MOST_FEATURES = 16  # 2^16 = 65,536 coalitions; each feature more doubles them
ROWS_AT_ONCE = 8192  # rows for one call of the prediction: enough to be fast, few enough to fit into memory

Predict = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True, eq=False)
class ShapleyEstimate:
    """Shapley values from a sample of orders.

    Attributes:
        value: (n_features,)  they add up to f(x) minus the mean of f over the background
        standard_error: (n_features,)  how far chance moves each value; NaN after a single order
    """

    value: np.ndarray
    standard_error: np.ndarray


def exact_shapley(predict: Predict, x: np.ndarray, background: np.ndarray) -> np.ndarray:
    r"""Compute the Shapley values of one prediction from all $2^n$ coalitions of n features.

    $$\phi_j = \sum_{S \not\ni j} \frac{|S|! \, (n - |S| - 1)!}{n!} \left(v(S \cup j) - v(S)\right)$$

    v(S) is the mean prediction when the features in S have the values of x, and the others those of the
    background. The values add up to $f(x) - \overline{f(\text{background})}$ (efficiency); a feature that
    never changes anything gets 0.

    Args:
        predict: f, takes rows (B, n_features) and returns (B,) numbers
        x: (n_features,)  the example to explain
        background: (m, n_features)  typical examples; a feature that is left out takes its values from here
    Returns:
        φ: (n_features,)  in the unit of the prediction
    Raises:
        TypeError: x or the background is not an array
        ValueError: the shapes do not fit, there are more than 16 features, or a prediction is not finite
    Source: Shapley 1953, "A value for n-person games"; Lundberg & Lee 2017, "A unified approach to
        interpreting model predictions", NeurIPS.

    >>> x, background = np.array([1.0, 2.0]), np.zeros((1, 2))
    >>> exact_shapley(lambda X: X[:, 0] * X[:, 1], x, background)  # the product is owed to both alike
    array([1., 1.])
    """
    _expect_example(x, background, where="exact_shapley")
    n = len(x)
    if n > MOST_FEATURES:
        raise ValueError(
            f"exact_shapley: {n} features have 2^{n} coalitions. At most {MOST_FEATURES} are allowed: "
            "use sampled_shapley."
        )
    codes = np.arange(2**n)  # bit j of a code says whether feature j is in the coalition
    is_in = (codes[:, None] >> np.arange(n)) & 1 == 1  # (2^n, n)
    v = _values(predict, x, background, is_in)  # (2^n,)
    sizes = is_in.sum(axis=1)  # (2^n, n) -> (2^n,)
    phi = np.empty(n)
    for j in range(n):
        without = codes[~is_in[:, j]]  # (2^(n-1),)
        chance = np.array([1 / (n * math.comb(n - 1, size)) for size in sizes[without]])
        phi[j] = chance @ (v[without + 2**j] - v[without])
    return phi


def sampled_shapley(
    predict: Predict,
    x: np.ndarray,
    background: np.ndarray,
    *,
    rng: np.random.Generator,
    n_orders: int = 100,
) -> ShapleyEstimate:
    r"""Estimate Shapley values: let the features join in random orders, and note what each one changes.

    $$\phi_j = \mathrm{E}_\pi \left[ v(\{\text{before } j \text{ in } \pi\} \cup j)
    - v(\{\text{before } j \text{ in } \pi\}) \right]$$

    In every single order the changes add up to the whole way from the background to x, so efficiency holds
    exactly, however few orders are drawn.

    Args:
        predict: f, takes rows (B, n_features) and returns (B,) numbers
        x: (n_features,)  the example to explain
        background: (m, n_features)  typical examples; each order asks for m (n_features + 1) predictions
        rng: draws the orders
        n_orders: how many
    Returns:
        the values and their standard errors
    Raises:
        TypeError: x or the background is not an array, or rng is not a generator
        ValueError: the shapes do not fit, n_orders is not at least 1, or a prediction is not finite
    Source: Castro, Gómez & Tejada 2009, "Polynomial calculation of the Shapley value based on sampling",
        *Computers & Operations Research* 36; Štrumbelj & Kononenko 2014, "Explaining prediction models and
        individual predictions with feature contributions", *Knowledge and Information Systems* 41.

    >>> x, background, rng = np.array([1.0, 2.0]), np.zeros((1, 2)), np.random.default_rng(0)
    >>> found = sampled_shapley(lambda X: X @ np.array([3.0, 1.0]), x, background, rng=rng)
    >>> found.value  # a weighted sum leaves no doubt
    array([3., 2.])
    """
    _expect_example(x, background, where="sampled_shapley")
    expect_generator(rng, where="sampled_shapley: rng")
    if not (isinstance(n_orders, int | np.integer) and n_orders >= 1):
        raise ValueError(
            f"sampled_shapley: n_orders must be a whole number of at least 1. It is {n_orders!r}."
        )
    changes = np.empty((n_orders, len(x)))
    n_joined = np.arange(len(x) + 1)  # from nobody to everybody
    for row in changes:
        order = rng.permutation(len(x))
        is_in = np.argsort(order) < n_joined[:, None]  # (n,) against (n + 1, 1) -> (n + 1, n)
        row[order] = np.diff(_values(predict, x, background, is_in))  # (n + 1,) -> (n,)
    spread = changes.std(axis=0, ddof=1) if n_orders > 1 else np.full(len(x), np.nan)
    return ShapleyEstimate(changes.mean(axis=0), spread / math.sqrt(n_orders))


def _values(predict: Predict, x: np.ndarray, background: np.ndarray, is_in: np.ndarray) -> np.ndarray:
    """Return v(S) of each coalition: the mean prediction with the members' values from x."""
    n_at_once = max(1, ROWS_AT_ONCE // len(background))
    values = []
    for first in range(0, len(is_in), n_at_once):
        members = is_in[first : first + n_at_once, None, :]
        rows = np.where(members, x, background)  # (k, 1, n), (n,), (m, n) -> (k, m, n)
        y_hat = predict(rows.reshape(-1, len(x)))  # (k m, n) -> (k m,)
        hint = "One number for each row."
        expect_shape(y_hat, "B", B=rows.shape[0] * rows.shape[1], where="shapley: the prediction", hint=hint)
        expect_finite(y_hat, where="shapley: the prediction")
        values.append(y_hat.reshape(rows.shape[:2]).mean(axis=1, dtype=np.float64))  # (k, m) -> (k,)
    return np.concatenate(values)


def _expect_example(x: np.ndarray, background: np.ndarray, *, where: str) -> None:
    expect_shape(x, "n_features", where=f"{where}: x", hint="One example: X[0].")
    if len(x) == 0:
        raise ValueError(f"{where}: x must have at least one feature. It has none.")
    hint = "Typical examples, one a row."
    expect_shape(background, "m n_features", n_features=len(x), where=f"{where}: background", hint=hint)
    if len(background) == 0:
        raise ValueError(f"{where}: background must have at least one row. It has none.")
