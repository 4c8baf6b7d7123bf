"""Positions: attention does not know which step comes first, so each step is told where it stands.

Three ways: waves that are added, vectors that are learned and added, and a rotation of queries and keys.
Waves and rotations turn by the same angles: step t turns pair i of the channels by

$$\\theta_{t,i} = t \\cdot 10000^{-2i / C}$$

The first pairs turn fast and tell neighbours apart. The last turn slowly and tell the far from the near.
"""

from __future__ import annotations  # np.random is slow to import: the annotation below must not load it

import numpy as np

from course_lib.autograd import ops
from course_lib.autograd.tensor import Tensor
from course_lib.checks import expect_positive, expect_shape
from course_lib.data.randomness import expect_generator
from course_lib.layers.module import Module

__all__ = ["LearnedPositions", "SinusoidalPositions", "rotate", "sinusoids"]


def sinusoids(T: int, C: int) -> np.ndarray:
    r"""Compute the waves: $s_{t,2i} = \sin \theta_{t,i}$ and $s_{t,2i+1} = \cos \theta_{t,i}$.

    Two steps that lie k apart differ by a rotation that is the same everywhere, so a layer can learn to look
    k steps back.

    Args:
        T: steps
        C: channels, an even number
    Returns:
        (T, C) float64
    Raises:
        ValueError: C is odd
    Source: Vaswani et al. 2017, "Attention is all you need", section 3.5.

    >>> sinusoids(2, 4).round(2)
    array([[0.  , 1.  , 0.  , 1.  ],
           [0.84, 0.54, 0.01, 1.  ]])
    """
    angles = _angles(0, T, C, where="sinusoids: C")
    waves = np.stack([np.sin(angles), np.cos(angles)], axis=-1)  # (T, C / 2) -> (T, C / 2, 2)
    return waves.reshape(T, C)


class SinusoidalPositions(Module):
    """Add waves to the channels: nothing to learn, and every step gets another pattern.

    Args:
        T: steps of the longest sequence
        C: channels, an even number
    Raises:
        ValueError: a size is not positive, or C is odd
    Source: Vaswani et al. 2017, "Attention is all you need", section 3.5.
    """

    def __init__(self, T: int, C: int):
        expect_positive(T, where="SinusoidalPositions: T")
        expect_positive(C, where="SinusoidalPositions: C")
        self.waves = sinusoids(T, C)

    def forward(self, x: Tensor, first: int = 0) -> Tensor:
        """Add the wave of each step.

        Args:
            x: (B, T, C), T at most that of the layer
            first: position of the first step; more than 0 where the steps before it are done already
        Returns:
            y: (B, T, C)
        Raises:
            ValueError: the shape does not fit, or a step lies behind the last position
        """
        waves = self.waves[_places(x, first, self.waves.shape, where="SinusoidalPositions: x")]
        return ops.add(x, waves.astype(x.dtype))  # (B, T, C) + (T, C) -> (B, T, C)


class LearnedPositions(Module):
    """Add a learned vector to each step.

    Args:
        T: steps of the longest sequence; later ones were never learned, so they are refused
        C: channels
        rng: draws the first vectors, from a normal distribution around 0
        deviation: its standard deviation; 0.02 as in GPT-2
    Attributes:
        W: (T, C)  one row per step
    Raises:
        TypeError: ``rng`` is not a generator
        ValueError: a size or the deviation is not positive
    Source: Gehring, Auli, Grangier, Yarats & Dauphin 2017, "Convolutional sequence to sequence learning",
        section 3.1, ICML.
    """

    def __init__(self, T: int, C: int, *, rng: np.random.Generator, deviation: float = 0.02):
        expect_generator(rng, where="LearnedPositions: rng")
        expect_positive(T, where="LearnedPositions: T")
        expect_positive(C, where="LearnedPositions: C")
        expect_positive(deviation, where="LearnedPositions: deviation")
        self.W = Tensor(rng.normal(0.0, deviation, (T, C)).astype(np.float32))

    def forward(self, x: Tensor, first: int = 0) -> Tensor:
        """Add the vector of each step.

        Args:
            x: (B, T, C), T at most that of the layer
            first: position of the first step; more than 0 where the steps before it are done already
        Returns:
            y: (B, T, C)
        Raises:
            ValueError: the shape does not fit, or a step lies behind the last position
        """
        return x + self.W[_places(x, first, self.W.shape, where="LearnedPositions: x")]  # (B, T, C) + (T, C)


def rotate(x: Tensor, first: int = 0) -> Tensor:
    r"""Turn each pair of channels by an angle that grows with the position.

    $$\begin{pmatrix} y_{2i} \\ y_{2i+1} \end{pmatrix} =
    \begin{pmatrix} \cos\theta_{t,i} & -\sin\theta_{t,i} \\ \sin\theta_{t,i} & \cos\theta_{t,i} \end{pmatrix}
    \begin{pmatrix} x_{2i} \\ x_{2i+1} \end{pmatrix}$$

    When queries and keys are turned so, their product depends on how far apart they stand, and not on where:
    turning both by the same angle changes no angle between them. No length changes either.

    Args:
        x: (..., T, hs)  queries or keys of each head; hs must be even
        first: position of the first step; more than 0 where the steps before it are done already
    Returns:
        y: (..., T, hs)
    Gradient: that of the plain operations; g is turned back by the same angles
    Raises:
        ValueError: x has fewer than two axes, or hs is odd
    Source: Su, Lu, Pan, Murtadha, Wen & Liu 2021, "RoFormer: enhanced transformer with rotary position
        embedding", section 3.2.2.

    >>> rotate(Tensor([[1.0, 0.0], [1.0, 0.0]])).data.round(2)
    array([[1.  , 0.  ],
           [0.54, 0.84]])
    """
    expect_shape(x, "... T hs", where="rotate: x")
    angles = _angles(first, *x.shape[-2:], where="rotate: hs")
    cos, sin = np.cos(angles).astype(x.dtype), np.sin(angles).astype(x.dtype)
    even, odd = x[..., 0::2], x[..., 1::2]  # (..., T, hs) -> (..., T, hs / 2)
    turned = ops.stack([even * cos - odd * sin, even * sin + odd * cos], axis=-1)  # -> (..., T, hs / 2, 2)
    return turned.reshape(x.shape)


def _angles(first: int, T: int, C: int, *, where: str) -> np.ndarray:
    if C % 2:
        raise ValueError(f"{where} must be even: channels turn in pairs. It is {C}.")
    speeds = 10_000.0 ** (-np.arange(0, C, 2) / C)  # (C / 2,)
    return np.arange(first, first + T)[:, None] * speeds  # (T, 1) * (C / 2,) -> (T, C / 2)


def _places(x: Tensor, first: int, shape: tuple[int, int], *, where: str) -> slice:
    """Return which rows of a table of that shape are for the steps of x."""
    longest, C = shape
    expect_shape(x, "B T C", C=C, where=where)
    T = x.shape[1]
    if not 0 <= first <= longest - T:
        raise ValueError(
            f"{where} has steps {first} to {first + T - 1}, but there are positions for steps 0 to "
            f"{longest - 1} only. Make the layer with a larger T, or the sequence shorter."
        )
    return slice(first, first + T)
