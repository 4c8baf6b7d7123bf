"""Activations as layers, so that they can stand in a list between others."""

from course_lib.autograd import ops
from course_lib.autograd.fused.gelu import gelu
from course_lib.autograd.tensor import Tensor
from course_lib.layers.module import Module

__all__ = ["ELU", "GELU", "LeakyReLU", "LogSoftmax", "ReLU", "SiLU", "Sigmoid", "Softmax", "Tanh"]


class Sigmoid(Module):
    r"""Squash to between 0 and 1: $1 / (1 + e^{-x})$."""

    def forward(self, x: Tensor) -> Tensor:
        """Apply ``ops.sigmoid``.

        Args:
            x: any shape
        Returns:
            the shape of x
        """
        return ops.sigmoid(x)


class Tanh(Module):
    r"""Squash to between -1 and 1: $\tanh x$."""

    def forward(self, x: Tensor) -> Tensor:
        """Apply ``ops.tanh``.

        Args:
            x: any shape
        Returns:
            the shape of x
        """
        return ops.tanh(x)


class ReLU(Module):
    r"""Keep what is positive: $\max(0, x)$."""

    def forward(self, x: Tensor) -> Tensor:
        """Apply ``ops.relu``.

        Args:
            x: any shape
        Returns:
            the shape of x
        """
        return ops.relu(x)


class LeakyReLU(Module):
    r"""Keep what is positive, shrink the rest: $\max(0, x) + \mathrm{slope} \cdot \min(0, x)$.

    Args:
        slope: what is left of a negative number
    """

    def __init__(self, slope: float = 0.01):
        self.slope = slope

    def forward(self, x: Tensor) -> Tensor:
        """Apply ``ops.leaky_relu``.

        Args:
            x: any shape
        Returns:
            the shape of x
        """
        return ops.leaky_relu(x, self.slope)


class ELU(Module):
    r"""Keep what is positive, bend the rest towards -alpha: $\alpha (e^x - 1)$.

    Args:
        alpha: how far below zero the result can get
    """

    def __init__(self, alpha: float = 1.0):
        self.alpha = alpha

    def forward(self, x: Tensor) -> Tensor:
        """Apply ``ops.elu``.

        Args:
            x: any shape
        Returns:
            the shape of x
        """
        return ops.elu(x, self.alpha)


class GELU(Module):
    r"""Weigh a number by how likely a normal one is to be smaller: $x \, \Phi(x)$, in the tanh form."""

    def forward(self, x: Tensor) -> Tensor:
        """Apply ``fused.gelu``.

        Args:
            x: any shape
        Returns:
            the shape of x
        """
        return gelu(x)


class SiLU(Module):
    r"""Weigh a number by its own sigmoid: $x \, \sigma(x)$."""

    def forward(self, x: Tensor) -> Tensor:
        """Apply ``ops.silu``.

        Args:
            x: any shape
        Returns:
            the shape of x
        """
        return ops.silu(x)


class Softmax(Module):
    r"""Turn scores into shares of one whole: $e^{x_i} / \sum_j e^{x_j}$.

    Args:
        axis: the axis along which the shares add up to 1
    """

    def __init__(self, axis: int = -1):
        self.axis = axis

    def forward(self, x: Tensor) -> Tensor:
        """Apply ``ops.softmax``.

        Args:
            x: scores, any shape with at least one axis
        Returns:
            the shape of x
        """
        return ops.softmax(x, self.axis)


class LogSoftmax(Module):
    r"""Return the logarithm of the softmax: $x_i - \log \sum_j e^{x_j}$.

    Args:
        axis: the axis along which the shares add up to 1
    """

    def __init__(self, axis: int = -1):
        self.axis = axis

    def forward(self, x: Tensor) -> Tensor:
        """Apply ``ops.log_softmax``.

        Args:
            x: scores, any shape with at least one axis
        Returns:
            the shape of x
        """
        return ops.log_softmax(x, self.axis)
