"""Operations that move numbers without changing them: the gradient moves back the same way."""

from collections.abc import Sequence

import numpy as np

from course_lib.autograd.tensor import Tensor, as_tensor

__all__ = ["concatenate", "flatten", "getitem", "pad", "reshape", "stack", "transpose"]


def reshape(x: Tensor, shape: int | Sequence[int]) -> Tensor:
    r"""Read the same numbers, row by row, into another shape: $y_k = x_k$, counted along.

    Args:
        x: any shape
        shape: the new shape; one length may be -1 and follows from the others
    Returns:
        y: the new shape
    Gradient, with g = dL/dy:
        dL/dx = g, read back into the shape of x
    Raises:
        TypeError: x is not made of numbers
        ValueError: the numbers do not fill the new shape

    >>> reshape(Tensor([1.0, 2.0, 3.0, 4.0]), (2, -1)).data
    array([[1., 2.],
           [3., 4.]])
    """
    x = as_tensor(x)
    try:
        y = x.data.reshape(shape)
    except ValueError:
        raise ValueError(
            f"reshape: x has shape {x.shape}, {x.data.size} numbers in all. They do not fill shape {shape}."
        ) from None
    return Tensor(y, parents=(x,), vjp=lambda g: (g.reshape(x.shape),), op="reshape")


def flatten(x: Tensor) -> Tensor:
    r"""Lay out each example in one row: $(B, \ldots) \to (B, n)$.

    Args:
        x: (B, ...)  at least one axis
    Returns:
        y: (B, n), n the count of numbers of one example
    Gradient, with g = dL/dy:
        dL/dx = g, read back into the shape of x
    Raises:
        TypeError: x is not made of numbers
        ValueError: x has no axis

    >>> flatten(Tensor(np.zeros((5, 2, 3)))).shape
    (5, 6)
    """
    x = as_tensor(x)
    if x.ndim == 0:
        raise ValueError("flatten: x must have a first axis, one entry per example. It is a single number.")
    n = int(np.prod(x.shape[1:]))  # not -1, which an empty batch leaves open
    return reshape(x, (x.shape[0], n))


def transpose(x: Tensor, axes: Sequence[int] | None = None) -> Tensor:
    r"""Put the axes into another order: of a matrix, $y_{ji} = x_{ij}$.

    Args:
        x: any shape
        axes: the axes of x in their new order; reversed where left out
    Returns:
        y: axis i of y is axis axes[i] of x
    Gradient, with g = dL/dy:
        dL/dx = g with the axes put back
    Raises:
        TypeError: x is not made of numbers
        ValueError: ``axes`` does not name each axis of x once

    >>> transpose(Tensor(np.zeros((5, 2, 3))), (0, 2, 1)).shape
    (5, 3, 2)
    """
    x = as_tensor(x)
    order = range(x.ndim)[::-1] if axes is None else [axis + x.ndim if axis < 0 else axis for axis in axes]
    if sorted(order) != list(range(x.ndim)):
        raise ValueError(
            f"transpose: axes must name each of the {x.ndim} axes of x once. x has shape {x.shape}, "
            f"axes is {axes}."
        )
    way_back = np.argsort(order)
    return Tensor(
        x.data.transpose(order), parents=(x,), vjp=lambda g: (g.transpose(way_back),), op="transpose"
    )


def getitem(x: Tensor, index) -> Tensor:
    r"""Pick numbers out: $y = x[\mathrm{index}]$, everything that NumPy can index with.

    Args:
        x: any shape with at least one axis
        index: a whole number, a slice, None, ..., an array of whole numbers or of truth values, or a tuple
            of these
    Returns:
        y: what was picked
    Gradient, with g = dL/dy:
        dL/dx = g where it was picked from, 0 elsewhere  a number picked twice hears from both
    Raises:
        IndexError: one whole number points outside x, as with every sequence of Python
        TypeError: x is not made of numbers
        ValueError: any other index does not fit x

    >>> x = Tensor([10.0, 20.0, 30.0])
    >>> y = getitem(x, np.array([2, 0, 2]))
    >>> y.data
    array([30., 10., 30.])
    >>> y.backward(np.ones(3))
    >>> x.grad
    array([1., 0., 2.])
    """
    x = as_tensor(x)
    index = _plain(index)
    try:
        y = x.data[index]
    except IndexError as error:
        is_one_number = isinstance(index, int | np.integer)
        kind = IndexError if is_one_number else ValueError  # by IndexError Python ends a loop over rows
        raise kind(f"getitem: x has shape {x.shape}, but {error}.") from None

    def vjp(g):
        dx = np.zeros(x.shape, dtype=g.dtype)
        if _may_repeat(index):
            np.add.at(dx, index, g)  # dx[index] += g would keep only the last of repeated places
        else:
            dx[index] = g
        return (dx,)

    return Tensor(y, parents=(x,), vjp=vjp, op="getitem")


def concatenate(tensors: Sequence[Tensor], axis: int = 0) -> Tensor:
    r"""Put tensors one after the other along an axis that they have: $y = [x_1, x_2, \ldots]$.

    Args:
        tensors: at least one; equal shapes, except along the axis
        axis: along which they are joined
    Returns:
        y: along the axis as long as all together
    Gradient, with g = dL/dy:
        dL/dx_i = the part of g where x_i went
    Raises:
        TypeError: a tensor is not made of numbers
        ValueError: no tensors, no such axis, or the shapes differ elsewhere

    >>> concatenate([Tensor([1.0, 2.0]), Tensor([3.0])]).data
    array([1., 2., 3.])
    """
    parts, axis = _parts_and_axis(tensors, axis, op="concatenate", n_new=0)
    ends = np.cumsum([part.shape[axis] for part in parts])
    y = np.concatenate([part.data for part in parts], axis=axis)

    def vjp(g):
        return tuple(np.split(g, ends[:-1], axis=axis))

    return Tensor(y, parents=parts, vjp=vjp, op="concatenate")


def stack(tensors: Sequence[Tensor], axis: int = 0) -> Tensor:
    r"""Put tensors of one shape side by side along a new axis: $y_i = x_i$.

    Args:
        tensors: at least one, all of one shape
        axis: where the new axis goes
    Returns:
        y: one axis more, as long as there are tensors
    Gradient, with g = dL/dy:
        dL/dx_i = g_i
    Raises:
        TypeError: a tensor is not made of numbers
        ValueError: no tensors, no such axis, or the shapes differ

    >>> stack([Tensor([1.0, 2.0]), Tensor([3.0, 4.0])], axis=1).data
    array([[1., 3.],
           [2., 4.]])
    """
    parts, axis = _parts_and_axis(tensors, axis, op="stack", n_new=1)
    y = np.stack([part.data for part in parts], axis=axis)
    return Tensor(y, parents=parts, vjp=lambda g: tuple(np.moveaxis(g, axis, 0)), op="stack")


def pad(x: Tensor, widths: Sequence[tuple[int, int]], value: float = 0.0) -> Tensor:
    r"""Put a margin of one constant around ``x``: $y = x$ inside, ``value`` in the margin.

    Args:
        x: any shape
        widths: for each axis how many to add before and after, as in ``np.pad``: ``[(0, 0), (1, 2)]``
        value: what the margin holds
    Returns:
        y: longer by the widths
    Gradient, with g = dL/dy:
        dL/dx = the inside of g  the margin is constant
    Raises:
        TypeError: x is not made of numbers
        ValueError: ``widths`` is not a pair of whole numbers of at least 0 for each axis

    >>> pad(Tensor([1.0, 2.0]), [(1, 2)]).data
    array([0., 1., 2., 0., 0.])
    """
    x = as_tensor(x)
    pairs = np.asarray(widths)
    if pairs.shape != (x.ndim, 2) or pairs.dtype.kind not in "iu" or (pairs < 0).any():
        raise ValueError(
            f"pad: widths must be one pair of whole numbers of at least 0, before and after, for each of the "
            f"{x.ndim} axes of x. It is {widths}."
        )
    inside = tuple(slice(before, before + n) for (before, _), n in zip(pairs, x.shape, strict=True))
    return Tensor(
        np.pad(x.data, pairs, constant_values=value), parents=(x,), vjp=lambda g: (g[inside],), op="pad"
    )


def _plain(index):
    """Take tensors out of an index: NumPy indexes with arrays."""
    if isinstance(index, tuple):
        return tuple(_plain(part) for part in index)
    if isinstance(index, Tensor | np.ndarray | list):
        return np.array(index.data if isinstance(index, Tensor) else index)  # a copy: the gradient needs it
    return index


def _may_repeat(index) -> bool:
    """Say whether an index may pick one number twice: only arrays of whole numbers can."""
    parts = index if isinstance(index, tuple) else (index,)
    return any(isinstance(part, np.ndarray) and part.dtype.kind in "iu" for part in parts)


def _parts_and_axis(tensors: Sequence[Tensor], axis: int, *, op: str, n_new: int) -> tuple[tuple, int]:
    """Check that tensors can be joined; count the axis from the front."""
    parts = tuple(as_tensor(part) for part in tensors)
    if not parts:
        raise ValueError(f"{op}: there must be at least one tensor.")
    shapes = [part.shape for part in parts]
    ndim = len(shapes[0]) + n_new
    if not -ndim <= axis < ndim:
        raise ValueError(f"{op}: there is no axis {axis}. The tensors have shape {shapes[0]}.")
    axis %= ndim
    rest = {shape if n_new else (*shape[:axis], *shape[axis + 1 :]) for shape in shapes}
    if len(rest) > 1 or len({len(shape) for shape in shapes}) > 1:
        besides = "" if n_new else f", except along axis {axis}"
        raise ValueError(f"{op}: the tensors must have equal shapes{besides}. They have {shapes}.")
    return parts, axis
