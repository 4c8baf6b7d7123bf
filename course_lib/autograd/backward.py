"""The backward pass: from the end result to the leaves, each gradient complete before it is passed on."""

from __future__ import annotations

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
    order = _leaves_first(end)
    for tensor in order:
        _expect_unused(tensor)  # before the first gradient is added: an error leaves every leaf as it was
    while order:
        tensor = order.pop()
        gradient = np.asarray(gradients.pop(tensor))  # NumPy adds arrays of shape () to a scalar
        if not tensor.op:
            tensor.grad = _read_only(gradient if tensor.grad is None else tensor.grad + gradient)
            continue
        for parent, part in zip(tensor.parents, tensor.vjp(gradient), strict=True):
            if parent.needs_grad:
                part = unbroadcast(part, parent.shape).astype(parent.dtype, copy=False)
                gradients[parent] = gradients[parent] + part if parent in gradients else part
        tensor.parents, tensor.vjp = (), None


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
        return np.ones_like(end.data)
    g = np.array(g, dtype=end.dtype)
    if g.shape != end.shape:
        raise ValueError(f"backward: g must have shape {end.shape}. It has shape {g.shape}.")
    return g


def _leaves_first(end: Tensor) -> list[Tensor]:
    """Return all tensors that need a gradient, each after the tensors that it was made from."""
    seen, stack = {end}, [end]
    while stack:  # a stack of our own: recursion would end at a thousand operations
        for parent in stack.pop().parents:
            if parent.needs_grad and parent not in seen:
                seen.add(parent)
                stack.append(parent)
    return sorted(seen, key=lambda tensor: tensor.depth)  # a result lies deeper than all it was made from


def _expect_unused(tensor: Tensor) -> None:
    if not tensor.op:
        return
    if tensor.vjp is None:
        raise ValueError(f"backward: {tensor.op} was used up by an earlier backward. Compute it again first.")
    for parent, version in zip(tensor.parents, tensor.versions, strict=True):
        if parent.version != version:
            raise ValueError(
                f"backward: an input of {tensor.op}, of shape {parent.shape}, was given new data after the "
                "forward pass. Its gradient would be that of other numbers. Call backward before the "
                "optimiser's step."
            )


def _read_only(gradient: np.ndarray) -> np.ndarray:
    """Return a view that cannot be written to: the gradients of two leaves may share their memory."""
    view = np.asarray(gradient).view()
    view.flags.writeable = False
    return view
