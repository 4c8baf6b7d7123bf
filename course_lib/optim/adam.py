"""Adam: momentum, divided by a running size of the gradient; AdamW: the same with honest weight decay."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from course_lib.autograd.tensor import Tensor
from course_lib.checks import expect_positive
from course_lib.optim.optimiser import Optimiser, expect_fraction, expect_not_negative

__all__ = ["Adam", "AdamW"]


class Adam(Optimiser):
    r"""Step along the running mean of the gradient, measured by the running mean of its square.

    $$m \leftarrow \beta_1 m + (1 - \beta_1) g \qquad v \leftarrow \beta_2 v + (1 - \beta_2) g^2$$
    $$w \leftarrow w - \eta \frac{\hat m}{\sqrt{\hat v} + \epsilon} \qquad
    \hat m = \frac{m}{1 - \beta_1^t} \qquad \hat v = \frac{v}{1 - \beta_2^t}$$

    Both means start at 0 and are too small at first; after t steps the divisors make up for it exactly. The
    first step therefore has length η for every parameter, however large its gradient.
    Weight decay is added to the gradient here, $g \leftarrow g + \lambda w$, and then divided along with it.

    Args:
        parameters: the leaves to learn
        learning_rate: η, about the longest step that a parameter takes
        beta_1: how much of the mean of the gradient is kept
        beta_2: how much of the mean of its square is kept
        epsilon: ε, keeps the division finite where all gradients were 0
        weight_decay: λ
    Raises:
        TypeError: the parameters are no list of Tensors
        ValueError: there is no parameter, or a setting cannot be right
    Source: Kingma & Ba 2015, "Adam: a method for stochastic optimization", algorithm 1, ICLR.
    """

    def __init__(
        self,
        parameters: Iterable[Tensor],
        learning_rate: float = 0.001,
        *,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        weight_decay: float = 0.0,
    ):
        name = type(self).__name__
        expect_fraction(beta_1, where=f"{name}: beta_1")
        expect_fraction(beta_2, where=f"{name}: beta_2")
        expect_positive(epsilon, where=f"{name}: epsilon")
        expect_not_negative(weight_decay, where=f"{name}: weight_decay")
        self.beta_1, self.beta_2 = float(beta_1), float(beta_2)
        self.epsilon = float(epsilon)
        self.weight_decay = float(weight_decay)
        super().__init__(parameters, learning_rate)

    def _first_memory(self, w: np.ndarray) -> dict:
        return {"m": np.zeros_like(w), "v": np.zeros_like(w)}

    def _moved(self, w: np.ndarray, g: np.ndarray, memory: dict, t: int, out: np.ndarray) -> None:
        if self.weight_decay:
            g = g + self.weight_decay * w
        np.subtract(w, self._adam_step(g, memory, t), out=out)

    def _adam_step(self, g: np.ndarray, memory: dict, t: int) -> np.ndarray:
        m, v = memory["m"], memory["v"]
        m *= self.beta_1
        m += (1 - self.beta_1) * g
        v *= self.beta_2
        v += (1 - self.beta_2) * g * g
        size = np.sqrt(v / (1 - self.beta_2**t))  # the root of v̂
        size += self.epsilon
        rate = self.learning_rate / (1 - self.beta_1**t)  # the divisor of m̂, once for all numbers
        return np.divide(rate * m, size, out=size)


class AdamW(Adam):
    r"""Take Adam's step, and let every parameter shrink by the same share, apart from the gradient.

    $$w \leftarrow w - \eta \left( \frac{\hat m}{\sqrt{\hat v} + \epsilon} + \lambda w \right)$$

    In Adam a parameter with large gradients is decayed less, because the decay is divided along with them.
    Here it is not: the decay is *decoupled*.

    Args:
        parameters: the leaves to learn
        learning_rate: η, about the longest step that a parameter takes
        beta_1: how much of the mean of the gradient is kept
        beta_2: how much of the mean of its square is kept
        epsilon: ε, keeps the division finite where all gradients were 0
        weight_decay: λ
    Raises:
        TypeError: the parameters are no list of Tensors
        ValueError: there is no parameter, or a setting cannot be right
    Source: Loshchilov & Hutter 2019, "Decoupled weight decay regularization", algorithm 2, ICLR; λ is
        multiplied by η and defaults to 0.01 as in PyTorch.
    """

    def __init__(
        self,
        parameters: Iterable[Tensor],
        learning_rate: float = 0.001,
        *,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        weight_decay: float = 0.01,
    ):
        super().__init__(
            parameters,
            learning_rate,
            beta_1=beta_1,
            beta_2=beta_2,
            epsilon=epsilon,
            weight_decay=weight_decay,
        )

    def _moved(self, w: np.ndarray, g: np.ndarray, memory: dict, t: int, out: np.ndarray) -> None:
        np.subtract(w, self._adam_step(g, memory, t), out=out)
        out -= self.learning_rate * self.weight_decay * w
