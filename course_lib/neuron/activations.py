"""Activations: from a weighted sum to an answer, each with its slope beside it."""

import numpy as np

from course_lib.checks import expect_numbers

__all__ = ["relu", "relu_slope", "sigmoid", "sigmoid_slope", "tanh", "tanh_slope"]


def sigmoid(z: np.ndarray) -> np.ndarray:
    r"""Squash any number into (0, 1): $\sigma(z) = \frac{1}{1 + e^{-z}}$.

    Written as $\frac{1}{2}(1 + \tanh\frac{z}{2})$, which is the same function and cannot overflow, while
    $e^{-z}$ is infinite in float32 below z = -88.7. The price: far to the left, below z = -38 in float64 and
    -18 in float32, the answer rounds to exactly 0. Losses therefore start from z.

    Args:
        z: any shape
    Returns:
        values in [0, 1], the shape of z; its dtype where that is a float
    Raises:
        TypeError: z is neither a number nor a NumPy array
    Source: Goodfellow, Bengio & Courville 2016, *Deep Learning*, section 3.10.

    >>> sigmoid(np.array([-1000.0, 0.0, 1000.0]))
    array([0. , 0.5, 1. ])
    """
    expect_numbers(z, where="sigmoid: z")
    return 0.5 * (1.0 + np.tanh(0.5 * z))


def sigmoid_slope(y_hat: np.ndarray) -> np.ndarray:
    r"""Return the slope of the sigmoid where its value is ``y_hat``: $\sigma' = \sigma (1 - \sigma)$.

    Args:
        y_hat: any shape, the values that ``sigmoid`` returned
    Returns:
        slopes in [0, 0.25], the shape of y_hat
    Raises:
        TypeError: y_hat is neither a number nor a NumPy array
    Source: Goodfellow, Bengio & Courville 2016, *Deep Learning*, section 3.10.

    >>> sigmoid_slope(np.array([0.0, 0.5, 1.0]))
    array([0.  , 0.25, 0.  ])
    """
    expect_numbers(y_hat, where="sigmoid_slope: y_hat")
    return y_hat * (1.0 - y_hat)


def tanh(z: np.ndarray) -> np.ndarray:
    r"""Squash any number into (-1, 1): $\tanh z = 2\sigma(2z) - 1$.

    Args:
        z: any shape
    Returns:
        values in [-1, 1], the shape of z
    Raises:
        TypeError: z is neither a number nor a NumPy array
    Source: Goodfellow, Bengio & Courville 2016, *Deep Learning*, section 6.3.2.

    >>> tanh(np.array([-1000.0, 0.0, 1000.0]))
    array([-1.,  0.,  1.])
    """
    expect_numbers(z, where="tanh: z")
    return np.tanh(z)


def tanh_slope(a: np.ndarray) -> np.ndarray:
    r"""Return the slope of tanh where its value is ``a``: $1 - a^2$.

    Args:
        a: any shape, the values that ``tanh`` returned
    Returns:
        slopes in [0, 1], the shape of a
    Raises:
        TypeError: a is neither a number nor a NumPy array
    Source: LeCun, Bottou, Orr & Müller 1998, "Efficient BackProp", section 4.4.

    >>> tanh_slope(np.array([-1.0, 0.0, 0.5]))
    array([0.  , 1.  , 0.75])
    """
    expect_numbers(a, where="tanh_slope: a")
    return 1.0 - a * a


def relu(z: np.ndarray) -> np.ndarray:
    r"""Keep what is positive, drop the rest: $\mathrm{relu}(z) = \max(0, z)$.

    Args:
        z: any shape
    Returns:
        values of at least 0, the shape and dtype of z
    Raises:
        TypeError: z is neither a number nor a NumPy array
    Source: Glorot, Bordes & Bengio 2011, "Deep sparse rectifier neural networks", AISTATS.

    >>> relu(np.array([-2.0, 0.0, 3.0]))
    array([0., 0., 3.])
    """
    expect_numbers(z, where="relu: z")
    return np.maximum(z, 0)


def relu_slope(z: np.ndarray) -> np.ndarray:
    r"""Return the slope of the ReLU at ``z``: 1 where z is positive, 0 elsewhere.

    At z = 0 there is a kink and no slope; 0 is the convention, as in PyTorch.

    Args:
        z: any shape, what ``relu`` was given
    Returns:
        zeros and ones, the shape and dtype of z
    Raises:
        TypeError: z is neither a number nor a NumPy array
    Source: Glorot, Bordes & Bengio 2011, "Deep sparse rectifier neural networks", AISTATS.

    >>> relu_slope(np.array([-2.0, 0.0, 3.0]))
    array([0., 0., 1.])
    """
    expect_numbers(z, where="relu_slope: z")
    return np.where(z > 0, 1.0, 0.0).astype(np.result_type(z))
