"""RMSProp: every parameter has a step of its own, shorter where its gradients are large."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from course_lib.autograd.tensor import Tensor
from course_lib.checks import expect_positive
from course_lib.optim.optimiser import Optimiser, expect_fraction, expect_not_negative

__all__ = ["RMSProp"]


class RMSProp(Optimiser):
    r"""Divide the gradient by the root of the running mean of its squares.

    $$v \leftarrow \rho v + (1 - \rho) g^2 \qquad w \leftarrow w - \eta \frac{g}{\sqrt{v} + \epsilon}$$

    Unlike in Adagrad the past fades, and the steps need not become shorter for ever.
    Weight decay pulls every parameter towards zero: $g \leftarrow g + \lambda w$.

    Args:
        parameters: the leaves to learn
        learning_rate: η, how far to step
        decay: ρ, how much of the running mean is kept
        epsilon: ε, keeps the division finite where all gradients were 0
        weight_decay: λ
    Raises:
        TypeError: the parameters are no list of Tensors
        ValueError: there is no parameter, or a setting cannot be right
    Source: Tieleman & Hinton 2012, lecture 6.5 of *Neural Networks for Machine Learning*, Coursera; ε and the
        default ρ = 0.99 as in PyTorch, the lecture has 0.9.
    """

    def __init__(
        self,
        parameters: Iterable[Tensor],
        learning_rate: float,
        *,
        decay: float = 0.99,
        epsilon: float = 1e-8,
        weight_decay: float = 0.0,
    ):
        expect_fraction(decay, where="RMSProp: decay")
        expect_positive(epsilon, where="RMSProp: epsilon")
        expect_not_negative(weight_decay, where="RMSProp: weight_decay")
        self.decay = float(decay)
        self.epsilon = float(epsilon)
        self.weight_decay = float(weight_decay)
        super().__init__(parameters, learning_rate)

    def _first_memory(self, w: np.ndarray) -> dict:
        return {"mean_square": np.zeros_like(w)}

    def _moved(self, w: np.ndarray, g: np.ndarray, memory: dict, t: int, out: np.ndarray) -> None:
        if self.weight_decay:
            g = g + self.weight_decay * w
        v = memory["mean_square"]
        v *= self.decay
        v += (1 - self.decay) * g * g
        np.subtract(w, self.learning_rate * g / (np.sqrt(v) + self.epsilon), out=out)
