"""Clipping: a gradient that is too long is shortened before the step, so that one batch cannot undo hours."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from course_lib.autograd.tensor import Tensor
from course_lib.checks import expect_positive
from course_lib.optim.parameters import expect_finite_gradients, expect_parameters

__all__ = ["clip_by_norm", "clip_by_value"]


def clip_by_norm(parameters: Iterable[Tensor], largest_norm: float) -> float:
    r"""Shorten all gradients by one common factor, if together they are longer than ``largest_norm``.

    $$g \leftarrow g \cdot \min\left(1, \frac{c}{\lVert g \rVert}\right) \qquad
    \lVert g \rVert = \sqrt{\sum_{\text{parameters}} \sum_i g_i^2}$$

    The direction stays. A parameter without a gradient does not count.

    Args:
        parameters: the leaves whose ``grad`` is replaced
        largest_norm: c
    Returns:
        the norm before clipping
    Raises:
        TypeError: the parameters are no list of Tensors
        ValueError: there is no parameter, c is not positive, or a gradient holds NaN or an infinity
    Source: Pascanu, Mikolov & Bengio 2013, "On the difficulty of training recurrent neural networks",
        algorithm 1, ICML.
    """
    with_gradient = _with_gradient(parameters, where="clip_by_norm")
    expect_positive(largest_norm, where="clip_by_norm: largest_norm")
    squares = [
        float(np.sum(np.square(p.grad, dtype=np.float64))) for p in with_gradient
    ]  # float32 could overflow
    norm = math.sqrt(sum(squares))
    if norm > largest_norm:
        for parameter in with_gradient:
            parameter.grad = parameter.grad * (float(largest_norm) / norm)
    return norm


def clip_by_value(parameters: Iterable[Tensor], largest_value: float) -> None:
    r"""Cut every single slope to at most ``largest_value`` in size: $g_i \leftarrow \max(-c, \min(c, g_i))$.

    The direction of the whole gradient may change.

    Args:
        parameters: the leaves whose ``grad`` is replaced
        largest_value: c
    Raises:
        TypeError: the parameters are no list of Tensors
        ValueError: there is no parameter, c is not positive, or a gradient holds NaN or an infinity
    Source: Mikolov 2012, *Statistical language models based on neural networks*, PhD thesis, Brno.
    """
    with_gradient = _with_gradient(parameters, where="clip_by_value")
    expect_positive(largest_value, where="clip_by_value: largest_value")
    for parameter in with_gradient:
        parameter.grad = np.clip(parameter.grad, -float(largest_value), float(largest_value))


def _with_gradient(parameters: Iterable[Tensor], *, where: str) -> list[Tensor]:
    parameters = expect_parameters(parameters, where=where)
    expect_finite_gradients(parameters, where=where)
    return [parameter for parameter in parameters if parameter.grad is not None]
