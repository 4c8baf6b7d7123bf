"""The blocks of a Transformer: look around, then think, each added to what was there."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from course_lib.autograd.fused.gelu import gelu
from course_lib.autograd.tensor import Tensor
from course_lib.layers.attention import MultiHeadAttention
from course_lib.layers.dropout import Dropout
from course_lib.layers.linear import Linear
from course_lib.layers.module import Module
from course_lib.layers.norm import LayerNorm

__all__ = ["DecoderBlock", "EncoderBlock", "FeedForward"]


class FeedForward(Module):
    r"""Two layers that treat every step by itself: $y = \mathrm{gelu}(x W_1 + b_1) W_2 + b_2$.

    Args:
        C: channels that come in and go out
        C_hidden: channels between; the original takes 4C
        rng: draws the first weights
    Raises:
        TypeError: ``rng`` is not a generator
        ValueError: a size is not positive
    Source: Vaswani et al. 2017, "Attention is all you need", section 3.3, with a ReLU; the GELU is that of
        Radford et al. 2018, "Improving language understanding by generative pre-training".
    """

    def __init__(self, C: int, C_hidden: int, *, rng: np.random.Generator):
        self.first = Linear(C, C_hidden, rng=rng)
        self.second = Linear(C_hidden, C, rng=rng)

    def forward(self, x: Tensor) -> Tensor:
        """Widen, bend, narrow.

        Args:
            x: (..., C)
        Returns:
            y: (..., C)
        Raises:
            ValueError: the last axis of x is not C
        """
        return self.second(gelu(self.first(x)))  # (..., C) -> (..., C_hidden) -> (..., C)


class _Block(Module):
    """What both blocks share: how a part is wrapped into norm, dropout and the residual sum."""

    def _added(self, x: Tensor, part: Callable, norm: LayerNorm) -> Tensor:
        if self.is_pre_norm:
            return x + self.dropout(part(norm(x)))
        return norm(x + self.dropout(part(x)))


class EncoderBlock(_Block):
    r"""Self-attention over the whole sequence, then a feed-forward network.

    With the norm before each part, as most models have it since GPT-2, the sum stays untouched on its way
    through all blocks, and deep stacks train without warm-up. The original has it after:

    $$\text{before:}\quad x \leftarrow x + f(\mathrm{norm}(x)) \qquad
    \text{after:}\quad x \leftarrow \mathrm{norm}(x + f(x))$$

    Args:
        C: channels
        nh: heads
        rng: draws the first weights, and what is dropped
        C_hidden: channels inside the feed-forward network; 4C where left out
        dropout: share of each part's output that is dropped in training
        is_pre_norm: whether the norm comes before each part
        rotary: turns queries and keys by their position, see ``MultiHeadAttention``
    Raises:
        TypeError: ``rng`` is not a generator
        ValueError: a size or the dropout cannot be right
    Source: Vaswani et al. 2017, "Attention is all you need", section 3.1; the norm before: Xiong et al.
        2020, "On layer normalization in the Transformer architecture", ICML.
    """

    def __init__(
        self,
        C: int,
        nh: int,
        *,
        rng: np.random.Generator,
        C_hidden: int | None = None,
        dropout: float = 0.0,
        is_pre_norm: bool = True,
        rotary: Callable | None = None,
    ):
        self.attention = MultiHeadAttention(C, nh, rng=rng, rotary=rotary)
        self.norm_1 = LayerNorm(C)
        self.feed_forward = FeedForward(C, 4 * C if C_hidden is None else C_hidden, rng=rng)
        self.norm_2 = LayerNorm(C)
        self.dropout = Dropout(dropout, rng=rng)
        self.is_pre_norm = is_pre_norm

    def forward(self, x: Tensor, mask=None) -> Tensor:
        """Let every step look at all steps, then work on each.

        Args:
            x: (B, T, C)
            mask: truth values that broadcast to (B, T, T): True where a step may look, such as a
                ``padding_mask``
        Returns:
            y: (B, T, C)
        Raises:
            TypeError: the mask does not hold truth values
            ValueError: a shape does not fit
        """
        x = self._added(x, lambda x: self.attention(x, None, mask), self.norm_1)
        return self._added(x, self.feed_forward, self.norm_2)


class DecoderBlock(_Block):
    """Attention to what came before, attention to a second sequence if wished, then a feed-forward network.

    Without the second sequence this is the block of a GPT.

    Args:
        C: channels
        nh: heads
        rng: draws the first weights, and what is dropped
        C_hidden: channels inside the feed-forward network; 4C where left out
        dropout: share of each part's output that is dropped in training
        is_pre_norm: whether the norm comes before each part, see ``EncoderBlock``
        is_cross: whether the block also looks at a second sequence, the context
        rotary: turns queries and keys by their position, see ``MultiHeadAttention``
    Raises:
        TypeError: ``rng`` is not a generator
        ValueError: a size or the dropout cannot be right
    Source: Vaswani et al. 2017, "Attention is all you need", section 3.1; Radford et al. 2018, "Improving
        language understanding by generative pre-training", for the one without a second sequence.
    """

    def __init__(
        self,
        C: int,
        nh: int,
        *,
        rng: np.random.Generator,
        C_hidden: int | None = None,
        dropout: float = 0.0,
        is_pre_norm: bool = True,
        is_cross: bool = False,
        rotary: Callable | None = None,
    ):
        self.attention = MultiHeadAttention(C, nh, rng=rng, is_causal=True, rotary=rotary)
        self.norm_1 = LayerNorm(C)
        if is_cross:
            self.cross_attention = MultiHeadAttention(C, nh, rng=rng)
            self.norm_cross = LayerNorm(C)
        self.feed_forward = FeedForward(C, 4 * C if C_hidden is None else C_hidden, rng=rng)
        self.norm_2 = LayerNorm(C)
        self.dropout = Dropout(dropout, rng=rng)
        self.is_pre_norm = is_pre_norm
        self.is_cross = is_cross

    def forward(
        self, x: Tensor, context: Tensor | None = None, context_mask=None, mask=None, cache=None
    ) -> Tensor:
        """Let every step look back and at the context, then work on each.

        Args:
            x: (B, T, C)
            context: (B, S, C)  the second sequence, where the block looks at one
            context_mask: truth values that broadcast to (B, T, S): True where a step may look at the context
            mask: truth values that broadcast to (B, T, T): True where a step may look, if it came before
            cache: a ``KeyValueCache`` of the steps before x
        Returns:
            y: (B, T, C)
        Raises:
            TypeError: a mask does not hold truth values
            ValueError: a shape does not fit, or there is a context where none is looked at, or the reverse
        """
        if self.is_cross != (context is not None):
            needs = "needs a context" if self.is_cross else "looks at no context: make it with is_cross=True"
            raise ValueError(f"DecoderBlock: this block {needs}.")
        x = self._added(x, lambda x: self.attention(x, None, mask, cache), self.norm_1)
        if self.is_cross:
            x = self._added(x, lambda x: self.cross_attention(x, context, context_mask), self.norm_cross)
        return self._added(x, self.feed_forward, self.norm_2)
