"""A Transformer that reads one sequence and writes another: the encoder reads, the decoder writes."""

from __future__ import annotations  # np.random is slow to import: the annotation below must not load it

from dataclasses import dataclass

import numpy as np

from course_lib.autograd import no_grad
from course_lib.autograd.tensor import Tensor
from course_lib.checks import expect_shape
from course_lib.layers.embedding import Embedding
from course_lib.layers.init import xavier_uniform
from course_lib.layers.linear import Linear
from course_lib.layers.module import Module, evaluating
from course_lib.layers.norm import LayerNorm
from course_lib.layers.positions import SinusoidalPositions
from course_lib.layers.transformer import DecoderBlock, EncoderBlock
from course_lib.models.configuration import expect_config, expect_sizes

__all__ = ["Seq2Seq", "Seq2SeqConfig"]


@dataclass(frozen=True)
class Seq2SeqConfig:
    """How a ``Seq2Seq`` is built.

    Attributes:
        V_in: entries of the vocabulary that is read
        V_out: entries of the vocabulary that is written
        T: steps of the longest sequence, on either side
        C: channels
        nh: heads of each attention
        n_blocks: blocks of the encoder, and of the decoder
        C_hidden: channels inside the feed-forward networks; 4C where None
        dropout: share of each part's output that is dropped in training
        padding: id that fills up shorter sequences, the same in both vocabularies
        start: id that the writing begins with
        end: id that says that all is written
    Raises:
        ValueError: a size is no whole number of at least 1, or padding, start and end are not three different
            ids of the vocabulary that is written
    """

    V_in: int
    V_out: int
    T: int
    C: int = 64
    nh: int = 4
    n_blocks: int = 2
    C_hidden: int | None = None
    dropout: float = 0.0
    padding: int = 0
    start: int = 1
    end: int = 2

    def __post_init__(self):
        expect_sizes(self, "V_in", "V_out", "T", "C", "nh", "n_blocks")
        special = (self.padding, self.start, self.end)
        if len(set(special)) < 3 or min(special) < 0 or max(special) >= self.V_out:
            raise ValueError(
                "Seq2SeqConfig: padding, start and end must be three different ids below "
                f"V_out={self.V_out}. They are {self.padding}, {self.start} and {self.end}."
            )


class Seq2Seq(Module):
    r"""Translate: the encoder turns what was read into vectors, the decoder writes one entry after the other.

    What is written gets its probability entry by entry, each given all before it:

    $$P(y_1 \ldots y_T \mid x) = \prod_t P(y_t \mid y_1 \ldots y_{t-1}, x)$$

    Args:
        config: how it is built
        rng: draws the first weights, and what is dropped
    Raises:
        TypeError: ``config`` is of another kind, or ``rng`` is not a generator
        ValueError: a number in ``config`` cannot be right
    Source: Vaswani et al. 2017, "Attention is all you need", section 3, with the norms before each part.
    """

    def __init__(self, config: Seq2SeqConfig, *, rng: np.random.Generator):
        expect_config(config, Seq2SeqConfig, where="Seq2Seq")
        self.config = config
        C, T = config.C, config.T
        settings = {"rng": rng, "C_hidden": config.C_hidden, "dropout": config.dropout}
        self.embedding_in = Embedding(config.V_in, C, rng=rng)
        self.embedding_out = Embedding(config.V_out, C, rng=rng)
        self.positions = SinusoidalPositions(T, C)
        self.encoder = [EncoderBlock(C, config.nh, **settings) for _ in range(config.n_blocks)]
        self.norm_encoder = LayerNorm(C)
        self.decoder = [DecoderBlock(C, config.nh, is_cross=True, **settings) for _ in range(config.n_blocks)]
        self.norm_decoder = LayerNorm(C)
        self.head = Linear(C, config.V_out, rng=rng, init=xavier_uniform)

    def forward(self, source: np.ndarray, target: np.ndarray) -> Tensor:
        """Return the logits of what comes next, after each step of the target.

        In training the target is what should be written, with the start id in front and without its last
        entry: each step is shown what is right before it, and asked for what comes next.

        Args:
            source: (B, S)  ids that are read, filled up with the padding id
            target: (B, T)  ids that were written so far
        Returns:
            z: (B, T, V_out)  logits
        Raises:
            TypeError: the ids are no whole numbers
            ValueError: a shape does not fit, a sequence is too long or an id is out of range
        """
        context, context_mask = self.encode(source)
        return self.decode(target, context, context_mask)

    def encode(self, source: np.ndarray) -> tuple[Tensor, np.ndarray]:
        """Read.

        Args:
            source: (B, S)  ids, filled up with the padding id
        Returns:
            context: (B, S, C)  a vector for each step
            context_mask: (B, 1, S)  True where a step is real, and may be looked at
        Raises:
            TypeError: the ids are no whole numbers
            ValueError: the shape does not fit, a sequence is too long or an id is out of range
        """
        source = np.asarray(source)
        expect_shape(source, "B S", where="Seq2Seq: source")
        mask = (source != self.config.padding)[:, None, :]  # (B, S) -> (B, 1, S)
        x = self.positions(self.embedding_in(source))  # (B, S) -> (B, S, C)
        for block in self.encoder:
            x = block(x, mask)
        return self.norm_encoder(x), mask

    def decode(self, target: np.ndarray, context: Tensor, context_mask: np.ndarray) -> Tensor:
        """Return the logits of what comes next, for sequences that were read already.

        Padding in the target needs no mask: it stands at the end, and no step looks ahead.

        Args:
            target: (B, T)  ids that were written so far
            context: (B, S, C)  from ``encode``
            context_mask: (B, 1, S)  from ``encode``
        Returns:
            z: (B, T, V_out)  logits
        Raises:
            TypeError: the ids are no whole numbers
            ValueError: a shape does not fit, a sequence is too long or an id is out of range
        """
        target = np.asarray(target)
        expect_shape(target, "B T", B=context.shape[0], where="Seq2Seq: target")
        x = self.positions(self.embedding_out(target))  # (B, T) -> (B, T, C)
        for block in self.decoder:
            x = block(x, context, context_mask)
        return self.head(self.norm_decoder(x))  # (B, T, C) -> (B, T, V_out)

    def translate(self, source: np.ndarray, n_steps: int | None = None) -> np.ndarray:
        """Write, one entry at a time, always the most probable one: greedily.

        Nothing is dropped meanwhile, also during training. A sequence that has written its end id is
        finished, and waits for the others.

        Args:
            source: (B, S)  ids, filled up with the padding id
            n_steps: how many entries to write at most, from 0 to T; T of the configuration where left out
        Returns:
            (B, n)  ids, n at most ``n_steps``; the end id where it was written, padding after it
        Raises:
            TypeError: the ids are no whole numbers
            ValueError: a shape does not fit, a sequence is too long, an id is out of range, or ``n_steps`` is
        """
        n_steps = self.config.T if n_steps is None else n_steps
        if not isinstance(n_steps, int | np.integer) or not 0 <= n_steps <= self.config.T:
            raise ValueError(
                f"Seq2Seq.translate: n_steps must be a whole number from 0 to T={self.config.T}. "
                f"It is {n_steps!r}."
            )
        with evaluating(self), no_grad():
            return self._written(source, n_steps)

    def _written(self, source: np.ndarray, n_steps: int) -> np.ndarray:
        padding, start, end = self.config.padding, self.config.start, self.config.end
        context, context_mask = self.encode(source)
        B = context.shape[0]
        target = np.full((B, 1), start)
        is_finished = np.zeros(B, dtype=bool)
        while not is_finished.all() and target.shape[1] <= n_steps:
            z = self.decode(target, context, context_mask).data[:, -1].copy()  # (B, T, V_out) -> (B, V_out)
            z[:, [padding, start]] = -np.inf  # neither is an answer
            chosen = np.where(is_finished, padding, z.argmax(axis=-1))  # (B, V_out) -> (B,)
            target = np.concatenate([target, chosen[:, None]], axis=1)  # (B, t) -> (B, t + 1)
            is_finished |= chosen == end
        return target[:, 1:]
