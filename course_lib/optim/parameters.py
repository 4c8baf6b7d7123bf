"""What an optimiser and a clipping function expect of the parameters that they are handed."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from course_lib.autograd.tensor import Tensor

__all__ = ["expect_finite_gradients", "expect_parameters"]


def expect_parameters(parameters: Iterable[Tensor], *, where: str) -> list[Tensor]:
    """Return the parameters as a list, or say what is wrong with them.

    Args:
        parameters: the leaves that are to be learned
        where: the function to name in the error
    Returns:
        the same tensors, in the same order
    Raises:
        TypeError: this is no list of Tensors
        ValueError: there is none, one occurs twice, or one is the result of an operation
    """
    if isinstance(parameters, np.ndarray | dict) or not isinstance(parameters, Iterable):
        kind = type(parameters).__name__
        raise TypeError(
            f"{where}: parameters must be a list of Tensors. They are a single {kind}. "
            "Pass model.parameters()."
        )
    parameters = list(parameters)
    place_of = {}
    if not parameters:
        raise ValueError(f"{where}: there are no parameters to learn. The list is empty.")
    for place, parameter in enumerate(parameters):
        if not isinstance(parameter, Tensor):
            kind = type(parameter).__name__
            raise TypeError(f"{where}: every parameter must be a Tensor. At position {place} is a {kind}.")
        if parameter.parents:
            raise ValueError(
                f"{where}: a parameter must be a leaf. At position {place} is the result of {parameter.op}."
            )
        first = place_of.setdefault(id(parameter), place)
        if first != place:
            raise ValueError(
                f"{where}: each parameter may be listed once. Positions {first} and {place} hold the same."
            )
    return parameters


def expect_finite_gradients(parameters: list[Tensor], *, where: str) -> None:
    """Raise a ValueError if a gradient holds NaN or an infinity; a missing gradient is fine.

    Args:
        parameters: leaves whose ``grad`` is an array or None
        where: the function to name in the error
    Raises:
        ValueError: the error names the position and the shape of the first such parameter
    """
    for place, parameter in enumerate(parameters):
        g = parameter.grad
        if g is None or np.isfinite(g).all():
            continue
        kind = "NaN" if np.isnan(g).any() else "an infinity"
        raise ValueError(
            f"{where}: the gradient of the parameter at position {place}, of shape {parameter.shape}, "
            f"holds {kind}. Did the loss overflow? Try a smaller learning rate, or clip the gradients."
        )
