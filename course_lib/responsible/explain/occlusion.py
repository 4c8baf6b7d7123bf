"""Occlusion: cover a part of the example and see how much the answer suffers."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np

from course_lib.autograd.tensor import Tensor
from course_lib.responsible.explain.target import chosen_logits
from course_lib.responsible.input_gradient import expect_examples

__all__ = ["occlusion"]


def occlusion(
    model: Callable[[Tensor], Tensor],
    X: np.ndarray,
    target: int | np.ndarray | None = None,
    *,
    window: tuple[int, ...] = (1,),
    stride: int = 1,
    baseline: float = 0.0,
) -> np.ndarray:
    r"""Slide a cover over the example: how far does the logit drop while it hides a place?

    $$\phi_p = \frac{1}{|\{w \ni p\}|} \sum_{w \ni p} z_k(x) - z_k(x \text{ covered by } w)$$

    Every place p gets the mean drop over the covers w that hide it. A cover lies over the last axes and goes
    through all channels before them: it has two lengths for images, one for the columns of a table. It asks
    nothing of the model but its answers, and it can miss what two places say twice.

    Args:
        model: a Module or any function of one Tensor, that returns logits (B, K) or (B,)
        X: (B, ...)  examples, floats
        target: k, one class for all or (B,) one for each; when None, the class that the model answers to X
        window: lengths of the cover along the last axes, ``(3, 3)`` for images (B, C, H, W)
        stride: how far the cover moves; at most its shortest length, so that no place is left out
        baseline: what the covered places hold
    Returns:
        φ: (B, *last axes)  (B, H, W) for images; positive where the model needs the place for this class
    Raises:
        TypeError: X is not an array of floats, or target does not consist of whole numbers
        ValueError: X is not finite, or the window, the stride or the target does not fit
    Source: Zeiler & Fergus 2014, "Visualizing and understanding convolutional networks", ECCV, section 4.2.

    >>> X = np.array([[1.0, 2.0, 3.0]])
    >>> occlusion(lambda x: x.sum(axis=1), X)
    array([[1., 2., 3.]])
    >>> occlusion(lambda x: x.sum(axis=1), X, window=(2,))
    array([[3., 4., 5.]])
    """
    expect_examples(X, where="occlusion: X")
    _expect_window(window, stride, X)
    intact, classes = chosen_logits(model, X, target, where="occlusion")
    axes = X.shape[X.ndim - len(window) :]
    total = np.zeros((len(X), *axes), X.dtype)
    n_covers = np.zeros(axes, X.dtype)
    positions = [_positions(length, w, stride) for length, w in zip(axes, window, strict=True)]
    for corner in itertools.product(*positions):
        place = tuple(slice(first, first + w) for first, w in zip(corner, window, strict=True))
        covered = X.copy()
        covered[(..., *place)] = baseline
        drop = intact - chosen_logits(model, covered, classes, where="occlusion")[0]  # (B,)
        total[(slice(None), *place)] += drop.reshape(-1, *[1] * len(window))  # (B,) -> (B, 1, ...)
        n_covers[place] += 1
    return total / n_covers


def _positions(length: int, window: int, stride: int) -> list[int]:
    """Return where covers begin; the last one ends with the axis, so that its end is covered too."""
    last = length - window
    return sorted({*range(0, last, stride), last})


def _expect_window(window: tuple[int, ...], stride: int, X: np.ndarray) -> None:
    if X.ndim < 2:
        raise ValueError("occlusion: X must hold one example a row. A single example becomes one by X[None].")
    is_row = isinstance(window, tuple | list) and all(isinstance(w, int | np.integer) for w in window)
    if not is_row:
        raise ValueError(
            f"occlusion: window must be a tuple of whole numbers, (3,) or (3, 3). It is {window!r}."
        )
    if not 1 <= len(window) < X.ndim:
        raise ValueError(
            f"occlusion: window must have from 1 to {X.ndim - 1} lengths for X of shape {X.shape}. "
            f"It is {window}."
        )
    axes = X.shape[X.ndim - len(window) :]
    if not all(1 <= w <= length for w, length in zip(window, axes, strict=True)):
        raise ValueError(f"occlusion: window must fit into the last axes of X, {axes}. It is {window}.")
    if not (isinstance(stride, int | np.integer) and 1 <= stride <= min(window)):
        raise ValueError(
            f"occlusion: stride must be from 1 to the shortest length of the window, {min(window)}, "
            f"or places would be left out. It is {stride!r}."
        )
