"""Measuring: how good a model is on data that it does not learn from at that moment."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from course_lib.autograd.recording import no_grad
from course_lib.autograd.tensor import Tensor
from course_lib.data.batches import cut
from course_lib.layers.module import Module

__all__ = ["Inputs", "answers", "inputs_of", "measure", "of_labels"]

Inputs = np.ndarray | tuple[np.ndarray, ...]
Metric = Callable[[np.ndarray, np.ndarray], float]


def inputs_of(X: Inputs, rows: np.ndarray) -> list[Tensor | np.ndarray]:
    """Take some rows of the data, as a model is called with them.

    Args:
        X: (n, ...)  one row an example; a tuple of such arrays for a model with several inputs
        rows: (B,)  which rows
    Returns:
        for each array its rows (B, ...): a Tensor if they are floats, the array itself if they are whole
        numbers or truth values, such as token ids and masks
    """
    parts = [part[rows] for part in (X if isinstance(X, tuple) else (X,))]
    return [Tensor(part, needs_grad=False) if part.dtype.kind == "f" else part for part in parts]


def answers(model: Module, X: Inputs, *, batch_size: int) -> np.ndarray:
    """Compute what a model answers, in evaluation mode and without recording.

    Args:
        model: every part of it is afterwards in the mode that it was in
        X: (n, ...)  one row an example, or a tuple of such arrays
        batch_size: how many rows to compute at a time; saves memory, changes nothing
    Returns:
        (n, ...)  the output of the model for each row
    """
    parts = model.named_modules().values()
    modes = [part.is_training for part in parts]
    n = len(X[0] if isinstance(X, tuple) else X)
    try:
        model.evaluate()
        with no_grad():
            z = [model(*inputs_of(X, rows)).data for rows in cut(np.arange(n), batch_size)]
    finally:
        for part, mode in zip(parts, modes, strict=True):
            part.is_training = mode
    return np.concatenate(z)  # batches of (B, ...) -> (n, ...)


def measure(
    model: Module,
    X: Inputs,
    y: np.ndarray,
    *,
    loss: Callable | None = None,
    metrics: dict[str, Metric] | None = None,
    batch_size: int = 256,
) -> dict[str, float]:
    """Measure a model on a whole data set at once, in evaluation mode and without recording.

    Args:
        model: called with rows of X; its parts stay in the mode that they are in
        X: (n, ...)  one row an example, or a tuple of such arrays
        y: (n, ...)  what is true
        loss: (output of the model, y) -> Tensor of one number
        metrics: by name: (output of the model as an array, y) -> number
        batch_size: how many rows to compute at a time
    Returns:
        ``"loss"`` if one was given, and each metric by its name

    >>> from course_lib.training.metrics import accuracy
    >>> model = Module()
    >>> model.forward = lambda x: x  # answers with what it is asked
    >>> z, y = np.array([[2.0, 1.0], [0.0, 3.0]]), np.array([0, 0])
    >>> measure(model, z, y, metrics={"accuracy": of_labels(accuracy)})
    {'accuracy': 0.5}
    """
    z = answers(model, X, batch_size=batch_size)
    numbers = {}
    if loss is not None:
        with no_grad():
            numbers["loss"] = float(loss(Tensor(z, needs_grad=False), y).item())
    return numbers | {name: float(metric(z, y)) for name, metric in (metrics or {}).items()}


def of_labels(metric: Metric) -> Metric:
    """Make a metric of labels, such as ``accuracy``, one of a classifier's logits.

    The label is the class with the largest logit; with one logit an example, it is 1 where that is positive.

    Args:
        metric: (predicted labels (n,), true labels (n,)) -> number
    Returns:
        (logits (..., n_classes) or (...), true labels (...)) -> number; the leading axes are laid in one row

    >>> from course_lib.training.metrics import accuracy
    >>> of_labels(accuracy)(np.array([-1.0, 2.0]), np.array([0, 1]))
    1.0
    """

    def metric_of_logits(z: np.ndarray, y: np.ndarray) -> float:
        labels = z.argmax(axis=-1) if z.ndim > y.ndim else (z > 0).astype(np.int64)
        return metric(labels.reshape(-1), y.reshape(-1))  # (...) -> (n,)

    return metric_of_logits
