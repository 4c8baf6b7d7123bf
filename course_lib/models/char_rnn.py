"""A recurrent network that writes: it reads one character after the other and says which comes next."""

from __future__ import annotations  # np.random is slow to import: the annotations below must not load it

from dataclasses import dataclass

import numpy as np

from course_lib.autograd import no_grad
from course_lib.autograd.tensor import Tensor
from course_lib.checks import expect_shape
from course_lib.data.randomness import expect_generator
from course_lib.layers.embedding import Embedding
from course_lib.layers.init import xavier_uniform
from course_lib.layers.linear import Linear
from course_lib.layers.module import Module, evaluating
from course_lib.models.configuration import expect_config, expect_sizes
from course_lib.models.recurrent import KINDS, expect_kind
from course_lib.models.sampling import expect_beginning, sample

__all__ = ["CharRNN", "CharRNNConfig"]


@dataclass(frozen=True)
class CharRNNConfig:
    """How a writing network is built.

    Args:
        V: characters in the vocabulary
        C: numbers of each character's vector
        H: numbers of the state
        kind: ``"rnn"``, ``"lstm"`` or ``"gru"``
        n_layers: recurrent layers above each other
        dropout: share of the outputs dropped between two layers, in training
    Raises:
        ValueError: the kind is unknown, or a size is no whole number of at least 1
    """

    V: int
    C: int
    H: int
    kind: str = "lstm"
    n_layers: int = 1
    dropout: float = 0.0

    def __post_init__(self):
        expect_kind(self.kind, where="CharRNNConfig: kind")
        expect_sizes(self, "V", "C", "H", "n_layers")


class CharRNN(Module):
    r"""Predict each character from those before it: $p(x_{t+1} \mid x_1, \ldots, x_t)$.

    Characters become vectors, a recurrent layer reads them, and a linear layer gives each character of the
    vocabulary its logit. All that the network knows of the text so far is in its state, whose size does not
    grow with the text.

    Args:
        config: how it is built
        rng: draws the first weights, and what is dropped
    Attributes:
        embedding, layer, head: its parts
    Raises:
        TypeError: ``config`` is of another kind, or ``rng`` is not a generator
        ValueError: the dropout cannot be right
    Source: Sutskever, Martens & Hinton 2011, "Generating text with recurrent neural networks", ICML; Graves
        2013, "Generating sequences with recurrent neural networks".

    >>> model = CharRNN(CharRNNConfig(V=10, C=4, H=8), rng=np.random.default_rng(0))
    >>> model(np.array([[1, 2, 3]])).shape
    (1, 3, 10)
    """

    def __init__(self, config: CharRNNConfig, *, rng: np.random.Generator):
        expect_config(config, CharRNNConfig, where="CharRNN")
        self.config = config
        self.embedding = Embedding(config.V, config.C, rng=rng)
        self.layer = KINDS[config.kind](
            config.C, config.H, rng=rng, n_layers=config.n_layers, dropout=config.dropout
        )
        self.head = Linear(config.H, config.V, rng=rng, init=xavier_uniform)  # no ReLU follows

    def forward(self, ids: np.ndarray, lengths: np.ndarray | None = None) -> Tensor:
        """Give each character of the vocabulary its logit at each step.

        Args:
            ids: (B, T)  whole numbers from 0 to V - 1
            lengths: (B,)  how many steps each text has; all T where left out
        Returns:
            z: (B, T, V)  at step t the logits of the character at step t + 1
        Raises:
            TypeError: the ids or lengths are no whole numbers
            ValueError: an id is out of range, or a length is not between 1 and T
        """
        return self.read(ids, lengths)[0]

    def read(
        self, ids: np.ndarray, lengths: np.ndarray | None = None, state: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """Read on from a state, and return the next one too, so that a text can be read in pieces.

        Args:
            ids: (B, T)  whole numbers from 0 to V - 1
            lengths: (B,)  how many steps each text has; all T where left out
            state: what an earlier ``read`` returned; that of an empty text where left out
        Returns:
            z: (B, T, V)  at step t the logits of the character at step t + 1
            state: after the last step
        Raises:
            TypeError: the ids or lengths are no whole numbers
            ValueError: an id is out of range, a length is not between 1 and T, or the state is of another
                shape
        """
        expect_shape(ids, "B T", where="CharRNN: ids", hint="One text is a batch of one: ids[None].")
        h, state = self.layer.run(self.embedding(ids), lengths, state)  # (B, T) -> (B, T, C) -> (B, T, H)
        return self.head(h), state  # (B, T, H) -> (B, T, V)

    def generate(
        self,
        ids: np.ndarray,
        n_new: int,
        *,
        rng: np.random.Generator,
        temperature: float = 1.0,
        top_k: int | None = None,
        top_p: float | None = None,
    ) -> np.ndarray:
        """Continue texts, one character after the other; each that is drawn is what the next step reads.

        Args:
            ids: (B, n)  how the texts begin, at least one character
            n_new: how many characters to add
            rng: draws the characters
            temperature, top_k, top_p: how bold the choice is, see ``sample``
        Returns:
            (B, n + n_new)  the texts, beginning included
        Raises:
            TypeError: ``rng`` is not a generator, or the ids are no whole numbers
            ValueError: there is nothing to continue, an id is out of range, or a setting cannot be right
        """
        expect_generator(rng, where="CharRNN.generate: rng")
        ids = np.array(ids)
        expect_beginning(ids, n_new, where="CharRNN.generate")
        unread, state = ids, None
        with evaluating(self), no_grad():
            for _ in range(n_new):
                z, state = self.read(unread, None, state)
                z_next = z.data[:, -1]  # (B, T, V) -> (B, V)
                new = sample(z_next, rng=rng, temperature=temperature, top_k=top_k, top_p=top_p)
                unread = new[:, None]  # (B,) -> (B, 1)
                ids = np.concatenate([ids, unread], axis=1)  # (B, n) -> (B, n + 1)
        return ids
