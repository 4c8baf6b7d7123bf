"""Attention in one operation: compare queries with keys, share out, mix the values.

The scores are kept with the keys on the rows and the queries on the columns: NumPy adds up and compares along
columns several times faster than along rows.
"""

import math
from collections.abc import Iterator

import numpy as np

from course_lib.autograd.tensor import Tensor, as_tensor
from course_lib.checks import expect_shape

__all__ = ["attention", "self_attention"]

# Causal attention takes so many queries at a time and skips all keys that lie after them. We chose 32 by
# timing: at T = 64 it saves a tenth, at T = 256 almost half, and smaller matrices make slow products.
BLOCK = 32


def attention(
    q: Tensor, k: Tensor, v: Tensor, mask: np.ndarray | None = None, is_causal: bool = False
) -> Tensor:
    r"""Mix values by how well their keys answer a query: $y = \mathrm{softmax}(q k^\top / \sqrt{hs}) \, v$.

    Equal to ``softmax(q @ k.T / sqrt(hs)) @ v``, with a score of minus infinity where the mask is False. A
    query that may look nowhere gets zeros and sends none back, where the plain softmax refuses.
    Faster, because the scores are written once and then changed where they stand, because the largest score
    is looked for only where an exponential could overflow, and because causal attention skips keys.

    Args:
        q: (..., T, hs)  what each step asks for
        k: (..., S, hs)  what each step offers
        v: (..., S, C)  what each step gives
        mask: truth values that broadcast to (..., T, S): True where a query may look
        is_causal: whether a query sees no later key; the last query stands at the last key
    Returns:
        y: (..., T, C)
    Gradient, with g = dL/dy and the shares p = softmax(q kᵀ / √hs):
        dL/dv = pᵀ g  a value hears from every query, by its share
        d = p (g vᵀ - g·y)  of the scores: what a value would add, less what the mixture has already
        dL/dq = d k / √hs
        dL/dk = dᵀ q / √hs
    Raises:
        TypeError: an input is not made of numbers, or the mask not of truth values
        ValueError: the shapes do not fit, or causal queries are more than keys
    Source: Vaswani et al. 2017, "Attention is all you need", section 3.2.1; the gradient by blocks follows
        Dao, Fu, Ermon, Rudra & Ré 2022, "FlashAttention", appendix B.

    >>> q, k = Tensor([[0.0, 1000.0]]), Tensor([[1.0, 0.0], [0.0, 1.0]])
    >>> attention(q, k, Tensor([[10.0], [20.0]])).data
    array([[20.]])
    """
    q, k, v = as_tensor(q), as_tensor(k), as_tensor(v)
    front, S = q.shape[:-2], k.shape[-2:-1]
    if not 2 <= q.ndim == k.ndim or k.shape != (*front, *S, q.shape[-1]) or v.shape[:-1] != (*front, *S):
        _explain_shapes(q, k, v)
    dtype = np.result_type(q.dtype, k.dtype, v.dtype, np.float16)  # float16: whole numbers become floats
    y = np.empty((*q.shape[:-1], v.shape[-1]), dtype)
    blocks = _look(q.data, k.data, v.data, mask, is_causal, y)

    def vjp(g):
        gradients = tuple(np.empty(x.shape, g.dtype) for x in (q, k, v))
        _look_back(g, y, blocks, (q.data, k.data, v.data), gradients)
        return gradients

    return Tensor(y, parents=(q, k, v), vjp=vjp, op="attention")


def self_attention(qkv: Tensor, nh: int, mask: np.ndarray | None = None, is_causal: bool = False) -> Tensor:
    r"""Let the steps of one sequence look at each other, through nh heads at once.

    Equal to cutting ``qkv`` into queries, keys and values, each into heads, ``attention`` on these, and
    putting the heads side by side. Faster, because nothing is moved: queries, keys and values are read where
    they stand, and their gradients are written side by side into one array.

    Args:
        qkv: (B, T, 3C)  columns of all queries, then of all keys, then of all values; in each head by head
        nh: heads, each with hs = C / nh columns
        mask: truth values that broadcast to (B, nh, T, T): True where a query may look
        is_causal: whether a query sees no later key
    Returns:
        y: (B, T, C)
    Gradient: that of ``attention``, with the gradients by q, k and v side by side
    Raises:
        TypeError: qkv is not made of numbers, or the mask not of truth values
        ValueError: qkv has not three axes, or its columns are not three times nh heads
    Source: Vaswani et al. 2017, "Attention is all you need", section 3.2.2.

    >>> self_attention(Tensor(np.ones((1, 2, 6))), nh=2, is_causal=True).data
    array([[[1., 1.],
            [1., 1.]]])
    """
    qkv = as_tensor(qkv)
    if qkv.ndim != 3 or qkv.shape[2] % (3 * nh):
        expect_shape(qkv, "B T 3C", where="self_attention: qkv")
        raise ValueError(
            f"self_attention: qkv must have 3 · nh · hs columns, with nh={nh}. It has shape {qkv.shape}."
        )
    B, T, C = qkv.shape[0], qkv.shape[1], qkv.shape[2] // 3
    q, k, v = _heads(qkv.data, 3, nh)
    y = np.empty((B, T, C), np.result_type(qkv.dtype, np.float16))
    (y_heads,) = _heads(y, 1, nh)
    blocks = _look(q, k, v, mask, is_causal, y_heads)

    def vjp(g):
        dqkv = np.empty(qkv.shape, g.dtype)
        _look_back(_heads(g, 1, nh)[0], y_heads, blocks, (q, k, v), _heads(dqkv, 3, nh))
        return (dqkv,)

    return Tensor(y, parents=(qkv,), vjp=vjp, op="self_attention")


def _heads(x: np.ndarray, n: int, nh: int) -> np.ndarray:
    """View (B, T, n · nh · hs) as n times (B, nh, T, hs)."""
    B, T, n_columns = x.shape
    parts = x.reshape(B, T, n, nh, n_columns // (n * nh))  # (B, T, n · nh · hs) -> (B, T, n, nh, hs)
    return parts.transpose(2, 0, 3, 1, 4)  # -> (n, B, nh, T, hs)


def _look(q, k, v, mask, is_causal: bool, y: np.ndarray) -> list[tuple[slice, int, np.ndarray]]:
    """Fill y; return of each block the queries, how many keys they could see, and the shares they gave."""
    T, S = q.shape[-2], k.shape[-2]
    hidden = None if mask is None else _minus_infinity_unless(mask, (*q.shape[:-1], S), y.dtype)
    scale = 1 / math.sqrt(q.shape[-1])
    q_scaled = np.multiply(q.swapaxes(-1, -2), scale, order="C")  # (..., T, hs) -> (..., hs, T)
    blocks = []
    for queries, n_keys in _blocks(T, S, is_causal):
        n = queries.stop - queries.start
        scores = k[..., :n_keys, :] @ q_scaled[..., queries]  # -> (..., n_keys, n): keys on the rows
        is_moderate = _are_moderate(scores)
        if is_causal:
            is_later = np.tri(n, k=-1, dtype=bool)  # the block's own keys are the last n that it sees
            scores[..., n_keys - n :, :] += np.where(is_later, -np.inf, 0).astype(y.dtype)
        if hidden is not None:
            scores += hidden[..., queries, :n_keys].swapaxes(-1, -2)
        shares = _softmax_over_keys(scores, is_moderate)
        np.matmul(shares.swapaxes(-1, -2), v[..., :n_keys, :], out=y[..., queries, :])  # -> (..., n, C)
        blocks.append((queries, n_keys, shares))
    return blocks


def _look_back(g, y, blocks: list, inputs: tuple, gradients: tuple) -> None:
    """Fill the gradients by q, k and v."""
    q, k, v = inputs
    dq, dk, dv = gradients
    scale = 1 / math.sqrt(q.shape[-1])
    g_scaled = np.multiply(g.swapaxes(-1, -2), scale, order="C")  # (..., T, C) -> (..., C, T)
    average = (g * y) @ np.full(g.shape[-1], scale, g.dtype)  # (..., T, C) @ (C,) -> (..., T)
    for queries, n_keys, shares in reversed(blocks):
        seen = (..., slice(n_keys), slice(None))
        d = v[seen] @ g_scaled[..., queries]  # (..., n_keys, C) @ (..., C, n) -> (..., n_keys, n)
        d -= average[..., None, queries]
        d *= shares
        np.matmul(d.swapaxes(-1, -2), k[seen], out=dq[..., queries, :])  # -> (..., n, hs)
        if n_keys == k.shape[-2]:  # the last block comes first, and sees all keys
            np.matmul(d, q[..., queries, :], out=dk)  # (..., S, n) @ (..., n, hs) -> (..., S, hs)
            np.matmul(shares, g[..., queries, :], out=dv)  # (..., S, n) @ (..., n, C) -> (..., S, C)
        else:
            dk[seen] += d @ q[..., queries, :]
            dv[seen] += shares @ g[..., queries, :]


def _blocks(T: int, S: int, is_causal: bool) -> Iterator[tuple[slice, int]]:
    """Yield queries that are taken together, and how many keys they can see."""
    if not is_causal:
        yield slice(0, T), S
        return
    if T > S:
        raise ValueError(
            "attention: causal queries stand at the last keys, so there can be no more of them. There are "
            f"T={T} queries and S={S} keys."
        )
    for start in range(0, max(T, 1), BLOCK):
        end = min(start + BLOCK, T)
        yield slice(start, end), S - T + end


def _are_moderate(scores: np.ndarray) -> bool:
    """Say whether the exponentials of all scores, and their sum, stay far within the range of the dtype."""
    limit = math.log(np.finfo(scores.dtype).max) / 2
    return scores.max(initial=0) < limit and scores.min(initial=0) > -limit


def _softmax_over_keys(scores: np.ndarray, is_moderate: bool) -> np.ndarray:
    """Turn scores into shares, in their own memory."""
    if not is_moderate:
        lowest = np.finfo(scores.dtype).min  # -inf less this is still -inf: nothing to see, nothing to share
        scores -= scores.max(axis=-2, keepdims=True, initial=lowest)
    np.exp(scores, out=scores)
    ones = np.ones((1, scores.shape[-2]), scores.dtype)
    total = ones @ scores  # (1, n_keys) @ (..., n_keys, n) -> (..., 1, n): a product beats a sum
    scores *= 1 / (total + (total == 0))  # where nothing may be seen, all shares stay 0
    return scores


def _minus_infinity_unless(mask, shape: tuple[int, ...], dtype) -> np.ndarray:
    mask = np.asarray(mask)
    if mask.dtype != bool:
        raise TypeError(
            f"attention: mask must hold truth values. They are of type {mask.dtype}. Try mask == 1."
        )
    try:
        return np.broadcast_to(np.where(mask, dtype.type(0), dtype.type(-np.inf)), shape)
    except ValueError:
        raise ValueError(
            f"attention: mask must broadcast to {shape}: a truth value for each query and key. It has shape "
            f"{mask.shape}."
        ) from None


def _explain_shapes(q: Tensor, k: Tensor, v: Tensor) -> None:
    expect_shape(q, "... T hs", where="attention: q")
    expect_shape(k, "... S hs", hs=q.shape[-1], where="attention: k")
    expect_shape(v, "... S C", S=k.shape[-2], where="attention: v")
    raise ValueError(
        "attention: q, k and v must have the same axes in front of the last two. They have shapes "
        f"{q.shape}, {k.shape} and {v.shape}."
    )
