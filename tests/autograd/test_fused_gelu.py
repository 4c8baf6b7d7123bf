import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib.autograd import Tensor, no_grad, ops
from course_lib.autograd.fused import gelu as module
from course_lib.autograd.fused.gelu import gelu
from tests.autograd import proof
from tests.autograd.op_samples import Sample

SHAPES = [(), (7,), (3, 4), (2, 3, 5), (0, 3), (1, 1), (4, 1)]


@pytest.fixture(scope="module")
def torch():
    return pytest.importorskip("torch")


@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 1e-10), (np.float32, 1e-5)])
@pytest.mark.parametrize("piece", [1, 3, 8, 1000])
@given(shape=st.lists(st.integers(0, 5), max_size=3).map(tuple), seed=st.integers(0, 1000))
@settings(max_examples=30)
def test_value_and_gradient_are_those_of_the_plain_operation_piece_by_piece(
    dtype, tolerance, piece, shape, seed
):
    rng = np.random.default_rng(seed)
    x, g = (3.0 * rng.normal(size=shape).astype(dtype) for _ in range(2))
    y_plain, (expected,) = proof.value_and_gradients(ops.gelu, [x.astype(float)], g.astype(float))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "PIECE", piece)
        y, (got,) = proof.value_and_gradients(gelu, [x], g)
    assert y.dtype == got.dtype == dtype
    # Where the slope crosses zero its parts cancel: the error is measured by what came in.
    np.testing.assert_allclose(y, y_plain, rtol=tolerance, atol=tolerance * np.abs(x).max(initial=0))
    np.testing.assert_allclose(got, expected, rtol=tolerance, atol=tolerance * np.abs(g).max(initial=0))


def test_an_array_longer_than_a_piece_is_done_to_the_end():
    x = np.random.default_rng(0).normal(size=(3, module.PIECE // 2))
    g = np.random.default_rng(1).normal(size=x.shape)
    y_plain, (expected,) = proof.value_and_gradients(ops.gelu, [x], g)
    y, (got,) = proof.value_and_gradients(gelu, [x], g)
    np.testing.assert_allclose(y, y_plain, rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(got, expected, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("shape", SHAPES)
def test_value_and_gradient_are_those_of_pytorch(shape, torch):
    def theirs(torch, x):
        return torch.nn.functional.gelu(x, approximate="tanh")

    proof.equals_pytorch(Sample([shape], gelu, theirs), torch)


@pytest.mark.parametrize("shape", SHAPES)
def test_gelu_keeps_what_every_operation_promises(shape):
    sample = Sample([shape], gelu, None)
    proof.equals_slopes(sample)
    proof.ignores_layout(sample)
    proof.may_be_used_twice(sample)
    proof.takes_arrays_beside_tensors(sample)
    for dtype in (np.float64, np.float32):
        proof.keeps_dtype_and_inputs(sample, dtype)


def test_far_out_it_is_a_relu():
    leaf = Tensor([-50.0, 50.0])
    y = gelu(leaf)
    assert np.array_equal(y.data, [0.0, 50.0])
    y.backward(np.array([1.0, 1.0]))
    assert np.array_equal(leaf.grad, [0.0, 1.0])


def test_whole_numbers_become_floats():
    y = gelu(Tensor(np.array([0, 3])))
    assert y.dtype == np.float64
    np.testing.assert_allclose(y.data, ops.gelu(Tensor([0.0, 3.0])).data, rtol=1e-14)


def test_without_gradients_no_slope_is_worked_out():
    with no_grad():
        y = gelu(gelu(Tensor([1.0, 2.0])))
    assert not y.needs_grad
    x = Tensor([1.0, 2.0], needs_grad=False)
    assert np.array_equal(gelu(x).data, gelu(Tensor([1.0, 2.0])).data)


def test_what_is_no_number_is_refused():
    with pytest.raises(TypeError, match="must hold numbers"):
        gelu("x")
