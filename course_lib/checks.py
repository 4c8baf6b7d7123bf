"""Checks on what a caller hands in, with errors that say what to do.

Every function of the course that takes an array begins with one of these lines. The prose of the error lives
here, so that the body of the function stays mathematics.
"""

import numpy as np

__all__ = ["expect_binary", "expect_finite", "expect_numbers", "expect_positive", "expect_shape"]


def expect_shape(array, letters: str, *, where: str, hint: str = "", **sizes: int) -> None:
    """Raise a ValueError unless ``array`` has the axes that ``letters`` name.

    Args:
        array: anything with a ``shape``
        letters: one word an axis, as in NOTATION.md: ``"B n_in"``; a number stands for itself;
            a leading ``...`` allows any further axes in front
        where: the function and argument to name in the error, ``"weighted_sum: w"``
        hint: the likely mistake, shown at the end
        sizes: the sizes that are known already, ``n_in=30``
    Raises:
        TypeError: ``array`` is not an array of numbers
        ValueError: its shape does not fit
    Source: the habit of naming axes follows Rogozhnikov 2022, *Einops*, ICLR.

    >>> expect_shape(np.zeros((5, 2)), "B n_in", n_in=3, where="weighted_sum: X")
    Traceback (most recent call last):
    ...
    ValueError: weighted_sum: X must have shape (B, n_in=3). It has shape (5, 2).
    """
    if not hasattr(array, "shape"):
        raise TypeError(f"{where} must be a NumPy array. It is a {type(array).__name__}. Try np.array(...).")
    words = letters.split()
    names = words[1:] if words[:1] == ["..."] else words
    shape = tuple(array.shape)
    known = [sizes.get(name, int(name) if name.isdigit() else None) for name in names]
    tail = shape[len(shape) - len(names) :] if len(shape) >= len(names) else None
    fits = tail is not None and (words != names or len(shape) == len(names))
    if fits and all(size is None or size == got for size, got in zip(known, tail, strict=True)):
        return
    wanted = [f"{name}={sizes[name]}" if name in sizes else name for name in names]
    if words != names:
        wanted.insert(0, "...")
    comma = "," if len(wanted) == 1 else ""
    raise ValueError(
        f"{where} must have shape ({', '.join(wanted)}{comma}). It has shape {shape}." + _sentence(hint)
    )


def expect_finite(array, *, where: str, hint: str = "") -> None:
    """Raise a ValueError if ``array`` holds NaN or an infinity.

    Args:
        array: numbers of any shape
        where: the function and argument to name in the error
        hint: the likely mistake, shown at the end
    Raises:
        ValueError: a value is NaN or infinite; the error names the first place

    >>> expect_finite(np.array([1.0, np.nan]), where="log_loss: z")
    Traceback (most recent call last):
    ...
    ValueError: log_loss: z must be finite. It holds nan at index (1,).
    """
    is_finite = np.isfinite(array)
    if np.all(is_finite):
        return
    index = tuple(int(i) for i in np.argwhere(~is_finite)[0])
    value = np.asarray(array)[index]
    raise ValueError(f"{where} must be finite. It holds {value} at index {index}." + _sentence(hint))


def expect_binary(y, *, where: str) -> None:
    """Raise a ValueError unless every label is 0 or 1.

    Args:
        y: labels of any shape
        where: the function and argument to name in the error
    Raises:
        ValueError: another label occurs; the error names it

    >>> expect_binary(np.array([0, 1, 2]), where="log_loss: y")
    Traceback (most recent call last):
    ...
    ValueError: log_loss: y must hold only the labels 0 and 1. It also holds 2.
    """
    labels = np.unique(y)
    strange = labels[(labels != 0) & (labels != 1)]
    if strange.size:
        raise ValueError(f"{where} must hold only the labels 0 and 1. It also holds {strange[0]}.")


def expect_numbers(x, *, where: str) -> None:
    """Raise a TypeError unless ``x`` is one number or a NumPy array of numbers.

    Args:
        x: what arithmetic will be done with
        where: the function and argument to name in the error
    Raises:
        TypeError: ``x`` is a list, a string, an array of objects or anything else that is not numbers

    >>> expect_numbers([1, 2], where="sigmoid: z")
    Traceback (most recent call last):
    ...
    TypeError: sigmoid: z must be a number or a NumPy array of numbers. It is a list. Try np.array(...).
    """
    if isinstance(x, int | float):
        return
    if not isinstance(x, np.ndarray | np.generic):
        kind = f"a {type(x).__name__}"
    elif x.dtype.kind not in "biuf":
        kind = f"an array of {x.dtype}"
    else:
        return
    raise TypeError(f"{where} must be a number or a NumPy array of numbers. It is {kind}. Try np.array(...).")


def expect_positive(number: float, *, where: str, hint: str = "") -> None:
    """Raise a ValueError unless ``number`` is finite and greater than zero.

    Args:
        number: a single number
        where: the function and argument to name in the error
        hint: the likely mistake, shown at the end
    Raises:
        ValueError: the number is zero, negative, NaN or infinite

    >>> expect_positive(-0.1, where="descend: learning_rate")
    Traceback (most recent call last):
    ...
    ValueError: descend: learning_rate must be a positive number. It is -0.1.
    """
    if not (isinstance(number, int | float | np.number) and 0 < number < np.inf):
        raise ValueError(f"{where} must be a positive number. It is {number!r}." + _sentence(hint))


def _sentence(hint: str) -> str:
    return f" {hint}" if hint else ""
