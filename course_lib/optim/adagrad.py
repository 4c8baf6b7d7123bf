"""Adagrad: a parameter that was moved often is moved less, a rare one keeps its long steps."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from course_lib.autograd.tensor import Tensor
from course_lib.checks import expect_positive
from course_lib.optim.optimiser import Optimiser, expect_not_negative

__all__ = ["Adagrad"]


class Adagrad(Optimiser):
    r"""Divide the gradient by the root of the sum of all its squares so far.

    $$v \leftarrow v + g^2 \qquad w \leftarrow w - \eta \frac{g}{\sqrt{v} + \epsilon}$$

    The sum only grows: good for rare features, such as rare words, but on a long training the steps die away.
    Weight decay pulls every parameter towards zero: $g \leftarrow g + \lambda w$.

    Args:
        parameters: the leaves to learn
        learning_rate: η, how far to step
        epsilon: ε, keeps the division finite where all gradients were 0
        weight_decay: λ
    Raises:
        TypeError: the parameters are no list of Tensors
        ValueError: there is no parameter, or a setting cannot be right
    Source: Duchi, Hazan & Singer 2011, "Adaptive subgradient methods for online learning and stochastic
        optimization", *Journal of Machine Learning Research* 12; the diagonal form, ε = 1e-10 as in PyTorch.
    """

    def __init__(
        self,
        parameters: Iterable[Tensor],
        learning_rate: float,
        *,
        epsilon: float = 1e-10,
        weight_decay: float = 0.0,
    ):
        expect_positive(epsilon, where="Adagrad: epsilon")
        expect_not_negative(weight_decay, where="Adagrad: weight_decay")
        self.epsilon = float(epsilon)
        self.weight_decay = float(weight_decay)
        super().__init__(parameters, learning_rate)

    def _first_memory(self, w: np.ndarray) -> dict:
        return {"sum_of_squares": np.zeros_like(w)}

    def _moved(self, w: np.ndarray, g: np.ndarray, memory: dict, t: int, out: np.ndarray) -> None:
        if self.weight_decay:
            g = g + self.weight_decay * w
        v = memory["sum_of_squares"]
        v += g * g
        np.subtract(w, self.learning_rate * g / (np.sqrt(v) + self.epsilon), out=out)
