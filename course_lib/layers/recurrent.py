"""Recurrent layers: they read a sequence step by step, and carry a state from one step to the next."""

from __future__ import annotations  # np.random is slow to import: the annotations below must not load it

import math
from collections.abc import Callable

import numpy as np

from course_lib.autograd import ops
from course_lib.autograd.fused.gru import gru
from course_lib.autograd.fused.lstm import lstm
from course_lib.autograd.fused.recurrent import reverse_in_time
from course_lib.autograd.fused.rnn import rnn
from course_lib.autograd.tensor import Tensor, as_tensor
from course_lib.checks import expect_positive, expect_shape
from course_lib.data.randomness import expect_generator
from course_lib.layers.dropout import Dropout
from course_lib.layers.module import Module

__all__ = ["GRU", "LSTM", "RNN"]


class Cell(Module):
    """The weights of one layer in one direction, drawn as PyTorch draws them.

    All are uniform between -1/√H and 1/√H: a sum over H states then has a variance of about a third, whatever
    H is. An orthogonal ``W_h`` keeps a signal for longer in an RNN; ``W_h.assign`` gives it one.

    Args:
        n_in: inputs of a step
        H: numbers of the state
        n_gates: G
        rng: draws the weights
    Attributes:
        W_x: (n_in, G·H)  from the input, the gates side by side
        W_h: (H, G·H)  from the state
        b_x: (G·H,)
        b_h: (G·H,)
    """

    def __init__(self, n_in: int, H: int, n_gates: int, *, rng: np.random.Generator):
        self.W_x = _uniform((n_in, n_gates * H), H, rng)
        self.W_h = _uniform((H, n_gates * H), H, rng)
        self.b_x = _uniform((n_gates * H,), H, rng)
        self.b_h = _uniform((n_gates * H,), H, rng)


class Recurrent(Module):
    """What RNN, LSTM and GRU have in common: layers above each other, directions, unequal lengths.

    A sequence that is shorter than T is filled up at its end; what stands there is never looked at. The
    outputs there are 0. A second direction reads each sequence from its own end. The next layer reads what
    both found out, side by side.

    Args:
        n_in: inputs of a step
        H: numbers of the state
        rng: draws the weights, and what is dropped
        n_layers: how many layers, each reading the outputs of the one below
        is_bidirectional: whether each layer also reads backwards, with weights of its own
        dropout: share of the outputs dropped between two layers, in training
    Attributes:
        cells: the weights: layer 0 forwards, layer 0 backwards if there is such, layer 1 forwards, and so on
    Raises:
        TypeError: ``rng`` is not a generator
        ValueError: a size is not positive, or ``dropout`` is no share
    """

    sequence: Callable  # the operation that reads a whole sequence
    n_gates: int
    has_memory = False  # whether the state is a pair, what is shown and what is remembered

    def __init__(
        self,
        n_in: int,
        H: int,
        *,
        rng: np.random.Generator,
        n_layers: int = 1,
        is_bidirectional: bool = False,
        dropout: float = 0.0,
    ):
        name = type(self).__name__
        expect_generator(rng, where=f"{name}: rng")
        for size, letters in [(n_in, "n_in"), (H, "H"), (n_layers, "n_layers")]:
            expect_positive(size, where=f"{name}: {letters}")
        self.n_in, self.H, self.n_layers = n_in, H, n_layers
        self.is_bidirectional = is_bidirectional
        self.n_directions = 2 if is_bidirectional else 1
        self.dropout = Dropout(dropout, rng=rng) if dropout else None  # without one, nothing is ever drawn
        widths = [n_in] + [self.n_directions * H] * (n_layers - 1)
        self.cells = [
            Cell(width, H, self.n_gates, rng=rng) for width in widths for _ in range(self.n_directions)
        ]

    def forward(self, x: Tensor, lengths: np.ndarray | None = None) -> Tensor:
        """Read the sequences, and return what the last layer shows after every step.

        Args:
            x: (B, T, n_in)
            lengths: (B,)  how many steps each sequence has; all T where left out
        Returns:
            outputs: (B, T, D·H)  D directions side by side
        Raises:
            TypeError: the lengths are no whole numbers
            ValueError: x has another shape, or a length is not between 1 and T
        """
        return self.run(x, lengths)[0]

    def run(
        self, x: Tensor, lengths: np.ndarray | None = None, first: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """Read the sequences from given first states on, and return the last states too.

        The last state of a direction is the one after the last step that it reads: the first of the sequence
        where it reads backwards. It can be handed in as ``first`` where a sequence goes on.

        Args:
            x: (B, T, n_in)
            lengths: (B,)  how many steps each sequence has; all T where left out
            first: (n_cells, B, H); of an LSTM (2, n_cells, B, H), h and c; zeros where left out
        Returns:
            outputs: (B, T, D·H)  D directions side by side
            last: the last states, of the shape of ``first``; as in PyTorch
        Raises:
            TypeError: the lengths are no whole numbers
            ValueError: x or ``first`` has another shape, or a length is not between 1 and T
        """
        x, first, lengths = self._checked(x, first, lengths)
        if lengths is not None:
            is_inside = (np.arange(x.shape[1]) < lengths[:, None])[:, :, None]  # (B, T, 1)
            x = ops.where(is_inside, x, 0.0)  # not even NaN after the end of a sequence is looked at
        last = []
        for layer in range(self.n_layers):
            if layer and self.dropout:
                x = self.dropout(x)
            directions = []
            for direction in range(self.n_directions):
                number = self.n_directions * layer + direction
                outputs, state = self._read(number, x, first[..., number, :, :], lengths, bool(direction))
                directions.append(outputs)
                last.append(state)
            x = ops.concatenate(directions, axis=-1) if self.is_bidirectional else outputs  # (B, T, D·H)
        if lengths is not None:
            x = ops.where(is_inside, x, 0.0)
        return x, ops.stack(last, axis=-3)

    def _read(
        self, number: int, x: Tensor, first: Tensor, lengths: np.ndarray | None, is_backward: bool
    ) -> tuple[Tensor, Tensor]:
        """Let one cell read. What follows the end of a sequence comes later, so it cannot change the rest."""
        B, T, _ = x.shape
        cell = self.cells[number]
        if is_backward:
            x = reverse_in_time(x, lengths)
        states = self.sequence(x, first, cell.W_x, cell.W_h, cell.b_x, cell.b_h)
        ends = (T - 1,) if lengths is None else (np.arange(B), lengths - 1)
        last = states[(..., *ends, slice(None))]  # (B, T, H) -> (B, H), or (2, B, T, H) -> (2, B, H)
        outputs = states[0] if self.has_memory else states
        return reverse_in_time(outputs, lengths) if is_backward else outputs, last

    def _checked(self, x, first, lengths) -> tuple[Tensor, Tensor, np.ndarray | None]:
        name, x = type(self).__name__, as_tensor(x)
        expect_shape(x, "B T n_in", n_in=self.n_in, where=f"{name}: x", hint="The batch comes first.")
        B, T, _ = x.shape
        if T == 0:
            raise ValueError(f"{name}: x must have at least one step. It has shape {x.shape}.")
        if lengths is not None:
            lengths = _expect_lengths(lengths, B, T, where=f"{name}: lengths")
        letters, sizes = "n_cells B H", {"n_cells": len(self.cells), "B": B, "H": self.H}
        letters = f"2 {letters}" if self.has_memory else letters
        if first is None:
            shape = (2, *sizes.values()) if self.has_memory else tuple(sizes.values())
            first = np.zeros(shape, self.cells[0].W_h.dtype)
        first = as_tensor(first)
        expect_shape(first, letters, where=f"{name}: first", **sizes)
        return x, first, lengths


class RNN(Recurrent):
    r"""The simplest recurrent layer: $h_t = \tanh(x_t W_x + b_x + h_{t-1} W_h + b_h)$.

    Args, attributes and errors are those of ``Recurrent``.
    Source: Elman 1990, "Finding structure in time", *Cognitive Science* 14.
    """

    sequence = staticmethod(rnn)
    n_gates = 1


class LSTM(Recurrent):
    r"""Long short-term memory: $c_t = f c_{t-1} + i g$, $h_t = o \tanh c_t$, see ``lstm``.

    Args, attributes and errors are those of ``Recurrent``, and one more. ``run`` returns both last states as
    one Tensor: ``outputs, (h, c) = layer.run(x)``.

    Args:
        forget_bias: what the valve f begins with; 0 as in PyTorch, where it begins half open and a memory
            halves with every step. With 1 or 2 the layer begins by remembering
    Source: Hochreiter & Schmidhuber 1997, "Long short-term memory", *Neural Computation* 9; the bias:
        Jozefowicz, Zaremba & Sutskever 2015, "An empirical exploration of recurrent network architectures",
        ICML.
    """

    sequence = staticmethod(lstm)
    n_gates = 4
    has_memory = True

    def __init__(
        self,
        n_in: int,
        H: int,
        *,
        rng: np.random.Generator,
        n_layers: int = 1,
        is_bidirectional: bool = False,
        dropout: float = 0.0,
        forget_bias: float = 0.0,
    ):
        super().__init__(
            n_in, H, rng=rng, n_layers=n_layers, is_bidirectional=is_bidirectional, dropout=dropout
        )
        for cell in self.cells:
            is_forget = np.arange(4 * H) // H == 1  # the gates are i f g o
            cell.b_h.assign(cell.b_h.data + forget_bias * is_forget)


class GRU(Recurrent):
    r"""The gated recurrent unit: $h_t = (1 - z) n + z h_{t-1}$, see ``gru``.

    Args, attributes and errors are those of ``Recurrent``.
    Source: Cho et al. 2014, "Learning phrase representations using RNN encoder-decoder", EMNLP.
    """

    sequence = staticmethod(gru)
    n_gates = 3


def _uniform(shape: tuple[int, ...], H: int, rng: np.random.Generator) -> Tensor:
    a = 1 / math.sqrt(H)
    return Tensor(rng.uniform(-a, a, shape).astype(np.float32))


def _expect_lengths(lengths, B: int, T: int, *, where: str) -> np.ndarray:
    lengths = np.array(lengths.data if isinstance(lengths, Tensor) else lengths)
    if lengths.dtype.kind not in "iu":
        raise TypeError(f"{where} must be whole numbers. They are of type {lengths.dtype}.")
    expect_shape(lengths, "B", B=B, where=where)
    strange = lengths[(lengths < 1) | (lengths > T)]
    if strange.size:
        raise ValueError(f"{where} must lie between 1 and T={T}. They also hold {strange[0]}.")
    return lengths
