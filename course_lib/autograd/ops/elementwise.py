"""Operations that treat every number by itself: arithmetic, powers, exponentials."""

import numpy as np

from course_lib.autograd.tensor import Tensor, as_tensor, as_tensors

__all__ = [
    "absolute",
    "add",
    "divide",
    "exp",
    "log",
    "multiply",
    "negative",
    "power",
    "sqrt",
    "subtract",
]


def add(x: Tensor, y: Tensor) -> Tensor:
    r"""Add, number by number: $x + y$, broadcast.

    Args:
        x: any shape
        y: any shape that broadcasts with x
    Returns:
        the broadcast shape
    Gradient, with g = dL/d(x + y):
        dL/dx = g and dL/dy = g  each hears the whole of it
    Raises:
        ValueError: the shapes do not broadcast

    >>> add(Tensor([1.0, 2.0]), Tensor([10.0, 20.0])).data
    array([11., 22.])
    """
    x, y = as_tensors(x, y, op="add")
    return Tensor(x.data + y.data, parents=(x, y), vjp=lambda g: (g, g), op="add")


def subtract(x: Tensor, y: Tensor) -> Tensor:
    r"""Subtract, number by number: $x - y$, broadcast.

    Args:
        x: any shape
        y: any shape that broadcasts with x
    Returns:
        the broadcast shape
    Gradient, with g = dL/d(x - y):
        dL/dx = g and dL/dy = -g  what is taken away counts against
    Raises:
        ValueError: the shapes do not broadcast

    >>> subtract(Tensor([1.0, 2.0]), Tensor([10.0, 20.0])).data
    array([ -9., -18.])
    """
    x, y = as_tensors(x, y, op="subtract")
    return Tensor(x.data - y.data, parents=(x, y), vjp=lambda g: (g, -g), op="subtract")


def multiply(x: Tensor, y: Tensor) -> Tensor:
    r"""Multiply, number by number: $x \cdot y$, broadcast.

    Args:
        x: any shape
        y: any shape that broadcasts with x
    Returns:
        the broadcast shape
    Gradient, with g = dL/d(xy):
        dL/dx = g y and dL/dy = g x  each in proportion to the other
    Raises:
        ValueError: the shapes do not broadcast

    >>> multiply(Tensor([1.0, 2.0]), Tensor([10.0, 20.0])).data
    array([10., 40.])
    """
    x, y = as_tensors(x, y, op="multiply")
    a, b = x.data, y.data

    def vjp(g):
        return (g * b if x.needs_grad else None), (g * a if y.needs_grad else None)

    return Tensor(a * b, parents=(x, y), vjp=vjp, op="multiply")


def divide(x: Tensor, y: Tensor) -> Tensor:
    r"""Divide, number by number: $x / y$, broadcast.

    Args:
        x: any shape
        y: any shape that broadcasts with x
    Returns:
        the broadcast shape
    Gradient, with g = dL/d(x/y):
        dL/dx = g / y
        dL/dy = -g x / y²  the larger the divisor, the less it matters
    Raises:
        ValueError: the shapes do not broadcast, or y holds 0

    >>> divide(Tensor([1.0, 2.0]), Tensor([10.0, 20.0])).data
    array([0.1, 0.1])
    """
    x, y = as_tensors(x, y, op="divide")
    a, b = x.data, y.data
    _expect_all(b != 0, b, must="divide: y must not be 0", hint="Add a small number to it first.")

    def vjp(g):
        dx = g / b
        return dx, (-dx * a / b if y.needs_grad else None)

    return Tensor(a / b, parents=(x, y), vjp=vjp, op="divide")


def power(x: Tensor, n: Tensor) -> Tensor:
    r"""Raise to a power, number by number: $x^n$, broadcast.

    Args:
        x: any shape
        n: any shape that broadcasts with x; often one Python number
    Returns:
        the broadcast shape
    Gradient, with g = dL/d(xⁿ):
        dL/dx = g n xⁿ⁻¹
        dL/dn = g xⁿ ln x  and 0 where x is 0
    Raises:
        ValueError: the shapes do not broadcast, x is negative where n is no whole number or needs a
            gradient, or x is 0 where n is negative

    >>> power(Tensor([1.0, 2.0]), 3).data
    array([1., 8.])
    """
    x, n = as_tensors(x, n, op="power")
    a, b = x.data, n.data.item() if n.ndim == 0 else n.data  # NumPy knows faster ways for a Python number
    _expect_powers(a, b, is_n_learned=n.needs_grad)
    y = a**b

    def vjp(g):
        dx = dn = None
        if x.needs_grad:
            dx = g * b * a ** (b - 1 if np.all(b) else np.where(b == 0, 1, b - 1))  # x⁰ is flat, at 0 too
        if n.needs_grad:
            dn = g * y * np.log(np.where(a == 0, 1, a))
        return dx, dn

    return Tensor(y, parents=(x, n), vjp=vjp, op="power")


def negative(x: Tensor) -> Tensor:
    r"""Turn the sign: $y = -x$.

    Args:
        x: any shape
    Returns:
        the shape of x
    Gradient, with g = dL/dy:
        dL/dx = -g

    >>> negative(Tensor([1.0, -2.0])).data
    array([-1.,  2.])
    """
    x = as_tensor(x)
    return Tensor(-x.data, parents=(x,), vjp=lambda g: (-g,), op="negative")


def exp(x: Tensor) -> Tensor:
    r"""Raise e to a power: $y = e^x$.

    Args:
        x: any shape; above 88.7 in float32 and 709.7 in float64 the result overflows, with a warning
    Returns:
        the shape of x
    Gradient, with g = dL/dy:
        dL/dx = g y  it grows as fast as it is large

    >>> exp(Tensor([0.0, 1.0])).data
    array([1.        , 2.71828183])
    """
    x = as_tensor(x)
    y = np.exp(x.data)
    return Tensor(y, parents=(x,), vjp=lambda g: (g * y,), op="exp")


def log(x: Tensor) -> Tensor:
    r"""Take the natural logarithm: $y = \ln x$.

    Args:
        x: any shape, all positive
    Returns:
        the shape of x
    Gradient, with g = dL/dy:
        dL/dx = g / x  near 0 a small step changes much
    Raises:
        ValueError: x holds 0 or a negative number

    >>> log(Tensor([1.0, 10.0])).data
    array([0.        , 2.30258509])
    """
    x = as_tensor(x)
    a = x.data
    _expect_all(
        ~(a <= 0), a, must="log: x must be positive", hint="For a probability, begin with log_softmax."
    )
    return Tensor(np.log(a), parents=(x,), vjp=lambda g: (g / a,), op="log")


def sqrt(x: Tensor) -> Tensor:
    r"""Take the square root: $y = \sqrt{x}$.

    Args:
        x: any shape, none negative
    Returns:
        the shape of x
    Gradient, with g = dL/dy:
        dL/dx = g / (2y)  infinite at 0, as in PyTorch: add a small number to x first
    Raises:
        ValueError: x holds a negative number

    >>> sqrt(Tensor([4.0, 9.0])).data
    array([2., 3.])
    """
    x = as_tensor(x)
    a = x.data
    _expect_all(~(a < 0), a, must="sqrt: x must not be negative")
    y = np.sqrt(a)

    def vjp(g):
        with np.errstate(divide="ignore", invalid="ignore"):  # infinite at 0, as the docstring says
            return (g / (2 * y),)

    return Tensor(y, parents=(x,), vjp=vjp, op="sqrt")


def absolute(x: Tensor) -> Tensor:
    r"""Drop the sign: $y = |x|$.

    Args:
        x: any shape
    Returns:
        the shape of x
    Gradient, with g = dL/dy:
        dL/dx = g where x is positive, -g where it is negative, 0 at 0, as in PyTorch

    >>> absolute(Tensor([1.0, -2.0])).data
    array([1., 2.])
    """
    x = as_tensor(x)
    a = x.data
    return Tensor(np.abs(a), parents=(x,), vjp=lambda g: (g * np.sign(a),), op="absolute")


def _expect_powers(a: np.ndarray, b: np.ndarray | float, *, is_n_learned: bool) -> None:
    is_whole = b == np.floor(b)
    if not is_n_learned and np.all(is_whole & (b >= 0)):
        return  # every number has such powers
    has_power = (a > 0) | ((a == 0) & (b >= 0)) | ((a < 0) & is_whole & (not is_n_learned)) | np.isnan(a)
    _expect_all(
        has_power, np.broadcast_to(a, has_power.shape), must="power: x must be positive for such an n"
    )


def _expect_all(is_good: np.ndarray, x: np.ndarray, *, must: str, hint: str = "") -> None:
    if np.all(is_good):
        return
    place = tuple(int(i) for i in np.argwhere(~is_good)[0])
    raise ValueError(f"{must}. It holds {x[place]} at index {place}. {hint}".rstrip())
