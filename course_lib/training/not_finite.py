"""Where NaN came from: the batch is computed once more, and the first output that is not finite is named."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from course_lib.autograd.recording import no_grad
from course_lib.autograd.tensor import Tensor
from course_lib.layers.module import Module, watching
from course_lib.training.measure import Inputs, inputs_of

__all__ = ["source_of_not_finite"]

ADVICE = "Try a smaller learning rate, clip the gradients (clip_norm=1.0), or scale the inputs."


def source_of_not_finite(model: Module, X: Inputs, y: np.ndarray, rows: np.ndarray, *, of: str = "") -> str:
    """Say in a sentence where a loss of these rows stopped being a finite number.

    The rows are computed again with the weights as they are, and then the model is put back: its buffers and
    its generators are afterwards what they were before.

    Args:
        model: as it was when the loss was not finite
        X: (n, ...)  one row an example, or a tuple of such arrays
        y: (n, ...)  what is true
        rows: (B,)  the rows of the batch
        of: what to say before X and y, such as ``"validation "``
    Returns:
        the data, the parameter or the layer that comes first, and what to do
    """
    for name, part in _data_parts(X, y):
        is_finite = np.isfinite(part[rows]).reshape(len(rows), -1).all(axis=1)  # (B, ...) -> (B,)
        if not is_finite.all():
            row = rows[~is_finite].min()
            return (
                f"{of}{name} itself holds NaN or an infinity, in row {row}. "
                "Fill in or drop missing values first."
            )
    for name, parameter in model.named_parameters().items():
        if not np.isfinite(parameter.data).all():
            return f"The parameter {name} is not finite already: the step before was too long. {ADVICE}"
    for name, output in _watched(model, X, rows).items():
        if not all(np.isfinite(tensor.data).all() for tensor in _tensors(output)):
            kind = type(model.named_modules()[name]).__name__
            part = f"layer {name} ({kind})" if name else f"the model itself ({kind})"
            return f"The first output that is not finite is that of {part}. {ADVICE}"
    return f"The outputs of all layers are finite, so the loss itself overflows. {ADVICE}"


def _data_parts(X: Inputs, y: np.ndarray) -> list[tuple[str, np.ndarray]]:
    parts = [(f"X[{place}]", part) for place, part in enumerate(X)] if isinstance(X, tuple) else [("X", X)]
    return [*parts, ("y", y)]


def _watched(model: Module, X: Inputs, rows: np.ndarray) -> dict[str, Tensor]:
    weights = model.state()
    places = [generator.bit_generator.state for generator in model.generators()]
    with no_grad(), np.errstate(all="ignore"), watching(model) as outputs:
        model(*inputs_of(X, rows))
    model.load_state(weights)
    for generator, place in zip(model.generators(), places, strict=True):
        generator.bit_generator.state = place
    return outputs


def _tensors(output) -> Iterator[Tensor]:
    """Find the tensors in what a layer returned: one, or a tuple of outputs and states."""
    if isinstance(output, Tensor):
        yield output
    elif isinstance(output, tuple | list):
        for part in output:
            yield from _tensors(part)
