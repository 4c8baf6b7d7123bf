"""Measuring: how good a model is on data that it does not learn from at that moment."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from course_lib.autograd.recording import no_grad
from course_lib.autograd.tensor import Tensor
from course_lib.data.batches import cut, expect_examples
from course_lib.layers.module import Module, evaluating

__all__ = ["Inputs", "answers", "expect_data", "inputs_of", "measure", "of_labels"]

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
    for part in parts:
        part.flags.writeable = False  # nobody else has it: a Tensor need not copy it
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
    n = len(X[0] if isinstance(X, tuple) else X)
    with evaluating(model), no_grad():
        z = [model(*inputs_of(X, rows)).data for rows in cut(np.arange(n), batch_size)]
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
    Raises:
        TypeError: X or y is not an array of numbers, or a metric does not return one number
        ValueError: X and y differ in length, there is no example, or the batch size is not a whole number of
            at least 1

    >>> from course_lib.training.metrics import accuracy
    >>> model = Module()
    >>> model.forward = lambda x: x  # answers with what it is asked
    >>> z, y = np.array([[2.0, 1.0], [0.0, 3.0]]), np.array([0, 0])
    >>> measure(model, z, y, metrics={"accuracy": of_labels(accuracy)})
    {'accuracy': 0.5}
    """
    expect_data(X, y, where="measure")
    if not (isinstance(batch_size, int | np.integer) and batch_size >= 1):
        raise ValueError(f"measure: batch_size must be a whole number of at least 1. It is {batch_size!r}.")
    z = answers(model, X, batch_size=batch_size)
    numbers = {}
    if loss is not None:
        with no_grad():
            numbers["loss"] = float(loss(Tensor(z, needs_grad=False), y).item())
    return numbers | {name: _number(name, metric(z, y)) for name, metric in (metrics or {}).items()}


def of_labels(metric: Metric) -> Metric:
    """Make a metric of labels, such as ``accuracy``, one of a classifier's logits.

    The label is the class with the largest logit; with one logit an example, it is 1 where that is positive.

    Args:
        metric: (predicted labels (n,), true labels (n,)) -> number
    Returns:
        (logits (..., n_classes), (..., 1) or (...), true labels (...)) -> number; axes are laid in one row

    >>> from course_lib.training.metrics import accuracy
    >>> of_labels(accuracy)(np.array([-1.0, 2.0]), np.array([0, 1]))
    1.0
    """

    def metric_of_logits(z: np.ndarray, y: np.ndarray) -> float:
        if z.ndim > y.ndim and z.shape[-1] == 1:
            z = z[..., 0]  # (..., 1) -> (...)
        labels = z.argmax(axis=-1) if z.ndim > y.ndim else (z > 0).astype(np.int64)
        return metric(labels.reshape(-1), y.reshape(-1))  # (...) -> (n,)

    return metric_of_logits


def expect_data(X: Inputs, y: np.ndarray, *, where: str, of: str = "") -> None:
    """Raise an error unless X, or each array in it, and y have one row for each of at least one example.

    Args:
        X: what should be (n, ...) inputs, or a tuple of such arrays
        y: what should be (n, ...) answers
        where: the function to name in the error
        of: what to say before X and y, such as ``"validation "``
    Raises:
        TypeError: one of them is not an array of numbers
        ValueError: there is no example, no array, or the numbers of rows differ
    """
    parts = {f"{of}X": X}
    if isinstance(X, tuple):
        parts = {f"{of}X[{place}]": part for place, part in enumerate(X)}
        if not X:
            raise ValueError(f"{where}: {of}X must hold at least one array. It is an empty tuple.")
    for name, part in parts.items():
        expect_examples(part, y, where=where, names=(name, f"{of}y"))


def _number(name: str, measured) -> float:
    if not isinstance(measured, int | float | np.generic):
        is_array = isinstance(measured, np.ndarray)
        kind = f"an array of shape {measured.shape}" if is_array else f"a {type(measured).__name__}"
        raise TypeError(f"measure: metric {name!r} must return one number. It returned {kind}.")
    return float(measured)
