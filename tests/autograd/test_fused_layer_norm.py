import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib.autograd import Tensor, no_grad, ops
from course_lib.autograd.fused.layer_norm import layer_norm
from tests.autograd import proof
from tests.autograd.op_samples import Sample

shapes = st.lists(st.integers(1, 4), max_size=3).flatmap(
    lambda front: st.integers(2, 6).map(lambda C: (*front, C))
)


@pytest.fixture(scope="module")
def torch():
    return pytest.importorskip("torch")


def plain(x, gamma, beta, epsilon=1e-5):
    """The composition that the fused operation says it equals."""
    mean, variance = ops.mean(x, -1, keepdims=True), ops.variance(x, -1, keepdims=True)
    return (x - mean) / ops.sqrt(variance + epsilon) * gamma + beta


def drawn(shape, seed, dtype=np.float64):
    """Draw x, gamma, beta, and a gradient of the end result."""
    rng = np.random.default_rng(seed)
    C = shape[-1]
    x = 2.0 + 3.0 * rng.normal(size=shape)
    return [a.astype(dtype) for a in (x, rng.normal(size=C), rng.normal(size=C), rng.normal(size=shape))]


@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 1e-10), (np.float32, 1e-5)])
@given(shape=shapes, seed=st.integers(0, 1000), epsilon=st.sampled_from([1e-5, 0.1]))
@settings(max_examples=50)
def test_value_and_gradients_are_those_of_the_plain_operations(dtype, tolerance, shape, seed, epsilon):
    *inputs, g = drawn(shape, seed, dtype)
    # Two numbers that nearly agree divide by nearly nothing: float32 then keeps few digits of either form.
    epsilon = 0.1 if dtype == np.float32 else epsilon
    exact = [x.astype(np.float64) for x in inputs]
    y_plain, expected = proof.value_and_gradients(lambda *xs: plain(*xs, epsilon), exact, g.astype(float))
    y, gradients = proof.value_and_gradients(lambda *xs: layer_norm(*xs, epsilon), inputs, g)
    proof.close(y, y_plain, tolerance)
    largest = max(np.abs(right).max() for right in expected)
    for got, right in zip(gradients, expected, strict=True):
        assert got.dtype == dtype
        np.testing.assert_allclose(got, right, rtol=tolerance, atol=tolerance * largest)


@pytest.mark.parametrize("shape", [(7, 5), (2, 3, 4), (0, 3), (2, 1, 3), (6,)])
def test_value_and_gradients_are_those_of_pytorch(shape, torch):
    def theirs(torch, x, gamma, beta):
        return torch.nn.functional.layer_norm(x, shape[-1:], gamma, beta)

    proof.equals_pytorch(Sample([shape, shape[-1:], shape[-1:]], layer_norm, theirs), torch)


@pytest.mark.parametrize("shape", [(5, 3), (1, 3), (2, 3, 4), (0, 3), (4, 3, 0, 5)])
def test_layer_norm_keeps_what_every_operation_promises(shape):
    sample = Sample([shape, shape[-1:], shape[-1:]], layer_norm, None)
    proof.equals_slopes(sample)
    proof.ignores_layout(sample)
    proof.may_be_used_twice(sample)
    proof.takes_arrays_beside_tensors(sample)
    for dtype in (np.float64, np.float32):
        proof.keeps_dtype_and_inputs(sample, dtype)


def test_one_channel_has_nothing_left_but_beta():
    *inputs, g = drawn((5, 1), seed=0)
    y, (dx, dgamma, dbeta) = proof.value_and_gradients(layer_norm, inputs, g)
    assert np.array_equal(y, np.broadcast_to(inputs[2], (5, 1)))
    assert not dx.any()
    assert not dgamma.any()
    np.testing.assert_allclose(dbeta, g.sum(axis=0), rtol=1e-14)


def test_float32_is_kept_all_the_way_back():
    *inputs, g = drawn((5, 3), 0, np.float32)
    y = layer_norm(*[Tensor(x) for x in inputs])
    assert [gradient.dtype for gradient in y.vjp(g)] == [np.float32] * 3


def test_a_row_written_out_by_hand():
    y = layer_norm(Tensor([[1.0, 5.0]]), Tensor([2.0, 3.0]), Tensor([10.0, 20.0]), 5.0)
    np.testing.assert_allclose(y.data, [[10 - 2 * 2 / 3, 20 + 3 * 2 / 3]], rtol=1e-15)  # root of 4 + 5


def test_every_row_gets_mean_zero_and_variance_one():
    x, gamma, beta, _ = drawn((50, 8), seed=1)
    y = layer_norm(Tensor(x), Tensor(np.ones_like(gamma)), Tensor(np.zeros_like(beta)), 1e-12).data
    np.testing.assert_allclose(y.mean(axis=-1), 0, atol=1e-14)
    np.testing.assert_allclose(y.var(axis=-1), 1, rtol=1e-10)


def test_what_shifts_or_stretches_a_whole_row_gets_no_gradient():
    x, gamma, beta, g = drawn((8, 6), seed=2)
    leaf = Tensor(x)
    layer_norm(leaf, Tensor(gamma), Tensor(beta), 1e-14).backward(g)
    np.testing.assert_allclose(leaf.grad.sum(axis=-1), 0, atol=1e-12)
    np.testing.assert_allclose((leaf.grad * x).sum(axis=-1), 0, atol=1e-11)


def test_nothing_is_recorded_without_gradients():
    with no_grad():
        assert not layer_norm(Tensor(np.eye(3)), Tensor(np.ones(3)), Tensor(np.ones(3))).needs_grad


@pytest.mark.parametrize(
    ("x", "gamma", "beta", "says"),
    [
        ((4, 3), (2,), (2,), r"layer_norm: x must have shape \(\.\.\., C=2\)\. It has shape \(4, 3\)"),
        ((), (3,), (3,), r"layer_norm: x must have shape \(\.\.\., C=3\)\. It has shape \(\)"),
        ((), (), (), r"layer_norm: gamma must have shape \(C,\)"),
        ((4, 3), (3, 1), (3, 1), r"layer_norm: gamma must have shape \(C,\)"),
        ((4, 3), (4, 3), (4, 3), r"layer_norm: gamma must have shape \(C,\)"),
        ((4, 3), (3,), (1,), r"layer_norm: beta must have shape \(C=3,\)"),
    ],
)
def test_shapes_that_do_not_fit_are_refused(x, gamma, beta, says):
    with pytest.raises(ValueError, match=says):
        layer_norm(Tensor(np.ones(x)), Tensor(np.ones(gamma)), Tensor(np.ones(beta)))


def test_what_is_no_number_is_refused():
    with pytest.raises(TypeError, match="must hold numbers"):
        layer_norm(Tensor(np.ones((4, 3))), Tensor(np.ones(3)), "beta")
