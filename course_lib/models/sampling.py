"""From logits to the next token: how bold the choice is, and which tokens are left out of it."""

from __future__ import annotations  # np.random is slow to import: the annotations below must not load it

import numpy as np

from course_lib.checks import expect_finite, expect_positive, expect_shape
from course_lib.data.randomness import expect_generator

__all__ = ["apply_temperature", "expect_beginning", "keep_top_k", "keep_top_p", "sample"]


def apply_temperature(z: np.ndarray, temperature: float) -> np.ndarray:
    r"""Flatten the distribution, or sharpen it: $z / \tau$.

    At 1 the tokens keep their probabilities. Below, likely ones gain; above, all come closer to each other.

    Args:
        z: (..., V)  logits
        temperature: τ, greater than 0
    Returns:
        (..., V)
    Raises:
        ValueError: the temperature is not positive
    Source: Ackley, Hinton & Sejnowski 1985, "A learning algorithm for Boltzmann machines", equation 5.

    >>> apply_temperature(np.array([0.0, 1.0, 3.0]), 0.5)
    array([0., 2., 6.])
    """
    expect_positive(temperature, where="apply_temperature: temperature")
    return z / temperature


def keep_top_k(z: np.ndarray, k: int) -> np.ndarray:
    """Leave only the k most likely tokens to choose from.

    Of equally likely ones at the edge, all are kept.

    Args:
        z: (..., V)  logits
        k: how many; V or more leaves all
    Returns:
        (..., V)  minus infinity where a token is left out
    Raises:
        TypeError: z is not an array
        ValueError: k is no whole number of at least 1, or z has no axis
    Source: Fan, Lewis & Dauphin 2018, "Hierarchical neural story generation", section 5.3, ACL.

    >>> keep_top_k(np.array([0.0, 1.0, 3.0]), 2)
    array([-inf,   1.,   3.])
    """
    if not isinstance(k, int | np.integer) or k < 1:
        raise ValueError(f"keep_top_k: k must be a whole number of at least 1. It is {k!r}.")
    expect_shape(z, "... V", where="keep_top_k: z")
    V = z.shape[-1]
    if k >= V:
        return z
    smallest_kept = np.partition(z, V - k, axis=-1)[..., V - k, None]  # (..., V) -> (..., 1)
    return np.where(z < smallest_kept, -np.inf, z)


def keep_top_p(z: np.ndarray, p: float) -> np.ndarray:
    """Leave the fewest tokens to choose from that together have at least the probability p.

    Where the model is sure, these are few; where it is not, many. A fixed k cannot follow it so.

    Args:
        z: (..., V)  logits
        p: more than 0, at most 1; 1 leaves all
    Returns:
        (..., V)  minus infinity where a token is left out
    Raises:
        TypeError: z is not an array
        ValueError: p is not in that range, or z has no axis
    Source: Holtzman, Buys, Du, Forbes & Choi 2020, "The curious case of neural text degeneration", section
        3.1, ICLR.

    >>> keep_top_p(np.log([0.1, 0.6, 0.3]), 0.7).round(2)
    array([ -inf, -0.51, -1.2 ])
    """
    if not (isinstance(p, int | float | np.number) and 0 < p <= 1):
        raise ValueError(f"keep_top_p: p must be more than 0 and at most 1. It is {p!r}.")
    expect_shape(z, "... V", where="keep_top_p: z")
    if p == 1:
        return z
    order = np.argsort(-z, axis=-1, kind="stable")  # (..., V)  the most likely token first
    shares = np.take_along_axis(_shares(z), order, axis=-1)
    before = np.cumsum(shares, axis=-1) - shares  # what those ahead have together
    is_left_out = np.empty(z.shape, bool)
    np.put_along_axis(is_left_out, order, before >= p, axis=-1)
    return np.where(is_left_out, -np.inf, z)


def sample(
    z: np.ndarray,
    *,
    rng: np.random.Generator,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
) -> np.ndarray:
    """Draw one token from each row of logits: first the temperature, then top-k, then top-p.

    Args:
        z: (..., V)  logits
        rng: draws; it is asked for one number a row, whatever the settings
        temperature: see ``apply_temperature``; 0 takes the most likely token
        top_k: see ``keep_top_k``; all tokens where left out
        top_p: see ``keep_top_p``; all tokens where left out
    Returns:
        (...)  whole numbers from 0 to V - 1
    Raises:
        TypeError: ``rng`` is not a generator
        ValueError: a logit is not finite, or a setting cannot be right

    >>> sample(np.array([[0.0, 9.0], [9.0, 0.0]]), rng=np.random.default_rng(0), temperature=0)
    array([1, 0])
    """
    expect_generator(rng, where="sample: rng")
    expect_shape(z, "... V", where="sample: z")
    expect_finite(z, where="sample: z", hint="Did the training diverge?")
    places = rng.random(z.shape[:-1])[..., None]  # (..., 1)  between 0 and 1
    if temperature == 0:
        return z.argmax(axis=-1)  # (..., V) -> (...)
    z = apply_temperature(z, temperature)
    if top_k is not None:
        z = keep_top_k(z, top_k)
    if top_p is not None:
        z = keep_top_p(z, top_p)
    ends = np.cumsum(_shares(z), axis=-1)  # (..., V)  where the stretch of each token ends
    return (ends <= places * ends[..., -1:]).sum(axis=-1)  # (..., V) -> (...)  the stretches that lie before


def expect_beginning(ids: np.ndarray, n_new: int, *, where: str) -> None:
    """Raise a ValueError unless there are texts that can be continued, by so many tokens.

    Args:
        ids: what should be (B, n) tokens, n at least 1
        n_new: what should be a number of tokens to add
        where: the function to name in the error
    Raises:
        ValueError: the ids have another shape, or ``n_new`` is no whole number of at least 0
    """
    expect_shape(ids, "B n", where=f"{where}: ids", hint="One text is a batch of one: ids[None].")
    if ids.shape[1] < 1:
        raise ValueError(f"{where}: ids must hold at least one token to begin with. They hold none.")
    if not isinstance(n_new, int | np.integer) or n_new < 0:
        raise ValueError(f"{where}: n_new must be a whole number of at least 0. It is {n_new!r}.")


def _shares(z: np.ndarray) -> np.ndarray:
    """Return the softmax in float64, so that the shares add up to 1 for rows of any length."""
    e = np.exp(z.astype(float) - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)
