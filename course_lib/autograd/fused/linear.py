"""A whole layer in one operation: product, bias and activation."""

import math

import numpy as np

from course_lib.autograd.tensor import Tensor, as_tensor
from course_lib.checks import expect_shape

__all__ = ["ACTIVATIONS", "linear"]

ACTIVATIONS = (None, "relu")


def linear(x: Tensor, W: Tensor, b: Tensor, activation: str | None = None) -> Tensor:
    r"""Compute one layer: $y = x W + b$, or $y = \max(0, x W + b)$.

    Equal to ``relu(matmul(x, W) + b)``. Faster, because bias and activation are written into the product's
    own memory, and because the gradient of b is a product with a row of ones, which beats a sum.

    Args:
        x: (..., n_in)
        W: (n_in, n_out)
        b: (n_out,)
        activation: None or ``"relu"``
    Returns:
        y: (..., n_out)
    Gradient, with g = dL/dy, set to 0 where the ReLU was off:
        dL/dx = g Wᵀ
        dL/dW = xᵀ g  summed over all rows
        dL/db = 1ᵀ g  summed over all rows: b was added to each
    Raises:
        TypeError: an input is not made of numbers
        ValueError: a shape does not fit, or the activation is unknown
    Source: Goodfellow, Bengio & Courville 2016, *Deep Learning*, section 6.5.

    >>> x = Tensor([[1.0, 2.0]])
    >>> linear(x, Tensor([[1.0, -1.0], [1.0, -1.0]]), Tensor([0.5, 0.5]), activation="relu").data
    array([[3.5, 0. ]])
    """
    x, W, b = as_tensor(x), as_tensor(W), as_tensor(b)
    rows, weights = x.data, W.data
    if weights.ndim != 2 or b.shape != weights.shape[1:] or rows.shape[-1:] != weights.shape[:1]:
        _explain_shapes(x, W, b)
    if activation not in ACTIVATIONS:
        raise ValueError(f"linear: activation must be one of {ACTIVATIONS}. It is {activation!r}.")
    n_in, n_out = weights.shape
    shape = (*rows.shape[:-1], n_out)
    if rows.ndim != 2:
        rows = rows.reshape(math.prod(rows.shape[:-1]), n_in)  # (..., n_in) -> (n_rows, n_in)
    y = rows @ weights  # (n_rows, n_in) @ (n_in, n_out) -> (n_rows, n_out)
    y += b.data
    if activation:
        np.maximum(y, 0, out=y)

    def vjp(g):
        if g.ndim != 2:
            g = g.reshape(y.shape)  # (..., n_out) -> (n_rows, n_out)
        if activation:
            g = g * (y > 0)
        dx = None
        if x.needs_grad:
            dx = g @ weights.T  # (n_rows, n_out) @ (n_out, n_in) -> (n_rows, n_in)
            dx = dx.reshape(x.shape)  # -> (..., n_in)
        dW = rows.T @ g if W.needs_grad else None  # (n_in, n_rows) @ (n_rows, n_out) -> (n_in, n_out)
        db = np.ones(len(g), g.dtype) @ g  # (n_rows,) @ (n_rows, n_out) -> (n_out,)
        return dx, dW, db

    return Tensor(y.reshape(shape), parents=(x, W, b), vjp=vjp, op="linear")


def _explain_shapes(x: Tensor, W: Tensor, b: Tensor) -> None:
    expect_shape(W, "n_in n_out", where="linear: W")
    n_in, n_out = W.shape
    expect_shape(x, "... n_in", n_in=n_in, where="linear: x", hint="Did you mean x @ W.T?")
    expect_shape(b, "n_out", n_out=n_out, where="linear: b")
