"""Softmax: from scores to shares that add up to 1, and its logarithm."""

import numpy as np

from course_lib.autograd.tensor import Tensor, as_tensor

__all__ = ["log_softmax", "softmax"]


def softmax(z: Tensor, axis: int = -1) -> Tensor:
    r"""Turn scores into shares of one whole: $y_i = \frac{e^{z_i}}{\sum_j e^{z_j}}$.

    The largest score is subtracted first. That changes nothing in the result, and no exponential overflows.
    A score of minus infinity is a masked entry: its share is exactly 0, and no gradient flows to it.

    Args:
        z: scores (logits), any shape with at least one axis
        axis: the axis along which the shares add up to 1
    Returns:
        y: shares in [0, 1], the shape of z
    Gradient, with g = dL/dy:
        dL/dz = y (g - Σ g y)  only what differs from the average counts: the same added to all scores
            changes nothing
    Raises:
        TypeError: z is not made of numbers
        ValueError: z has no such axis, nothing along it, all of it masked, or holds plus infinity
    Source: Bridle 1990, "Probabilistic interpretation of feedforward classification network outputs".

    >>> softmax(Tensor([0.0, 0.0, -np.inf])).data
    array([0.5, 0.5, 0. ])
    """
    z = as_tensor(z)
    e = np.exp(_below_zero(z.data, axis, where="softmax: z"))
    y = e / e.sum(axis=axis, keepdims=True)

    def vjp(g):
        return (y * (g - (g * y).sum(axis=axis, keepdims=True)),)

    return Tensor(y, parents=(z,), vjp=vjp, op="softmax")


def log_softmax(z: Tensor, axis: int = -1) -> Tensor:
    r"""Return the logarithm of the softmax: $y_i = z_i - \log \sum_j e^{z_j}$.

    Exact also where the share itself would round to 0. The loss of a classifier starts from here.
    A masked entry, a score of minus infinity, stays minus infinity.

    Args:
        z: scores (logits), any shape with at least one axis
        axis: the axis along which the shares add up to 1
    Returns:
        y: logarithms of shares, at most 0, the shape of z
    Gradient, with g = dL/dy:
        dL/dz = g - softmax(z) Σ g  what is given to one is taken from all, by their shares
    Raises:
        TypeError: z is not made of numbers
        ValueError: z has no such axis, nothing along it, all of it masked, or holds plus infinity
    Source: Goodfellow, Bengio & Courville 2016, *Deep Learning*, section 6.2.2.3.

    >>> log_softmax(Tensor([1000.0, 0.0])).data
    array([    0., -1000.])
    """
    z = as_tensor(z)
    shifted = _below_zero(z.data, axis, where="log_softmax: z")
    y = shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True))

    def vjp(g):
        return (g - np.exp(y) * g.sum(axis=axis, keepdims=True),)

    return Tensor(y, parents=(z,), vjp=vjp, op="log_softmax")


def _below_zero(z: np.ndarray, axis: int, *, where: str) -> np.ndarray:
    """Subtract the largest score along the axis, so that the largest is 0."""
    if not -z.ndim <= axis < z.ndim:
        raise ValueError(f"{where} has shape {z.shape}, so it has no axis {axis}.")
    if z.shape[axis] == 0:
        raise ValueError(f"{where} has shape {z.shape}: there is nothing to share out along axis {axis}.")
    largest = z.max(axis=axis, keepdims=True)
    if np.isinf(largest).any():
        index = tuple(int(i) for i in np.argwhere(np.isinf(largest))[0])
        problem = "is masked (-inf) everywhere" if largest[index] < 0 else "holds plus infinity"
        raise ValueError(
            f"{where} {problem} along axis {axis} at index {index}. Leave at least one finite score."
        )
    return z - largest
