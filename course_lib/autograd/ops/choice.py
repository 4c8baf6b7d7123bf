"""Operations that choose, place by place: the larger, the smaller, what a condition says."""

import numpy as np

from course_lib.autograd.tensor import Tensor, as_tensor, as_tensors

__all__ = ["clip", "maximum", "minimum", "where"]


def maximum(x: Tensor, y: Tensor) -> Tensor:
    r"""Take the larger of two numbers, place by place: $\max(x, y)$, broadcast.

    Args:
        x: any shape
        y: any shape that broadcasts with x
    Returns:
        the broadcast shape
    Gradient, with g = dL/dmax(x, y):
        dL/dx = g where x is the larger, g/2 where both are equal, as in PyTorch, else 0
        dL/dy = the rest of g
    Raises:
        ValueError: the shapes do not broadcast

    >>> maximum(Tensor([1.0, 5.0]), Tensor([3.0, 4.0])).data
    array([3., 5.])
    """
    x, y = as_tensors(x, y, op="maximum")
    a, b = x.data, y.data

    def vjp(g):
        dx = (g * (a > b) + g * (a >= b)) / 2  # equal numbers count in one of the two comparisons
        return dx, g - dx

    return Tensor(np.maximum(a, b), parents=(x, y), vjp=vjp, op="maximum")


def minimum(x: Tensor, y: Tensor) -> Tensor:
    r"""Take the smaller of two numbers, place by place: $\min(x, y)$, broadcast.

    Args:
        x: any shape
        y: any shape that broadcasts with x
    Returns:
        the broadcast shape
    Gradient, with g = dL/dmin(x, y):
        dL/dx = g where x is the smaller, g/2 where both are equal, as in PyTorch, else 0
        dL/dy = the rest of g
    Raises:
        ValueError: the shapes do not broadcast

    >>> minimum(Tensor([1.0, 5.0]), Tensor([3.0, 4.0])).data
    array([1., 4.])
    """
    x, y = as_tensors(x, y, op="minimum")
    a, b = x.data, y.data

    def vjp(g):
        dx = (g * (a < b) + g * (a <= b)) / 2  # equal numbers count in one of the two comparisons
        return dx, g - dx

    return Tensor(np.minimum(a, b), parents=(x, y), vjp=vjp, op="minimum")


def clip(x: Tensor, low: float, high: float) -> Tensor:
    r"""Keep every number within bounds: $\min(\max(x, low), high)$.

    Args:
        x: any shape
        low, high: the bounds
    Returns:
        the shape of x
    Gradient, with g = dL/dy:
        dL/dx = g where low <= x <= high, the bounds included, as in PyTorch; 0 outside
    Raises:
        ValueError: low is above high

    >>> clip(Tensor([-2.0, 0.5, 3.0]), 0.0, 1.0).data
    array([0. , 0.5, 1. ])
    """
    if not low <= high:
        raise ValueError(f"clip: low must not be above high. They are {low} and {high}.")
    x = as_tensor(x)
    a = x.data
    return Tensor(
        np.clip(a, low, high), parents=(x,), vjp=lambda g: (g * ((a >= low) & (a <= high)),), op="clip"
    )


def where(condition: np.ndarray, x: Tensor, y: Tensor) -> Tensor:
    r"""Take x where the condition holds, and y elsewhere, broadcast.

    Args:
        condition: truth values, of any shape that broadcasts with x and y
        x: any shape
        y: any shape that broadcasts with x
    Returns:
        the broadcast shape
    Gradient, with g = dL/dy:
        dL/dx = g where the condition holds, else 0
        dL/dy = g where it does not, else 0
    Raises:
        TypeError: the condition holds other things than truth values
        ValueError: the shapes do not broadcast

    >>> where(np.array([True, False]), Tensor([1.0, 2.0]), Tensor([10.0, 20.0])).data
    array([ 1., 20.])
    """
    x, y = as_tensors(x, y, op="where")
    condition, x, y = as_tensors(as_tensor(condition), x, y, op="where")
    if condition.dtype != bool:
        raise TypeError(
            f"where: condition must hold truth values. It is of {condition.dtype}. Try condition != 0."
        )
    is_x = condition.data

    def vjp(g):
        return g * is_x, g * ~is_x

    return Tensor(np.where(is_x, x.data, y.data), parents=(x, y), vjp=vjp, op="where")
