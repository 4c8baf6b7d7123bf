import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib.autograd import Tensor, no_grad, ops
from course_lib.autograd.fused.linear import linear
from tests.autograd import proof
from tests.autograd.op_samples import Sample

shapes = st.lists(st.integers(0, 4), min_size=1, max_size=3)


def plain(x, W, b, activation=None):
    """The composition that the fused operation says it equals."""
    y = ops.matmul(x, W) + b
    return ops.relu(y) if activation else y


def sample_of(rows, n_in, n_out, activation):
    """Describe the operation to the checks that all operations pass."""
    return Sample([(*rows, n_in), (n_in, n_out), (n_out,)], lambda *xs: linear(*xs, activation), None)


@pytest.mark.parametrize("activation", [None, "relu"])
@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 1e-10), (np.float32, 1e-5)])
@given(rows=shapes, n_in=st.integers(1, 4), n_out=st.integers(1, 4), seed=st.integers(0, 1000))
@settings(max_examples=50)
def test_value_and_gradients_are_those_of_the_plain_operations(
    activation, dtype, tolerance, rows, n_in, n_out, seed
):
    sample = sample_of(rows, n_in, n_out, activation)
    inputs = [x.astype(dtype) for x in sample.inputs(seed)]
    g = np.random.default_rng(seed).normal(size=(*rows, n_out)).astype(dtype)
    y, gradients = proof.value_and_gradients(sample.ours, inputs, g)
    expected_y, expected = proof.value_and_gradients(lambda *xs: plain(*xs, activation), inputs, g)
    proof.close(y, expected_y, tolerance)
    for got, right in zip(gradients, expected, strict=True):
        proof.close(got, right, tolerance)


@pytest.mark.parametrize("activation", [None, "relu"])
@pytest.mark.parametrize("rows", [(5,), (2, 3), (0,), (1,), ()])
def test_the_operation_keeps_what_every_operation_promises(rows, activation):
    sample = sample_of(rows, 3, 2, activation)
    proof.equals_slopes(sample)
    proof.ignores_layout(sample)
    proof.may_be_used_twice(sample)
    proof.takes_arrays_beside_tensors(sample)
    for dtype in (np.float64, np.float32):
        proof.keeps_dtype_and_inputs(sample, dtype)


def test_a_neuron_at_exactly_zero_sends_no_gradient_back_as_in_pytorch():
    x, W, b = Tensor(np.ones((1, 1))), Tensor(np.ones((1, 1))), Tensor([-1.0])
    linear(x, W, b, "relu").sum().backward()
    assert (x.grad, W.grad, b.grad) == (0.0, 0.0, 0.0)


def test_no_gradient_is_computed_for_what_needs_none():
    x, W, b = np.ones((4, 3)), np.ones((3, 2)), np.ones(2)
    y = linear(x, W, Tensor(b))
    assert y.vjp(np.ones((4, 2)))[:2] == (None, None)
    with no_grad():
        assert linear(x, W, Tensor(b)).vjp is None


@pytest.mark.parametrize(
    ("x", "W", "b", "said"),
    [
        (
            (2, 3),
            (4, 5),
            (5,),
            r"linear: x must have shape \(\.\.\., n_in=4\).*\(2, 3\).*Did you mean x @ W\.T",
        ),
        ((), (4, 5), (5,), r"linear: x must have shape"),
        ((5, 2), (2, 3, 4), (3, 4), r"linear: W must have shape \(n_in, n_out\)"),
        ((2, 4), (4, 5), (), r"linear: b must have shape \(n_out=5,\). It has shape \(\)"),
        ((2, 4), (4,), (5,), r"linear: W must have shape \(n_in, n_out\)"),
        ((2, 4), (4, 5), (4,), r"linear: b must have shape \(n_out=5,\). It has shape \(4,\)"),
    ],
)
def test_a_shape_that_does_not_fit_is_named(x, W, b, said):
    with pytest.raises(ValueError, match=said):
        linear(Tensor(np.ones(x)), Tensor(np.ones(W)), Tensor(np.ones(b)))


def test_an_unknown_activation_is_named():
    with pytest.raises(ValueError, match=r"activation must be one of \(None, 'relu'\). It is 'tanh'"):
        linear(Tensor(np.ones((1, 1))), Tensor(np.ones((1, 1))), Tensor([0.0]), "tanh")
