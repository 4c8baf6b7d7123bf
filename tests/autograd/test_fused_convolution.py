from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib.autograd import Tensor, ops
from course_lib.autograd.fused.convolution import conv1d, conv2d, conv_relu_pool
from tests.autograd import proof
from tests.autograd.op_samples import Sample

DTYPES = pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 1e-10), (np.float32, 1e-5)])


@pytest.fixture(scope="module")
def torch():
    return pytest.importorskip("torch")


@st.composite
def axes(draw):
    """Draw what a window does along one axis, such that at least two stand side by side without a stride."""
    kernel, dilation, padding = draw(st.integers(1, 4)), draw(st.integers(1, 3)), draw(st.integers(0, 3))
    reach = dilation * (kernel - 1) + 1
    n = draw(st.integers(max(1, reach + 1 - 2 * padding), reach + 5))
    return SimpleNamespace(
        n=n, kernel=kernel, stride=draw(st.integers(1, 4)), padding=padding, dilation=dilation
    )


sizes = {
    "B": st.integers(0, 3),
    "C_in": st.integers(1, 3),
    "C_out": st.integers(1, 3),
    "seed": st.integers(0, 99),
}


def drawn(along, B, C_in, C_out, seed, dtype, draw="normal"):
    """Draw x, W and b; small whole numbers make many results equal, among them many zeros."""
    rng = np.random.default_rng(seed)
    shapes = [
        (B, C_in, *(axis.n for axis in along)),
        (C_out, C_in, *(axis.kernel for axis in along)),
        (C_out,),
    ]
    if draw == "normal":
        return [rng.normal(size=shape).astype(dtype) for shape in shapes]
    return [rng.integers(-1, 2, shape).astype(dtype) for shape in shapes]


def plain_convolution(op, x, W, b, *, activation=None, **options):
    y = op(x, W, **options) + b.reshape(len(b), *[1] * (x.ndim - 2))
    return ops.relu(y) if activation else y


def plain_pooled(x, W, b, **options):
    return ops.max_pool2d(plain_convolution(ops.conv2d, x, W, b, activation="relu", **options), 2)


def agree(fused, plain, inputs, tolerance):
    shape = plain(*map(Tensor, inputs)).shape
    g = np.random.default_rng(1).normal(size=shape).astype(inputs[0].dtype)
    y, gradients = proof.value_and_gradients(fused, inputs, g)
    y_plain, expected = proof.value_and_gradients(plain, inputs, g)
    assert y.dtype == inputs[0].dtype
    proof.close(y, y_plain, tolerance)
    for got, right in zip(gradients, expected, strict=True):
        proof.close(got, right, tolerance)


@DTYPES
@pytest.mark.parametrize("activation", [None, "relu"])
@settings(max_examples=30, deadline=None)
@given(along=st.tuples(axes(), axes()), **sizes)
def test_every_setting_of_conv2d_equals_the_plain_operations(
    dtype, tolerance, activation, along, B, C_in, C_out, seed
):
    inputs = drawn(along, B, C_in, C_out, seed, dtype, draw="whole")
    options = {
        name: tuple(getattr(axis, name) for axis in along) for name in ("stride", "padding", "dilation")
    }
    options["activation"] = activation
    agree(
        lambda x, W, b: conv2d(x, W, b, **options),
        lambda x, W, b: plain_convolution(ops.conv2d, x, W, b, **options),
        inputs,
        tolerance,
    )


@DTYPES
@pytest.mark.parametrize("activation", [None, "relu"])
@settings(max_examples=30, deadline=None)
@given(along=st.tuples(axes()), **sizes)
def test_every_setting_of_conv1d_equals_the_plain_operations(
    dtype, tolerance, activation, along, B, C_in, C_out, seed
):
    inputs = drawn(along, B, C_in, C_out, seed, dtype, draw="whole")
    options = {name: getattr(along[0], name) for name in ("stride", "padding", "dilation")}
    options["activation"] = activation
    agree(
        lambda x, W, b: conv1d(x, W, b, **options),
        lambda x, W, b: plain_convolution(ops.conv1d, x, W, b, **options),
        inputs,
        tolerance,
    )


@DTYPES
@pytest.mark.parametrize("draw", ["normal", "whole"])
@settings(max_examples=40, deadline=None)
@given(along=st.tuples(axes(), axes()), **sizes)
def test_conv_relu_pool_equals_the_plain_operations_with_and_without_ties(
    dtype, tolerance, draw, along, B, C_in, C_out, seed
):
    for axis in along:
        axis.n += axis.kernel  # no dilation here: any image that is one larger than the kernel will do
    inputs = drawn(along, B, C_in, C_out, seed, dtype, draw)
    padding = tuple(axis.padding for axis in along)
    agree(
        lambda x, W, b: conv_relu_pool(x, W, b, padding=padding),
        lambda x, W, b: plain_pooled(x, W, b, padding=padding),
        inputs,
        tolerance,
    )


def theirs_pooled(torch, x, W, b):
    convolved = torch.nn.functional.conv2d(x, W, b, padding=1)
    return torch.nn.functional.max_pool2d(torch.relu(convolved), 2)


def theirs_conv2d(torch, x, W, b):
    return torch.relu(torch.nn.functional.conv2d(x, W, b, stride=2, padding=(1, 0), dilation=(1, 2)))


def theirs_conv1d(torch, x, W, b):
    return torch.nn.functional.conv1d(x, W, b, stride=2, padding=1)


def samples(draw="normal"):
    def ours_conv2d(x, W, b):
        return conv2d(x, W, b, stride=2, padding=(1, 0), dilation=(1, 2), activation="relu")

    draws = {"normal": {}, "flat": {"draw": (flat, whole, whole)}}[draw]
    return [
        Sample(
            [(3, 2, 6, 7), (4, 2, 3, 3), (4,)],
            lambda *xs: conv_relu_pool(*xs, padding=1),
            theirs_pooled,
            **draws,
        ),
        Sample([(3, 2, 6, 7), (4, 2, 3, 2), (4,)], ours_conv2d, theirs_conv2d, **draws),
        Sample(
            [(3, 2, 7), (4, 2, 3), (4,)], lambda *xs: conv1d(*xs, stride=2, padding=1), theirs_conv1d, **draws
        ),
    ]


def flat(rng, shape):
    """Draw images of one colour with one spot: a flat background on which all neighbours are equal."""
    x = np.ones(shape)
    x[..., 3, :2] = 3.0 if len(shape) == 4 else 1.0
    return x


def whole(rng, shape):
    return rng.integers(-1, 2, shape).astype(float)


@pytest.mark.parametrize("draw", ["normal", "flat"])
@DTYPES
def test_value_and_gradients_are_those_of_pytorch_on_flat_backgrounds_too(draw, dtype, tolerance, torch):
    for sample in samples(draw):
        if draw == "normal" or len(sample.shapes[0]) == 4:
            proof.equals_pytorch(sample, torch, dtype, max(tolerance, 1e-9))


@pytest.mark.parametrize("place", range(3), ids=["conv_relu_pool", "conv2d", "conv1d"])
def test_what_every_operation_promises_is_kept(place):
    sample = samples()[place]
    proof.equals_slopes(sample)
    proof.ignores_layout(sample)
    proof.may_be_used_twice(sample)
    proof.takes_arrays_beside_tensors(sample)
    for dtype in (np.float64, np.float32):
        proof.keeps_dtype_and_inputs(sample, dtype)


def test_of_four_equals_only_the_first_hears():
    x = Tensor(np.ones((1, 1, 4, 4)))
    conv_relu_pool(x, Tensor(np.ones((1, 1, 1, 1))), Tensor([0.0])).backward(
        np.array([[[[1.0, 2.0], [3.0, 4.0]]]])
    )
    assert np.array_equal(x.grad[0, 0, ::2, ::2], [[1.0, 2.0], [3.0, 4.0]])
    assert x.grad.sum() == 10.0


@pytest.mark.parametrize("place", range(3), ids=["conv_relu_pool", "conv2d", "conv1d"])
def test_a_gradient_that_nobody_needs_is_not_worked_out(place):
    sample = samples()[place]
    for wanted in range(3):
        inputs = [Tensor(x, needs_grad=number == wanted) for number, x in enumerate(sample.inputs())]
        y = sample.ours(*inputs)
        gradients = y.vjp(np.ones(y.shape))
        assert [gradient is None for gradient in gradients] == [number != wanted for number in range(3)]


def test_the_batch_is_last_in_memory_so_that_the_next_layer_copies_long_runs(rng):
    x, W, b = rng.normal(size=(3, 2, 6, 6)), rng.normal(size=(4, 2, 3, 3)), np.zeros(4)
    for y in (conv2d(x, W, b), conv_relu_pool(x, W, b), conv1d(x[:, :, 0], W[:, :, 0], b)):
        assert y.data.strides[0] == y.data.itemsize


def test_gradients_are_as_exact_as_the_numbers_and_no_more():
    for sample in samples():
        inputs = [Tensor(x.astype(np.float32)) for x in sample.inputs()]
        y = sample.ours(*inputs)
        assert all(gradient.dtype == np.float32 for gradient in y.vjp(np.ones(y.shape, np.float32)))


def test_dtypes_mix_as_in_numpy():
    x, W, b = np.ones((1, 1, 4, 4), np.float32), np.ones((1, 1, 2, 2), np.float32), np.zeros(1)
    assert conv2d(x, W, b).dtype == conv_relu_pool(x, W, b).dtype == np.float64
    assert conv2d(x.astype(int), W.astype(int), b.astype(int)).dtype.kind == "i"


@pytest.mark.parametrize(("operation", "n_axes"), [(conv1d, 1), (conv2d, 2)])
def test_nothing_said_the_window_moves_by_one_over_x_alone_and_has_no_gaps(operation, n_axes, rng):
    x, W, b = rng.normal(size=(2, 3, *[6] * n_axes)), rng.normal(size=(4, 3, *[2] * n_axes)), np.zeros(4)
    said = operation(x, W, b, stride=1, padding=0, dilation=1, activation=None)
    np.testing.assert_array_equal(operation(x, W, b).data, said.data)
