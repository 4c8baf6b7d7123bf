"""Which number of the output is to be explained: the logit of one class for every example."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from course_lib.autograd.recording import no_grad
from course_lib.autograd.tensor import Tensor
from course_lib.layers.module import evaluating

__all__ = ["choose", "chosen_logits", "classes_of"]


def classes_of(target: int | np.ndarray | None, z: np.ndarray, *, B: int, where: str) -> np.ndarray | None:
    """Return the class that is to be explained, for each example.

    Args:
        target: one class for all, or (B,) one for each; when None, the class with the largest logit
        z: (B, K)  logits; or (B,) or (B, 1), one number an example, which leaves nothing to choose
        B: how many examples the model was asked about
        where: the function to name in the error
    Returns:
        (B,)  whole numbers; None where there is nothing to choose
    Raises:
        TypeError: the target does not consist of whole numbers
        ValueError: z has another shape, a class is out of range, or there is nothing to choose from
    """
    if z.ndim not in (1, 2) or len(z) != B:
        raise ValueError(
            f"{where}: the model must return logits (B={B}, K) or (B={B},). They have shape {z.shape}. "
            "A single example becomes a batch by X[None]."
        )
    n_classes = z.shape[1] if z.ndim == 2 else 1
    if n_classes == 1:
        if target is not None:
            raise ValueError(f"{where}: the model returns one number an example. Leave out target.")
        return None
    if target is None:
        return z.argmax(axis=1)  # (B, K) -> (B,)
    classes = np.asarray(target)
    if classes.dtype.kind not in "iu":
        raise TypeError(f"{where}: target must be whole numbers. They are of type {classes.dtype}.")
    if classes.shape not in ((), (len(z),)):
        raise ValueError(
            f"{where}: target must be one class, or one for each of the {len(z)} examples. "
            f"Its shape is {classes.shape}."
        )
    if ((classes < 0) | (classes >= n_classes)).any():
        raise ValueError(f"{where}: target must lie between 0 and {n_classes - 1}. It is {target}.")
    return np.broadcast_to(classes, len(z))


def choose(z, classes: np.ndarray | None):
    """Pick the logit of each example's class.

    Args:
        z: (B, K), (B, 1) or (B,)  a Tensor or an array
        classes: (B,)  as ``classes_of`` returns them
    Returns:
        (B,)  of the type of z
    """
    if classes is None:
        return z.reshape(len(z))  # (B, 1) -> (B,)
    return z[np.arange(len(z)), classes]  # (B, K) -> (B,)


def chosen_logits(
    model: Callable[[Tensor], Tensor], X: np.ndarray, target: int | np.ndarray | None, *, where: str
) -> tuple[np.ndarray, np.ndarray | None]:
    """Ask the model, as in use, and pick one logit an example.

    Args:
        model: a Module or any function of one Tensor
        X: (B, ...)  examples
        target: as for ``classes_of``
        where: the function to name in the error
    Returns:
        the logits (B,), and the classes that they belong to
    """
    with evaluating(model), no_grad():
        z = model(Tensor(X)).data
    classes = classes_of(target, z, B=len(X), where=where)
    return choose(z, classes), classes
