"""Integrated gradients: shares of the answer, one for each input, that add up to the answer."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from course_lib.autograd.tensor import Tensor
from course_lib.responsible.explain.saliency import class_gradient
from course_lib.responsible.explain.target import chosen_logits
from course_lib.responsible.input_gradient import expect_examples

__all__ = ["completeness_gap", "integrated_gradients"]


def integrated_gradients(
    model: Callable[[Tensor], Tensor],
    X: np.ndarray,
    target: int | np.ndarray | None = None,
    *,
    baseline: float | np.ndarray = 0.0,
    n_steps: int = 50,
) -> np.ndarray:
    r"""Walk from a baseline to the example in a straight line, and add up what each input contributes.

    $$\phi_j = (x_j - x'_j) \int_0^1 \frac{\partial z_k}{\partial x_j}\left(x' + t (x - x')\right) dt$$

    By the theorem of calculus the shares add up to $z_k(x) - z_k(x')$: nothing is left over and nothing made
    up. ``completeness_gap`` says how far the sum over few steps misses it. The slopes are taken in the middle
    of each step, which is exact where they change evenly.

    Args:
        model: a Module or any function of one Tensor, that returns logits (B, K) or (B,)
        X: (B, ...)  examples, floats
        target: k, one class for all or (B,) one for each; when None, the class that the model answers to X
        baseline: x', an example without anything in it; a number, or an array that broadcasts to X
        n_steps: how many points of the line are looked at
    Returns:
        φ: (B, ...)  in units of the logit; negative where the input speaks against the class
    Raises:
        TypeError: X is not an array of floats, or target does not consist of whole numbers
        ValueError: X is not finite, the baseline or target does not fit, or n_steps is not at least 1
    Source: Sundararajan, Taly & Yan 2017, "Axiomatic attribution for deep networks", ICML, section 3.

    >>> X = np.array([[1.0, 2.0]])
    >>> integrated_gradients(lambda x: (x * x).sum(axis=1), X)
    array([[1., 4.]])
    """
    where = "integrated_gradients"
    expect_examples(X, where=f"{where}: X")
    baseline = broadcast_baseline(baseline, X, where=where)
    if not (isinstance(n_steps, int | np.integer) and n_steps >= 1):
        raise ValueError(f"{where}: n_steps must be a whole number of at least 1. It is {n_steps!r}.")
    _, classes = chosen_logits(model, X, target, where=where)  # one class all the way, that of the end
    total = np.zeros_like(X)
    for step in range(n_steps):
        t = (step + 0.5) / n_steps
        total += class_gradient(model, baseline + t * (X - baseline), classes)
    return (X - baseline) * total / n_steps


def completeness_gap(
    model: Callable[[Tensor], Tensor],
    X: np.ndarray,
    attribution: np.ndarray,
    target: int | np.ndarray | None = None,
    *,
    baseline: float | np.ndarray = 0.0,
) -> np.ndarray:
    r"""Say how far attributions miss what they should add up to: $\sum_j \phi_j - (z_k(x) - z_k(x'))$.

    Args:
        model: a Module or any function of one Tensor, that returns logits (B, K) or (B,)
        X: (B, ...)  the examples that were explained
        attribution: φ (B, ...)  of the shape of X
        target: k, as it was handed to the explanation
        baseline: x', as it was handed to the explanation
    Returns:
        (B,)  0 for a complete explanation
    Raises:
        TypeError: X is not an array of floats
        ValueError: the attribution has another shape than X, or the baseline or target does not fit
    Source: Sundararajan, Taly & Yan 2017, proposition 1.

    >>> X = np.array([[1.0, 2.0]])
    >>> completeness_gap(lambda x: (x * x).sum(axis=1), X, np.array([[1.0, 3.5]]))
    array([-0.5])
    """
    where = "completeness_gap"
    expect_examples(X, where=f"{where}: X")
    if np.shape(attribution) != X.shape:
        raise ValueError(
            f"{where}: attribution must have the shape of X, {X.shape}. It has shape {np.shape(attribution)}."
        )
    baseline = broadcast_baseline(baseline, X, where=where)
    at_X, classes = chosen_logits(model, X, target, where=where)
    at_baseline, _ = chosen_logits(model, baseline, classes, where=where)
    shares = attribution.reshape(len(X), -1).sum(axis=1)  # (B, ...) -> (B,)
    return shares - (at_X - at_baseline)


def broadcast_baseline(baseline: float | np.ndarray, X: np.ndarray, *, where: str) -> np.ndarray:
    """Return a baseline for each example, in the dtype of X.

    Args:
        baseline: a number, or an array that broadcasts to X
        X: (B, ...)  examples
        where: the function to name in the error
    Returns:
        (B, ...)  of the shape of X
    Raises:
        ValueError: the shapes do not broadcast
    """
    try:
        return np.array(np.broadcast_to(np.asarray(baseline, X.dtype), X.shape))
    except ValueError:
        raise ValueError(
            f"{where}: baseline must be a number or broadcast to X, {X.shape}. "
            f"It has shape {np.shape(baseline)}."
        ) from None
