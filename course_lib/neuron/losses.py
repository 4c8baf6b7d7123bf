"""Losses of one neuron: how wrong its answers are, in one number, each with its slope beside it."""

import numpy as np

from course_lib.checks import expect_binary, expect_finite, expect_shape
from course_lib.neuron.activations import sigmoid, sigmoid_slope

__all__ = ["LOSSES", "log_loss", "log_loss_slope", "squared_loss", "squared_loss_slope"]


def squared_loss(z: np.ndarray, y: np.ndarray) -> float:
    r"""Mean squared difference between answer and label: $L = \frac{1}{B}\sum_i (\sigma(z_i) - y_i)^2$.

    Today usually called the Brier score (half of what Brier defined). It lies in [0, 1].

    Args:
        z: (B,)  weighted sums
        y: (B,)  labels, 0 or 1
    Returns:
        the loss, without unit
    Raises:
        TypeError: z or y is not an array
        ValueError: shapes differ, there is no example, z is not finite, or y holds other labels
    Source: Brier 1950, "Verification of forecasts expressed in terms of probability".

    >>> squared_loss(np.array([0.0, 0.0]), np.array([0, 1]))
    0.25
    """
    _expect_sums_and_labels(z, y, where="squared_loss")
    return float(np.mean((sigmoid(z) - y.astype(z.dtype)) ** 2))


def squared_loss_slope(z: np.ndarray, y: np.ndarray) -> np.ndarray:
    r"""Slope of the squared loss by each sum.

    $$\frac{dL}{dz_i} = \frac{2}{B} (\hat y_i - y_i) \, \hat y_i (1 - \hat y_i)$$

    The last factor is the sigmoid's own slope. It is nearly 0 for a neuron that is sure, even when it is
    sure and wrong: such a neuron hardly learns.

    Args:
        z: (B,)  weighted sums
        y: (B,)  labels, 0 or 1
    Returns:
        dz: (B,)  slope of the loss by each sum
    Raises:
        TypeError: z or y is not an array
        ValueError: shapes differ, there is no example, z is not finite, or y holds other labels
    Source: Goodfellow, Bengio & Courville 2016, *Deep Learning*, section 6.2.2.2.

    >>> squared_loss_slope(np.array([0.0, 0.0]), np.array([0, 1]))
    array([ 0.125, -0.125])
    """
    _expect_sums_and_labels(z, y, where="squared_loss_slope")
    y_hat = sigmoid(z)
    return 2.0 / len(z) * (y_hat - y.astype(z.dtype)) * sigmoid_slope(y_hat)


def log_loss(z: np.ndarray, y: np.ndarray) -> float:
    r"""Mean surprise at the labels, in nats: $L = -\frac{1}{B}\sum_i \ln \hat p_i$.

    $\hat p_i$ is the probability that the neuron gave to the label that came true: $\sigma(z_i)$ when
    $y_i = 1$ and $1 - \sigma(z_i) = \sigma(-z_i)$ when $y_i = 0$. With $s_i = z_i$ or $-z_i$ accordingly,
    $-\ln\sigma(s_i) = \ln(1 + e^{-s_i})$, which ``logaddexp`` computes without overflow.

    Args:
        z: (B,)  weighted sums
        y: (B,)  labels, 0 or 1
    Returns:
        the loss in nats; 0.693 = ln 2 is that of a coin
    Raises:
        TypeError: z or y is not an array
        ValueError: shapes differ, there is no example, z is not finite, or y holds other labels
    Source: Bishop 2006, *Pattern Recognition and Machine Learning*, equation 4.90.

    >>> round(log_loss(np.array([0.0, 0.0]), np.array([0, 1])), 4)
    0.6931
    """
    _expect_sums_and_labels(z, y, where="log_loss")
    s = np.where(y == 1, z, -z)  # (B,)
    return float(np.mean(np.logaddexp(0.0, -s)))


def log_loss_slope(z: np.ndarray, y: np.ndarray) -> np.ndarray:
    r"""Slope of the log loss by each sum: $\frac{dL}{dz_i} = \frac{1}{B}(\hat y_i - y_i)$.

    The sigmoid's slope has cancelled: a neuron that is sure and wrong gets the largest correction.

    Args:
        z: (B,)  weighted sums
        y: (B,)  labels, 0 or 1
    Returns:
        dz: (B,)  slope of the loss by each sum, in nats
    Raises:
        TypeError: z or y is not an array
        ValueError: shapes differ, there is no example, z is not finite, or y holds other labels
    Source: Bishop 2006, *Pattern Recognition and Machine Learning*, equation 4.91, before the
        factor φ.

    >>> log_loss_slope(np.array([0.0, 0.0]), np.array([0, 1]))
    array([ 0.25, -0.25])
    """
    _expect_sums_and_labels(z, y, where="log_loss_slope")
    return (sigmoid(z) - y.astype(z.dtype)) / len(z)


LOSSES = {"log": (log_loss, log_loss_slope), "squared": (squared_loss, squared_loss_slope)}
"""Each loss by name, with its slope."""


def _expect_sums_and_labels(z, y, *, where):
    expect_shape(z, "B", where=f"{where}: z")
    expect_shape(y, "B", B=len(z), where=f"{where}: y", hint="One label per example.")
    if len(z) == 0:
        raise ValueError(f"{where} needs at least one example. It got none.")
    expect_finite(z, where=f"{where}: z", hint="Did the descent diverge? Try a smaller learning rate.")
    expect_binary(y, where=f"{where}: y")
