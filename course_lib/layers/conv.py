"""Convolution layers: one small window of weights for all places of a signal or an image."""

from __future__ import annotations  # np.random is slow to import: the annotations below must not load it

from collections.abc import Callable

import numpy as np

from course_lib.autograd.fused.convolution import conv1d, conv2d, conv_relu_pool
from course_lib.autograd.tensor import Tensor
from course_lib.layers.init import he_uniform
from course_lib.layers.module import Module

__all__ = ["Conv1d", "Conv2d", "ConvReluPool2d"]


class Conv1d(Module):
    r"""Slide windows along a signal: $y_{b,o,t} = b_o + \sum_{c,k} W_{o,c,k}\, x_{b,c,\,st + dk - p}$.

    The weights begin as He's initialiser draws them, made for the ReLU; the biases begin at 0.

    Args:
        C_in: channels of the signal
        C_out: channels of the result, one window of weights for each pair
        kernel: length of the window
        rng: draws the first weights
        stride: how far the window moves at a time
        padding: how many zeros are added at both ends
        dilation: distance between neighbours in the window; 1 leaves no gaps
        activation: None or ``"relu"``
        init: the initialiser, from ``course_lib.layers.init``
    Attributes:
        W: (C_out, C_in, kw)
        b: (C_out,)
    Raises:
        TypeError: ``rng`` is not a generator
        ValueError: a size is not positive
    Source: Goodfellow, Bengio & Courville 2016, *Deep Learning*, chapter 9.
    """

    def __init__(
        self,
        C_in: int,
        C_out: int,
        kernel: int,
        *,
        rng: np.random.Generator,
        stride: int = 1,
        padding: int = 0,
        dilation: int = 1,
        activation: str | None = None,
        init: Callable = he_uniform,
    ):
        self.W = Tensor(init((C_out, C_in, kernel), rng))
        self.b = Tensor(np.zeros(C_out, np.float32))
        self.stride, self.padding, self.dilation = stride, padding, dilation
        self.activation = activation

    def forward(self, x: Tensor) -> Tensor:
        """Send every signal through the layer.

        Args:
            x: (B, C_in, T)
        Returns:
            y: (B, C_out, T_out)
        Raises:
            ValueError: x has not C_in channels or is shorter than the window, or a setting cannot be right
        """
        return conv1d(
            x,
            self.W,
            self.b,
            stride=self.stride,
            padding=self.padding,
            dilation=self.dilation,
            activation=self.activation,
        )


class Conv2d(Module):
    r"""Slide windows over an image, as ``Conv1d`` does along a signal.

    $$y_{b,o,h,w} = b_o + \sum_{c,i,j} W_{o,c,i,j}\, x_{b,c,\,sh + di - p,\,sw + dj - p}$$

    Args:
        C_in: channels of the image
        C_out: channels of the result, one window of weights for each pair
        kernel: height and width of the window; one number, or a pair
        rng: draws the first weights
        stride: how far the window moves at a time; one number, or one for each axis
        padding: how many zeros are added on each side; one number, or one for each axis
        dilation: distance between neighbours in the window; one number, or one for each axis
        activation: None or ``"relu"``
        init: the initialiser, from ``course_lib.layers.init``
    Attributes:
        W: (C_out, C_in, kh, kw)
        b: (C_out,)
    Raises:
        TypeError: ``rng`` is not a generator
        ValueError: a size is not positive
    Source: LeCun, Bottou, Bengio & Haffner 1998, "Gradient-based learning applied to document recognition".
    """

    def __init__(
        self,
        C_in: int,
        C_out: int,
        kernel,
        *,
        rng: np.random.Generator,
        stride=1,
        padding=0,
        dilation=1,
        activation: str | None = None,
        init: Callable = he_uniform,
    ):
        self.W = Tensor(init((C_out, C_in, *_pair(kernel)), rng))
        self.b = Tensor(np.zeros(C_out, np.float32))
        self.stride, self.padding, self.dilation = stride, padding, dilation
        self.activation = activation

    def forward(self, x: Tensor) -> Tensor:
        """Send every image through the layer.

        Args:
            x: (B, C_in, H, W)
        Returns:
            y: (B, C_out, H_out, W_out)
        Raises:
            ValueError: x has not C_in channels or is smaller than the window, or a setting cannot be right
        """
        return conv2d(
            x,
            self.W,
            self.b,
            stride=self.stride,
            padding=self.padding,
            dilation=self.dilation,
            activation=self.activation,
        )


class ConvReluPool2d(Module):
    r"""Convolve, cut at 0, and keep the largest of each 2 x 2 neighbours, in one operation.

    The same as ``Conv2d`` with ``activation="relu"`` and then ``MaxPool2d(2)``, only faster.

    Args:
        C_in: channels of the image
        C_out: channels of the result
        kernel: height and width of the window; one number, or a pair
        rng: draws the first weights
        padding: how many zeros are added on each side; one number, or one for each axis
        init: the initialiser, from ``course_lib.layers.init``
    Attributes:
        W: (C_out, C_in, kh, kw)
        b: (C_out,)
    Raises:
        TypeError: ``rng`` is not a generator
        ValueError: a size is not positive
    Source: LeCun, Bottou, Bengio & Haffner 1998, "Gradient-based learning applied to document recognition".
    """

    def __init__(
        self,
        C_in: int,
        C_out: int,
        kernel,
        *,
        rng: np.random.Generator,
        padding=0,
        init: Callable = he_uniform,
    ):
        self.W = Tensor(init((C_out, C_in, *_pair(kernel)), rng))
        self.b = Tensor(np.zeros(C_out, np.float32))
        self.padding = padding

    def forward(self, x: Tensor) -> Tensor:
        """Send every image through the layer.

        Args:
            x: (B, C_in, H, W)
        Returns:
            y: (B, C_out, H_out, W_out)  half as high and wide as the convolution alone
        Raises:
            ValueError: x has not C_in channels or is too small, or the padding cannot be right
        """
        return conv_relu_pool(x, self.W, self.b, padding=self.padding)


def _pair(kernel) -> tuple:
    return tuple(kernel) if isinstance(kernel, tuple | list) else (kernel, kernel)
