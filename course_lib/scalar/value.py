"""A number that remembers how it was made, and can therefore tell its slope."""

from __future__ import annotations

import math
import sys
from numbers import Real

__all__ = ["Value"]

LARGEST_EXPONENT = math.log(sys.float_info.max)  # about 709.8


class Value:
    r"""One number, the numbers it was made from, and the slope of an end result by it.

    Every operation makes a new Value and notes, for each number that went in, the local slope: how fast the
    result changes when that number does. ``backward`` walks the notes from the end to the beginning and
    multiplies along the way (the chain rule); where two ways lead to the same number, it adds:

    $$\frac{dL}{dx} = \sum_{\text{results } y \text{ of } x} \frac{dL}{dy} \cdot \frac{dy}{dx}$$

    Args:
        data: the number
        made_from: pairs of a Value that went in and the slope of this number by it
        op: the sign of the operation, for drawings
    Attributes:
        grad: slope of the end result by this number; 0.0 until ``backward`` was called on the end result
    Raises:
        TypeError: ``data`` is not one number
    Source: Wengert 1964, "A simple automatic derivative evaluation program"; the size of it follows
        Karpathy 2020, *micrograd*.

    >>> x = Value(3.0)
    >>> y = x * x + 2.0 * x
    >>> y.backward()
    >>> y.data, x.grad
    (15.0, 8.0)
    """

    def __init__(self, data: float, made_from: tuple[tuple[Value, float], ...] = (), op: str = ""):
        if not isinstance(data, Real):
            raise TypeError(f"Value: data must be one number. Its type is {type(data).__name__}.")
        self.data = float(data)
        self.made_from = made_from
        self.op = op
        self.grad = 0.0

    def __add__(self, other: Value | float) -> Value:
        """Add: both slopes are 1."""
        other = _as_value(other)
        return Value(self.data + other.data, ((self, 1.0), (other, 1.0)), "+")

    def __mul__(self, other: Value | float) -> Value:
        """Multiply: the slope by one factor is the other factor."""
        other = _as_value(other)
        return Value(self.data * other.data, ((self, other.data), (other, self.data)), "·")

    def __pow__(self, exponent: float) -> Value:
        r"""Raise to a fixed power: the slope is $n x^{n-1}$."""
        if not isinstance(exponent, Real):
            kind = type(exponent).__name__
            raise TypeError(f"Value ** exponent: the exponent must be a plain number. Its type is {kind}.")
        x, n = self.data, float(exponent)
        if x < 0 and not n.is_integer():
            raise ValueError(f"Value ** exponent: a negative number has no power {n:g}. It is {x:g}.")
        try:
            result, slope = x**n, n * x ** (n - 1) if n else 0.0
        except (ZeroDivisionError, OverflowError) as error:
            said = f"{x:g} to the power {n:g} or its slope is not finite. Did you divide by zero?"
            raise ValueError(f"Value ** exponent: {said}") from error
        return Value(result, ((self, slope),), f"^{n:g}")

    def exp(self) -> Value:
        r"""Raise e to this number: the slope is the result itself, $\frac{d e^x}{dx} = e^x$.

        Returns:
            a positive Value
        Raises:
            ValueError: the result would be too large for a float

        >>> Value(0.0).exp()
        Value(1, grad=0)
        """
        if self.data > LARGEST_EXPONENT:
            raise ValueError(f"Value.exp: e to the power {self.data:g} is too large for a float.")
        result = math.exp(self.data)
        return Value(result, ((self, result),), "exp")

    def log(self) -> Value:
        r"""Take the natural logarithm: $\frac{d \ln x}{dx} = \frac{1}{x}$.

        Returns:
            the logarithm, a Value
        Raises:
            ValueError: this number is not positive

        >>> Value(1.0).log()
        Value(0, grad=0)
        """
        if self.data <= 0:
            raise ValueError(f"Value.log: the number must be positive. It is {self.data:g}.")
        return Value(math.log(self.data), ((self, 1.0 / self.data),), "log")

    def tanh(self) -> Value:
        r"""Squash into (-1, 1): $\frac{d \tanh x}{dx} = 1 - \tanh^2 x$.

        Returns:
            the hyperbolic tangent, a Value

        >>> Value(0.0).tanh()
        Value(0, grad=0)
        """
        result = math.tanh(self.data)
        return Value(result, ((self, 1.0 - result * result),), "tanh")

    def relu(self) -> Value:
        """Keep what is positive: the slope is 1 above zero and 0 elsewhere, at the kink too.

        Returns:
            a Value of at least 0

        >>> Value(-2.0).relu()
        Value(0, grad=0)
        """
        is_on = self.data > 0
        return Value(self.data if is_on else 0.0, ((self, float(is_on)),), "relu")

    def backward(self) -> None:
        """Find the slope of this number by every number that it was made from, and add it to their ``grad``.

        Two calls add up, as in PyTorch. Set ``grad`` to 0.0 to start afresh.

        >>> x = Value(3.0)
        >>> (x * x).backward()  # adds 2x = 6
        >>> (x + x).backward()  # adds 2
        >>> x.grad
        8.0
        """
        order = self.ancestors()
        slope_of = dict.fromkeys(order, 0.0)
        slope_of[self] = 1.0
        for value in order:  # the end first, so that each slope is complete when it is passed on
            value.grad += slope_of[value]
            for parent, local_slope in value.made_from:
                slope_of[parent] += slope_of[value] * local_slope

    def ancestors(self) -> list[Value]:
        """List this number and all it was made from, each before the numbers that went into it.

        Read backwards, this is a topological order. It is found without recursion: Python would stop a
        function that calls itself once for every link of a long chain.

        Returns:
            every Value once, this one first

        >>> x = Value(3.0)
        >>> (2.0 * x).ancestors()
        [Value(6, grad=0), Value(3, grad=0), Value(2, grad=0)]
        """
        order, seen, stack = [], set(), [(self, False)]
        while stack:
            value, is_done = stack.pop()
            if is_done:
                order.append(value)
            elif value not in seen:
                seen.add(value)
                stack.append((value, True))
                stack.extend((parent, False) for parent, _ in value.made_from)
        return order[::-1]

    def __neg__(self) -> Value:
        return self * -1.0

    def __sub__(self, other: Value | float) -> Value:
        return self + -_as_value(other)

    def __truediv__(self, other: Value | float) -> Value:
        return self * _as_value(other) ** -1

    def __radd__(self, other: float) -> Value:
        return self + other

    def __rmul__(self, other: float) -> Value:
        return self * other

    def __rsub__(self, other: float) -> Value:
        return _as_value(other) - self

    def __rtruediv__(self, other: float) -> Value:
        return _as_value(other) / self

    def __repr__(self) -> str:
        return f"Value({self.data:g}, grad={self.grad:g})"


def _as_value(number: Value | float) -> Value:
    return number if isinstance(number, Value) else Value(number)
