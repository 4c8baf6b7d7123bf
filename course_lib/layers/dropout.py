"""Dropout: switch numbers off at random in training, so that none can be relied on alone."""

from __future__ import annotations  # np.random is slow to import: the annotation below must not load it

import numpy as np

from course_lib.autograd.tensor import Tensor, as_tensor
from course_lib.data.randomness import expect_generator
from course_lib.layers.module import Module

__all__ = ["Dropout"]


class Dropout(Module):
    r"""Set each number to 0 with probability p, and make the others larger by the share that is lost.

    $$y_i = \frac{m_i}{1 - p} x_i \qquad m_i = 0 \text{ with probability } p, \text{ else } 1$$

    The division keeps the mean: $E[y_i] = x_i$. So nothing has to be rescaled in use, where every number
    stays as it is. This form is called *inverted* dropout. The gradient goes where the number went.

    Args:
        p: probability of being dropped, at least 0 and less than 1
        rng: draws what is dropped, anew at each call in training
    Raises:
        TypeError: ``rng`` is not a generator
        ValueError: p is not a probability, or everything would be dropped
    Source: Srivastava, Hinton, Krizhevsky, Sutskever & Salakhutdinov 2014, "Dropout: a simple way to prevent
        neural networks from overfitting", *Journal of Machine Learning Research* 15; this form: section 10.
    """

    def __init__(self, p: float = 0.5, *, rng: np.random.Generator):
        expect_generator(rng, where="Dropout: rng")
        if not 0 <= p < 1:
            raise ValueError(f"Dropout: p must be at least 0 and less than 1. It is {p!r}.")
        self.p = p
        self.rng = rng

    def forward(self, x: Tensor) -> Tensor:
        """Drop in training; pass on unchanged in use.

        Args:
            x: any shape
        Returns:
            the shape of x
        """
        x = as_tensor(x)
        if not self.is_training or self.p == 0:
            return x
        is_kept = self.rng.random(x.shape, dtype=np.float32) >= self.p  # drawn twice as fast as float64
        return x * is_kept / (1 - self.p)
