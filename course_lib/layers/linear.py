"""The layer that everything else is made of: every input meets every neuron."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from course_lib.autograd.fused.linear import ACTIVATIONS, linear
from course_lib.autograd.tensor import Tensor
from course_lib.layers.init import he_uniform
from course_lib.layers.module import Module

__all__ = ["Linear"]


class Linear(Module):
    r"""A layer of neurons: $y = x W + b$, with a ReLU after it if wished.

    The weights begin as He's initialiser draws them, made for the ReLU; the biases begin at 0.

    Args:
        n_in: inputs
        n_out: neurons
        rng: draws the first weights
        activation: None or ``"relu"``
        init: the initialiser, from ``course_lib.layers.init``
    Attributes:
        W: (n_in, n_out)
        b: (n_out,)
    Raises:
        TypeError: ``rng`` is not a generator
        ValueError: a size is not positive, or the activation is unknown
    Source: Goodfellow, Bengio & Courville 2016, *Deep Learning*, section 6.3; He, Zhang, Ren & Sun 2015,
        "Delving deep into rectifiers", for the first weights.
    """

    def __init__(
        self,
        n_in: int,
        n_out: int,
        *,
        rng: np.random.Generator,
        activation: str | None = None,
        init: Callable = he_uniform,
    ):
        if activation not in ACTIVATIONS:
            raise ValueError(f"Linear: activation must be one of {ACTIVATIONS}. It is {activation!r}.")
        self.W = Tensor(init((n_in, n_out), rng))
        self.b = Tensor(np.zeros(n_out, np.float32))
        self.activation = activation

    def forward(self, x: Tensor) -> Tensor:
        """Send every row through the layer.

        Args:
            x: (..., n_in)
        Returns:
            y: (..., n_out)
        Raises:
            ValueError: the last axis of x is not n_in
        """
        return linear(x, self.W, self.b, self.activation)
