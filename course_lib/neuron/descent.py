"""Gradient descent: walk downhill, one small step against the slope at a time."""

from dataclasses import dataclass

import numpy as np

from course_lib.checks import expect_positive, expect_shape
from course_lib.neuron.forward import loss_and_slopes

__all__ = ["Descent", "descend"]


@dataclass(frozen=True, eq=False)
class Descent:
    """Where a descent went: entry k of each array is the state after k steps.

    Attributes:
        loss: (n_steps + 1,)  loss before each step, and after the last
        w: (n_steps + 1, n_in)  the weights
        b: (n_steps + 1,)  the bias
    """

    loss: np.ndarray
    w: np.ndarray
    b: np.ndarray

    def __repr__(self) -> str:
        """Say how far the descent went, in one line."""
        n_steps = len(self.loss) - 1
        return f"Descent({n_steps} steps, loss {self.loss[0]:.4g} -> {self.loss[-1]:.4g})"


def descend(
    X: np.ndarray,
    y: np.ndarray,
    *,
    learning_rate: float,
    n_steps: int,
    loss: str = "log",
    w: np.ndarray | None = None,
    b: float = 0.0,
) -> Descent:
    r"""Train one sigmoid neuron by gradient descent on all examples at once.

    $$w \leftarrow w - \eta \frac{dL}{dw} \qquad b \leftarrow b - \eta \frac{dL}{db}$$

    Args:
        X: (B, n_in)  one row per example
        y: (B,)  labels, 0 or 1
        learning_rate: η, how far to step for one unit of slope
        n_steps: how many steps to take
        loss: "log" (nats) or "squared"
        w: (n_in,)  weights to start from; zeros when None
        b: bias to start from
    Returns:
        the whole way, from the start to the last step
    Raises:
        TypeError: X, y or w is not an array
        ValueError: the shapes do not belong together, a label is not 0 or 1, the loss is unknown, the
            learning rate is not positive, n_steps is not a whole number of at least 1, or the steps were so
            long that the sums overflowed
    Source: Cauchy 1847, "Méthode générale pour la résolution des systèmes d'équations simultanées".

    >>> descend(np.array([[1.0], [-1.0]]), np.array([1, 0]), learning_rate=1.0, n_steps=100)
    Descent(100 steps, loss 0.6931 -> 0.01011)
    """
    expect_positive(learning_rate, where="descend: learning_rate")
    if isinstance(n_steps, bool) or not (isinstance(n_steps, int | np.integer) and n_steps >= 1):
        raise ValueError(f"descend: n_steps must be a whole number of at least 1. It is {n_steps!r}.")
    expect_shape(X, "B n_in", where="descend: X")
    w = np.zeros(X.shape[1], dtype=X.dtype) if w is None else w
    losses, ws, bs = [], [w], [b]
    for _ in range(n_steps):
        value, dw, db = loss_and_slopes(X, y, w, b, loss)
        w = w - learning_rate * dw  # a new array: the history keeps the old one
        b = b - learning_rate * db
        losses.append(value)
        ws.append(w)
        bs.append(b)
    losses.append(loss_and_slopes(X, y, w, b, loss)[0])
    return Descent(loss=np.array(losses), w=np.array(ws), b=np.array(bs))
