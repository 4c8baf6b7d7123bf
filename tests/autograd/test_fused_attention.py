import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib.autograd import Tensor, no_grad
from course_lib.autograd.fused import attention as module
from course_lib.autograd.fused.attention import attention, self_attention
from tests.autograd import proof
from tests.autograd.op_samples import Sample
from tests.autograd.plain_attention import both_agree, drawn_mask, plain, plain_heads

FRONTS = [(), (2,), (2, 3), (0,), (1, 1)]
sizes = st.integers(1, 5)


@pytest.fixture(scope="module")
def torch():
    return pytest.importorskip("torch")


@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 1e-10), (np.float32, 2e-5)])
@pytest.mark.parametrize("block", [1, 2, 32])
@given(
    sizes=st.tuples(sizes, sizes, sizes, sizes),
    front=st.sampled_from(FRONTS),
    mask=st.sampled_from(["none", "all", "keys", "queries and keys"]),
    is_causal=st.booleans(),
    seed=st.integers(0, 1000),
)
@settings(max_examples=60)
def test_attention_is_its_plain_composition(dtype, tolerance, block, sizes, front, mask, is_causal, seed):
    T, S, hs, C = sizes
    S = max(S, T) if is_causal else S
    rng = np.random.default_rng(seed)
    shapes = [(*front, T, hs), (*front, S, hs), (*front, S, C), (*front, T, C)]
    *inputs, g = (rng.normal(size=shape).astype(dtype) for shape in shapes)
    shape = {"all": (*front, T, S), "keys": (1, S), "queries and keys": (T, S)}.get(mask)
    mask = None if shape is None else drawn_mask(rng, shape)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "BLOCK", block)
        both_agree(
            lambda *xs: attention(*xs, mask, is_causal),
            lambda *xs: plain(*xs, mask, is_causal),
            inputs,
            g,
            dtype,
            tolerance,
        )


@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 1e-10), (np.float32, 2e-5)])
@given(
    sizes=st.tuples(st.integers(0, 3), sizes, sizes, st.integers(1, 3)),
    is_masked=st.booleans(),
    is_causal=st.booleans(),
    seed=st.integers(0, 1000),
)
@settings(max_examples=60)
def test_self_attention_is_its_plain_composition(dtype, tolerance, sizes, is_masked, is_causal, seed):
    B, T, nh, hs = sizes
    rng = np.random.default_rng(seed)
    qkv, g = (rng.normal(size=(B, T, n * nh * hs)).astype(dtype) for n in (3, 1))
    mask = drawn_mask(rng, (B, 1, T, T)) if is_masked else None
    both_agree(
        lambda x: self_attention(x, nh, mask, is_causal),
        lambda x: plain_heads(x, nh, mask, is_causal),
        [qkv],
        g,
        dtype,
        tolerance,
    )


@pytest.mark.parametrize("T", [31, 32, 33, 100])
def test_a_sequence_longer_than_a_block_is_its_plain_composition(T):
    rng = np.random.default_rng(0)
    qkv, g = rng.normal(size=(1, T, 6)), rng.normal(size=(1, T, 2))
    both_agree(
        lambda x: self_attention(x, 2, None, True),
        lambda x: plain_heads(x, 2, None, True),
        [qkv],
        g,
        np.float64,
        1e-10,
    )


def test_a_block_of_queries_skips_the_keys_behind_it(monkeypatch):
    monkeypatch.setattr(module, "BLOCK", 2)
    assert list(module._blocks(5, 7, True)) == [(slice(0, 2), 4), (slice(2, 4), 6), (slice(4, 5), 7)]
    assert list(module._blocks(5, 7, False)) == [(slice(0, 5), 7)]


def test_one_query_is_one_block_and_so_is_none(monkeypatch):
    monkeypatch.setattr(module, "BLOCK", 1)
    assert list(module._blocks(1, 3, True)) == [(slice(0, 1), 3)]
    assert list(module._blocks(0, 3, True)) == [(slice(0, 0), 3)]


@pytest.mark.parametrize("is_causal", [False, True])
@pytest.mark.parametrize("front", FRONTS)
def test_value_and_gradients_are_those_of_pytorch(front, is_causal, torch):
    def theirs(torch, q, k, v):
        return torch.nn.functional.scaled_dot_product_attention(q, k, v, is_causal=is_causal)

    sample = Sample(
        [(*front, 4, 3), (*front, 4, 3), (*front, 4, 2)], lambda *xs: attention(*xs, None, is_causal), theirs
    )
    proof.equals_pytorch(sample, torch)


def test_with_a_mask_value_and_gradients_are_those_of_pytorch(torch):
    mask = drawn_mask(np.random.default_rng(0), (2, 1, 3, 5))

    def theirs(torch, q, k, v):
        return torch.nn.functional.scaled_dot_product_attention(q, k, v, attn_mask=torch.tensor(mask))

    shapes = [(2, 4, 3, 2), (2, 4, 5, 2), (2, 4, 5, 6)]
    proof.equals_pytorch(Sample(shapes, lambda *xs: attention(*xs, mask), theirs), torch)


SHAPES = [
    [(2, 3), (4, 3), (4, 5)],
    [(2, 4, 3), (2, 4, 3), (2, 4, 3)],
    [(1, 1), (1, 1), (1, 1)],
    [(0, 2, 3), (0, 4, 3), (0, 4, 5)],
    [(0, 3), (4, 3), (4, 5)],  # no query
    [(2, 3), (0, 3), (0, 5)],  # no key
    [(2, 3), (4, 3), (4, 0)],
]


@pytest.mark.parametrize("shapes", SHAPES)
@pytest.mark.parametrize("is_causal", [False, True])
def test_attention_keeps_what_every_operation_promises(shapes, is_causal):
    if is_causal and shapes[0][-2] > shapes[1][-2]:
        return
    keeps_its_promises(Sample(shapes, lambda q, k, v: attention(q, k, v, None, is_causal), None))


@pytest.mark.parametrize("shape", [(2, 4, 6), (0, 4, 6), (2, 0, 6), (1, 1, 6)])
@pytest.mark.parametrize("is_causal", [False, True])
def test_self_attention_keeps_what_every_operation_promises(shape, is_causal):
    keeps_its_promises(Sample([shape], lambda x: self_attention(x, 2, None, is_causal), None))


def keeps_its_promises(sample):
    proof.equals_slopes(sample)
    proof.ignores_layout(sample)
    proof.may_be_used_twice(sample)
    proof.takes_arrays_beside_tensors(sample)
    for dtype in (np.float64, np.float32):
        proof.keeps_dtype_and_inputs(sample, dtype)


def test_shares_written_out_by_hand():
    # Scores ln 2, ln 3 and ln 5, after the division by the root of 4: shares 0.2, 0.3 and 0.5.
    k = 2 * np.log([[2.0], [3.0], [5.0]]) * np.array([[1.0, 0.0, 0.0, 0.0]])
    v = Tensor([[1.0, 0.0], [10.0, 1.0], [100.0, 0.0]])
    q = np.array([[1.0, 7.0, 7.0, 7.0]])
    np.testing.assert_allclose(attention(q, k, v).data, [[53.2, 0.3]], rtol=1e-14)


def test_causal_queries_stand_at_the_last_keys():
    shares = attention(np.zeros((2, 1)), np.zeros((3, 1)), Tensor(np.eye(3)), None, True).data
    np.testing.assert_allclose(shares, [[1 / 2, 1 / 2, 0], [1 / 3, 1 / 3, 1 / 3]], rtol=1e-15)


def test_whole_numbers_become_floats():
    whole = np.array([[1, 2], [3, 4]])
    y = attention(whole, whole, Tensor(whole))
    assert y.dtype == np.float64
    np.testing.assert_allclose(y.data, plain(*[Tensor(whole.astype(float))] * 3).data, rtol=1e-14)
    packed = self_attention(Tensor(np.arange(12).reshape(1, 2, 6)), 1)
    assert packed.dtype == np.float64


def test_float32_beside_float64_becomes_float64():
    x = np.random.default_rng(0).normal(size=(3, 2))
    for place in range(3):
        inputs = [Tensor(x if i == place else x.astype(np.float32)) for i in range(3)]
        y = attention(*inputs)
        assert y.dtype == np.float64
        y.backward(np.ones(y.shape))
        assert [leaf.grad.dtype for leaf in inputs] == [leaf.dtype for leaf in inputs]


def test_nothing_is_recorded_without_gradients():
    x = Tensor(np.ones((1, 2, 6)))
    with no_grad():
        assert not self_attention(x, 2).needs_grad
        assert not attention(x, x, x).needs_grad


@pytest.mark.parametrize(
    ("q", "k", "v", "says"),
    [
        ((3,), (4, 3), (4, 3), r"attention: q must have shape \(\.\.\., T, hs\)\. It has shape \(3,\)"),
        ((2, 3), (4, 2), (4, 3), r"attention: k must have shape \(\.\.\., S, hs=3\)"),
        ((2, 3), (4, 3), (5, 3), r"attention: v must have shape \(\.\.\., S=4, C\)"),
        ((2, 3), (3,), (3,), r"attention: k must have shape"),
        ((2, 3), (4, 3), (4,), r"attention: v must have shape"),
        ((2, 2, 3), (4, 3), (4, 3), r"same axes in front.*\(2, 2, 3\), \(4, 3\) and \(4, 3\)"),
        ((2, 3), (4, 3), (1, 4, 3), r"same axes in front"),
    ],
)
def test_shapes_that_do_not_fit_are_refused(q, k, v, says):
    with pytest.raises(ValueError, match=says):
        attention(Tensor(np.ones(q)), Tensor(np.ones(k)), Tensor(np.ones(v)))


def test_more_causal_queries_than_keys_are_refused():
    x = Tensor(np.ones((3, 2)))
    with pytest.raises(ValueError, match="T=3 queries and S=2 keys"):
        attention(x, x[:2], x[:2], None, True)


@pytest.mark.parametrize("shape", [(2, 6), (2, 7, 8), (2, 1, 5), (1, 1, 2, 6)])
def test_columns_that_are_no_heads_are_refused(shape):
    with pytest.raises(ValueError, match=r"self_attention: qkv must have"):
        self_attention(Tensor(np.ones(shape)), 2)


def test_what_is_no_sequence_is_refused_with_the_axes_it_needs():
    with pytest.raises(ValueError, match=r"self_attention: qkv must have shape \(B, T, 3C\)"):
        self_attention(Tensor(np.ones((2, 6))), 2)


def test_masks_that_do_not_fit_are_refused():
    x = Tensor(np.ones((3, 2)))
    with pytest.raises(TypeError, match="mask must hold truth values"):
        attention(x, x, x, np.ones((3, 3)))
    with pytest.raises(ValueError, match=r"mask must broadcast to \(3, 3\).*It has shape \(2, 3\)"):
        attention(x, x, x, np.ones((2, 3), bool))
    with pytest.raises(ValueError, match=r"mask must broadcast to \(3, 3\)"):
        attention(x, x, x, np.ones((1, 3, 3), bool))


def test_a_mask_may_be_a_list():
    x = Tensor(np.random.default_rng(0).normal(size=(2, 3)))
    mask = [[True, False], [True, True]]
    np.testing.assert_array_equal(attention(x, x, x, mask).data, attention(x, x, x, np.array(mask)).data)


def test_a_mask_that_hides_nothing_changes_not_even_the_rounding():
    q, k, v = np.random.default_rng(0).normal(size=(3, 2, 8, 4))
    everything = np.ones((8, 8), bool)
    np.testing.assert_array_equal(attention(q, k, v, everything).data, attention(q, k, v).data)


def test_nothing_said_self_attention_sees_the_future_too():
    qkv = Tensor(np.random.default_rng(0).normal(size=(2, 3, 6)))
    np.testing.assert_array_equal(self_attention(qkv, 1).data, self_attention(qkv, 1, None, False).data)
    assert not np.array_equal(self_attention(qkv, 1).data, self_attention(qkv, 1, None, True).data)


def test_columns_that_no_number_of_heads_shares_are_refused():
    with pytest.raises(ValueError, match=r"must have 3 · nh · hs columns, with nh=4\. It has shape"):
        self_attention(Tensor(np.ones((1, 2, 6))), 4)
