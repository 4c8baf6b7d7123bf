"""The matrix product: every neuron of a layer at once, for every row at once."""

import math

import numpy as np

from course_lib.autograd.tensor import Tensor, as_tensor
from course_lib.checks import expect_shape

__all__ = ["matmul"]


def matmul(x: Tensor, W: Tensor) -> Tensor:
    r"""Multiply every row of ``x`` by one weight matrix: $y = x W$.

    Where ``W`` has axes in front, it is a pile of matrices, and each meets its own rows of ``x``. The axes in
    front broadcast: this is how attention compares all queries with all keys, head by head.

    Args:
        x: (..., n_in)  one row per example, or per example and time step
        W: (n_in, n_out) or (..., n_in, n_out)
    Returns:
        y: (..., n_out)
    Gradient, with g = dL/dy of shape (..., n_out):
        dL/dx = g Wᵀ  each input hears from every output it fed
        dL/dW = xᵀ g  summed over all rows: the one W served them all
    Raises:
        TypeError: x or W is not made of numbers
        ValueError: the last axis of x is not the first axis of W, W is a vector, or the axes in front do not
            broadcast
    Source: Goodfellow, Bengio & Courville 2016, *Deep Learning*, section 6.5.

    >>> x = Tensor([[1.0, 2.0], [3.0, 4.0]])
    >>> W = Tensor([[10.0], [1.0]])
    >>> matmul(x, W).data
    array([[12.],
           [34.]])
    """
    x, W = as_tensor(x), as_tensor(W)
    expect_shape(
        W, "... n_in n_out", where="matmul: W", hint="A vector is a matrix of one column: w[:, None]."
    )
    n_in, n_out = W.shape[-2:]
    expect_shape(x, "... n_in", n_in=n_in, where="matmul: x", hint="Did you mean x @ W.T?")
    if W.ndim > 2:
        return _matmul_of_piles(x, W)
    n_rows = math.prod(x.shape[:-1])
    rows = x.data.reshape(n_rows, n_in)  # (..., n_in) -> (n_rows, n_in): one large product beats many small
    y = (rows @ W.data).reshape(*x.shape[:-1], n_out)  # (n_rows, n_in) @ (n_in, n_out) -> (..., n_out)

    def vjp(g):
        g_rows = g.reshape(n_rows, n_out)  # (..., n_out) -> (n_rows, n_out)
        dx = (g_rows @ W.data.T).reshape(x.shape) if x.needs_grad else None  # -> (..., n_in)
        dW = rows.T @ g_rows if W.needs_grad else None  # (n_in, n_rows) @ (n_rows, n_out) -> (n_in, n_out)
        return dx, dW

    return Tensor(y, parents=(x, W), vjp=vjp, op="matmul")


def _matmul_of_piles(x: Tensor, W: Tensor) -> Tensor:
    """Multiply matrix by matrix, the axes in front broadcast; ``backward`` adds up what was stretched."""
    expect_shape(
        x, "... n n_in", where="matmul: x", hint="W is a pile of matrices, so x must be one as well."
    )
    try:
        np.broadcast_shapes(x.shape[:-2], W.shape[:-2])
    except ValueError:
        raise ValueError(
            f"matmul: the axes in front of the last two must broadcast. x has shape {x.shape}, "
            f"W has shape {W.shape}. Sizes must be equal, or one of them 1."
        ) from None
    y = x.data @ W.data  # (..., n, n_in) @ (..., n_in, n_out) -> (..., n, n_out)

    def vjp(g):
        dx = g @ W.data.swapaxes(-1, -2) if x.needs_grad else None  # -> (..., n, n_in)
        dW = x.data.swapaxes(-1, -2) @ g if W.needs_grad else None  # -> (..., n_in, n_out)
        return dx, dW

    return Tensor(y, parents=(x, W), vjp=vjp, op="matmul")
