"""Pooling layers: they learn nothing, they only make a signal or an image smaller."""

from __future__ import annotations

from course_lib.autograd.ops import pooling
from course_lib.autograd.tensor import Tensor
from course_lib.layers.module import Module

__all__ = ["AvgPool1d", "AvgPool2d", "MaxPool1d", "MaxPool2d"]


class _Pool(Module):
    """What all pooling layers keep."""

    def __init__(self, kernel, *, stride=None, padding=0):
        self.kernel, self.stride, self.padding = kernel, stride, padding


class MaxPool1d(_Pool):
    r"""Keep the largest number under a window on a signal: $y_t = \max_k x_{st + k - p}$.

    Args:
        kernel: length of the window
        stride: how far the window moves at a time; its own length where left out
        padding: how much is added at both ends, never the largest; at most half the kernel
    Source: Zhou & Chellappa 1988, "Computation of optical flow using a neural network", ICNN.
    """

    def forward(self, x: Tensor) -> Tensor:
        """Pool every channel of every signal.

        Args:
            x: (B, C, T)
        Returns:
            y: (B, C, T_out)
        Raises:
            ValueError: x is no batch of signals, the window is larger than the padded signal, or a setting
                is bad
        """
        return pooling.max_pool1d(x, self.kernel, stride=self.stride, padding=self.padding)


class MaxPool2d(_Pool):
    r"""Keep the largest number under a window on an image.

    $$y_{h,w} = \max_{i,j} x_{sh + i - p,\,sw + j - p}$$

    Args:
        kernel: height and width of the window; one number, or one for each axis
        stride: how far the window moves at a time; its own size where left out
        padding: how much is added on each side, never the largest; at most half the kernel
    Source: Riesenhuber & Poggio 1999, "Hierarchical models of object recognition in cortex",
        *Nature Neuroscience* 2.
    """

    def forward(self, x: Tensor) -> Tensor:
        """Pool every channel of every image.

        Args:
            x: (B, C, H, W)
        Returns:
            y: (B, C, H_out, W_out)
        Raises:
            ValueError: x is no batch of images, the window is larger than the padded image, or a setting
                is bad
        """
        return pooling.max_pool2d(x, self.kernel, stride=self.stride, padding=self.padding)


class AvgPool1d(_Pool):
    r"""Take the mean under a window on a signal: $y_t = \frac{1}{n} \sum_k x_{st + k - p}$.

    Here n is the length of the window. The zeros of the padding count, as in PyTorch.

    Args:
        kernel: length of the window
        stride: how far the window moves at a time; its own length where left out
        padding: how many zeros are added at both ends; at most half the kernel
    Source: LeCun, Bottou, Bengio & Haffner 1998, "Gradient-based learning applied to document recognition".
    """

    def forward(self, x: Tensor) -> Tensor:
        """Pool every channel of every signal.

        Args:
            x: (B, C, T)
        Returns:
            y: (B, C, T_out)
        Raises:
            ValueError: x is no batch of signals, the window is larger than the padded signal, or a setting
                is bad
        """
        return pooling.avg_pool1d(x, self.kernel, stride=self.stride, padding=self.padding)


class AvgPool2d(_Pool):
    r"""Take the mean under a window on an image.

    $$y_{h,w} = \frac{1}{n} \sum_{i,j} x_{sh + i - p,\,sw + j - p}$$

    Here n counts the pixels of the window. The zeros of the padding count, as in PyTorch.

    Args:
        kernel: height and width of the window; one number, or one for each axis
        stride: how far the window moves at a time; its own size where left out
        padding: how many zeros are added on each side; at most half the kernel
    Source: LeCun, Bottou, Bengio & Haffner 1998, "Gradient-based learning applied to document recognition".
    """

    def forward(self, x: Tensor) -> Tensor:
        """Pool every channel of every image.

        Args:
            x: (B, C, H, W)
        Returns:
            y: (B, C, H_out, W_out)
        Raises:
            ValueError: x is no batch of images, the window is larger than the padded image, or a setting
                is bad
        """
        return pooling.avg_pool2d(x, self.kernel, stride=self.stride, padding=self.padding)
