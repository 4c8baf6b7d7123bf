"""The multilayer perceptron: linear layers one after the other, with a ReLU between them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from course_lib.autograd.tensor import Tensor, as_tensor
from course_lib.layers.linear import Linear
from course_lib.layers.module import Module
from course_lib.models.configuration import expect_config

__all__ = ["MLP", "MLPConfig"]


@dataclass(frozen=True)
class MLPConfig:
    """How an MLP is built.

    Args:
        sizes: numbers of inputs, of neurons in each hidden layer, and of outputs: ``(784, 256, 128, 10)``;
            two sizes are a linear model
        has_residuals: add to the output of a hidden layer what went into it, where both have the same size
    Raises:
        ValueError: there are fewer than two sizes, or one is not a positive whole number
    """

    sizes: tuple[int, ...]
    has_residuals: bool = False

    def __post_init__(self):
        is_row = isinstance(self.sizes, tuple | list) and len(self.sizes) >= 2
        if not is_row or any(not isinstance(size, int | np.integer) or size < 1 for size in self.sizes):
            raise ValueError(
                "MLPConfig: sizes must be at least two positive whole numbers, inputs first, outputs last. "
                f"They are {self.sizes!r}."
            )


class MLP(Module):
    r"""Layers $h \leftarrow \max(0, h W + b)$, the last without the ReLU: its outputs are logits or numbers.

    An input of several axes, such as an image, is laid out in a row first.

    Args:
        config: how it is built
        rng: draws the first weights
    Attributes:
        layers: the Linear layers
    Raises:
        TypeError: ``config`` is of another kind, or ``rng`` is not a generator
    Source: Goodfellow, Bengio & Courville 2016, *Deep Learning*, chapter 6; He, Zhang, Ren & Sun 2016, "Deep
        residual learning for image recognition", CVPR, for the residuals.

    >>> mlp = MLP(MLPConfig((784, 256, 10)), rng=np.random.default_rng(0))
    >>> mlp(np.zeros((5, 1, 28, 28), np.float32)).shape
    (5, 10)
    """

    def __init__(self, config: MLPConfig, *, rng: np.random.Generator):
        expect_config(config, MLPConfig, where="MLP")
        self.config = config
        activations = ["relu"] * (len(config.sizes) - 2) + [None]
        builds = zip(config.sizes[:-1], config.sizes[1:], activations, strict=True)
        self.layers = [
            Linear(n_in, n_out, rng=rng, activation=activation) for n_in, n_out, activation in builds
        ]

    def forward(self, x: Tensor) -> Tensor:
        """Send every row through all layers.

        Args:
            x: (B, n_in), or with more axes that together hold n_in numbers
        Returns:
            (B, n_out)
        Raises:
            ValueError: the rows of x do not hold n_in numbers
        """
        h = as_tensor(x)
        if h.ndim > 2:
            h = h.reshape(len(h), math.prod(h.shape[1:]))  # (B, ...) -> (B, n_in)
        *hidden, last = self.layers
        for layer in hidden:
            is_shortcut = self.config.has_residuals and layer.W.shape[0] == layer.W.shape[1]
            h = h + layer(h) if is_shortcut else layer(h)
        return last(h)
