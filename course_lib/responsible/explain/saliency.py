"""Saliency: to which inputs does the answer react, if each is moved a little?"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from course_lib.autograd.tensor import Tensor
from course_lib.responsible.explain.target import choose, classes_of
from course_lib.responsible.input_gradient import expect_examples, input_gradient

__all__ = ["class_gradient", "saliency"]


def saliency(
    model: Callable[[Tensor], Tensor], X: np.ndarray, target: int | np.ndarray | None = None
) -> np.ndarray:
    r"""Return the size of the slope of one logit by every input: $|\partial z_k / \partial x|$.

    It says what the answer reacts to near this example, not what it is owed to: a saturated neuron has no
    slope, however much it counts. A map that looks the same after the weights were drawn anew explains
    nothing.

    Args:
        model: a Module or any function of one Tensor, that returns logits (B, K) or (B,)
        X: (B, ...)  examples, floats
        target: k, one class for all or (B,) one for each; when None, the class that the model answers
    Returns:
        (B, ...)  at least 0
    Raises:
        TypeError: X is not an array of floats, or target does not consist of whole numbers
        ValueError: X is not finite, or target does not fit the model's output
    Source: Simonyan, Vedaldi & Zisserman 2014, "Deep inside convolutional networks", section 3; the check:
        Adebayo, Gilmer, Muelly, Goodfellow, Hardt & Kim 2018, "Sanity checks for saliency maps", NeurIPS.

    >>> X = np.array([[1.0, 1.0]])
    >>> saliency(lambda x: x @ np.array([[2.0, 0.0], [-3.0, 1.0]]), X, target=0)
    array([[2., 3.]])
    """
    return np.abs(class_gradient(model, X, target, where="saliency"))


def class_gradient(
    model: Callable[[Tensor], Tensor],
    X: np.ndarray,
    target: int | np.ndarray | None = None,
    *,
    where: str = "class_gradient",
) -> np.ndarray:
    r"""Return the slope of one logit by every input, with its sign: $\partial z_k / \partial x$.

    Args:
        model: a Module or any function of one Tensor, that returns logits (B, K) or (B,)
        X: (B, ...)  examples, floats
        target: k, one class for all or (B,) one for each; when None, the class that the model answers
        where: the function to name in the error
    Returns:
        (B, ...)  one slope for each number of X
    Raises:
        TypeError: X is not an array of floats, or target does not consist of whole numbers
        ValueError: X is not finite, or target does not fit the model's output
    """
    expect_examples(X, where=f"{where}: X")
    # Examples do not meet in the model, so the gradient of the sum holds the slopes of each.
    return input_gradient(
        model, X, lambda z: choose(z, classes_of(target, z.data, B=len(X), where=where)).sum()
    )
