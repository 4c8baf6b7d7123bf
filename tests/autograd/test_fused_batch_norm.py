import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib.autograd import Tensor, gradcheck, no_grad, ops
from course_lib.autograd.fused.batch_norm import batch_norm
from tests.autograd import proof
from tests.autograd.op_samples import Sample

shapes = st.lists(st.integers(1, 4), min_size=2, max_size=4).filter(
    lambda shape: math.prod(shape) // shape[1] > 1
)


def fused(x, gamma, beta, epsilon=1e-5):
    return batch_norm(x, gamma, beta, epsilon)[0]


def plain(x, gamma, beta, epsilon=1e-5):
    """The composition that the fused operation says it equals."""
    axes = (0, *range(2, x.ndim))
    per_channel = (x.shape[1], *[1] * (x.ndim - 2))
    mean, variance = ops.mean(x, axes, keepdims=True), ops.variance(x, axes, keepdims=True)
    x_hat = (x - mean) / ops.sqrt(variance + epsilon)
    return x_hat * gamma.reshape(per_channel) + beta.reshape(per_channel)


def drawn(shape, seed, dtype=np.float64):
    """Draw x, gamma, beta, and a gradient of the end result."""
    rng = np.random.default_rng(seed)
    C = shape[1]
    x = 2.0 + 3.0 * rng.normal(size=shape)
    return [a.astype(dtype) for a in (x, rng.normal(size=C), rng.normal(size=C), rng.normal(size=shape))]


def sample_of(shape):
    """Describe the operation to the checks that all operations pass."""
    return Sample([shape, shape[1:2], shape[1:2]], fused, None)


@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 1e-10), (np.float32, 1e-5)])
@given(shape=shapes, seed=st.integers(0, 1000), epsilon=st.sampled_from([1e-5, 0.1]))
@settings(max_examples=50)
def test_value_and_gradients_are_those_of_the_plain_operations(dtype, tolerance, shape, seed, epsilon):
    *inputs, g = drawn(shape, seed)
    # Two numbers that nearly agree divide by nearly nothing: float32 then keeps few digits of either form.
    epsilon = 0.1 if dtype == np.float32 else epsilon
    expected = proof.value_and_gradients(lambda *xs: plain(*xs, epsilon), inputs, g)
    inputs, g = [x.astype(dtype) for x in inputs], g.astype(dtype)
    y, gradients = proof.value_and_gradients(lambda *xs: fused(*xs, epsilon), inputs, g)
    proof.close(y, expected[0], tolerance)
    largest = max(np.abs(right).max() for right in expected[1])
    for got, right in zip(gradients, expected[1], strict=True):
        assert got.dtype == dtype
        np.testing.assert_allclose(got, right, rtol=tolerance, atol=tolerance * largest)


@pytest.mark.parametrize("shape", [(5, 3), (1, 3, 4), (4, 1, 3), (2, 3, 4, 5)])
def test_the_operation_keeps_what_every_operation_promises(shape):
    sample = sample_of(shape)
    proof.equals_slopes(sample)
    proof.ignores_layout(sample)
    proof.may_be_used_twice(sample)
    proof.takes_arrays_beside_tensors(sample)
    for dtype in (np.float64, np.float32):
        proof.keeps_dtype_and_inputs(sample, dtype)


def test_one_input_may_take_all_places():
    rng = np.random.default_rng(0)
    square = rng.normal(size=(4, 4))
    gradcheck(lambda x: fused(x, x[0], x[0] * x[1]), square, rng=rng)


@pytest.mark.parametrize("shape", [(6, 2), (3, 2, 4), (3, 2, 4, 5)])
def test_mean_and_variance_are_those_of_each_channel(shape):
    x, gamma, beta, _ = drawn(shape, seed=1)
    _, mean, variance = batch_norm(Tensor(x), Tensor(gamma), Tensor(beta))
    for channel in range(2):
        assert mean[channel] == pytest.approx(x[:, channel].mean(), rel=1e-12)
        assert variance[channel] == pytest.approx(x[:, channel].var(), rel=1e-12)
    assert mean.shape == variance.shape == (2,)


def test_every_channel_comes_out_with_the_mean_beta_and_the_deviation_gamma():
    x, _, _, _ = drawn((50, 2, 3), seed=2)
    y = fused(Tensor(x), Tensor([2.0, -0.5]), Tensor([10.0, -1.0]), 1e-12).data
    np.testing.assert_allclose(y.mean(axis=(0, 2)), [10.0, -1.0], rtol=1e-12)
    np.testing.assert_allclose(y.std(axis=(0, 2)), [2.0, 0.5], rtol=1e-9)


def test_two_numbers_written_out_by_hand():
    y = fused(Tensor([[1.0], [5.0]]), Tensor([2.0]), Tensor([1.0]), 5.0)  # mean 3, variance 4, root of 4 + 5
    np.testing.assert_allclose(y.data, [[1 - 4 / 3], [1 + 4 / 3]], rtol=1e-15)


def test_epsilon_is_that_of_pytorch_unless_said_otherwise():
    y, _, _ = batch_norm(Tensor([[0.0], [0.01]]), Tensor([1.0]), Tensor([0.0]))
    np.testing.assert_allclose(y.data[1], 0.005 / np.sqrt(0.005**2 + 1e-5), rtol=1e-12)


def test_a_constant_channel_is_all_beta():
    y = fused(Tensor(np.full((4, 1), 7.0)), Tensor([2.0]), Tensor([0.5]))
    assert np.array_equal(y.data, np.full((4, 1), 0.5))


def test_what_shifts_or_stretches_a_whole_channel_gets_no_gradient():
    x, gamma, beta, g = drawn((8, 3, 2), seed=3)
    leaf = Tensor(x)
    fused(leaf, Tensor(gamma), Tensor(beta), 1e-14).backward(g)
    np.testing.assert_allclose(leaf.grad.sum(axis=(0, 2)), 0, atol=1e-12)
    np.testing.assert_allclose((leaf.grad * x).sum(axis=(0, 2)), 0, atol=1e-11)


def test_nothing_is_recorded_without_gradients():
    with no_grad():
        assert not fused(Tensor(np.eye(3)), Tensor(np.ones(3)), Tensor(np.ones(3))).needs_grad


@pytest.mark.parametrize(
    ("x", "gamma", "beta", "says"),
    [
        ((4, 3), (2,), (2,), r"batch_norm: x must have shape \(B, C=2, \.\.\.\)\. It has shape \(4, 3\)"),
        ((3,), (3,), (3,), r"batch_norm: x must have shape \(B, C=3, \.\.\.\)\. It has shape \(3,\)"),
        ((4, 3), (3, 1), (3, 1), r"batch_norm: gamma must have shape \(C,\)"),
        ((4, 3), (3,), (1,), r"batch_norm: beta must have shape \(C=3,\)"),
        ((0, 3), (3,), (3,), r"batch_norm: there is nothing to normalise\. x has shape \(0, 3\)"),
        ((2, 3, 0), (3,), (3,), r"there is nothing to normalise"),
    ],
)
def test_shapes_that_do_not_fit_are_refused(x, gamma, beta, says):
    with pytest.raises(ValueError, match=says):
        batch_norm(Tensor(np.ones(x)), Tensor(np.ones(gamma)), Tensor(np.ones(beta)))
