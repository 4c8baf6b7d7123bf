"""Operations that make many numbers into few: sum, mean, variance, largest, smallest, logsumexp.

Each takes ``axis``: one axis, several, or None for all; and ``keepdims``: whether the axes stay, as 1.
"""

import numpy as np

from course_lib.autograd.tensor import Tensor, as_tensor

__all__ = ["logsumexp", "max", "mean", "min", "sum", "variance"]


def sum(x: Tensor, axis: int | tuple[int, ...] | None = None, keepdims: bool = False) -> Tensor:
    r"""Add up: $y = \sum_i x_i$.

    Args:
        x: any shape
        axis: which axes to add up; all when None
        keepdims: keep each of them with length 1
    Returns:
        the shape of x without these axes
    Gradient, with g = dL/dy:
        dL/dx_i = g  every term moves the sum as much as it moves itself
    Raises:
        ValueError: x has no such axis

    >>> sum(Tensor([[1.0, 2.0], [3.0, 4.0]]), axis=0).data
    array([4., 6.])
    """
    x = as_tensor(x)
    kept = _kept_shape(x, axis, op="sum")
    y = x.data.sum(axis=axis, keepdims=keepdims)
    return Tensor(y, parents=(x,), vjp=lambda g: (np.broadcast_to(g.reshape(kept), x.shape),), op="sum")


def mean(x: Tensor, axis: int | tuple[int, ...] | None = None, keepdims: bool = False) -> Tensor:
    r"""Average: $y = \frac{1}{n}\sum_i x_i$.

    Args:
        x: any shape
        axis: over which axes; all when None
        keepdims: keep each of them with length 1
    Returns:
        the shape of x without these axes
    Gradient, with g = dL/dy:
        dL/dx_i = g / n  each of the n numbers has an equal share
    Raises:
        ValueError: x has no such axis, or there is nothing to average

    >>> mean(Tensor([[1.0, 2.0], [3.0, 4.0]]), axis=0).data
    array([2., 3.])
    """
    x = as_tensor(x)
    kept = _kept_shape(x, axis, op="mean")
    n = _expect_some(x, kept, op="mean")
    y = x.data.mean(axis=axis, keepdims=keepdims)
    return Tensor(y, parents=(x,), vjp=lambda g: (np.broadcast_to(g.reshape(kept) / n, x.shape),), op="mean")


def variance(x: Tensor, axis: int | tuple[int, ...] | None = None, keepdims: bool = False) -> Tensor:
    r"""Mean squared distance from the mean: $y = \frac{1}{n}\sum_i (x_i - \bar x)^2$.

    Divided by n, as normalisation layers do, not by n - 1.

    Args:
        x: any shape
        axis: over which axes; all when None
        keepdims: keep each of them with length 1
    Returns:
        the shape of x without these axes
    Gradient, with g = dL/dy:
        dL/dx_i = g · 2 (x_i - mean) / n  the way through the mean cancels: the distances add up to 0
    Raises:
        ValueError: x has no such axis, or there is nothing to average

    >>> variance(Tensor([1.0, 3.0])).data
    array(1.)
    """
    x = as_tensor(x)
    kept = _kept_shape(x, axis, op="variance")
    n = _expect_some(x, kept, op="variance")
    distance = x.data - x.data.mean(axis=axis, keepdims=True)
    y = (distance * distance).mean(axis=axis, keepdims=keepdims)
    return Tensor(y, parents=(x,), vjp=lambda g: (g.reshape(kept) * (2.0 / n) * distance,), op="variance")


def max(x: Tensor, axis: int | tuple[int, ...] | None = None, keepdims: bool = False) -> Tensor:
    r"""Find the largest: $y = \max_i x_i$.

    Args:
        x: any shape
        axis: over which axes; all when None
        keepdims: keep each of them with length 1
    Returns:
        the shape of x without these axes
    Gradient, with g = dL/dy:
        dL/dx_i = g where x_i is the largest, else 0; where several are, each has an equal share, as in
        PyTorch's ``amax``
    Raises:
        ValueError: x has no such axis, or there is nothing to choose from

    >>> max(Tensor([[1.0, 2.0], [3.0, 4.0]]), axis=1).data
    array([2., 4.])
    """
    x = as_tensor(x)
    kept = _kept_shape(x, axis, op="max")
    _expect_some(x, kept, op="max")
    y = x.data.max(axis=axis, keepdims=keepdims)
    return Tensor(y, parents=(x,), vjp=_share_among_equals(x.data, y.reshape(kept), axis), op="max")


def min(x: Tensor, axis: int | tuple[int, ...] | None = None, keepdims: bool = False) -> Tensor:
    r"""Find the smallest: $y = \min_i x_i$.

    Args:
        x: any shape
        axis: over which axes; all when None
        keepdims: keep each of them with length 1
    Returns:
        the shape of x without these axes
    Gradient, with g = dL/dy:
        dL/dx_i = g where x_i is the smallest, else 0; where several are, each has an equal share, as in
        PyTorch's ``amin``
    Raises:
        ValueError: x has no such axis, or there is nothing to choose from

    >>> min(Tensor([[1.0, 2.0], [3.0, 4.0]]), axis=1).data
    array([1., 3.])
    """
    x = as_tensor(x)
    kept = _kept_shape(x, axis, op="min")
    _expect_some(x, kept, op="min")
    y = x.data.min(axis=axis, keepdims=keepdims)
    return Tensor(y, parents=(x,), vjp=_share_among_equals(x.data, y.reshape(kept), axis), op="min")


def logsumexp(x: Tensor, axis: int | tuple[int, ...] | None = None, keepdims: bool = False) -> Tensor:
    r"""Logarithm of a sum of exponentials: $y = \ln \sum_i e^{x_i}$.

    Computed as $m + \ln \sum_i e^{x_i - m}$ with m the largest x, so that no exponential overflows.

    Args:
        x: any shape
        axis: over which axes; all when None
        keepdims: keep each of them with length 1
    Returns:
        the shape of x without these axes
    Gradient, with g = dL/dy:
        dL/dx_i = g e^{x_i} / Σ_j e^{x_j}  the softmax: a soft form of max shares its gradient softly
    Raises:
        ValueError: x has no such axis, or there is nothing to add up
    Source: Blanchard, Higham & Higham 2021, "Accurately computing the log-sum-exp and softmax functions",
        *IMA Journal of Numerical Analysis* 41.

    >>> logsumexp(Tensor([1000.0, 1000.0])).data
    array(1000.69314718)
    """
    x = as_tensor(x)
    kept = _kept_shape(x, axis, op="logsumexp")
    _expect_some(x, kept, op="logsumexp")
    largest = x.data.max(axis=axis, keepdims=True)
    e = np.exp(x.data - largest)  # the largest is 1
    total = e.sum(axis=axis, keepdims=True)
    y = largest + np.log(total)
    y = y if keepdims else y.squeeze(axis)
    return Tensor(y, parents=(x,), vjp=lambda g: (g.reshape(kept) * (e / total),), op="logsumexp")


def _share_among_equals(x: np.ndarray, chosen: np.ndarray, axis):
    """Return the vjp of max and min: the gradient goes to the places that equal the chosen number."""

    def vjp(g):
        is_chosen = x == chosen
        share = g.reshape(chosen.shape) / is_chosen.sum(axis=axis, keepdims=True, dtype=g.dtype)
        return (share * is_chosen,)

    return vjp


def _kept_shape(x: Tensor, axis, *, op: str) -> tuple[int, ...]:
    """Return the shape of the result with each reduced axis kept as 1."""
    axes = range(x.ndim) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    for one in axes:
        if not -x.ndim <= one < x.ndim:
            raise ValueError(f"{op}: x has no axis {one}. It has shape {x.shape}.")
    reduced = {one % x.ndim for one in axes}
    return tuple(1 if one in reduced else size for one, size in enumerate(x.shape))


def _expect_some(x: Tensor, kept: tuple[int, ...], *, op: str) -> int:
    """Return how many numbers go into one."""
    n = 1
    for size, left in zip(x.shape, kept, strict=True):
        n *= 1 if left == size else size
    if n == 0:
        raise ValueError(f"{op}: a reduced axis is empty. x has shape {x.shape}.")
    return n
