import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib.autograd import Tensor, ops
from course_lib.autograd.fused.cross_entropy import sigmoid_cross_entropy, softmax_cross_entropy
from course_lib.autograd.fused.hinge import mean_hinge
from tests.autograd import proof
from tests.autograd.op_samples import Sample


def softmax_case(B, K, rng):
    y, weights = rng.integers(0, K, B), rng.uniform(0.1, 1.0, B)
    places = (np.arange(B), y)
    return (
        (B, K),
        lambda z: softmax_cross_entropy(z, y, weights.astype(z.dtype)),
        lambda z: -(ops.log_softmax(z)[places] * weights.astype(z.dtype)).sum(),
    )


def sigmoid_case(B, K, rng):
    y, positive_weight = rng.uniform(size=(B, K)), float(rng.uniform(0.5, 3.0))

    def plain(z):
        p = ops.sigmoid(z)
        t = y.astype(z.dtype)
        return -(positive_weight * t * ops.log(p) + (1 - t) * ops.log(1 - p)).mean()

    return (B, K), lambda z: sigmoid_cross_entropy(z, y.astype(z.dtype), positive_weight), plain


def hinge_case(B, K, rng):
    y = rng.choice([-1.0, 1.0], (B, K))
    return (
        (B, K),
        lambda z: mean_hinge(z, y.astype(z.dtype)),
        lambda z: ops.relu(1 - y.astype(z.dtype) * z).mean(),
    )


CASES = [softmax_case, sigmoid_case, hinge_case]
every_loss = pytest.mark.parametrize("case", CASES)


@every_loss
@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 1e-10), (np.float32, 1e-5)])
@given(B=st.integers(1, 5), K=st.integers(1, 5), seed=st.integers(0, 1000))
@settings(max_examples=50)
def test_value_and_gradient_are_those_of_the_plain_operations(case, dtype, tolerance, B, K, seed):
    rng = np.random.default_rng(seed)
    shape, fused, plain = case(B, K, rng)
    z, g = rng.normal(size=shape).astype(dtype), dtype(rng.normal())
    loss, (dz,) = proof.value_and_gradients(fused, [z], g)
    expected_loss, (expected,) = proof.value_and_gradients(plain, [z], g)
    np.testing.assert_allclose(loss, expected_loss, rtol=tolerance, atol=tolerance)
    np.testing.assert_allclose(dz, expected, rtol=tolerance, atol=tolerance)


@every_loss
@pytest.mark.parametrize(("B", "K"), [(4, 3), (1, 3), (3, 1)])
def test_each_keeps_what_every_operation_promises(case, B, K):
    shape, fused, _ = case(B, K, np.random.default_rng(0))
    sample = Sample([shape], fused, None)
    proof.equals_slopes(sample)
    proof.ignores_layout(sample)
    proof.may_be_used_twice(sample)
    proof.takes_arrays_beside_tensors(sample)
    for dtype in (np.float64, np.float32):
        proof.keeps_dtype_and_inputs(sample, dtype)


@pytest.mark.parametrize(("z", "expected"), [(1000.0, 0.0), (-1000.0, 1000.0), (0.0, np.log(2))])
def test_huge_logits_overflow_nowhere(z, expected):
    both = Tensor([[z, 0.0]])
    loss = softmax_cross_entropy(both, np.array([0]), np.ones(1))
    assert loss.item() == pytest.approx(expected)
    alone = Tensor([z])
    assert sigmoid_cross_entropy(alone, np.ones(1)).item() == pytest.approx(expected)


def test_the_slope_at_a_logit_of_zero_lies_between_those_beside_it():
    z = Tensor([0.0])
    sigmoid_cross_entropy(z, np.ones(1)).backward()
    np.testing.assert_allclose(z.grad, [-0.5])


def test_the_slope_of_a_sure_and_right_answer_does_not_round_to_zero():
    z = Tensor([40.0])
    sigmoid_cross_entropy(z, np.ones(1)).backward()
    np.testing.assert_allclose(z.grad, [-np.exp(-40.0)], rtol=1e-12)


def test_a_point_exactly_on_the_margin_pulls_no_more():
    z = Tensor([1.0, 0.5])
    mean_hinge(z, np.ones(2)).backward()
    np.testing.assert_array_equal(z.grad, [0.0, -0.5])
