"""An array that remembers how it was made, and can therefore tell its gradient."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from course_lib.autograd.backward import backward
from course_lib.autograd.operators import Operators
from course_lib.autograd.recording import is_recording

__all__ = ["Tensor", "as_tensor", "as_tensors"]


class Tensor(Operators):
    r"""An array, the tensors it was made from, and its vector-Jacobian product.

    Where a ``Value`` notes a slope for each number that went in, a Tensor notes a function: ``vjp`` turns the
    gradient of the end result by this tensor, g, into the gradients by each parent:

    $$\frac{dL}{dx} = g \cdot \frac{dy}{dx}$$

    The data cannot be written to: a gradient may still need them. ``assign`` gives a leaf new data.

    Args:
        data: numbers; floats keep their dtype, whole numbers and truth values are data without a gradient
        parents: what an operation made it from; none for a leaf, which is a parameter or an input
        vjp: g -> one gradient for each parent, or None where a parent needs none
        op: the name of the operation
        needs_grad: False for an input whose gradient nobody asks for
    Attributes:
        grad: array of the shape of ``data``, not to be written to; None until ``backward`` reaches this leaf
        depth: 1 for a leaf, and one more than the deepest parent for a result
        version: how often ``assign`` was called
        stamp: the versions of the parents, added up: if one is given new data, this no longer fits
    Raises:
        TypeError: ``data`` does not hold numbers
    Source: Baydin, Pearlmutter, Radul & Siskind 2018, "Automatic differentiation in machine learning: a
        survey", *Journal of Machine Learning Research* 18.

    >>> x = Tensor([1.0, 2.0, 3.0])
    >>> (x * x).sum().backward()
    >>> x.grad
    array([2., 4., 6.])
    """

    __slots__ = ("_data", "depth", "grad", "needs_grad", "op", "parents", "stamp", "version", "vjp")
    __array_ufunc__ = None  # array + Tensor asks the Tensor how to add, not NumPy

    def __init__(
        self,
        data,
        *,
        parents: Sequence[Tensor] = (),
        vjp: Callable[[np.ndarray], tuple] | None = None,
        op: str = "",
        needs_grad: bool = True,
    ):
        data = np.asarray(data)
        if data.dtype.kind not in "fiub":
            raise TypeError(f"Tensor: data must hold numbers. They are of type {data.dtype}.")
        depth = stamp = 0
        if parents:
            needs_grad = False
            for parent in parents:
                needs_grad |= parent.needs_grad
                stamp += parent.version
                if parent.depth > depth:
                    depth = parent.depth
            needs_grad = needs_grad and is_recording()
        elif _is_writeable(data):
            data = data.copy()  # nobody changes the data of a leaf behind its back
        data.flags.writeable = False
        is_recorded = needs_grad and data.dtype.kind == "f"
        self._data = data
        self.grad: np.ndarray | None = None
        self.needs_grad = is_recorded
        self.parents, self.vjp, self.op = ((), None, "")  # what was not recorded is like any input
        self.depth, self.version, self.stamp = 1, 0, 0
        if is_recorded and parents:
            self.parents, self.vjp, self.op = tuple(parents), vjp, op
            self.depth, self.stamp = depth + 1, stamp

    @property
    def data(self) -> np.ndarray:
        """The numbers. They cannot be written to."""
        return self._data

    def assign(self, data: np.ndarray) -> None:
        """Give a leaf new data of the same shape, as an optimiser does after each step.

        Args:
            data: the new numbers
        Raises:
            ValueError: the shape differs, or this tensor is the result of an operation
        """
        if self.op:
            raise ValueError(f"assign: only a leaf can be given new data. This is the result of {self.op}.")
        data = np.asarray(data, self._data.dtype)
        if data.shape != self._data.shape:
            raise ValueError(f"assign: data must have shape {self.shape}. It has shape {data.shape}.")
        if _is_writeable(data):
            data = data.copy()  # the caller keeps the right to change the original
            data.flags.writeable = False
        self._adopt(data)

    def _adopt(self, data: np.ndarray) -> None:
        """Take over data that nobody can write to, unchecked: an optimiser does so at every step."""
        self._data = data
        self.version += 1  # a graph that still needs the old data will notice

    def cast(self, dtype) -> None:
        """Give a leaf another dtype; its gradient is forgotten.

        Args:
            dtype: a kind of number
        Raises:
            ValueError: this tensor is the result of an operation
        """
        if self.op:
            raise ValueError(f"cast: only a leaf can be given another dtype. This is a result of {self.op}.")
        data = self._data.astype(dtype)
        data.flags.writeable = False
        self._adopt(data)
        self.grad = None

    def backward(self, g: np.ndarray | None = None) -> None:
        """Find the gradient of this tensor by every leaf that it was made from, and add it to ``leaf.grad``.

        Args:
            g: gradient of some end result by this tensor; may be left out where this tensor is one number
        Raises:
            ValueError: the tensor is no single number and ``g`` is missing or has another shape, nothing was
                recorded, it was used up before, or a leaf was given new data since
        """
        backward(self, g)

    def detach(self) -> Tensor:
        """Return the same numbers as an input, through which no gradient goes.

        Returns:
            a leaf with ``needs_grad`` False
        """
        return Tensor(self.data, needs_grad=False)

    def item(self) -> float:
        """Return the single number that this tensor holds.

        Returns:
            a Python number
        """
        return self.data.item()

    @property
    def shape(self) -> tuple[int, ...]:
        """The lengths of the axes."""
        return self._data.shape

    @property
    def ndim(self) -> int:
        """How many axes there are."""
        return self._data.ndim

    @property
    def size(self) -> int:
        """How many numbers there are."""
        return self._data.size

    @property
    def dtype(self) -> np.dtype:
        """The kind of number."""
        return self._data.dtype

    def __len__(self) -> int:
        return len(self.data)

    def __repr__(self) -> str:
        made_by = f", op={self.op}" if self.op else "" if self.needs_grad else ", needs_grad=False"
        return f"Tensor({np.array2string(self.data, separator=', ', prefix='Tensor(')}{made_by})"

    def __array__(self, dtype=None, copy=None):
        raise TypeError(
            "NumPy does not note gradients. Use an operation of the course, or pass .data instead."
        )


def as_tensor(x) -> Tensor:
    """Take a tensor as it is, and a number or an array as an input without a gradient.

    Args:
        x: Tensor, array or number
    Returns:
        a Tensor
    """
    return x if isinstance(x, Tensor) else Tensor(x, needs_grad=False)


def as_tensors(*xs, op: str) -> Sequence[Tensor]:
    """Make operands ready for broadcasting, so that numbers and arrays may stand beside tensors.

    A Python number has no dtype of its own: it takes that of the floats it meets, and float32 stays float32.

    Args:
        xs: tensors, arrays and numbers
        op: the operation to name in the error
    Returns:
        all of them as tensors
    Raises:
        ValueError: the shapes do not broadcast
    """
    tensors = xs if all(isinstance(x, Tensor) for x in xs) else _wrapped(xs)
    if any(tensor.shape != tensors[0].shape for tensor in tensors):
        _expect_broadcast(*[tensor.shape for tensor in tensors], op=op)
    return tensors


def _is_writeable(data: np.ndarray) -> bool:
    """Say whether somebody could still write to these numbers, or to the array that they are a view of."""
    base = data.base
    return data.flags.writeable or not (
        base is None or (isinstance(base, np.ndarray) and not base.flags.writeable)
    )


def _wrapped(xs: Sequence) -> list[Tensor]:
    """Make a tensor of each array, and of each number with the dtype that it takes beside the others."""
    xs = [float(x) if isinstance(x, float) else x for x in xs]  # np.float64 counts as a Python number too
    xs = [x if isinstance(x, int | float) else as_tensor(x) for x in xs]
    dtype = np.result_type(*[x.dtype if isinstance(x, Tensor) else x for x in xs])
    return [x if isinstance(x, Tensor) else as_tensor(np.asarray(x, dtype)) for x in xs]


def _expect_broadcast(*shapes: tuple[int, ...], op: str) -> None:
    try:
        np.broadcast_shapes(*shapes)
    except ValueError:
        raise ValueError(
            f"{op}: shapes {' and '.join(map(str, shapes))} do not fit together. Compared from the last "
            "axis, lengths must be equal, or one of them 1."
        ) from None
