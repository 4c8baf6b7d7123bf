"""Pooling: one number stands for all that lie under a window."""

import numpy as np

from course_lib.autograd.tensor import Tensor, as_tensor
from course_lib.autograd.windows import Windows
from course_lib.checks import expect_shape

__all__ = ["avg_pool1d", "avg_pool2d", "max_pool1d", "max_pool2d"]


def max_pool1d(x: Tensor, kernel: int, *, stride: int | None = None, padding: int = 0) -> Tensor:
    r"""Keep the largest number under a window on a signal: $y_t = \max_k x_{st + k - p}$.

    Args:
        x: (B, C, T)
        kernel: length of the window
        stride: how far the window moves at a time; its own length where left out
        padding: how much is added at both ends, never the largest; at most half the kernel
    Returns:
        y: (B, C, T_out)
    Gradient, with g = dL/dy:
        dL/dx = g where the largest was found, the first of equals; 0 elsewhere
    Raises:
        TypeError: x is not made of numbers
        ValueError: x is no batch of signals, the window is larger than the padded signal, or a setting is bad
    Source: Zhou & Chellappa 1988, "Computation of optical flow using a neural network", ICNN.

    >>> max_pool1d(Tensor([[[1.0, 3.0, 2.0, 0.0]]]), 2).data
    array([[[3., 2.]]])
    """
    x = as_tensor(x)
    expect_shape(x, "B C T", where="max_pool1d: x")
    return _max_pool(x, kernel, stride, padding, op="max_pool1d")


def max_pool2d(x: Tensor, kernel, *, stride=None, padding=0) -> Tensor:
    r"""Keep the largest number under a window on an image.

    $$y_{h,w} = \max_{i,j} x_{sh + i - p,\,sw + j - p}$$

    Args:
        x: (B, C, H, W)
        kernel: height and width of the window; one number, or one for each axis
        stride: how far the window moves at a time; its own size where left out
        padding: how much is added on each side, never the largest; at most half the kernel
    Returns:
        y: (B, C, H_out, W_out)
    Gradient, with g = dL/dy:
        dL/dx = g where the largest was found, the first of equals, row by row; 0 elsewhere
    Raises:
        TypeError: x is not made of numbers
        ValueError: x is no batch of images, the window is larger than the padded image, or a setting is bad
    Source: Riesenhuber & Poggio 1999, "Hierarchical models of object recognition in cortex",
        *Nature Neuroscience* 2.

    >>> x = Tensor([[[[1.0, 2.0, 5.0, 5.0], [4.0, 3.0, 5.0, 0.0]]]])
    >>> y = max_pool2d(x, 2)
    >>> y.data
    array([[[[4., 5.]]]])
    >>> y.backward(np.ones((1, 1, 1, 2)))
    >>> x.grad
    array([[[[0., 0., 1., 0.],
             [1., 0., 0., 0.]]]])
    """
    x = as_tensor(x)
    expect_shape(x, "B C H W", where="max_pool2d: x")
    return _max_pool(x, kernel, stride, padding, op="max_pool2d")


def avg_pool1d(x: Tensor, kernel: int, *, stride: int | None = None, padding: int = 0) -> Tensor:
    r"""Take the mean under a window on a signal: $y_t = \frac{1}{n} \sum_k x_{st + k - p}$.

    Here n is the length of the window. The zeros of the padding count, as in PyTorch.

    Args:
        x: (B, C, T)
        kernel: length of the window
        stride: how far the window moves at a time; its own length where left out
        padding: how many zeros are added at both ends; at most half the kernel
    Returns:
        y: (B, C, T_out)
    Gradient, with g = dL/dy:
        dL/dx = g / n at each of the n places under a window, added up where windows overlap
    Raises:
        TypeError: x is not made of numbers
        ValueError: x is no batch of signals, the window is larger than the padded signal, or a setting is bad
    Source: LeCun, Bottou, Bengio & Haffner 1998, "Gradient-based learning applied to document recognition".

    >>> avg_pool1d(Tensor([[[1.0, 3.0, 2.0, 0.0]]]), 2).data
    array([[[2., 1.]]])
    """
    x = as_tensor(x)
    expect_shape(x, "B C T", where="avg_pool1d: x")
    return _avg_pool(x, kernel, stride, padding, op="avg_pool1d")


def avg_pool2d(x: Tensor, kernel, *, stride=None, padding=0) -> Tensor:
    r"""Take the mean under a window on an image.

    $$y_{h,w} = \frac{1}{n} \sum_{i,j} x_{sh + i - p,\,sw + j - p}$$

    Here n counts the pixels of the window. The zeros of the padding count, as in PyTorch.

    Args:
        x: (B, C, H, W)
        kernel: height and width of the window; one number, or one for each axis
        stride: how far the window moves at a time; its own size where left out
        padding: how many zeros are added on each side; at most half the kernel
    Returns:
        y: (B, C, H_out, W_out)
    Gradient, with g = dL/dy:
        dL/dx = g / n at each of the n places under a window, added up where windows overlap
    Raises:
        TypeError: x is not made of numbers
        ValueError: x is no batch of images, the window is larger than the padded image, or a setting is bad
    Source: LeCun, Bottou, Bengio & Haffner 1998, "Gradient-based learning applied to document recognition".

    >>> avg_pool2d(Tensor([[[[1.0, 2.0, 5.0, 5.0], [4.0, 3.0, 5.0, 0.0]]]]), 2).data
    array([[[[2.5 , 3.75]]]])
    """
    x = as_tensor(x)
    expect_shape(x, "B C H W", where="avg_pool2d: x")
    return _avg_pool(x, kernel, stride, padding, op="avg_pool2d")


def _max_pool(x: Tensor, kernel, stride, padding, *, op: str) -> Tensor:
    """Compare cell by cell: what the first cell of all windows sees, then the second, and so on."""
    windows = _pool_windows(x, kernel, stride, padding, op=op)
    padded = windows.pad(x.data, -np.inf)
    places = [place for _, place in windows.places()]  # row first
    y = padded[places[0]]  # (..., counts)
    for place in places[1:]:
        y = np.maximum(y, padded[place])

    def vjp(g):
        dpadded = np.zeros(padded.shape, dtype=g.dtype)
        is_open = np.ones(y.shape, dtype=bool)  # windows whose largest has not been met yet
        for place in places:
            is_found = is_open & (padded[place] == y)
            dpadded[place] += g * is_found
            is_open &= ~is_found  # a later equal gets nothing
        return (windows.unpad(dpadded),)

    return Tensor(y, parents=(x,), vjp=vjp, op=op)


def _avg_pool(x: Tensor, kernel, stride, padding, *, op: str) -> Tensor:
    """Add up cell by cell: what the first cell of all windows sees, then the second, and so on."""
    windows = _pool_windows(x, kernel, stride, padding, op=op)
    padded = windows.pad(x.data)
    places = [place for _, place in windows.places()]
    y = sum(padded[place] for place in places) / len(places)  # (..., counts)
    padded_shape = padded.shape

    def vjp(g):
        dpadded = np.zeros(padded_shape, dtype=g.dtype)
        for place in places:
            dpadded[place] += g / len(places)
        return (windows.unpad(dpadded),)

    return Tensor(y, parents=(x,), vjp=vjp, op=op)


def _pool_windows(x: Tensor, kernel, stride, padding, *, op: str) -> Windows:
    stride = kernel if stride is None else stride
    windows = Windows(x.shape[2:], kernel, stride=stride, padding=padding, where=op)
    if any(2 * p > k for p, k in zip(windows.padding, windows.kernel, strict=True)):
        raise ValueError(
            f"{op}: padding must be at most half the kernel of {windows.kernel}. It is {padding}."
        )
    return windows
