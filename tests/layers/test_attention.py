import numpy as np
import pytest

from course_lib.autograd import Tensor, ops
from course_lib.layers.attention import MultiHeadAttention, causal_mask, padding_mask
from course_lib.layers.init import xavier_uniform
from course_lib.layers.positions import rotate
from course_lib.models.key_value_cache import KeyValueCache


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def made(rng, **settings):
    """Build a layer of float64 with two heads; biases of 0 would hide many a fault."""
    layer = MultiHeadAttention(6, 2, rng=rng, **settings)
    layer.cast(np.float64)
    layer.load_state({name: rng.normal(size=array.shape) for name, array in layer.state().items()})
    return layer


def by_the_formula(layer, x, context, seen):
    """Compute head by head, query by query, in plain NumPy: the result and the weights."""
    W, b, C, hs = layer.W_qkv.data, layer.b_qkv.data, layer.C, layer.C // layer.nh
    weights = np.zeros((x.shape[0], layer.nh, x.shape[1], context.shape[1]))
    found = np.zeros(x.shape)
    for example, head, t in np.ndindex(x.shape[0], layer.nh, x.shape[1]):
        q, k, v = (
            source[example] @ W[:, start : start + hs] + b[start : start + hs]
            for source, start in zip(
                (x, context, context), [i * C + head * hs for i in range(3)], strict=True
            )
        )
        e = np.exp(k @ q[t] / np.sqrt(hs)) * seen[example, t]
        weights[example, head, t] = e / e.sum()
        found[example, t, head * hs : (head + 1) * hs] = weights[example, head, t] @ v
    return found @ layer.W_o.data + layer.b_o.data, weights


@pytest.mark.parametrize("is_causal", [False, True])
@pytest.mark.parametrize("is_cross", [False, True])
@pytest.mark.parametrize("is_masked", [False, True])
def test_result_and_weights_are_those_of_the_formula(rng, is_causal, is_cross, is_masked):
    layer = made(rng, is_causal=is_causal)
    x = rng.normal(size=(2, 4, 6))
    context = rng.normal(size=(2, 4, 6)) if is_cross else None
    mask = padding_mask(np.array([2, 4]), 4) if is_masked else None
    seen = np.ones((2, 4, 4), bool)
    seen = seen & causal_mask(4) if is_causal else seen
    seen = seen & mask if is_masked else seen
    y, weights = by_the_formula(layer, x, x if context is None else context, seen)
    np.testing.assert_allclose(layer(Tensor(x), context, mask).data, y, rtol=1e-12)
    np.testing.assert_allclose(layer.weights(Tensor(x), context, mask), weights, rtol=1e-12, atol=1e-15)


def test_a_new_layer_begins_without_biases_and_with_weights_drawn_one_after_the_other(rng):
    layer = MultiHeadAttention(6, 2, rng=np.random.default_rng(0))
    np.testing.assert_array_equal(layer.W_qkv.data, xavier_uniform((6, 18), rng))
    np.testing.assert_array_equal(layer.W_o.data, xavier_uniform((6, 6), rng))
    np.testing.assert_array_equal(layer.b_qkv.data, np.zeros(18))
    np.testing.assert_array_equal(layer.b_o.data, np.zeros(6))


def test_weights_for_a_map_record_nothing_and_keep_the_dtype(rng):
    layer = MultiHeadAttention(6, 2, rng=rng)
    x = Tensor(rng.normal(size=(1, 3, 6)).astype(np.float32))
    weights = layer.weights(x)
    assert isinstance(weights, np.ndarray)
    assert weights.shape == (1, 2, 3, 3)
    assert weights.dtype == np.float32
    np.testing.assert_allclose(weights.sum(axis=-1), 1, rtol=1e-6)


def test_while_weights_are_computed_nothing_is_recorded(rng):
    recorded = []

    def rotary(x, first):
        recorded.append(x.needs_grad)
        return x

    layer = made(rng, rotary=rotary)
    layer.weights(Tensor(np.ones((1, 3, 6))))
    assert recorded == [False, False]


def test_weights_are_asked_for_with_the_right_shapes_only(rng):
    layer = MultiHeadAttention(6, 2, rng=rng)
    with pytest.raises(ValueError, match=r"MultiHeadAttention: x must have shape \(B, T, C=6\)"):
        layer.weights(Tensor(np.ones((3, 6))))
    with pytest.raises(ValueError, match=r"context must have shape \(B=1, S, C=6\)"):
        layer.weights(Tensor(np.ones((1, 3, 6))), Tensor(np.ones((2, 3, 6))))


def test_causal_attention_is_not_changed_by_what_comes_later(rng):
    layer = made(rng, is_causal=True)
    x = rng.normal(size=(1, 5, 6))
    changed = x.copy()
    changed[:, 3:] = rng.normal(size=(1, 2, 6))
    before, after = layer(Tensor(x)).data, layer(Tensor(changed)).data
    np.testing.assert_array_equal(after[:, :3], before[:, :3])
    assert not np.isclose(after[:, 3:], before[:, 3:]).any()


def test_attention_without_positions_does_not_know_the_order(rng):
    layer = made(rng)
    x = rng.normal(size=(1, 5, 6))
    np.testing.assert_allclose(
        layer(Tensor(x[:, ::-1].copy())).data, layer(Tensor(x)).data[:, ::-1], rtol=1e-12
    )
    turned = made(
        np.random.default_rng(0),
        rotary=lambda x, first: ops.multiply(x, np.arange(first + 1, first + 6)[:, None]),
    )
    assert not np.allclose(turned(Tensor(x[:, ::-1].copy())).data, turned(Tensor(x)).data[:, ::-1])


def test_with_rotary_positions_only_the_distance_counts(rng):
    def moved_by(n):
        layer = made(np.random.default_rng(1), rotary=lambda x, first: rotate_pairs(x, first + n))
        return layer.weights(Tensor(x))

    def rotate_pairs(x, first):
        even = x[..., :2]  # heads of three channels: the first two turn
        return ops.concatenate([rotate(even, first), x[..., 2:]], axis=-1)

    x = rng.normal(size=(1, 4, 6))
    np.testing.assert_allclose(moved_by(7), moved_by(0), rtol=1e-10)
    without = made(np.random.default_rng(1)).weights(Tensor(x))
    assert not np.allclose(moved_by(0), without)


def test_a_context_is_not_turned(rng):
    x, context = rng.normal(size=(1, 4, 6)), rng.normal(size=(1, 3, 6))
    plain, turned = (
        made(np.random.default_rng(1), rotary=rotary) for rotary in (None, lambda x, first: 5 * x)
    )
    np.testing.assert_array_equal(turned(Tensor(x), context).data, plain(Tensor(x), context).data)


@pytest.mark.parametrize("rotary", [None, lambda x, first: x * np.arange(first, first + x.shape[2])[:, None]])
@pytest.mark.parametrize("parts", [[5], [1, 1, 1, 1, 1], [2, 1, 2]])
def test_with_a_cache_the_steps_may_come_one_after_the_other(rng, rotary, parts):
    layer = made(rng, is_causal=True, rotary=rotary)
    x = rng.normal(size=(2, 5, 6))
    cache, ends = KeyValueCache(5), np.cumsum(parts)
    pieces = [
        layer(Tensor(x[:, end - n : end]), None, None, cache).data for n, end in zip(parts, ends, strict=True)
    ]
    np.testing.assert_allclose(np.concatenate(pieces, axis=1), layer(Tensor(x)).data, rtol=1e-12)
    assert cache.n_steps == 5


def test_a_cache_beside_a_context_is_refused(rng):
    x = Tensor(np.ones((1, 2, 6)))
    with pytest.raises(ValueError, match="a cache keeps the steps of x"):
        made(rng)(x, x, None, KeyValueCache(4))


def test_a_step_that_may_look_nowhere_finds_zeros(rng):
    layer = made(rng)
    mask = [[True, True], [False, False]]
    y = layer(Tensor(rng.normal(size=(1, 2, 6))), None, mask).data
    np.testing.assert_array_equal(y[0, 1], layer.b_o.data)


def test_masks_written_out_by_hand():
    assert np.array_equal(causal_mask(3), [[1, 0, 0], [1, 1, 0], [1, 1, 1]])
    assert causal_mask(3).dtype == bool
    mask = padding_mask([0, 2, 3], 3)
    assert np.array_equal(mask, [[[0, 0, 0]], [[1, 1, 0]], [[1, 1, 1]]])
    assert mask.dtype == bool


@pytest.mark.parametrize("length", [-1, 4])
def test_lengths_out_of_range_are_refused(length):
    with pytest.raises(ValueError, match=f"between 0 and T=3. They also hold {length}"):
        padding_mask(np.array([1, length]), 3)
    with pytest.raises(ValueError, match=r"padding_mask: lengths must have shape \(B,\)"):
        padding_mask(np.array([[1]]), 3)
