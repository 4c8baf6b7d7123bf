"""Normalisation: numbers of a size that the next layer can learn from, whatever the layers before do.

Batch norm compares the examples of a batch, channel by channel, and behaves differently in training and in
use. Layer norm compares the channels of one example, and is the same in both.
"""

import numpy as np

from course_lib.autograd.fused.batch_norm import batch_norm
from course_lib.autograd.fused.layer_norm import layer_norm
from course_lib.autograd.tensor import Tensor
from course_lib.checks import expect_positive, expect_shape
from course_lib.layers.module import Module

__all__ = ["BatchNorm1d", "BatchNorm2d", "LayerNorm"]


class _BatchNorm(Module):
    """What batch norm does, whatever the axes after the channels."""

    buffers = ("running_mean", "running_variance")

    def __init__(self, C: int, *, momentum: float = 0.1, epsilon: float = 1e-5):
        name = type(self).__name__
        expect_positive(C, where=f"{name}: C")
        expect_positive(epsilon, where=f"{name}: epsilon")
        if not 0 <= momentum <= 1:
            raise ValueError(f"{name}: momentum must lie between 0 and 1. It is {momentum!r}.")
        self.gamma = Tensor(np.ones(C, np.float32))
        self.beta = Tensor(np.zeros(C, np.float32))
        self.running_mean = np.zeros(C, np.float32)
        self.running_variance = np.ones(C, np.float32)
        self.C = C
        self.momentum, self.epsilon = momentum, epsilon

    def _normalised(self, x: Tensor) -> Tensor:
        if self.is_training and x.size:  # an empty batch has no mean, and nothing to teach
            return self._by_this_batch(x)
        return self._by_running_statistics(x)

    def _by_this_batch(self, x: Tensor) -> Tensor:
        n = x[:, 0].size
        if n < 2:
            raise ValueError(
                f"{type(self).__name__}: one number per channel has no variance. x has shape {x.shape}. "
                "Train with at least two examples in a batch, or call evaluate() on the model first."
            )
        y, mean, variance = batch_norm(x, self.gamma, self.beta, self.epsilon)
        self.running_mean += self.momentum * (mean - self.running_mean)
        self.running_variance += self.momentum * (variance * n / (n - 1) - self.running_variance)
        return y

    def _by_running_statistics(self, x: Tensor) -> Tensor:
        per_channel = (
            self.C,
            *[1] * (x.ndim - 2),
        )  # (C,) -> (C, 1, 1): stands beside every place of an image
        scale = self.gamma / np.sqrt(self.running_variance + self.epsilon)
        shift = self.beta - self.running_mean * scale
        return x * scale.reshape(per_channel) + shift.reshape(per_channel)


class BatchNorm1d(_BatchNorm):
    r"""Bring every channel to mean β and deviation γ, measured over the batch.

    $$y = \gamma \frac{x - \mu}{\sqrt{\sigma^2 + \varepsilon}} + \beta$$

    In training μ and σ² are those of the batch, so an example's result depends on its neighbours. On the way
    the layer keeps running statistics, and after ``evaluate`` these stand for the batch:

    $$\mu_{run} \leftarrow \mu_{run} + m (\mu - \mu_{run}) \qquad
    \sigma^2_{run} \leftarrow \sigma^2_{run} + m \left(\tfrac{n}{n-1} \sigma^2 - \sigma^2_{run}\right)$$

    The factor n / (n - 1) makes up for a batch of n being closer to its own mean than to the true one.

    Args:
        C: channels
        momentum: m, how much the newest batch counts; 0.1 as in PyTorch
        epsilon: ε, keeps the division finite where a channel is constant
    Attributes:
        gamma: (C,)  scale
        beta: (C,)  shift
        running_mean: (C,)
        running_variance: (C,)
    Raises:
        ValueError: a setting cannot be right
    Source: Ioffe & Szegedy 2015, "Batch normalization: accelerating deep network training by reducing
        internal covariate shift", ICML.
    """

    def forward(self, x: Tensor) -> Tensor:
        """Normalise each feature over the batch, or each channel over batch and time.

        Args:
            x: (B, C) or (B, C, T)
        Returns:
            the shape of x
        Raises:
            ValueError: the shape does not fit, or in training there is one number per channel only
        """
        expect_shape(x, "B C T" if np.ndim(x) == 3 else "B C", C=self.C, where="BatchNorm1d: x")
        return self._normalised(x)


class BatchNorm2d(_BatchNorm):
    r"""Bring every channel of images to mean β and deviation γ, measured over the batch and all pixels.

    See ``BatchNorm1d``: the same layer for images.

    Args:
        C: channels
        momentum: how much the newest batch counts in the running statistics
        epsilon: keeps the division finite where a channel is constant
    Attributes:
        gamma: (C,)  scale
        beta: (C,)  shift
        running_mean: (C,)
        running_variance: (C,)
    Raises:
        ValueError: a setting cannot be right
    Source: Ioffe & Szegedy 2015, "Batch normalization: accelerating deep network training by reducing
        internal covariate shift", section 3.2, ICML.
    """

    def forward(self, x: Tensor) -> Tensor:
        """Normalise each channel over the batch and all pixels.

        Args:
            x: (B, C, H, W)
        Returns:
            the shape of x
        Raises:
            ValueError: the shape does not fit, or in training there is one number per channel only
        """
        expect_shape(x, "B C H W", C=self.C, where="BatchNorm2d: x")
        return self._normalised(x)


class LayerNorm(Module):
    r"""Bring every example, at every time step, to mean 0 and variance 1 over its channels.

    $$y = \gamma \frac{x - \mu}{\sqrt{\sigma^2 + \varepsilon}} + \beta$$

    Nothing here depends on the other examples, so training and use are the same.

    Args:
        C: channels
        epsilon: ε, keeps the division finite where all channels are equal
    Attributes:
        gamma: (C,)  scale
        beta: (C,)  shift
    Raises:
        ValueError: a setting cannot be right
    Source: Ba, Kiros & Hinton 2016, "Layer normalization".
    """

    def __init__(self, C: int, *, epsilon: float = 1e-5):
        expect_positive(C, where="LayerNorm: C")
        expect_positive(epsilon, where="LayerNorm: epsilon")
        self.gamma = Tensor(np.ones(C, np.float32))
        self.beta = Tensor(np.zeros(C, np.float32))
        self.epsilon = epsilon

    def forward(self, x: Tensor) -> Tensor:
        """Normalise each row.

        Args:
            x: (..., C)
        Returns:
            the shape of x
        Raises:
            ValueError: the last axis of x is not C
        """
        return layer_norm(x, self.gamma, self.beta, self.epsilon)
