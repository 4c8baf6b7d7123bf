"""FGSM and PGD: change an example so little that nobody sees it, the way that hurts the model most."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from course_lib.autograd.tensor import Tensor
from course_lib.checks import expect_positive
from course_lib.data.randomness import expect_generator
from course_lib.losses import cross_entropy
from course_lib.responsible.input_gradient import expect_examples, input_gradient

__all__ = ["fgsm", "pgd"]

STEPS_ACROSS = 2.5  # Madry et al. 2018, section 5: all steps together could walk 2.5 times the radius
RANGE_SLACK = 1e-6  # rounding may leave a pixel this far outside the range of the data


def fgsm(
    model: Callable[[Tensor], Tensor],
    X: np.ndarray,
    y: np.ndarray,
    epsilon: float,
    *,
    loss: Callable[[Tensor, np.ndarray], Tensor] = cross_entropy,
    low: float | np.ndarray = 0.0,
    high: float | np.ndarray = 1.0,
    is_targeted: bool = False,
) -> np.ndarray:
    r"""Fast gradient sign method: one step of the same size for every input, uphill on the loss.

    $$x' = \mathrm{clip}\left(x + \varepsilon \, \mathrm{sign}\, \nabla_x L(f(x), y)\right)$$

    Where the loss is a straight line over the cube of half-width ε, no point of the cube is worse.

    Args:
        model: f, a Module or any function of one Tensor, that returns logits
        X: (B, ...)  examples, floats
        y: (B,)  true labels; with ``is_targeted`` those that the model shall be made to say
        epsilon: ε, the most that one number of X may change, in the unit of X
        loss: L, takes logits and labels
        low, high: the range of the data; numbers, or arrays that broadcast to one example. For data without
            limits, such as standardised columns: -np.inf, np.inf
        is_targeted: go downhill instead, towards the labels handed in
    Returns:
        x': (B, ...)  the dtype of X
    Raises:
        TypeError: X is not an array of floats
        ValueError: ε is negative, X lies outside the range, a range does not broadcast to X, or the model or
            the loss refuses X or y
    Source: Goodfellow, Shlens & Szegedy 2015, "Explaining and harnessing adversarial examples", ICLR,
        section 4.

    >>> X, y = np.array([[0.5, 0.5]]), np.array([0])
    >>> fgsm(lambda x: x * np.array([2.0, 1.0]), X, y, epsilon=0.1)  # the first pixel speaks for class 0
    array([[0.4, 0.6]])
    """
    low, high = _data_range(X, low, high, where="fgsm")
    epsilon = _radius(epsilon, where="fgsm")
    direction = _uphill(model, X, y, loss, is_targeted)
    return np.clip(X + epsilon * np.sign(direction), low, high)


def pgd(
    model: Callable[[Tensor], Tensor],
    X: np.ndarray,
    y: np.ndarray,
    epsilon: float,
    *,
    n_steps: int = 10,
    step_size: float | None = None,
    norm: float = np.inf,
    rng: np.random.Generator | None = None,
    loss: Callable[[Tensor, np.ndarray], Tensor] = cross_entropy,
    low: float | np.ndarray = 0.0,
    high: float | np.ndarray = 1.0,
    is_targeted: bool = False,
) -> np.ndarray:
    r"""Projected gradient descent: many small steps uphill on the loss, pulled back into the ball each time.

    $$x_{t+1} = \Pi\left(x_t + \alpha \, s_t\right) \qquad s_t = \mathrm{sign}\, g_t \text{ or }
    \frac{g_t}{\lVert g_t \rVert_2} \qquad g_t = \nabla_x L(f(x_t), y)$$

    $\Pi$ leads back into the ball $\lVert x' - x \rVert \le \varepsilon$ and into the range of the data.
    For the maximum norm it clips every number, for the Euclidean norm it shortens the whole change.

    Args:
        model: f, a Module or any function of one Tensor, that returns logits
        X: (B, ...)  examples, floats
        y: (B,)  true labels; with ``is_targeted`` those that the model shall be made to say
        epsilon: ε, radius of the ball, in the unit of X
        n_steps: how many steps
        step_size: α, how far a step goes; 2.5 ε / n_steps when None
        norm: ``np.inf``, the most that one number changes, or 2, the length of the whole change
        rng: draws where in the ball each example starts; when None they start at X
        loss: L, takes logits and labels
        low, high: the range of the data, as for ``fgsm``
        is_targeted: go downhill instead, towards the labels handed in
    Returns:
        x': (B, ...)  where the last step ended; the dtype of X
    Raises:
        TypeError: X is not an array of floats, or rng is not a generator
        ValueError: ε is negative, a step is not positive, the norm is another one, X lies outside the range,
            or the model or the loss refuses X or y
    Source: Madry, Makelov, Schmidt, Tsipras & Vladu 2018, "Towards deep learning models resistant to
        adversarial attacks", ICLR, section 2.1.

    >>> X, y = np.array([[0.5, 0.5]]), np.array([0])
    >>> pgd(lambda x: x * np.array([2.0, 1.0]), X, y, epsilon=0.1)
    array([[0.4, 0.6]])
    """
    low, high = _data_range(X, low, high, where="pgd")
    epsilon = _radius(epsilon, where="pgd")
    if not (isinstance(n_steps, int | np.integer) and n_steps >= 1):
        raise ValueError(f"pgd: n_steps must be a whole number of at least 1. It is {n_steps!r}.")
    if norm not in (2, np.inf):
        raise ValueError(f"pgd: norm must be 2 or np.inf. It is {norm!r}.")
    if step_size is None:
        step_size = STEPS_ACROSS * epsilon / n_steps
    else:
        expect_positive(step_size, where="pgd: step_size")
    X_adversarial = X if rng is None else np.clip(X + _start(X, epsilon, norm, rng), low, high)
    for _ in range(n_steps):
        direction = _uphill(model, X_adversarial, y, loss, is_targeted)
        step = np.sign(direction) if norm == np.inf else _of_length_1(direction)
        change = _into_ball(X_adversarial + float(step_size) * step - X, epsilon, norm)
        X_adversarial = np.clip(X + change, low, high)  # x is in the range, so this only shortens the change
    return X_adversarial


def _uphill(model, X, y, loss, is_targeted: bool) -> np.ndarray:
    """Return the gradient of the loss; towards a target it is the way down."""
    gradient = input_gradient(model, X, lambda z: loss(z, y))
    return -gradient if is_targeted else gradient


def _lengths(change: np.ndarray) -> np.ndarray:
    """Return the Euclidean length of each example's change, shaped so that it broadcasts."""
    axes = tuple(range(1, change.ndim))
    return np.sqrt(np.sum(change * change, axis=axes, keepdims=True))  # (B, ...) -> (B, 1, ...)


def _of_length_1(direction: np.ndarray) -> np.ndarray:
    """Stretch each example's gradient; where the model is flat there is no direction, and no step."""
    largest = np.abs(direction).max(axis=tuple(range(1, direction.ndim)), keepdims=True)
    direction = direction / np.maximum(largest, np.finfo(direction.dtype).tiny)  # a tiny square would be 0
    return direction / np.maximum(_lengths(direction), 1)  # now the length is at least 1, or 0


def _into_ball(change: np.ndarray, epsilon: float, norm: float) -> np.ndarray:
    if norm == np.inf:
        return np.clip(change, -epsilon, epsilon)
    lengths = _lengths(change)
    return change * np.minimum(1, epsilon / np.where(lengths > 0, lengths, 1))


def _start(X: np.ndarray, epsilon: float, norm: float, rng: np.random.Generator) -> np.ndarray:
    """Draw a change from the ball, every place in it equally likely."""
    expect_generator(rng, where="pgd: rng")
    if norm == np.inf:
        return rng.uniform(-epsilon, epsilon, X.shape).astype(X.dtype)
    direction = _of_length_1(rng.normal(size=X.shape))
    n_numbers = math.prod(X.shape[1:])
    radius = epsilon * rng.uniform(size=_lengths(X).shape) ** (1 / n_numbers)  # most of a ball lies far out
    return (radius * direction).astype(X.dtype)


def _radius(epsilon: float, *, where: str) -> float:
    if not (isinstance(epsilon, int | float | np.number) and 0 <= epsilon < np.inf):
        raise ValueError(f"{where}: epsilon must be a finite number of at least 0. It is {epsilon!r}.")
    return float(epsilon)  # a float64 of NumPy would turn float32 into float64


def _data_range(X: np.ndarray, low, high, *, where: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the range in the dtype of X, after checking that X lies in it."""
    expect_examples(X, where=f"{where}: X")
    low, high = np.asarray(low, X.dtype), np.asarray(high, X.dtype)
    for name, end in (("low", low), ("high", high)):
        try:
            np.broadcast_to(end, X.shape)
        except ValueError:
            raise ValueError(
                f"{where}: {name} must be a number or broadcast to X, {X.shape}. It has shape {end.shape}."
            ) from None
    if np.any((low > X + RANGE_SLACK) | (high < X - RANGE_SLACK)):
        raise ValueError(
            f"{where}: X must lie in the range of the data, from low to high. It reaches from {X.min():.4g} "
            f"to {X.max():.4g}. Hand in the range of your data; without limits: low=-np.inf, high=np.inf."
        )
    return low, high
