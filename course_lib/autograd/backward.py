"""The backward pass: from the end result to the leaves, each gradient complete before it is passed on."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from course_lib.autograd.tensor import Tensor

__all__ = ["backward", "unbroadcast"]


def backward(end: Tensor, g: np.ndarray | None = None) -> None:
    """Add the gradient of ``end`` by every leaf that it was made from to ``leaf.grad``.

    The graph is used up on the way: a result forgets its parents and its ``vjp`` as soon as they have been
    used, so that memory is given back early.

    Args:
        end: the tensor to start from
        g: gradient of some end result by ``end``; 1 where left out, if ``end`` is one number
    Raises:
        ValueError: ``end`` is no single number and ``g`` is missing, ``g`` has another shape, nothing was
            recorded or it was used up before, or a leaf was given new data since
    """
    gradients = {end: _first_gradient(end, g)}
    order = _parents_first(end)  # raises before anything has changed
    while order:
        tensor = order.pop()
        g = gradients.pop(tensor)
        for parent, part in zip(tensor.parents, tensor.vjp(g), strict=True):
            if parent.needs_grad:
                if part.shape != parent.shape:
                    part = unbroadcast(part, parent.shape)
                gradients[parent] = gradients[parent] + part if parent in gradients else part
        tensor.parents, tensor.vjp = (), None
    for leaf, g in gradients.items():  # every result has passed on what it was sent: these are the leaves
        g = np.asarray(g, leaf.dtype)  # NumPy adds arrays of shape () to a scalar
        leaf.grad = g if leaf.grad is None else leaf.grad + g
        leaf.grad.flags.writeable = False  # two leaves may have been sent the same array


def unbroadcast(g: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Add up a gradient over the axes that broadcasting stretched.

    A number that was used n times hears from all n places, and what they say is added.

    Args:
        g: gradient in the broadcast shape
        shape: the shape before broadcasting
    Returns:
        gradient of that shape
    Raises:
        ValueError: no broadcasting leads from ``shape`` to that of g: a ``vjp`` is wrong

    >>> unbroadcast(np.ones((4, 3)), (3,))
    array([4., 4., 4.])
    """
    if g.shape == shape:
        return g
    n_new = g.ndim - len(shape)
    kept = g.shape[max(n_new, 0) :]
    if n_new < 0 or any(size not in (1, got) for size, got in zip(shape, kept, strict=True)):
        raise ValueError(f"backward: a vjp returned a gradient of shape {g.shape} for data of shape {shape}.")
    stretched = [n_new + axis for axis, size in enumerate(shape) if size == 1]
    return g.sum(axis=(*range(n_new), *stretched)).reshape(shape)


def _first_gradient(end: Tensor, g: np.ndarray | None) -> np.ndarray:
    if not end.needs_grad:
        raise ValueError(
            "backward: nothing was recorded that leads here. Was it computed inside no_grad, or only "
            "from inputs that need no gradient?"
        )
    if g is None:
        if end.size != 1:
            raise ValueError(
                f"backward: only one number has a gradient by itself. This tensor has shape {end.shape}. "
                "Reduce it first, with .sum() or .mean(), or pass g, the gradient of what follows by it."
            )
        return np.ones(end.shape, end.dtype)
    g = np.array(g, dtype=end.dtype)
    if g.shape != end.shape:
        raise ValueError(f"backward: g must have shape {end.shape}. It has shape {g.shape}.")
    return g


def _parents_first(end: Tensor) -> list[Tensor]:
    """Return the results of operations that lead to ``end``, each after the results that it was made from."""
    _expect_not_used_up(end)
    seen, stack = ({end}, [end]) if end.vjp else (set(), [])
    while stack:  # a stack of our own: recursion would end at a thousand operations
        tensor = stack.pop()
        stamp = 0
        for parent in tensor.parents:
            stamp += parent.version
            if parent.needs_grad and parent not in seen:
                if parent.vjp:
                    seen.add(parent)
                    stack.append(parent)
                else:
                    _expect_not_used_up(parent)
        if stamp != tensor.stamp:
            _refuse_new_data(tensor)
    return sorted(seen, key=attrgetter("depth"))  # a result lies deeper than all it was made from


def _expect_not_used_up(tensor: Tensor) -> None:
    if tensor.op and not tensor.vjp:
        raise ValueError(f"backward: {tensor.op} was used up by an earlier backward. Compute it again first.")


def _refuse_new_data(tensor: Tensor) -> None:
    shapes = " or ".join(str(parent.shape) for parent in tensor.parents if parent.version)
    raise ValueError(
        f"backward: an input of {tensor.op}, of shape {shapes}, was given new data after the forward pass. "
        "Its gradient would be that of other numbers. Call backward before the optimiser's step."
    )
