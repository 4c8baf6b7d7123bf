"""Convolutional networks: LeNet for images, and a small network for signals."""

from __future__ import annotations  # np.random is slow to import: the annotations below must not load it

import math
from dataclasses import dataclass

import numpy as np

from course_lib.autograd import ops
from course_lib.autograd.tensor import Tensor, as_tensor
from course_lib.autograd.windows import Windows
from course_lib.checks import expect_shape
from course_lib.layers.conv import Conv1d, ConvReluPool2d
from course_lib.layers.init import xavier_uniform
from course_lib.layers.linear import Linear
from course_lib.layers.module import Module
from course_lib.models.configuration import expect_config, expect_sizes

__all__ = ["LeNet", "LeNetConfig", "SignalCNN", "SignalCNNConfig"]


@dataclass(frozen=True)
class LeNetConfig:
    """How a LeNet is built. As it stands it is for images of 28 x 28 pixels.

    The digits of 8 x 8 pixels are too small for it. Take
    ``LeNetConfig(H=8, W=8, kernel=3, paddings=(1, 1), n_hidden=32)``.

    Args:
        H: height of the images
        W: width of the images
        C_in: channels of the images
        channels: of the result of each convolution
        kernel: height and width of all windows
        paddings: zeros around the input of each convolution
        n_hidden: neurons of the hidden layer
        n_out: classes
    Raises:
        ValueError: a size is no whole number of at least 1, there is not one padding for each convolution, or
            the images are too small
    """

    H: int = 28
    W: int = 28
    C_in: int = 1
    channels: tuple[int, ...] = (8, 16)
    kernel: int = 5
    paddings: tuple[int, ...] = (2, 0)
    n_hidden: int = 120
    n_out: int = 10

    def __post_init__(self):
        expect_sizes(self, "H", "W", "C_in", "kernel", "n_hidden", "n_out", rows=("channels",))
        if not isinstance(self.paddings, tuple | list) or len(self.paddings) != len(self.channels):
            raise ValueError(
                f"LeNetConfig: paddings must be {len(self.channels)}, one for each of the convolutions. "
                f"They are {self.paddings}."
            )
        self.n_features()

    def n_features(self) -> int:
        """Count the numbers that convolution and pooling leave of an image.

        Returns:
            how many inputs the hidden layer has
        Raises:
            ValueError: the images are too small
        """
        sizes = (self.H, self.W)
        for padding in self.paddings:
            # The largest of two neighbouring results depends on one pixel more than a result alone.
            windows = Windows(sizes, self.kernel + 1, stride=2, padding=padding, where="LeNetConfig")
            sizes = windows.counts  # each step halves height and width
        return math.prod(sizes) * self.channels[-1]


class LeNet(Module):
    r"""Find small patterns, patterns of patterns, then decide: convolutions with pooling, and an MLP behind.

    Args:
        config: how it is built
        rng: draws the first weights
    Attributes:
        convolutions: the ConvReluPool2d layers
        hidden: Linear with a ReLU
        head: Linear
    Raises:
        TypeError: ``config`` is of another kind, or ``rng`` is not a generator
        ValueError: a size is not positive
    Source: LeCun, Bottou, Bengio & Haffner 1998, "Gradient-based learning applied to document recognition";
        the ReLU and the largest of four stand in for its tanh and its mean.

    >>> model = LeNet(LeNetConfig(), rng=np.random.default_rng(0))
    >>> model(np.zeros((5, 1, 28, 28), np.float32)).shape
    (5, 10)
    """

    def __init__(self, config: LeNetConfig, *, rng: np.random.Generator):
        expect_config(config, LeNetConfig, where="LeNet")
        self.config = config
        C_ins = (config.C_in, *config.channels[:-1])
        builds = zip(C_ins, config.channels, config.paddings, strict=True)
        self.convolutions = [
            ConvReluPool2d(C_in, C_out, config.kernel, padding=padding, rng=rng)
            for C_in, C_out, padding in builds
        ]
        self.hidden = Linear(config.n_features(), config.n_hidden, rng=rng, activation="relu")
        self.head = Linear(config.n_hidden, config.n_out, rng=rng, init=xavier_uniform)  # no ReLU follows

    def forward(self, x: Tensor) -> Tensor:
        """Say how much each image looks like each class.

        Args:
            x: (B, C_in, H, W)
        Returns:
            (B, n_out)  logits
        Raises:
            ValueError: the images have another size
        """
        x, config = as_tensor(x), self.config
        if x.shape[1:] != (config.C_in, config.H, config.W):
            expect_shape(x, "B C_in H W", C_in=config.C_in, H=config.H, W=config.W, where="LeNet: x")
        for convolution in self.convolutions:
            x = convolution(x)
        return self.head(self.hidden(ops.flatten(x)))  # (B, C, H, W) -> (B, n_features) -> (B, n_out)


@dataclass(frozen=True)
class SignalCNNConfig:
    """How a convolutional network for signals is built. As it stands it is the one published for MNIST-1D.

    Args:
        T: length of the signals
        C_in: channels of the signals
        channels: of the result of each convolution
        kernels: length of the window of each convolution
        stride: of all convolutions
        padding: of all convolutions
        n_out: classes
    Raises:
        ValueError: a size is no whole number of at least 1, there is not one kernel for each convolution, or
            the signals are too short
    """

    T: int = 40
    C_in: int = 1
    channels: tuple[int, ...] = (25, 25, 25)
    kernels: tuple[int, ...] = (5, 3, 3)
    stride: int = 2
    padding: int = 1
    n_out: int = 10

    def __post_init__(self):
        expect_sizes(self, "T", "C_in", "stride", "n_out", rows=("channels", "kernels"))
        if len(self.kernels) != len(self.channels):
            raise ValueError(
                f"SignalCNNConfig: kernels must be {len(self.channels)}, one for each of the convolutions. "
                f"They are {self.kernels}."
            )
        self.n_features()

    def n_features(self) -> int:
        """Count the numbers that the convolutions leave of a signal.

        Returns:
            how many inputs the head has
        Raises:
            ValueError: the signals are too short
        """
        sizes = (self.T,)
        for kernel in self.kernels:
            windows = Windows(
                sizes, kernel, stride=self.stride, padding=self.padding, where="SignalCNNConfig"
            )
            sizes = windows.counts
        return math.prod(sizes) * self.channels[-1]


class SignalCNN(Module):
    r"""Convolutions with a stride, each with a ReLU, and one linear layer on all that is left.

    Args:
        config: how it is built
        rng: draws the first weights
    Attributes:
        convolutions: the Conv1d layers
        head: Linear
    Raises:
        TypeError: ``config`` is of another kind, or ``rng`` is not a generator
        ValueError: a size is not positive
    Source: Greydanus & Kobak 2024, "Scaling down deep learning with MNIST-1D", ICML.

    >>> model = SignalCNN(SignalCNNConfig(), rng=np.random.default_rng(0))
    >>> model(np.zeros((5, 1, 40), np.float32)).shape
    (5, 10)
    """

    def __init__(self, config: SignalCNNConfig, *, rng: np.random.Generator):
        expect_config(config, SignalCNNConfig, where="SignalCNN")
        self.config = config
        C_ins = (config.C_in, *config.channels[:-1])
        builds = zip(C_ins, config.channels, config.kernels, strict=True)
        self.convolutions = [
            Conv1d(
                C_in, C_out, kernel, rng=rng, stride=config.stride, padding=config.padding, activation="relu"
            )
            for C_in, C_out, kernel in builds
        ]
        self.head = Linear(config.n_features(), config.n_out, rng=rng, init=xavier_uniform)  # no ReLU follows

    def forward(self, x: Tensor) -> Tensor:
        """Say how much each signal looks like each class.

        Args:
            x: (B, C_in, T)
        Returns:
            (B, n_out)  logits
        Raises:
            ValueError: the signals have another length
        """
        x, config = as_tensor(x), self.config
        if x.shape[1:] != (config.C_in, config.T):
            expect_shape(x, "B C_in T", C_in=config.C_in, T=config.T, where="SignalCNN: x")
        for convolution in self.convolutions:
            x = convolution(x)
        return self.head(ops.flatten(x))  # (B, C, T) -> (B, n_features) -> (B, n_out)
