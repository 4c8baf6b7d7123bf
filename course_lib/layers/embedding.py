"""Embedding: a vector for each entry of a vocabulary, learned like any other weight."""

from __future__ import annotations  # np.random is slow to import: the annotation below must not load it

import numpy as np

from course_lib.autograd import ops
from course_lib.autograd.tensor import Tensor
from course_lib.checks import expect_positive
from course_lib.data.randomness import expect_generator
from course_lib.layers.module import Module

__all__ = ["Embedding"]


class Embedding(Module):
    r"""A table that turns ids into vectors: $y_i = W_{\mathrm{id}_i}$.

    Args:
        V: entries of the vocabulary
        C: numbers of each vector
        rng: draws the first vectors, from a normal distribution around 0
        deviation: its standard deviation; 1 as in PyTorch, 0.02 in GPT-2
    Attributes:
        W: (V, C)  one row per entry
    Raises:
        TypeError: ``rng`` is not a generator
        ValueError: a size or the deviation is not positive
    Source: Bengio, Ducharme, Vincent & Jauvin 2003, "A neural probabilistic language model",
        *Journal of Machine Learning Research* 3.
    """

    def __init__(self, V: int, C: int, *, rng: np.random.Generator, deviation: float = 1.0):
        expect_generator(rng, where="Embedding: rng")
        expect_positive(V, where="Embedding: V")
        expect_positive(C, where="Embedding: C")
        expect_positive(deviation, where="Embedding: deviation")
        self.W = Tensor(rng.normal(0.0, deviation, (V, C)).astype(np.float32))

    def forward(self, ids: np.ndarray) -> Tensor:
        """Look up one row for each id.

        Args:
            ids: whole numbers from 0 to V - 1, any shape (...)
        Returns:
            y: (..., C)
        Raises:
            TypeError: the ids are no whole numbers
            ValueError: an id is out of range
        """
        return ops.embedding(ids, self.W)
