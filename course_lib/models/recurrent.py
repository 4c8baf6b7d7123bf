"""A recurrent network for whole sequences: it reads to the end, then names a class or a number."""

from __future__ import annotations  # np.random is slow to import: the annotations below must not load it

from dataclasses import dataclass

import numpy as np

from course_lib.autograd import ops
from course_lib.autograd.tensor import Tensor, as_tensor
from course_lib.checks import expect_shape
from course_lib.layers.init import xavier_uniform
from course_lib.layers.linear import Linear
from course_lib.layers.module import Module
from course_lib.layers.recurrent import GRU, LSTM, RNN
from course_lib.models.configuration import expect_config, expect_sizes

__all__ = ["KINDS", "RecurrentConfig", "RecurrentNetwork", "expect_kind"]

KINDS = {"rnn": RNN, "lstm": LSTM, "gru": GRU}


@dataclass(frozen=True)
class RecurrentConfig:
    """How a recurrent network is built.

    Args:
        n_in: inputs of a step
        H: numbers of the state
        n_out: classes, or numbers to be predicted
        T: how many steps the head sees, all of them side by side; where left out it sees the last states
            only, and sequences may be of any length
        kind: ``"rnn"``, ``"lstm"`` or ``"gru"``
        n_layers: recurrent layers above each other
        is_bidirectional: whether each layer also reads backwards
        dropout: share of the outputs dropped between two layers, in training
    Raises:
        ValueError: the kind is unknown, or a size is no whole number of at least 1
    """

    n_in: int
    H: int
    n_out: int
    T: int | None = None
    kind: str = "gru"
    n_layers: int = 1
    is_bidirectional: bool = False
    dropout: float = 0.0

    def __post_init__(self):
        expect_kind(self.kind, where="RecurrentConfig: kind")
        expect_sizes(self, "n_in", "H", "n_out", "n_layers")
        if self.T is not None:
            expect_sizes(self, "T")


class RecurrentNetwork(Module):
    r"""Read a sequence, then decide by a linear layer.

    $$y = [h_T, h'_1] W + b \qquad \text{or} \qquad y = [h_1, \ldots, h_T] W + b$$

    In the first form the head sees the last state of each direction, which must remember all that matters. In
    the second it sees every step, and a short memory will do; the number of steps is then fixed.

    Args:
        config: how it is built
        rng: draws the first weights, and what is dropped
    Attributes:
        layer: RNN, LSTM or GRU
        head: Linear
    Raises:
        TypeError: ``config`` is of another kind, or ``rng`` is not a generator
        ValueError: the dropout cannot be right
    Source: Greydanus & Kobak 2024, "Scaling down deep learning with MNIST-1D", ICML, for the second form.

    >>> config = RecurrentConfig(n_in=1, H=6, n_out=10, T=40, is_bidirectional=True)  # of MNIST-1D
    >>> RecurrentNetwork(config, rng=np.random.default_rng(0))(np.zeros((5, 40, 1), np.float32)).shape
    (5, 10)
    """

    def __init__(self, config: RecurrentConfig, *, rng: np.random.Generator):
        expect_config(config, RecurrentConfig, where="RecurrentNetwork")
        self.config = config
        self.layer = KINDS[config.kind](
            config.n_in,
            config.H,
            rng=rng,
            n_layers=config.n_layers,
            is_bidirectional=config.is_bidirectional,
            dropout=config.dropout,
        )
        n_seen = config.H * self.layer.n_directions * (config.T or 1)
        self.head = Linear(n_seen, config.n_out, rng=rng, init=xavier_uniform)  # no ReLU follows

    def forward(self, x: Tensor, lengths: np.ndarray | None = None) -> Tensor:
        """Read the sequences and decide.

        Args:
            x: (B, T, n_in)
            lengths: (B,)  how many steps each sequence has; all T where left out
        Returns:
            (B, n_out)  logits of the classes, or the numbers predicted
        Raises:
            TypeError: the lengths are no whole numbers
            ValueError: x has another shape, or a length is not between 1 and T
        """
        x, T = as_tensor(x), self.config.T
        if T is None:
            return self.head(self._last_states(x, lengths))  # (B, D·H) -> (B, n_out)
        expect_shape(x, "B T n_in", T=T, n_in=self.config.n_in, where="RecurrentNetwork: x")
        outputs = self.layer(x, lengths)  # (B, T, n_in) -> (B, T, D·H)
        return self.head(ops.flatten(outputs))  # -> (B, T·D·H) -> (B, n_out)

    def _last_states(self, x: Tensor, lengths: np.ndarray | None) -> Tensor:
        """Put the last states of the directions of the last layer side by side: (B, D·H)."""
        _, last = self.layer.run(x, lengths)
        h = last[0] if self.layer.has_memory else last  # (n_cells, B, H)
        n_directions = self.layer.n_directions
        ends = [h[number - n_directions] for number in range(n_directions)]  # (B, H) each
        return ops.concatenate(ends, axis=1)


def expect_kind(kind: str, *, where: str) -> None:
    """Raise a ValueError unless there is a recurrent layer of this kind.

    Args:
        kind: what the caller wants
        where: the configuration to name in the error
    Raises:
        ValueError: there is none
    """
    if kind not in KINDS:
        raise ValueError(f"{where} must be one of {', '.join(KINDS)}. It is {kind!r}.")
