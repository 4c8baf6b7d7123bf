import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib.autograd.ops.convolution import conv1d, conv2d
from course_lib.autograd.tensor import Tensor
from course_lib.autograd.windows import Windows


@st.composite
def axes(draw):
    """Draw what a window does along one axis, such that it fits."""
    kernel, dilation, padding = draw(st.integers(1, 4)), draw(st.integers(1, 3)), draw(st.integers(0, 3))
    reach = dilation * (kernel - 1) + 1
    n = draw(st.integers(max(1, reach - 2 * padding), reach + 5))
    return {
        "n": n,
        "kernel": kernel,
        "stride": draw(st.integers(1, 4)),
        "padding": padding,
        "dilation": dilation,
    }


def together(several, name):
    return tuple(axis[name] for axis in several)


def by_definition(x, W, stride, padding, dilation):
    """Multiply and add place by place, as the formula of conv2d says."""
    (B, _, H, width), (C_out, _, kh, kw) = x.shape, W.shape
    padded = np.pad(x, [(0, 0), (0, 0), *((p, p) for p in padding)])
    H_out = len(range(0, H + 2 * padding[0] - dilation[0] * (kh - 1), stride[0]))
    W_out = len(range(0, width + 2 * padding[1] - dilation[1] * (kw - 1), stride[1]))
    y = np.zeros((B, C_out, H_out, W_out))
    for h, w, i, j in np.ndindex(H_out, W_out, kh, kw):
        seen = padded[:, :, stride[0] * h + dilation[0] * i, stride[1] * w + dilation[1] * j]  # (B, C_in)
        y[:, :, h, w] += seen @ W[:, :, i, j].T  # (B, C_in) @ (C_in, C_out) -> (B, C_out)
    return y


def ours_and_theirs(op, x, W, g, **options):
    torch = pytest.importorskip("torch")
    ours = [Tensor(x), Tensor(W)]
    theirs = [torch.tensor(array, requires_grad=True) for array in (x, W)]
    y, y_torch = op(*ours, **options), getattr(torch.nn.functional, op.__name__)(*theirs, **options)
    g = g(y.shape)
    y.backward(g)
    y_torch.backward(torch.tensor(g))
    return [y.data, *(t.grad for t in ours)], [y_torch.detach().numpy(), *(t.grad.numpy() for t in theirs)]


@settings(max_examples=60, deadline=None)
@given(along=st.tuples(axes(), axes()), B=st.integers(0, 2), C_in=st.integers(1, 3), C_out=st.integers(1, 3))
def test_every_setting_of_conv2d_follows_the_formula_and_pytorch(along, B, C_in, C_out):
    rng = np.random.default_rng(B + C_in)
    x = rng.normal(size=(B, C_in, *together(along, "n")))
    W = rng.normal(size=(C_out, C_in, *together(along, "kernel")))
    options = {name: together(along, name) for name in ("stride", "padding", "dilation")}
    ours, theirs = ours_and_theirs(conv2d, x, W, lambda shape: rng.normal(size=shape), **options)
    assert np.allclose(ours[0], by_definition(x, W, **options), rtol=1e-9, atol=1e-9)
    for mine, yours in zip(ours, theirs, strict=True):
        assert mine.shape == yours.shape
        assert np.allclose(mine, yours, rtol=1e-9, atol=1e-9)


@settings(max_examples=60, deadline=None)
@given(along=axes(), B=st.integers(0, 2), C_in=st.integers(1, 3), C_out=st.integers(1, 3))
def test_conv1d_is_conv2d_on_an_image_one_pixel_high(along, B, C_in, C_out):
    rng = np.random.default_rng(B + C_in)
    x, W = rng.normal(size=(B, C_in, along["n"])), rng.normal(size=(C_out, C_in, along["kernel"]))
    options = {name: along[name] for name in ("stride", "padding", "dilation")}
    flat = [Tensor(x), Tensor(W)]
    high = [Tensor(x[:, :, None]), Tensor(W[:, :, None])]
    y = conv1d(*flat, **options)
    y_high = conv2d(
        *high,
        stride=(1, options["stride"]),
        padding=(0, options["padding"]),
        dilation=(1, options["dilation"]),
    )
    g = rng.normal(size=y.shape)
    y.backward(g)
    y_high.backward(g[:, :, None])
    assert np.allclose(y.data, y_high.data[:, :, 0], rtol=1e-12)
    for one, other in zip(flat, high, strict=True):
        assert np.allclose(one.grad, other.grad[:, :, 0], rtol=1e-12, atol=1e-12)


def test_the_kernel_is_not_flipped():
    impulse = Tensor([[[0.0, 0.0, 1.0, 0.0, 0.0]]])
    assert np.array_equal(conv1d(impulse, Tensor([[[1.0, 2.0, 3.0]]])).data, [[[3.0, 2.0, 1.0]]])


def test_a_shifted_image_gives_a_shifted_answer(rng):
    image, W = np.zeros((1, 2, 8, 8)), Tensor(rng.normal(size=(3, 2, 3, 3)))
    image[:, :, 2:5, 2:5] = rng.normal(size=(2, 3, 3))
    y = conv2d(Tensor(image), W, padding=1).data
    shifted = conv2d(Tensor(np.roll(image, (1, 2), axis=(2, 3))), W, padding=1).data
    assert np.allclose(shifted, np.roll(y, (1, 2), axis=(2, 3)), rtol=1e-12)


@pytest.mark.parametrize(
    ("op", "shapes"), [(conv1d, [(1, 1, 5), (1, 1, 3)]), (conv2d, [(1, 1, 5, 5), (1, 1, 3, 3)])]
)
def test_an_input_without_a_gradient_is_not_worked_out(op, shapes):
    x, W = (np.ones(shape) for shape in shapes)
    y = op(Tensor(x, needs_grad=False), Tensor(W))
    assert y.vjp(np.ones(y.shape))[0] is None
    y = op(Tensor(x), Tensor(W, needs_grad=False))
    assert y.vjp(np.ones(y.shape))[1] is None


@given(along=axes())
def test_patches_and_places_show_the_same_numbers(along):
    windows = Windows((along["n"],), **{k: v for k, v in along.items() if k != "n"}, where="test")
    padded = windows.pad(np.arange(1.0, along["n"] + 1))
    patches = windows.patches(padded)  # (counts, kernel)
    for (j,), place in windows.places():
        assert np.array_equal(padded[place], patches[:, j])
    assert np.array_equal(windows.unpad(padded), np.arange(1.0, along["n"] + 1))
