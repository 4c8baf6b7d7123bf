"""Convolution: one small window of weights meets every place of a signal or an image.

All patches under the window become the columns of one large matrix (im2col), so that a convolution is a
matrix product. As in PyTorch, the kernel is not flipped: mathematicians call this a cross-correlation.
"""

import numpy as np

from course_lib.autograd.tensor import Tensor, as_tensor
from course_lib.autograd.windows import Windows
from course_lib.checks import expect_shape

__all__ = ["conv1d", "conv2d"]

_CHANNELS_FIRST = "The channels are the axis after the batch."


def conv1d(x: Tensor, W: Tensor, *, stride: int = 1, padding: int = 0, dilation: int = 1) -> Tensor:
    r"""Slide a window along a signal: $y_{b,o,t} = \sum_{c,k} W_{o,c,k}\, x_{b,c,\,st + dk - p}$.

    Here s is the stride, d the dilation, p the padding with zeros, and k runs over the kernel.

    Args:
        x: (B, C_in, T)
        W: (C_out, C_in, kw)  one window of weights for each pair of channels
        stride: how far the window moves at a time
        padding: how many zeros are added at both ends
        dilation: distance between neighbours in the window; 1 leaves no gaps
    Returns:
        y: (B, C_out, T_out)
    Gradient, with g = dL/dy:
        dL/dW = g columnsᵀ  a weight hears from every position of the window: it served them all
        dL/dx = Wᵀ g, each patch added back where it was taken from  a number hears from every window over it
    Raises:
        TypeError: x or W is not made of numbers
        ValueError: a shape does not fit, the window is larger than the padded signal, or a setting is no
            whole number
    Source: Goodfellow, Bengio & Courville 2016, *Deep Learning*, section 9.1.

    >>> x = Tensor([[[0.0, 0.0, 1.0, 1.0, 0.0]]])
    >>> step_up = Tensor([[[-1.0, 1.0]]])
    >>> conv1d(x, step_up).data
    array([[[ 0.,  1.,  0., -1.]]])
    """
    x, W = as_tensor(x), as_tensor(W)
    expect_shape(W, "C_out C_in kw", where="conv1d: W")
    C_out, C_in, kw = W.shape
    expect_shape(x, "B C_in T", C_in=C_in, where="conv1d: x", hint=_CHANNELS_FIRST)
    windows = Windows(x.shape[2:], (kw,), stride=stride, padding=padding, dilation=dilation, where="conv1d")
    padded = windows.pad(x.data)
    B, (T_out,) = len(padded), windows.counts
    patches = windows.patches(padded).transpose(1, 3, 0, 2)  # (B, C_in, T_out, kw) -> (C_in, kw, B, T_out)
    n_cells, n_places = C_in * kw, B * T_out
    columns = patches.reshape(n_cells, n_places)  # one patch a column
    rows = W.data.reshape(C_out, n_cells)  # one output channel a row
    y = rows @ columns  # (C_out, n_cells) @ (n_cells, n_places) -> (C_out, n_places)
    y = y.reshape(C_out, B, T_out).swapaxes(0, 1)  # -> (B, C_out, T_out)
    padded_shape = padded.shape

    def vjp(g):
        g_rows = g.swapaxes(0, 1).reshape(C_out, n_places)  # (B, C_out, T_out) -> (C_out, n_places)
        dW = (g_rows @ columns.T).reshape(W.shape) if W.needs_grad else None
        if not x.needs_grad:
            return None, dW
        dpatches = rows.T @ g_rows  # (n_cells, C_out) @ (C_out, n_places) -> (n_cells, n_places)
        dpatches = dpatches.reshape(C_in, kw, B, T_out)
        dpadded = np.zeros(padded_shape, dtype=g.dtype)
        for (j,), place in windows.places():
            dpadded[place] += dpatches[:, j].swapaxes(0, 1)  # (C_in, B, T_out) -> (B, C_in, T_out)
        return windows.unpad(dpadded), dW

    return Tensor(y, parents=(x, W), vjp=vjp, op="conv1d")


def conv2d(x: Tensor, W: Tensor, *, stride=1, padding=0, dilation=1) -> Tensor:
    r"""Slide a window over an image, as ``conv1d`` does along a signal.

    $$y_{b,o,h,w} = \sum_{c,i,j} W_{o,c,i,j}\, x_{b,c,\,sh + di - p,\,sw + dj - p}$$

    Here s is the stride, d the dilation, p the padding with zeros, and i, j run over the kernel.

    Args:
        x: (B, C_in, H, W)
        W: (C_out, C_in, kh, kw)  one window of weights for each pair of channels
        stride: how far the window moves at a time; one number, or one for each axis
        padding: how many zeros are added on each side; one number, or one for each axis
        dilation: distance between neighbours in the window; one number, or one for each axis
    Returns:
        y: (B, C_out, H_out, W_out)
    Gradient, with g = dL/dy:
        dL/dW = g columnsᵀ  a weight hears from every position of the window: it served them all
        dL/dx = Wᵀ g, each patch added back where it was taken from  a pixel hears from every window over it
    Raises:
        TypeError: x or W is not made of numbers
        ValueError: a shape does not fit, the window is larger than the padded image, or a setting is no
            whole number
    Source: Chellapilla, Puri & Simard 2006, "High performance convolutional neural networks for document
        processing", for the matrix of patches.

    >>> x = Tensor([[[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]]])
    >>> corners = Tensor([[[[1.0, 0.0], [0.0, 1.0]]]])
    >>> conv2d(x, corners).data
    array([[[[6., 8.]]]])
    """
    x, W = as_tensor(x), as_tensor(W)
    expect_shape(W, "C_out C_in kh kw", where="conv2d: W")
    C_out, C_in, kh, kw = W.shape
    expect_shape(x, "B C_in H W", C_in=C_in, where="conv2d: x", hint=_CHANNELS_FIRST)
    windows = Windows(
        x.shape[2:], (kh, kw), stride=stride, padding=padding, dilation=dilation, where="conv2d"
    )
    padded = windows.pad(x.data)
    B, (H_out, W_out) = len(padded), windows.counts
    patches = windows.patches(padded)  # (B, C_in, H_out, W_out, kh, kw)
    patches = patches.transpose(1, 4, 5, 0, 2, 3)  # -> (C_in, kh, kw, B, H_out, W_out)
    n_cells, n_places = C_in * kh * kw, B * H_out * W_out
    columns = patches.reshape(n_cells, n_places)  # one patch a column
    rows = W.data.reshape(C_out, n_cells)  # one output channel a row
    y = rows @ columns  # (C_out, n_cells) @ (n_cells, n_places) -> (C_out, n_places)
    y = y.reshape(C_out, B, H_out, W_out).swapaxes(0, 1)  # -> (B, C_out, H_out, W_out)
    padded_shape = padded.shape

    def vjp(g):
        g_rows = g.swapaxes(0, 1).reshape(C_out, n_places)  # (B, C_out, H_out, W_out) -> (C_out, n_places)
        dW = (g_rows @ columns.T).reshape(W.shape) if W.needs_grad else None
        if not x.needs_grad:
            return None, dW
        dpatches = rows.T @ g_rows  # (n_cells, C_out) @ (C_out, n_places) -> (n_cells, n_places)
        dpatches = dpatches.reshape(C_in, kh, kw, B, H_out, W_out)
        dpadded = np.zeros(padded_shape, dtype=g.dtype)
        for (i, j), place in windows.places():
            dpadded[place] += dpatches[:, i, j].swapaxes(0, 1)  # (C_in, B, ...) -> (B, C_in, ...)
        return windows.unpad(dpadded), dW

    return Tensor(y, parents=(x, W), vjp=vjp, op="conv2d")
