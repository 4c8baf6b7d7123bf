import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib.autograd.ops.pooling import avg_pool1d, avg_pool2d, max_pool1d, max_pool2d
from course_lib.autograd.tensor import Tensor


@st.composite
def axes(draw):
    """Draw what a window does along one axis, such that it fits."""
    kernel = draw(st.integers(1, 4))
    padding = draw(st.integers(0, kernel // 2))
    n = draw(st.integers(max(1, kernel - 2 * padding), kernel + 5))
    return {"n": n, "kernel": kernel, "stride": draw(st.integers(1, 4)), "padding": padding}


def agree_with_torch(op, x, kernel, rng, **options):
    torch = pytest.importorskip("torch")
    mine, yours = Tensor(x), torch.tensor(x, requires_grad=True)
    y, y_torch = (
        op(mine, kernel, **options),
        getattr(torch.nn.functional, op.__name__)(yours, kernel, **options),
    )
    g = rng.normal(size=y.shape)
    y.backward(g)
    y_torch.backward(torch.tensor(g))
    assert y.shape == tuple(y_torch.shape)
    assert np.allclose(y.data, y_torch.detach().numpy(), rtol=1e-9, atol=1e-9)
    assert np.allclose(mine.grad, yours.grad.numpy(), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("op", [max_pool2d, avg_pool2d])
@settings(max_examples=60, deadline=None)
@given(along=st.tuples(axes(), axes()), seed=st.integers(0, 99))
def test_every_setting_in_two_dimensions_follows_pytorch_on_images_full_of_ties(op, along, seed):
    rng = np.random.default_rng(seed)
    x = rng.integers(-1, 2, size=(2, 2, *(axis["n"] for axis in along))).astype(float)
    kernel, stride, padding = (
        tuple(axis[name] for axis in along) for name in ("kernel", "stride", "padding")
    )
    agree_with_torch(op, x, kernel, rng, stride=stride, padding=padding)


@pytest.mark.parametrize("op", [max_pool1d, avg_pool1d])
@settings(max_examples=60, deadline=None)
@given(along=axes(), seed=st.integers(0, 99))
def test_every_setting_in_one_dimension_follows_pytorch_on_signals_full_of_ties(op, along, seed):
    rng = np.random.default_rng(seed)
    x = rng.integers(-1, 2, size=(2, 2, along["n"])).astype(float)
    agree_with_torch(op, x, along["kernel"], rng, stride=along["stride"], padding=along["padding"])


def test_a_flat_background_counts_once_at_its_first_pixel():
    x = Tensor(np.zeros((1, 1, 2, 4)))
    max_pool2d(x, 2).backward(np.array([[[[3.0, 5.0]]]]))
    assert np.array_equal(x.grad, [[[[3.0, 0.0, 5.0, 0.0], [0.0, 0.0, 0.0, 0.0]]]])


def test_windows_that_overlap_add_up_what_they_send_back():
    x = Tensor([[[1.0, 9.0, 2.0]]])
    max_pool1d(x, 2, stride=1).backward(np.array([[[1.0, 10.0]]]))
    assert np.array_equal(x.grad, [[[0.0, 11.0, 0.0]]])
    x.grad = None
    avg_pool1d(x, 2, stride=1).backward(np.array([[[1.0, 10.0]]]))
    assert np.array_equal(x.grad, [[[0.5, 5.5, 5.0]]])


def test_the_padding_is_never_the_largest_but_counts_in_the_mean():
    x = Tensor(np.full((1, 1, 2), -4.0))
    assert np.array_equal(max_pool1d(x, 2, padding=1).data, [[[-4.0, -4.0]]])
    assert np.array_equal(avg_pool1d(x, 2, padding=1).data, [[[-2.0, -2.0]]])


def test_what_no_window_sees_hears_nothing():
    x = Tensor(np.arange(5.0).reshape(1, 1, 5))
    max_pool1d(x, 2).backward(np.ones((1, 1, 2)))
    assert np.array_equal(x.grad, [[[0.0, 1.0, 0.0, 1.0, 0.0]]])
