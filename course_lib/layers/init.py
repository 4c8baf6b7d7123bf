"""Initialisers: the random numbers that a layer begins with, scaled so that signals neither fade nor explode.

A weight matrix has the shape (n_in, n_out). A convolution kernel has the shape (C_out, C_in, kh, kw), or any
number of axes after the first two; each of its outputs sees n_in = C_in · kh · kw numbers, and each of its
inputs reaches n_out = C_out · kh · kw outputs.

Numbers are drawn in float64 and then stored in the dtype asked for, so that float32 and float64 start from
the same weights.
"""

from __future__ import annotations  # np.random is slow to import: the annotations below must not load it

import math

import numpy as np

from course_lib.data.randomness import expect_generator

__all__ = ["he_normal", "he_uniform", "orthogonal", "xavier_normal", "xavier_uniform"]


def xavier_uniform(shape: tuple[int, ...], rng: np.random.Generator, dtype=np.float32) -> np.ndarray:
    r"""Draw uniformly from $[-a, a]$ with $a = \sqrt{6 / (n_{in} + n_{out})}$: for tanh and sigmoid.

    The variance is then $2 / (n_{in} + n_{out})$, a compromise: $1 / n_{in}$ would keep the size of what goes
    forward, $1 / n_{out}$ that of the gradient coming back.

    Args:
        shape: (n_in, n_out), or (C_out, C_in, ...) of a convolution
        rng: where the numbers come from
        dtype: of the result
    Returns:
        weights of that shape
    Raises:
        TypeError: ``rng`` is not a generator
        ValueError: the shape has fewer than two axes, or an axis without entries
    Source: Glorot & Bengio 2010, "Understanding the difficulty of training deep feedforward neural networks",
        equation 16, AISTATS.
    """
    n_in, n_out = _fans(shape, rng, where="xavier_uniform")
    a = math.sqrt(6 / (n_in + n_out))
    return rng.uniform(-a, a, shape).astype(dtype)


def xavier_normal(shape: tuple[int, ...], rng: np.random.Generator, dtype=np.float32) -> np.ndarray:
    r"""Draw from a normal distribution of variance $2 / (n_{in} + n_{out})$: for tanh and sigmoid.

    Args:
        shape: (n_in, n_out), or (C_out, C_in, ...) of a convolution
        rng: where the numbers come from
        dtype: of the result
    Returns:
        weights of that shape
    Raises:
        TypeError: ``rng`` is not a generator
        ValueError: the shape has fewer than two axes, or an axis without entries
    Source: Glorot & Bengio 2010, "Understanding the difficulty of training deep feedforward neural networks",
        equation 12, AISTATS.
    """
    n_in, n_out = _fans(shape, rng, where="xavier_normal")
    return rng.normal(0.0, math.sqrt(2 / (n_in + n_out)), shape).astype(dtype)


def he_uniform(shape: tuple[int, ...], rng: np.random.Generator, dtype=np.float32) -> np.ndarray:
    r"""Draw uniformly from $[-a, a]$ with $a = \sqrt{6 / n_{in}}$: for the ReLU.

    Args:
        shape: (n_in, n_out), or (C_out, C_in, ...) of a convolution
        rng: where the numbers come from
        dtype: of the result
    Returns:
        weights of that shape
    Raises:
        TypeError: ``rng`` is not a generator
        ValueError: the shape has fewer than two axes, or an axis without entries
    Source: He, Zhang, Ren & Sun 2015, "Delving deep into rectifiers", equation 10, ICCV; a uniform
        distribution of the same variance.
    """
    n_in, _ = _fans(shape, rng, where="he_uniform")
    a = math.sqrt(6 / n_in)
    return rng.uniform(-a, a, shape).astype(dtype)


def he_normal(shape: tuple[int, ...], rng: np.random.Generator, dtype=np.float32) -> np.ndarray:
    r"""Draw from a normal distribution of variance $2 / n_{in}$: for the ReLU.

    The ReLU throws half of the signal's square away; the 2 makes up for it.

    Args:
        shape: (n_in, n_out), or (C_out, C_in, ...) of a convolution
        rng: where the numbers come from
        dtype: of the result
    Returns:
        weights of that shape
    Raises:
        TypeError: ``rng`` is not a generator
        ValueError: the shape has fewer than two axes, or an axis without entries
    Source: He, Zhang, Ren & Sun 2015, "Delving deep into rectifiers", equation 10, ICCV.
    """
    n_in, _ = _fans(shape, rng, where="he_normal")
    return rng.normal(0.0, math.sqrt(2 / n_in), shape).astype(dtype)


def orthogonal(shape: tuple[int, ...], rng: np.random.Generator, dtype=np.float32) -> np.ndarray:
    r"""Draw a rotation: $W W^\top = I$, so that no signal changes its length. For recurrent, deep networks.

    Where there are more rows than columns it is $W^\top W = I$. All axes after the first count as columns.
    The Q of a QR decomposition of normal numbers would prefer some rotations; the signs of R's diagonal make
    all equally likely.

    Args:
        shape: (n_in, n_out), or (C_out, C_in, ...) of a convolution
        rng: where the numbers come from
        dtype: of the result
    Returns:
        weights of that shape
    Raises:
        TypeError: ``rng`` is not a generator
        ValueError: the shape has fewer than two axes, or an axis without entries
    Source: Saxe, McClelland & Ganguli 2014, "Exact solutions to the nonlinear dynamics of learning in deep
        linear neural networks", ICLR; the signs: Mezzadri 2007, "How to generate random matrices from the
        classical compact groups".
    """
    _fans(shape, rng, where="orthogonal")
    n_rows, n_columns = shape[0], math.prod(shape[1:])
    tall = rng.normal(size=(max(n_rows, n_columns), min(n_rows, n_columns)))
    Q, R = np.linalg.qr(tall)  # Q has the shape of tall, R is square
    Q = Q * np.sign(np.diag(R))
    W = Q if n_rows >= n_columns else Q.T  # (n_rows, n_columns)
    return W.reshape(shape).astype(dtype)


def _fans(shape: tuple[int, ...], rng: np.random.Generator, *, where: str) -> tuple[int, int]:
    """Count the inputs that one output sees, and the outputs that one input reaches."""
    expect_generator(rng, where=f"{where}: rng")
    if not isinstance(shape, tuple) or len(shape) < 2 or min(shape) < 1:
        raise ValueError(f"{where}: shape must be (n_in, n_out) or (C_out, C_in, ...). It is {shape!r}.")
    if len(shape) == 2:
        return shape
    n_window = math.prod(shape[2:])
    return shape[1] * n_window, shape[0] * n_window
