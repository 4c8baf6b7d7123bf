"""Short ways to write the operations: ``x + y`` for ``ops.add(x, y)``, ``x.sum()`` for ``ops.sum(x)``.

A comparison has no gradient, so there is no sign for it: compare ``x.data``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from course_lib import autograd  # not autograd.ops: that is loaded later, because the operations need Tensor

if TYPE_CHECKING:
    from course_lib.autograd.tensor import Tensor

__all__ = ["Operators"]


class Operators:
    """The signs and methods of a Tensor. Each one calls the operation of its name."""

    __slots__ = ()

    def __add__(self, other) -> Tensor:
        return autograd.ops.add(self, other)

    def __radd__(self, other) -> Tensor:
        return autograd.ops.add(other, self)

    def __sub__(self, other) -> Tensor:
        return autograd.ops.subtract(self, other)

    def __rsub__(self, other) -> Tensor:
        return autograd.ops.subtract(other, self)

    def __mul__(self, other) -> Tensor:
        return autograd.ops.multiply(self, other)

    def __rmul__(self, other) -> Tensor:
        return autograd.ops.multiply(other, self)

    def __truediv__(self, other) -> Tensor:
        return autograd.ops.divide(self, other)

    def __rtruediv__(self, other) -> Tensor:
        return autograd.ops.divide(other, self)

    def __pow__(self, exponent) -> Tensor:
        return autograd.ops.power(self, exponent)

    def __rpow__(self, base) -> Tensor:
        return autograd.ops.power(base, self)

    def __matmul__(self, other) -> Tensor:
        return autograd.ops.matmul(self, other)

    def __rmatmul__(self, other) -> Tensor:
        return autograd.ops.matmul(other, self)

    def __neg__(self) -> Tensor:
        return autograd.ops.negative(self)

    def __getitem__(self, index) -> Tensor:
        return autograd.ops.getitem(self, index)

    def sum(self, axis=None, keepdims: bool = False) -> Tensor:
        """Add up, see ``ops.sum``.

        Args:
            axis: one axis or several; all when None
            keepdims: keep each summed axis with length 1
        Returns:
            the sum
        """
        return autograd.ops.sum(self, axis, keepdims)

    def mean(self, axis=None, keepdims: bool = False) -> Tensor:
        """Average, see ``ops.mean``.

        Args:
            axis: one axis or several; all when None
            keepdims: keep each averaged axis with length 1
        Returns:
            the mean
        """
        return autograd.ops.mean(self, axis, keepdims)

    def max(self, axis=None, keepdims: bool = False) -> Tensor:
        """Find the largest, see ``ops.max``.

        Args:
            axis: one axis or several; all when None
            keepdims: keep each searched axis with length 1
        Returns:
            the largest number
        """
        return autograd.ops.max(self, axis, keepdims)

    def min(self, axis=None, keepdims: bool = False) -> Tensor:
        """Find the smallest, see ``ops.min``.

        Args:
            axis: one axis or several; all when None
            keepdims: keep each searched axis with length 1
        Returns:
            the smallest number
        """
        return autograd.ops.min(self, axis, keepdims)

    def exp(self) -> Tensor:
        """Raise e to this power, see ``ops.exp``.

        Returns:
            a Tensor of this shape
        """
        return autograd.ops.exp(self)

    def log(self) -> Tensor:
        """Take the natural logarithm, see ``ops.log``.

        Returns:
            a Tensor of this shape
        """
        return autograd.ops.log(self)

    def reshape(self, *shape: int) -> Tensor:
        """Arrange the same numbers in another shape, see ``ops.reshape``.

        Args:
            shape: lengths of the new axes; one of them may be -1: what is left
        Returns:
            a Tensor of that shape
        """
        return autograd.ops.reshape(self, _spread(shape))

    def transpose(self, *axes: int) -> Tensor:
        """Put the axes in another order, see ``ops.transpose``.

        Args:
            axes: where each new axis comes from; the reverse order when there are none
        Returns:
            a Tensor with the same numbers
        """
        return autograd.ops.transpose(self, _spread(axes) or None)

    @property
    def T(self) -> Tensor:
        """This tensor with its axes in the reverse order."""
        return autograd.ops.transpose(self)


def _spread(lengths: tuple) -> tuple[int, ...]:
    """Read x.reshape((2, 3)) as x.reshape(2, 3)."""
    return tuple(lengths[0]) if len(lengths) == 1 and isinstance(lengths[0], tuple | list) else lengths
