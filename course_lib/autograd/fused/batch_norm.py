"""Batch normalisation in one operation: every channel is brought to mean 0 and variance 1 over the batch."""

import numpy as np

from course_lib.autograd.tensor import Tensor, as_tensor
from course_lib.checks import expect_shape

__all__ = ["batch_norm"]


def batch_norm(
    x: Tensor, gamma: Tensor, beta: Tensor, epsilon: float = 1e-5
) -> tuple[Tensor, np.ndarray, np.ndarray]:
    r"""Normalise every channel by its mean and variance over the batch: $y = \gamma \hat x + \beta$.

    $$\hat x = \frac{x - \mu}{\sqrt{\sigma^2 + \varepsilon}} \qquad
    \mu = \frac{1}{n} \sum_i x_i \qquad \sigma^2 = \frac{1}{n} \sum_i (x_i - \mu)^2$$

    The sums run over all n numbers of one channel: all examples and all places.
    Equal to ``(x - mean) / sqrt(variance + epsilon) * gamma + beta``, with the mean and variance of ``ops``
    over all axes but the second. Faster, because the gradient goes through all of it in one formula instead
    of nine.

    Args:
        x: (B, C, ...)  with any axes of places after the channels
        gamma: (C,)  scale
        beta: (C,)  shift
        epsilon: ε, keeps the division finite where a channel is constant
    Returns:
        y: (B, C, ...)
        mean: (C,)  μ, an array without gradient
        variance: (C,)  σ², divided by n, an array without gradient
    Gradient, with g = dL/dy, and means over the n numbers of a channel:
        dL/dx = γ (g - mean(g) - x̂ mean(g x̂)) / √(σ² + ε)  x moves the mean and the variance too: what would
        only shift or stretch the whole channel changes nothing in y, so it is taken out
        dL/dγ = Σ g x̂
        dL/dβ = Σ g
    Raises:
        TypeError: an input is not made of numbers
        ValueError: gamma or beta has not one number per channel of x, or a channel holds no number
    Source: Ioffe & Szegedy 2015, "Batch normalization: accelerating deep network training by reducing
        internal covariate shift", algorithm 1 and section 3, ICML.

    >>> x = Tensor([[1.0, 10.0], [3.0, 30.0]])
    >>> y, mean, variance = batch_norm(x, Tensor([1.0, 1.0]), Tensor([0.0, 0.0]))
    >>> y.data.round(3)
    array([[-1., -1.],
           [ 1.,  1.]])
    >>> mean, variance
    (array([ 2., 20.]), array([  1., 100.]))
    """
    x, gamma, beta = as_tensor(x), as_tensor(gamma), as_tensor(beta)
    if gamma.ndim != 1 or beta.shape != gamma.shape or x.shape[1:2] != gamma.shape or x.size == 0:
        _explain_shapes(x, gamma, beta)
    axes = (0, *range(2, x.ndim))
    per_channel = (x.shape[1], *[1] * (x.ndim - 2))  # (C,) -> (C, 1, 1): stands beside all places of an image
    n = x.data[:, 0].size
    mean = x.data.mean(axis=axes, keepdims=True)  # (B, C, ...) -> (1, C, 1, ...)
    x_hat = x.data - mean
    variance = (x_hat * x_hat).mean(axis=axes, keepdims=True)
    inverse = 1 / np.sqrt(variance + epsilon)
    x_hat *= inverse
    scale = gamma.data.reshape(per_channel)
    y = x_hat * scale
    y += beta.data.reshape(per_channel)

    def vjp(g):
        dbeta = g.sum(axis=axes)  # (B, C, ...) -> (C,)
        dgamma = (g * x_hat).sum(axis=axes)
        if not x.needs_grad:
            return None, dgamma, dbeta
        dx = g - dbeta.reshape(per_channel) / n
        dx -= x_hat * (dgamma.reshape(per_channel) / n)
        dx *= scale * inverse
        return dx, dgamma, dbeta

    return Tensor(y, parents=(x, gamma, beta), vjp=vjp, op="batch_norm"), mean.ravel(), variance.ravel()


def _explain_shapes(x: Tensor, gamma: Tensor, beta: Tensor) -> None:
    expect_shape(gamma, "C", where="batch_norm: gamma")
    (C,) = gamma.shape
    expect_shape(beta, "C", C=C, where="batch_norm: beta")
    if x.shape[1:2] != (C,):
        raise ValueError(f"batch_norm: x must have shape (B, C={C}, ...). It has shape {x.shape}.")
    raise ValueError(f"batch_norm: there is nothing to normalise. x has shape {x.shape}.")
