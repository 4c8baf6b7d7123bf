"""Convolution in one operation: patches, product, bias, activation and, if wished, pooling.

All three work through an image row by row of windows, see ``Strips``.
"""

from __future__ import annotations

import numpy as np

from course_lib.autograd.fused.strips import Strips
from course_lib.autograd.tensor import Tensor, as_tensor
from course_lib.autograd.windows import Windows
from course_lib.checks import expect_shape

__all__ = ["conv1d", "conv2d", "conv_relu_pool"]

FOUR_PLACES = ((0, 0), (0, 1), (1, 0), (1, 1))


def conv1d(
    x: Tensor,
    W: Tensor,
    b: Tensor,
    *,
    stride: int = 1,
    padding: int = 0,
    dilation: int = 1,
    activation: str | None = None,
) -> Tensor:
    r"""Slide a window along a signal and add the bias.

    $$y_{b,o,t} = b_o + \sum_{c,k} W_{o,c,k}\, x_{b,c,\,st + dk - p}$$

    With ``activation="relu"`` it is $\max(0, y)$. Equal to ``relu(ops.conv1d(x, W) + b[:, None])``. Faster,
    because the batch is last in memory, where patches are copied in long runs, and because bias and
    activation are written into the product's own memory.

    Args:
        x: (B, C_in, T)
        W: (C_out, C_in, kw)  one window of weights for each pair of channels
        b: (C_out,)
        stride: how far the window moves at a time
        padding: how many zeros are added at both ends
        dilation: distance between neighbours in the window; 1 leaves no gaps
        activation: None or ``"relu"``
    Returns:
        y: (B, C_out, T_out)
    Gradient, with g = dL/dy, set to 0 where the ReLU was off:
        dL/dW = g columnsᵀ  a weight hears from every position of the window: it served them all
        dL/dx = Wᵀ g, each patch added back where it was taken from  a number hears from every window over it
        dL/db = g summed over examples and positions
    Raises:
        TypeError: an input is not made of numbers
        ValueError: a shape does not fit, the window is larger than the padded signal, a setting is no whole
            number, or the activation is unknown
    Source: Goodfellow, Bengio & Courville 2016, *Deep Learning*, section 9.1.

    >>> x = Tensor([[[0.0, 0.0, 1.0, 1.0, 0.0]]])
    >>> conv1d(x, Tensor([[[-1.0, 1.0]]]), Tensor([0.5]), activation="relu").data
    array([[[0.5, 1.5, 0.5, 0. ]]])
    """
    x, W, b = as_tensor(x), as_tensor(W), as_tensor(b)
    _expect_fit(x, W, b, "B C_in T", "C_out C_in kw", where="conv1d")
    windows = Windows(
        x.shape[2:], W.shape[2:], stride=stride, padding=padding, dilation=dilation, where="conv1d"
    )
    return _convolve(x, W, b, windows, activation, op="conv1d")


def conv2d(
    x: Tensor, W: Tensor, b: Tensor, *, stride=1, padding=0, dilation=1, activation: str | None = None
) -> Tensor:
    r"""Slide a window over an image and add the bias, as ``conv1d`` does along a signal.

    $$y_{b,o,h,w} = b_o + \sum_{c,i,j} W_{o,c,i,j}\, x_{b,c,\,sh + di - p,\,sw + dj - p}$$

    With ``activation="relu"`` it is $\max(0, y)$. Equal to ``relu(ops.conv2d(x, W) + b[:, None, None])``.
    Faster, because a pixel is copied kw times instead of kh · kw times, in long runs, and because one row of
    windows after the other is worked through while its numbers are still in the processor's fast memory.

    Args:
        x: (B, C_in, H, W)
        W: (C_out, C_in, kh, kw)  one window of weights for each pair of channels
        b: (C_out,)
        stride: how far the window moves at a time; one number, or one for each axis
        padding: how many zeros are added on each side; one number, or one for each axis
        dilation: distance between neighbours in the window; one number, or one for each axis
        activation: None or ``"relu"``
    Returns:
        y: (B, C_out, H_out, W_out)
    Gradient, with g = dL/dy, set to 0 where the ReLU was off:
        dL/dW = g columnsᵀ  a weight hears from every position of the window: it served them all
        dL/dx = Wᵀ g, each patch added back where it was taken from  a pixel hears from every window over it
        dL/db = g summed over examples and positions
    Raises:
        TypeError: an input is not made of numbers
        ValueError: a shape does not fit, the window is larger than the padded image, a setting is no whole
            number, or the activation is unknown
    Source: Goodfellow, Bengio & Courville 2016, *Deep Learning*, section 9.1.

    >>> x = Tensor([[[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]]])
    >>> corners = Tensor([[[[1.0, 0.0], [0.0, 1.0]]]])
    >>> conv2d(x, corners, Tensor([-7.0]), activation="relu").data
    array([[[[0., 1.]]]])
    """
    x, W, b = as_tensor(x), as_tensor(W), as_tensor(b)
    _expect_fit(x, W, b, "B C_in H W", "C_out C_in kh kw", where="conv2d")
    windows = Windows(
        x.shape[2:], W.shape[2:], stride=stride, padding=padding, dilation=dilation, where="conv2d"
    )
    return _convolve(x, W, b, windows, activation, op="conv2d")


def conv_relu_pool(x: Tensor, W: Tensor, b: Tensor, *, padding=0) -> Tensor:
    r"""Convolve, cut at 0, and keep the largest of each 2 x 2 neighbours: half as high, half as wide.

    $$y_{b,o,h,w} = \max\Big(0,\ \max_{i,j \in \{0, 1\}} z_{b,o,2h+i,2w+j}\Big) \qquad z = \text{conv2d}(x)$$

    Equal to ``max_pool2d(relu(ops.conv2d(x, W) + b[:, None, None]), 2)``. Faster, because a window one larger
    than the kernel sees all that four neighbouring results need. It moves by 2, and the kernel stands in it
    at four places, as if there were four times as many output channels. So less is copied, and the four
    candidates are whole matrices, quickly compared. Bias and ReLU follow on the one that is left: adding the
    same number to all four, or cutting them at 0, does not change which is the largest.

    Args:
        x: (B, C_in, H, W)
        W: (C_out, C_in, kh, kw)
        b: (C_out,)
        padding: how many zeros are added on each side; one number, or one for each axis
    Returns:
        y: (B, C_out, H_out, W_out)  an odd last row or column of the convolution is left out
    Gradient, with g = dL/dy, set to 0 where the ReLU was off:
        of the four candidates the largest gets g, the first of equals, row by row; the others get 0; from
        there on it is the gradient of ``conv2d``
    Raises:
        TypeError: an input is not made of numbers
        ValueError: a shape does not fit, the image is too small for a window one larger than the kernel, or
            the padding is no whole number
    Source: LeCun, Bottou, Bengio & Haffner 1998, "Gradient-based learning applied to document recognition",
        for the sequence of steps.

    >>> x = Tensor([[[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [9.0, 8.0, 7.0]]]])
    >>> falls = Tensor([[[[1.0, 0.0], [0.0, -1.0]]]])
    >>> conv_relu_pool(x, falls, Tensor([0.5])).data
    array([[[[0.]]]])
    """
    x, W, b = as_tensor(x), as_tensor(W), as_tensor(b)
    _expect_fit(x, W, b, "B C_in H W", "C_out C_in kh kw", where="conv_relu_pool")
    C_out, _, kh, kw = W.shape
    windows = Windows(x.shape[2:], (kh + 1, kw + 1), stride=2, padding=padding, where="conv_relu_pool")
    strips = Strips(x.data, windows)
    weights = _at_four_places(W.data).reshape(4 * C_out, strips.n_cells)
    shape = (strips.n_rows, C_out, strips.n_places)
    y = np.empty(shape, np.result_type(x.data, W.data, b.data))
    is_below = np.empty(shape, bool)
    is_right = np.empty((strips.n_rows, 2, C_out, strips.n_places), bool)
    four = np.empty((4 * C_out, strips.n_places), y.dtype)  # used again for every row: it stays in the cache
    for row in range(strips.n_rows):
        np.matmul(weights, strips.seen_from(row), out=four)  # (4 * C_out, n_cells) @ (n_cells, n_places)
        of_four = four.reshape(2, 2, C_out, strips.n_places)
        _keep_the_largest(of_four, y[row], is_below[row], is_right[row])
    y += b.data[:, None]
    np.maximum(y, 0, out=y)

    def vjp(g):
        g = strips.rows_first(g) * (y > 0)  # (B, C_out, H_out, W_out) -> (H_out, C_out, n_places)
        g_rows = map(_sent_to_the_largest, g, is_below, is_right)
        dx, dweights = strips.send_back(weights, g_rows, to_x=x.needs_grad, to_weights=W.needs_grad)
        dW = _from_four_places(dweights, W.shape) if W.needs_grad else None
        return dx, dW, _sum_over_places(g) if b.needs_grad else None

    return Tensor(strips.batch_first(y), parents=(x, W, b), vjp=vjp, op="conv_relu_pool")


def _convolve(
    x: Tensor, W: Tensor, b: Tensor, windows: Windows, activation: str | None, *, op: str
) -> Tensor:
    if activation not in (None, "relu"):
        raise ValueError(f'{op}: activation must be None or "relu". It is {activation!r}.')
    strips = Strips(x.data, windows)
    weights = strips.weights_in_rows(W.data)  # (C_out, n_cells)
    y = np.empty((strips.n_rows, len(weights), strips.n_places), np.result_type(x.data, W.data, b.data))
    for row in range(strips.n_rows):
        np.matmul(weights, strips.seen_from(row), out=y[row])  # -> (C_out, n_places)
    y += b.data[:, None]
    if activation:
        np.maximum(y, 0, out=y)

    def vjp(g):
        g = strips.rows_first(g)  # (B, C_out, H_out, W_out) -> (H_out, C_out, n_places)
        if activation:
            g = g * (y > 0)
        dx, dweights = strips.send_back(weights, g, to_x=x.needs_grad, to_weights=W.needs_grad)
        dW = strips.weights_from_rows(dweights, W.shape) if W.needs_grad else None
        return dx, dW, _sum_over_places(g) if b.needs_grad else None

    return Tensor(strips.batch_first(y), parents=(x, W, b), vjp=vjp, op=op)


def _keep_the_largest(four: np.ndarray, y: np.ndarray, is_below: np.ndarray, is_right: np.ndarray) -> None:
    """Compare four neighbours in three matches, and write down who won. Of equals the first wins.

    Args:
        four: (2, 2, C_out, n_places)  above or below, left or right
        y: (C_out, n_places)  is given the largest
        is_below: (C_out, n_places)  is given True where the winner of the lower two won
        is_right: (2, C_out, n_places)  is given True where the right one won, among the upper and lower two
    """
    left, right = four[:, 0], four[:, 1]
    np.greater(right, left, out=is_right)
    above, below = np.maximum(left, right)
    np.greater(below, above, out=is_below)
    np.maximum(above, below, out=y)


def _sent_to_the_largest(g: np.ndarray, is_below: np.ndarray, is_right: np.ndarray) -> np.ndarray:
    """Give each winner its gradient and the other three 0: (C_out, n_places) -> (4 * C_out, n_places)."""
    C_out, n_places = g.shape
    halves = np.empty((2, C_out, n_places), g.dtype)
    np.multiply(g, is_below, out=halves[1])
    np.subtract(g, halves[1], out=halves[0])
    four = np.empty((2, 2, C_out, n_places), g.dtype)
    np.multiply(halves, is_right, out=four[:, 1])
    np.subtract(halves, four[:, 1], out=four[:, 0])
    return four.reshape(4 * C_out, n_places)


def _at_four_places(W: np.ndarray) -> np.ndarray:
    """Set each kernel into one that is larger by 1, at four places; the cells are in the order of Strips."""
    C_out, C_in, kh, kw = W.shape
    W = W.swapaxes(1, 2)  # -> (C_out, kh, C_in, kw)
    four = np.zeros((2, 2, C_out, kh + 1, C_in, kw + 1), W.dtype)
    for i, j in FOUR_PLACES:
        four[i, j, :, i : i + kh, :, j : j + kw] = W
    return four


def _from_four_places(dfour: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Add up what the four copies of a kernel of this shape were sent."""
    C_out, C_in, kh, kw = shape
    dfour = dfour.reshape(2, 2, C_out, kh + 1, C_in, kw + 1)
    dW = sum(dfour[i, j, :, i : i + kh, :, j : j + kw] for i, j in FOUR_PLACES)
    return dW.swapaxes(1, 2)  # (C_out, kh, C_in, kw) -> (C_out, C_in, kh, kw)


def _sum_over_places(g: np.ndarray) -> np.ndarray:
    """Add up each channel; a product with ones is quicker than a sum along the last axis."""
    ones = np.ones(g.shape[2], g.dtype)
    return (g @ ones).sum(axis=0)  # (n_rows, C_out, n_places) -> (n_rows, C_out) -> (C_out,)


def _expect_fit(x: Tensor, W: Tensor, b: Tensor, letters: str, W_letters: str, *, where: str) -> None:
    """Compare the shapes quickly, and explain them only where they do not fit."""
    n_axes = len(letters.split())
    is_fit = x.ndim == W.ndim == n_axes and x.shape[1] == W.shape[1] and b.shape == W.shape[:1]
    if is_fit:
        return
    expect_shape(W, W_letters, where=f"{where}: W")
    C_out, C_in = W.shape[:2]
    hint = "The channels are the axis after the batch."
    expect_shape(x, letters, C_in=C_in, where=f"{where}: x", hint=hint)
    expect_shape(b, "C_out", C_out=C_out, where=f"{where}: b")
