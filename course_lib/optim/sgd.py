"""Stochastic gradient descent: a step against the gradient, with momentum if wished."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from course_lib.autograd.tensor import Tensor
from course_lib.optim.optimiser import Optimiser, expect_fraction, expect_not_negative

__all__ = ["SGD"]


class SGD(Optimiser):
    r"""Step against the gradient, or against a velocity that gathers the gradients of the past.

    $$v \leftarrow \mu v + g \qquad w \leftarrow w - \eta v$$

    A direction that the gradients agree on adds up to $1 / (1 - \mu)$ times one of them; those that alternate
    cancel. Nesterov's variant looks ahead, along the way that the velocity will take anyhow:
    $w \leftarrow w - \eta (g + \mu v)$.
    Weight decay pulls every parameter towards zero: $g \leftarrow g + \lambda w$.

    Args:
        parameters: the leaves to learn
        learning_rate: η, how far to step
        momentum: μ, how much of the velocity is kept; 0 for plain descent
        is_nesterov: look ahead; needs momentum
        weight_decay: λ
    Raises:
        TypeError: the parameters are no list of Tensors
        ValueError: there is no parameter, or a setting cannot be right
    Source: Polyak 1964, "Some methods of speeding up the convergence of iteration methods"; Nesterov 1983,
        "A method of solving a convex programming problem with convergence rate O(1/k²)", in the form of
        Sutskever, Martens, Dahl & Hinton 2013, "On the importance of initialization and momentum in deep
        learning", with η taken out of the velocity, as in PyTorch.
    """

    def __init__(
        self,
        parameters: Iterable[Tensor],
        learning_rate: float,
        *,
        momentum: float = 0.0,
        is_nesterov: bool = False,
        weight_decay: float = 0.0,
    ):
        expect_fraction(momentum, where="SGD: momentum")
        expect_not_negative(weight_decay, where="SGD: weight_decay")
        if is_nesterov and momentum == 0:
            raise ValueError(
                "SGD: is_nesterov looks ahead along the velocity. Give it momentum, such as 0.9."
            )
        self.momentum = float(momentum)
        self.is_nesterov = is_nesterov
        self.weight_decay = float(weight_decay)
        super().__init__(parameters, learning_rate)

    def _first_memory(self, w: np.ndarray) -> dict:
        return {"v": np.zeros_like(w)} if self.momentum else {}

    def _moved(self, w: np.ndarray, g: np.ndarray, memory: dict, t: int, out: np.ndarray) -> None:
        if self.weight_decay:
            g = g + self.weight_decay * w
        if not self.momentum:
            np.subtract(w, self.learning_rate * g, out=out)
            return
        v = memory["v"]
        v *= self.momentum
        v += g
        step = self.learning_rate * (g + self.momentum * v if self.is_nesterov else v)
        np.subtract(w, step, out=out)
