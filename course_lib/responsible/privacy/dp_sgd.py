"""DP-SGD: learn from all examples together, but from none of them so much that it could be noticed.

Three changes make a private step out of a plain one: every example's own gradient is shortened to a fixed
length, noise of that size is added to the sum, and chance decides who is in the batch.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from course_lib.autograd.tensor import Tensor
from course_lib.checks import expect_positive
from course_lib.data.randomness import expect_generator
from course_lib.layers.module import Module
from course_lib.losses import cross_entropy
from course_lib.optim.optimiser import Optimiser
from course_lib.responsible.input_gradient import expect_examples
from course_lib.responsible.privacy.accountant import Accountant

__all__ = ["clip_each", "dp_sgd", "dp_sgd_step", "per_example_gradients", "poisson_sample"]


def per_example_gradients(
    model: Module,
    X: np.ndarray,
    y: np.ndarray,
    *,
    loss: Callable[[Tensor, np.ndarray], Tensor] = cross_entropy,
) -> list[np.ndarray]:
    r"""Return every example's own gradient: $g_i = \nabla_W L(f(x_i), y_i)$.

    The usual gradient is their mean, and in a mean nobody can be held to a limit. One backward pass for each
    example is the price. The gradients that the model holds are left as they are.

    Args:
        model: f, with weights W
        X: (B, ...)  examples; none at all is fine
        y: (B, ...)  what is true
        loss: L, takes logits and labels
    Returns:
        for each parameter (B, ...), a gradient for each example
    Raises:
        TypeError: X is not an array of floats
        ValueError: X and y differ in length, the model has no parameters, or a part of it in training mode
            keeps running statistics, in which the examples would leave a trace without noise
    Source: Abadi, Chu, Goodfellow, McMahan, Mironov, Talwar & Zhang 2016, "Deep learning with differential
        privacy", ACM CCS, algorithm 1.
    """
    _expect_pairs(X, y, where="per_example_gradients")
    parameters = model.parameters()
    if not parameters:
        raise ValueError("per_example_gradients: the model has no parameters to learn.")
    _expect_no_running_statistics(model)
    of_each = [np.zeros((len(X), *parameter.shape), parameter.dtype) for parameter in parameters]
    held = [parameter.grad for parameter in parameters]
    try:
        for i in range(len(X)):
            for parameter in parameters:
                parameter.grad = None
            loss(model(Tensor(X[i : i + 1], needs_grad=False)), y[i : i + 1]).backward()
            for gradients, parameter in zip(of_each, parameters, strict=True):
                if parameter.grad is not None:  # a part that this example did not pass through
                    gradients[i] = parameter.grad
    finally:
        for parameter, gradient in zip(parameters, held, strict=True):
            parameter.grad = gradient
    return of_each


def clip_each(gradients: list[np.ndarray], clip_norm: float) -> list[np.ndarray]:
    r"""Shorten each example's gradient to at most C: $\bar g_i = g_i \min(1, C / \lVert g_i \rVert)$.

    The length is that of all parameters together. Adding or removing one example then moves the sum
    $\sum_i \bar g_i$ by at most C: that is what the noise is measured by.

    Args:
        gradients: for each parameter (B, ...), as ``per_example_gradients`` returns them
        clip_norm: C
    Returns:
        for each parameter (B, ...)
    Raises:
        ValueError: C is not positive, or a gradient is not finite
    Source: Abadi et al. 2016, algorithm 1.

    >>> [clipped] = clip_each([np.array([[3.0, 4.0], [0.3, 0.4]])], clip_norm=1.0)
    >>> clipped
    array([[0.6, 0.8],
           [0.3, 0.4]])
    """
    expect_positive(clip_norm, where="clip_each: clip_norm")
    squares = [
        np.square(part, dtype=np.float64).sum(axis=tuple(range(1, part.ndim))) for part in gradients
    ]  # (B, ...) -> (B,); a float32 squared could overflow
    lengths = np.sqrt(sum(squares))
    if not np.isfinite(lengths).all():
        raise ValueError(
            f"clip_each: the gradient of example {int(np.argmin(np.isfinite(lengths)))} is not finite, and "
            "cannot be shortened. Did the loss overflow?"
        )
    factors = clip_norm / np.maximum(lengths, clip_norm)  # 1 for what is short enough
    return [
        part * factors.astype(part.dtype).reshape(-1, *[1] * (part.ndim - 1))  # (B, ...) * (B, 1, ...)
        for part in gradients
    ]


def poisson_sample(n: int, sampling_rate: float, rng: np.random.Generator) -> np.ndarray:
    """Toss a coin for every example: who is in this batch? The size differs, and may be 0.

    The accountant's formula holds for batches that are drawn like this, not for a shuffled data set.

    Args:
        n: number of examples
        sampling_rate: q, the chance of each
        rng: tosses the coins
    Returns:
        the positions of those that are in, in ascending order
    Raises:
        TypeError: rng is not a generator
        ValueError: n is no whole number of at least 0, or q is not between 0 and 1
    Source: Mironov, Talwar & Zhang 2019, definition 3.
    """
    expect_generator(rng, where="poisson_sample: rng")
    if not (isinstance(n, int | np.integer) and n >= 0):
        raise ValueError(f"poisson_sample: n must be a whole number of at least 0. It is {n!r}.")
    if not 0 <= sampling_rate <= 1:
        raise ValueError(f"poisson_sample: sampling_rate must be between 0 and 1. It is {sampling_rate!r}.")
    return np.flatnonzero(rng.random(n) < sampling_rate)


def dp_sgd_step(
    model: Module,
    optimiser: Optimiser,
    X: np.ndarray,
    y: np.ndarray,
    *,
    clip_norm: float,
    noise_multiplier: float,
    expected_batch_size: float,
    rng: np.random.Generator,
    loss: Callable[[Tensor, np.ndarray], Tensor] = cross_entropy,
) -> None:
    r"""Take one private step: the optimiser sees nothing but the clipped, noisy gradient.

    $$\tilde g = \frac{1}{qn} \left( \sum_i \bar g_i + \sigma C \, \xi \right) \qquad
    \xi \sim N(0, I) \qquad \bar g_i = g_i \min\left(1, \frac{C}{\lVert g_i \rVert}\right)$$

    The divisor is the batch size that is expected, for the size that came up is itself a secret.

    Args:
        model: with the weights
        optimiser: moves the weights of this model; of any kind, for what follows the noise costs no privacy
        X: (B, ...)  a batch from ``poisson_sample``; when it is empty, only noise is left
        y: (B, ...)  what is true
        clip_norm: C, the most that one example can add
        noise_multiplier: σ, standard deviation of the noise in units of C
        expected_batch_size: q n
        rng: draws the noise
        loss: L, takes logits and labels
    Raises:
        TypeError: rng is not a generator, or X is not an array of floats
        ValueError: a setting cannot be right, or the model is one that ``per_example_gradients`` refuses
    Source: Abadi et al. 2016, algorithm 1.
    """
    expect_generator(rng, where="dp_sgd_step: rng")
    expect_positive(expected_batch_size, where="dp_sgd_step: expected_batch_size")
    if not 0 <= noise_multiplier < np.inf:
        raise ValueError(
            "dp_sgd_step: noise_multiplier must be a finite number of at least 0. "
            f"It is {noise_multiplier!r}."
        )
    gradients = clip_each(per_example_gradients(model, X, y, loss=loss), clip_norm)
    for parameter, of_each in zip(model.parameters(), gradients, strict=True):
        noise = rng.normal(scale=noise_multiplier * clip_norm, size=parameter.shape)
        noisy = (of_each.sum(axis=0) + noise) / expected_batch_size  # (B, ...) -> (...)
        parameter.grad = noisy.astype(parameter.dtype)
    optimiser.step()


def dp_sgd(
    model: Module,
    optimiser: Optimiser,
    X: np.ndarray,
    y: np.ndarray,
    *,
    n_steps: int,
    sampling_rate: float,
    clip_norm: float,
    noise_multiplier: float,
    rng: np.random.Generator,
    loss: Callable[[Tensor, np.ndarray], Tensor] = cross_entropy,
) -> Accountant:
    """Train privately, and keep count of what it costs.

    Args:
        model: with the weights
        optimiser: moves the weights of this model
        X: (n, ...)  examples
        y: (n, ...)  what is true
        n_steps: how many steps
        sampling_rate: q, the chance of each example to be in a batch
        clip_norm: C, the most that one example can add
        noise_multiplier: σ, standard deviation of the noise in units of C
        rng: draws batches and noise
        loss: L, takes logits and labels
    Returns:
        the accountant; ask it for ``epsilon(delta)``. If the noise came from a seed that others know, they
        can take it off again, and the number means nothing.
    Raises:
        TypeError: rng is not a generator, or X is not an array of floats
        ValueError: a setting cannot be right, or the model is one that ``per_example_gradients`` refuses
    Source: Abadi et al. 2016, algorithm 1; Mironov, Talwar & Zhang 2019 for the accountant.
    """
    expect_positive(sampling_rate, where="dp_sgd: sampling_rate")
    _expect_pairs(X, y, where="dp_sgd")
    accountant = Accountant()
    accountant.add(sampling_rate=sampling_rate, noise_multiplier=noise_multiplier, n_steps=n_steps)
    for _ in range(n_steps):
        rows = poisson_sample(len(X), sampling_rate, rng)
        dp_sgd_step(
            model,
            optimiser,
            X[rows],
            y[rows],
            clip_norm=clip_norm,
            noise_multiplier=noise_multiplier,
            expected_batch_size=sampling_rate * len(X),
            rng=rng,
            loss=loss,
        )
    return accountant


def _expect_pairs(X: np.ndarray, y: np.ndarray, *, where: str) -> None:
    expect_examples(X, where=f"{where}: X")
    if len(np.asarray(y)) != len(X):
        raise ValueError(f"{where}: X has {len(X)} examples and y has {len(np.asarray(y))}.")


def _expect_no_running_statistics(model: Module) -> None:
    """Refuse batch norm in training: what it stores of the examples would bypass clipping and noise."""
    for name, module in model.named_modules().items():
        keeps_statistics = any(buffer.startswith("running_") for buffer in module.buffers)
        if module.is_training and keeps_statistics:
            raise ValueError(
                f"per_example_gradients: {name or 'the model'}, a {type(module).__name__}, keeps running "
                "statistics of the examples, which no noise hides. Use LayerNorm, or evaluation mode."
            )
