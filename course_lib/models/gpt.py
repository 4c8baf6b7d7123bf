"""A small GPT: a Transformer that looks back only, and says which token comes next."""

from __future__ import annotations  # np.random is slow to import: the annotations below must not load it

import math
from dataclasses import dataclass

import numpy as np

from course_lib.autograd import no_grad, ops
from course_lib.autograd.tensor import Tensor
from course_lib.checks import expect_shape
from course_lib.data.randomness import expect_generator
from course_lib.layers.dropout import Dropout
from course_lib.layers.embedding import Embedding
from course_lib.layers.linear import Linear
from course_lib.layers.module import Module, evaluating
from course_lib.layers.norm import LayerNorm
from course_lib.layers.positions import LearnedPositions
from course_lib.layers.transformer import DecoderBlock
from course_lib.models.configuration import expect_config, expect_sizes
from course_lib.models.key_value_cache import KeyValueCache
from course_lib.models.sampling import expect_beginning, sample

__all__ = ["GPT", "GPTConfig"]

DEVIATION = 0.02  # of the first weights: Radford et al. 2018, section 4.1


@dataclass(frozen=True)
class GPTConfig:
    """How a GPT is built.

    Attributes:
        V: tokens in the vocabulary
        T: most tokens that the model can see at once
        C: channels
        nh: heads of each block
        n_blocks: blocks
        dropout: share that is dropped in training, of the embeddings and of each part's output
        is_tied: whether the table that reads tokens also writes them: the logits are then products with the
            rows of the embedding
    Raises:
        ValueError: a size is no whole number of at least 1, or the heads do not share the channels out evenly
    """

    V: int
    T: int
    C: int
    nh: int
    n_blocks: int
    dropout: float = 0.0
    is_tied: bool = False

    def __post_init__(self):
        expect_sizes(self, "V", "T", "C", "nh", "n_blocks")
        if self.C % self.nh:
            raise ValueError(
                f"GPTConfig: nh heads must share C channels evenly. C is {self.C}, nh is {self.nh}."
            )


class GPT(Module):
    r"""Predict each token from those before it: $p(x_{t+1} \mid x_1, \ldots, x_t)$.

    Tokens become vectors, positions are added, the blocks look back and think, and after a last norm a linear
    layer gives each token of the vocabulary its logit. All steps of a text are predicted in one pass: the
    causal attention keeps each from seeing what it is to predict.

    The first weights are small, so that at first all tokens are about equally likely. Those that write into
    the sum that runs through all blocks are smaller still, by $1 / \sqrt{2 n_{blocks}}$: that sum would
    otherwise grow with the number of blocks.

    Args:
        config: how it is built
        rng: draws the first weights, and what is dropped
    Attributes:
        embedding, positions, blocks, norm: its parts
        head: the Linear layer at the end; None where it is tied
    Raises:
        TypeError: ``config`` is of another kind, or ``rng`` is not a generator
        ValueError: the dropout cannot be right
    Source: Radford et al. 2018, "Improving language understanding by generative pre-training"; Radford et
        al. 2019, "Language models are unsupervised multitask learners", section 2.3, for the place of the
        norms and the first weights; tying: Press & Wolf 2017, "Using the output embedding to improve
        language models", EACL.

    >>> gpt = GPT(GPTConfig(V=10, T=8, C=4, nh=2, n_blocks=1), rng=np.random.default_rng(0))
    >>> gpt(np.array([[1, 2, 3]])).shape
    (1, 3, 10)
    """

    def __init__(self, config: GPTConfig, *, rng: np.random.Generator):
        expect_config(config, GPTConfig, where="GPT")
        V, T, C = config.V, config.T, config.C
        self.config = config
        self.embedding = Embedding(V, C, rng=rng)
        self.positions = LearnedPositions(T, C, rng=rng)
        self.dropout = Dropout(config.dropout, rng=rng)
        self.blocks = [
            DecoderBlock(C, config.nh, rng=rng, dropout=config.dropout) for _ in range(config.n_blocks)
        ]
        self.norm = LayerNorm(C)
        self.head = None if config.is_tied else Linear(C, V, rng=rng)
        self._start_small(rng)

    def forward(self, ids: np.ndarray, caches: list[KeyValueCache] | None = None) -> Tensor:
        """Give each token of the vocabulary its logit at each step.

        Args:
            ids: (B, T)  whole numbers from 0 to V - 1; T at most that of the configuration
            caches: of the steps before, one for each block; ids are then only the steps that follow
        Returns:
            z: (B, T, V)  at step t the logits of the token at step t + 1
        Raises:
            TypeError: the ids are no whole numbers
            ValueError: an id is out of range, or there are too many steps
        """
        expect_shape(ids, "B T", where="GPT: ids", hint="One text is a batch of one: ids[None].")
        first = caches[0].n_steps if caches else 0
        x = self.dropout(self.positions(self.embedding(ids), first))  # (B, T) -> (B, T, C)
        for number, block in enumerate(self.blocks):
            x = block(x, None, None, None, caches[number] if caches else None)
        x = self.norm(x)
        if self.head is None:
            return ops.matmul(x, self.embedding.W.T)  # (B, T, C) @ (C, V) -> (B, T, V)
        return self.head(x)  # (B, T, C) -> (B, T, V)

    def generate(
        self,
        ids: np.ndarray,
        n_new: int,
        *,
        rng: np.random.Generator,
        temperature: float = 1.0,
        top_k: int | None = None,
        top_p: float | None = None,
        uses_cache: bool = True,
    ) -> np.ndarray:
        """Continue texts, one token after the other; each that is drawn is what the next one sees.

        With a cache a new token costs one step of work instead of all. The result is the same. Once the text
        is longer than the model can see, the window slides along it: every step then has a new position, and
        nothing that was kept fits any more.

        Args:
            ids: (B, n)  how the texts begin, at least one token
            n_new: how many tokens to add
            rng: draws the tokens
            temperature, top_k, top_p: how bold the choice is, see ``sample``
            uses_cache: whether keys and values of earlier steps are kept
        Returns:
            (B, n + n_new)  the texts, beginning included
        Raises:
            TypeError: ``rng`` is not a generator, or the ids are no whole numbers
            ValueError: there is nothing to continue, an id is out of range, or a setting cannot be right
        """
        expect_generator(rng, where="GPT.generate: rng")
        ids = np.array(ids)
        expect_beginning(ids, n_new, where="GPT.generate")
        caches = [KeyValueCache(self.config.T) for _ in self.blocks] if uses_cache else None
        with evaluating(self), no_grad():
            for _ in range(n_new):
                z = self._next_logits(ids, caches)
                new = sample(z, rng=rng, temperature=temperature, top_k=top_k, top_p=top_p)
                ids = np.concatenate([ids, new[:, None]], axis=1)  # (B, n) -> (B, n + 1)
        return ids

    def _next_logits(self, ids: np.ndarray, caches: list[KeyValueCache] | None) -> np.ndarray:
        if caches is None or ids.shape[1] > self.config.T:
            return self(ids[:, -self.config.T :]).data[:, -1]  # (B, T, V) -> (B, V)
        return self(ids[:, caches[0].n_steps :], caches).data[:, -1]  # only the steps not yet seen

    def _start_small(self, rng: np.random.Generator) -> None:
        smaller = 1 / math.sqrt(2 * len(self.blocks))  # each block adds twice
        for name, parameter in self.named_parameters().items():
            if parameter.ndim == 2:
                writes_into_sum = name.endswith(("attention.W_o", "feed_forward.second.W"))
                deviation = DEVIATION * smaller if writes_into_sum else DEVIATION
                parameter.assign(rng.normal(0.0, deviation, parameter.shape))
