"""Activations: what bends the straight lines of a network, each with its gradient beside it."""

import math

import numpy as np

from course_lib.autograd.tensor import Tensor, as_tensor

__all__ = ["elu", "gelu", "leaky_relu", "relu", "sigmoid", "silu", "tanh"]


def sigmoid(x: Tensor) -> Tensor:
    r"""Squash any number into (0, 1): $\sigma(x) = \frac{1}{1 + e^{-x}}$.

    Written as $\frac{e^{\min(x, 0)}}{1 + e^{-|x|}}$, the same function: no exponential overflows, and a
    tiny result keeps all its digits.

    Args:
        x: any shape
    Returns:
        the shape of x
    Gradient, with y = σ(x) and g = dL/dy:
        dL/dx = g y (1 - y)  at most a quarter of g, and almost nothing far from 0
    Source: Goodfellow, Bengio & Courville 2016, *Deep Learning*, section 3.10.

    >>> sigmoid(Tensor([-1000.0, 0.0, 1000.0])).data
    array([0. , 0.5, 1. ])
    """
    x = as_tensor(x)
    y = _sigmoid(x.data)
    return Tensor(y, parents=(x,), vjp=lambda g: (g * y * (1 - y),), op="sigmoid")


def tanh(x: Tensor) -> Tensor:
    r"""Squash any number into (-1, 1): $\tanh x = 2\sigma(2x) - 1$.

    Args:
        x: any shape
    Returns:
        the shape of x
    Gradient, with y = tanh x and g = dL/dy:
        dL/dx = g (1 - y²)
    Source: Goodfellow, Bengio & Courville 2016, *Deep Learning*, section 6.3.2.

    >>> tanh(Tensor([-1000.0, 0.0, 1000.0])).data
    array([-1.,  0.,  1.])
    """
    x = as_tensor(x)
    y = np.tanh(x.data)
    return Tensor(y, parents=(x,), vjp=lambda g: (g * (1 - y * y),), op="tanh")


def relu(x: Tensor) -> Tensor:
    r"""Keep what is positive, drop the rest: $\max(0, x)$.

    Args:
        x: any shape
    Returns:
        the shape of x
    Gradient, with g = dL/dy:
        dL/dx = g where x is positive, else 0; at 0 it is 0, as in PyTorch
    Source: Glorot, Bordes & Bengio 2011, "Deep sparse rectifier neural networks", AISTATS.

    >>> relu(Tensor([-2.0, 0.0, 3.0])).data
    array([0., 0., 3.])
    """
    x = as_tensor(x)
    y = np.maximum(x.data, 0)
    return Tensor(y, parents=(x,), vjp=lambda g: (g * (y > 0),), op="relu")


def leaky_relu(x: Tensor, slope: float = 0.01) -> Tensor:
    r"""Keep what is positive, shrink the rest: $\max(0, x) + \mathrm{slope} \cdot \min(0, x)$.

    A ReLU that is always off learns nothing. This one always lets a little through.

    Args:
        x: any shape
        slope: what is left of a negative number
    Returns:
        the shape of x
    Gradient, with g = dL/dy:
        dL/dx = g where x is positive, else slope · g
    Source: Maas, Hannun & Ng 2013, "Rectifier nonlinearities improve neural network acoustic models".

    >>> leaky_relu(Tensor([-2.0, 0.0, 3.0])).data
    array([-0.02,  0.  ,  3.  ])
    """
    x = as_tensor(x)
    a = x.data
    y = np.maximum(a, 0) + slope * np.minimum(a, 0)
    return Tensor(y, parents=(x,), vjp=lambda g: (g * (a > 0) + slope * g * (a <= 0),), op="leaky_relu")


def elu(x: Tensor, alpha: float = 1.0) -> Tensor:
    r"""Keep what is positive, bend the rest towards -alpha: $x$ if $x > 0$ else $\alpha (e^x - 1)$.

    Args:
        x: any shape
        alpha: how far below zero the result can get
    Returns:
        the shape of x
    Gradient, with g = dL/dy:
        dL/dx = g where x is positive, else g α eˣ
    Source: Clevert, Unterthiner & Hochreiter 2016, "Fast and accurate deep network learning by exponential
        linear units (ELUs)", ICLR.

    >>> elu(Tensor([-1000.0, 0.0, 3.0])).data
    array([-1.,  0.,  3.])
    """
    x = as_tensor(x)
    a = x.data
    below = np.minimum(a, 0)  # where x is positive, the exponential could overflow
    y = np.maximum(a, 0) + alpha * np.expm1(below)

    def vjp(g):
        return (g * (a > 0) + alpha * g * np.exp(below) * (a <= 0),)

    return Tensor(y, parents=(x,), vjp=vjp, op="elu")


def gelu(x: Tensor) -> Tensor:
    r"""Weigh a number by how likely a normal one is to be smaller: $x \, \Phi(x)$.

    In the tanh form, PyTorch's ``approximate="tanh"``, which differs from the exact one by less than 0.0005:

    $$y = \frac{x}{2} \left(1 + \tanh u\right) \qquad u = \sqrt{2/\pi} \, (x + 0.044715 x^3)$$

    Args:
        x: any shape
    Returns:
        the shape of x
    Gradient, with t = tanh u and g = dL/dy:
        dL/dx = g (½ (1 + t) + ½ x (1 - t²) du/dx)  with du/dx = √(2/π) (1 + 3 · 0.044715 x²)
    Source: Hendrycks & Gimpel 2016, "Gaussian error linear units (GELUs)", section 2.

    >>> gelu(Tensor([-1000.0, 0.0, 3.0])).data.round(4)
    array([-0.    ,  0.    ,  2.9964])
    """
    x = as_tensor(x)
    a = x.data
    c = math.sqrt(2 / math.pi)
    square = a * a  # a**3 would be a hundred times slower than this
    t = np.tanh(c * a * (1 + 0.044715 * square))
    y = 0.5 * a * (1 + t)

    def vjp(g):
        du = c * (1 + 3 * 0.044715 * square)
        return (g * (0.5 * (1 + t) + 0.5 * a * (1 - t * t) * du),)

    return Tensor(y, parents=(x,), vjp=vjp, op="gelu")


def silu(x: Tensor) -> Tensor:
    r"""Weigh a number by its own sigmoid: $x \, \sigma(x)$. Also called swish.

    Args:
        x: any shape
    Returns:
        the shape of x
    Gradient, with s = σ(x) and g = dL/dy:
        dL/dx = g (s + x s (1 - s))
    Source: Elfwing, Uchibe & Doya 2018, "Sigmoid-weighted linear units for neural network function
        approximation in reinforcement learning", *Neural Networks* 107.

    >>> silu(Tensor([-1000.0, 0.0, 3.0])).data.round(4)
    array([-0.    ,  0.    ,  2.8577])
    """
    x = as_tensor(x)
    a = x.data
    s = _sigmoid(a)
    return Tensor(a * s, parents=(x,), vjp=lambda g: (g * (s + a * s * (1 - s)),), op="silu")


def _sigmoid(a: np.ndarray) -> np.ndarray:
    return np.exp(np.minimum(a, 0)) / (1 + np.exp(-np.abs(a)))
