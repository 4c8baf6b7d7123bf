"""Multi-head attention: every step asks all others, several questions at once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from course_lib.autograd import no_grad, ops
from course_lib.autograd.fused.attention import attention, self_attention
from course_lib.autograd.fused.linear import linear
from course_lib.autograd.tensor import Tensor
from course_lib.checks import expect_shape
from course_lib.layers.init import xavier_uniform
from course_lib.layers.module import Module

__all__ = ["MultiHeadAttention", "causal_mask", "padding_mask"]


class MultiHeadAttention(Module):
    r"""Let every step of ``x`` look at the steps of ``x``, or of a second sequence, through nh heads.

    Each step sends out a query, and each step that may be looked at shows a key and gives a value:

    $$\mathrm{head}_i = \mathrm{softmax}\left(\frac{q_i k_i^\top}{\sqrt{hs}}\right) v_i \qquad
    y = [\mathrm{head}_1, \ldots, \mathrm{head}_{nh}] W_o + b_o$$

    All heads' queries, keys and values come from one matrix: ``W_qkv`` holds the columns of the queries, then
    of the keys, then of the values, and in each of the three the columns of head 1, head 2 and so on.

    Args:
        C: channels; each head has hs = C / nh of them
        nh: heads
        rng: draws the first weights
        is_causal: whether a step sees only itself and what came before
        rotary: turns queries and keys by their position: ``rotary(x, first)`` with x (B, nh, T, hs) and the
            position of its first step
    Attributes:
        W_qkv: (C, 3C)
        b_qkv: (3C,)
        W_o: (C, C)
        b_o: (C,)
    Raises:
        TypeError: ``rng`` is not a generator
        ValueError: a size is not positive, or the heads do not share the channels out evenly
    Source: Vaswani et al. 2017, "Attention is all you need", section 3.2.2; the first weights as in PyTorch.
    """

    def __init__(
        self,
        C: int,
        nh: int,
        *,
        rng: np.random.Generator,
        is_causal: bool = False,
        rotary: Callable | None = None,
    ):
        if nh < 1 or C % nh:
            raise ValueError(
                f"MultiHeadAttention: nh heads must share C channels evenly. C is {C} and nh is {nh}."
            )
        self.W_qkv = Tensor(xavier_uniform((C, 3 * C), rng))
        self.b_qkv = Tensor(np.zeros(3 * C, np.float32))
        self.W_o = Tensor(xavier_uniform((C, C), rng))
        self.b_o = Tensor(np.zeros(C, np.float32))
        self.C, self.nh = C, nh
        self.is_causal = is_causal
        self.rotary = rotary

    def forward(self, x: Tensor, context: Tensor | None = None, mask=None, cache=None) -> Tensor:
        """Look around, and mix what was found.

        Args:
            x: (B, T, C)  the steps that ask
            context: (B, S, C)  the steps that answer; those of x where left out
            mask: truth values that broadcast to (B, T, S): True where a step may look. One that may look
                nowhere finds zeros
            cache: a ``KeyValueCache`` of the steps before x; they answer too, so S counts them in
        Returns:
            y: (B, T, C)
        Raises:
            TypeError: the mask does not hold truth values
            ValueError: a shape does not fit, or there are both a context and a cache
        """
        expect_shape(x, "B T C", C=self.C, where="MultiHeadAttention: x")
        mask = _for_all_heads(mask)
        if context is not None and cache is not None:
            raise ValueError(
                "MultiHeadAttention: a cache keeps the steps of x. With a context there are none."
            )
        if context is None and cache is None and self.rotary is None:
            found = self_attention(linear(x, self.W_qkv, self.b_qkv), self.nh, mask, self.is_causal)
        else:
            heads = attention(*self._queries_keys_values(x, context, cache), mask, self.is_causal)
            found = heads.transpose(0, 2, 1, 3).reshape(
                x.shape
            )  # (B, nh, T, hs) -> (B, T, nh, hs) -> (B, T, C)
        return linear(found, self.W_o, self.b_o)

    def weights(self, x: Tensor, context: Tensor | None = None, mask=None) -> np.ndarray:
        """Return how much of its attention each step gives to each other, for a map. Nothing is recorded.

        Args:
            x: (B, T, C)  the steps that ask
            context: (B, S, C)  the steps that answer; those of x where left out
            mask: truth values that broadcast to (B, T, S): True where a step may look
        Returns:
            (B, nh, T, S)  shares that add up to 1 along the last axis
        Raises:
            TypeError: the mask does not hold truth values
            ValueError: a shape does not fit
        """
        expect_shape(x, "B T C", C=self.C, where="MultiHeadAttention: x")
        mask = _for_all_heads(mask)
        with no_grad():
            q, k, _ = self._queries_keys_values(x, context, None)
            B, nh, S, _ = k.shape
            one_hot = np.broadcast_to(np.eye(S, dtype=k.dtype), (B, nh, S, S))
            return attention(q, k, one_hot, mask, self.is_causal).data  # values 1, 0, 0 ... show the weights

    def _queries_keys_values(self, x: Tensor, context: Tensor | None, cache) -> tuple[Tensor, Tensor, Tensor]:
        C = self.C
        if context is None:
            projected = linear(x, self.W_qkv, self.b_qkv)  # (B, T, C) @ (C, 3C) -> (B, T, 3C)
            q, k, v = (self._heads(projected[..., i * C : (i + 1) * C]) for i in range(3))
        else:
            expect_shape(context, "B S C", B=x.shape[0], C=C, where="MultiHeadAttention: context")
            q = self._heads(linear(x, self.W_qkv[:, :C], self.b_qkv[:C]))
            answers = linear(context, self.W_qkv[:, C:], self.b_qkv[C:])  # (B, S, C) @ (C, 2C) -> (B, S, 2C)
            k, v = self._heads(answers[..., :C]), self._heads(answers[..., C:])
        if self.rotary is not None and context is None:
            first = 0 if cache is None else cache.n_steps
            q, k = self.rotary(q, first), self.rotary(k, first)
        if cache is not None:
            k, v = cache.extend(k, v)
        return q, k, v

    def _heads(self, x: Tensor) -> Tensor:
        B, T, C = x.shape
        return ops.transpose(ops.reshape(x, (B, T, self.nh, C // self.nh)), (0, 2, 1, 3))  # -> (B, nh, T, hs)


def _for_all_heads(mask) -> np.ndarray | None:
    if mask is None:
        return None
    mask = np.asarray(mask)
    expect_shape(mask, "... T S", where="MultiHeadAttention: mask")
    return mask[..., None, :, :]  # (B, T, S) -> (B, 1, T, S)


def causal_mask(T: int) -> np.ndarray:
    """Allow every step to look at itself and at what came before.

    Args:
        T: steps
    Returns:
        (T, T)  True where the step of the row may look at the step of the column

    >>> causal_mask(3).astype(int)
    array([[1, 0, 0],
           [1, 1, 0],
           [1, 1, 1]])
    """
    return np.tri(T, dtype=bool)


def padding_mask(lengths: np.ndarray, T: int) -> np.ndarray:
    """Allow looking at the real steps of each sequence, and not at what was added to make all equally long.

    Args:
        lengths: (B,)  how many steps of each sequence are real
        T: steps of the longest
    Returns:
        (B, 1, T)  True where a step is real; the axis of length 1 stands for every step that asks
    Raises:
        ValueError: a length is not between 0 and T

    >>> padding_mask(np.array([1, 3]), T=3).astype(int)
    array([[[1, 0, 0]],
    <BLANKLINE>
           [[1, 1, 1]]])
    """
    lengths = np.asarray(lengths)
    expect_shape(lengths, "B", where="padding_mask: lengths")
    strange = lengths[(lengths < 0) | (lengths > T)]
    if strange.size:
        raise ValueError(f"padding_mask: lengths must lie between 0 and T={T}. They also hold {strange[0]}.")
    return (np.arange(T) < lengths[:, None])[:, None, :]  # (B, T) -> (B, 1, T)
