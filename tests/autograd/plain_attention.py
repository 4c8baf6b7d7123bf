"""Attention written with plain operations: what the fused operations say they equal."""

import math

import numpy as np

from course_lib.autograd import ops
from tests.autograd import proof

__all__ = ["both_agree", "drawn_mask", "plain", "plain_heads"]


def may_look(T, S, mask, is_causal):
    """Join the mask with that of causal attention, where the last query stands at the last key."""
    causal = np.arange(S) <= np.arange(T)[:, None] + S - T if is_causal else np.ones((T, S), bool)
    return causal if mask is None else causal & mask


def plain(q, k, v, mask=None, is_causal=False):
    """The composition that the fused operation says it equals."""
    order = (*range(k.ndim - 2), k.ndim - 1, k.ndim - 2)
    scores = ops.matmul(q, ops.transpose(k, order)) / math.sqrt(q.shape[-1])
    seen = may_look(q.shape[-2], k.shape[-2], mask, is_causal)
    scores = ops.where(np.broadcast_to(seen, scores.shape), scores, np.full(scores.shape, -np.inf))
    return ops.matmul(ops.softmax(scores), v)


def plain_heads(qkv, nh, mask=None, is_causal=False):
    """Cut into queries, keys and values of each head, let them look, put the heads side by side."""
    B, T, C = qkv.shape[0], qkv.shape[1], qkv.shape[2] // 3
    heads = []
    for head in range(nh):
        columns = [slice(i * C + head * (C // nh), i * C + (head + 1) * (C // nh)) for i in range(3)]
        own = mask if mask is None else np.broadcast_to(mask, (B, nh, T, T))[:, head]
        heads.append(plain(*[qkv[:, :, part] for part in columns], own, is_causal))
    return ops.concatenate(heads, axis=-1)


def drawn_mask(rng, shape):
    """Draw where may be looked; everybody may look at the first key."""
    mask = rng.random(shape) < 0.6
    mask[..., 0] = True
    return mask


def both_agree(fused, unfused, inputs, g, dtype, tolerance):
    """Compare value and gradients; each gradient is measured by the largest of all."""
    y_right, expected = proof.value_and_gradients(unfused, [x.astype(float) for x in inputs], g.astype(float))
    y, gradients = proof.value_and_gradients(fused, inputs, g)
    assert y.dtype == dtype
    proof.close(y, y_right, tolerance)
    largest = max(np.abs(right).max(initial=0) for right in expected)
    for got, right in zip(gradients, expected, strict=True):
        assert got.dtype == dtype
        np.testing.assert_allclose(got, right, rtol=tolerance, atol=tolerance * largest)
