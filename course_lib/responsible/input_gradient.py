"""The gradient by the input: what attacks and explanations ask a model for.

Training asks how the loss changes with the weights. Here the weights stand still and the example moves. The
model must come out of it as it went in: same mode, same gradients.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np

from course_lib.autograd.tensor import Tensor
from course_lib.checks import expect_finite
from course_lib.layers.module import evaluating

__all__ = ["expect_examples", "input_gradient"]


def input_gradient(
    model: Callable[[Tensor], Tensor], X: np.ndarray, quantity: Callable[[Tensor], Tensor]
) -> np.ndarray:
    r"""Differentiate a quantity of the model's output by the input: $\partial\, q(f(x)) / \partial x$.

    All other leaves, above all the weights, are frozen for the moment. So their gradients stay what they
    were, and no time is spent on them. The model answers as in use: nothing is dropped out, and batch norm
    takes its running statistics, so that no example depends on the others beside it.

    Args:
        model: f, a Module or any function of one Tensor
        X: (B, ...)  examples, floats
        quantity: q, makes one number of the output
    Returns:
        (B, ...)  one slope for each number of X
    Raises:
        TypeError: X is not an array of floats
        ValueError: X has no axis or is not finite, q is not one number, the output does not depend on X, or a
            slope is NaN or infinite
    Source: Baydin, Pearlmutter, Radul & Siskind 2018, "Automatic differentiation in machine learning: a
        survey", *Journal of Machine Learning Research* 18.

    >>> X = np.array([[1.0, 2.0], [3.0, 4.0]])
    >>> input_gradient(lambda x: x * x, X, lambda z: z.sum())
    array([[2., 4.],
           [6., 8.]])
    """
    expect_examples(X, where="input_gradient: X")
    x = Tensor(X)
    with evaluating(model):
        end = quantity(model(x))
    with _frozen(leaf for leaf in _leaves(end) if leaf is not x):
        end.backward()
    if x.grad is None:
        raise ValueError(
            "input_gradient: the model's output does not depend on X. Was it computed from x.data?"
        )
    hint = "Did the model overflow? Look at the range of X and at the size of the weights."
    expect_finite(x.grad, where="input_gradient: the gradient", hint=hint)
    return x.grad


def expect_examples(X, *, where: str) -> None:
    """Raise an error unless ``X`` holds finite floats, one example a row.

    Args:
        X: what should be (B, ...) floats
        where: the function and argument to name in the error
    Raises:
        TypeError: X is not an array of floats
        ValueError: X has no axis, or holds NaN or an infinity
    """
    if not isinstance(X, np.ndarray):
        raise TypeError(f"{where} must be a NumPy array. It is a {type(X).__name__}. Try np.array(...).")
    if X.dtype.kind != "f":
        raise TypeError(
            f"{where} must hold floats: whole numbers have no slope. They are of type {X.dtype}. "
            "Try X.astype(np.float32)."
        )
    if X.ndim == 0:
        raise ValueError(f"{where} must hold one example a row. It is a single number: try X[None].")
    expect_finite(X, where=where)


def _leaves(end: Tensor) -> list[Tensor]:
    """Find what a tensor was made from, back to the inputs and parameters."""
    seen, stack = {end}, [end]
    while stack:
        for parent in stack.pop().parents:
            if parent not in seen:
                seen.add(parent)
                stack.append(parent)
    return [tensor for tensor in seen if not tensor.parents]


@contextmanager
def _frozen(leaves: Iterator[Tensor]) -> Iterator[None]:
    """Let leaves need no gradient for the moment."""
    frozen = [leaf for leaf in leaves if leaf.needs_grad]
    for leaf in frozen:
        leaf.needs_grad = False
    try:
        yield
    finally:
        for leaf in frozen:
            leaf.needs_grad = True
