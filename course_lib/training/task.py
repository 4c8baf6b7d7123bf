"""What is to be learned and how: the arguments of ``fit`` that stay as they are while it runs."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass, is_dataclass
from functools import partial

import numpy as np

from course_lib.checks import expect_positive
from course_lib.data.batches import expect_batch_size
from course_lib.training.measure import Inputs, expect_data

__all__ = ["Task"]


@dataclass(frozen=True, eq=False)
class Task:
    """Data, loss, and how the steps are taken.

    Attributes:
        X, y: what is learned from
        loss: (output of the model, y) -> Tensor of one number
        n_epochs: how often each example is seen
        batch_size: how many examples a step looks at
        validation: X and y that are measured after each epoch, or None
        metrics: by name: (output of the model as an array, y) -> number
        measures_train: measure the metrics on X and y too
        clip_norm: the longest gradient, or None
    Raises:
        TypeError: an argument is of another kind
        ValueError: a setting cannot be right, or the data do not belong together
    """

    X: Inputs
    y: np.ndarray
    loss: Callable
    n_epochs: int
    batch_size: int
    validation: tuple[Inputs, np.ndarray] | None
    metrics: dict[str, Callable]
    measures_train: bool
    clip_norm: float | None

    def __post_init__(self):
        expect_data(self.X, self.y, where="fit")
        expect_batch_size(self.batch_size, len(self.y), where="fit")
        if self.validation is not None:
            if not (isinstance(self.validation, tuple | list) and len(self.validation) == 2):
                raise TypeError("fit: validation must be a pair, (X_validation, y_validation).")
            expect_data(*self.validation, where="fit", of="validation ")
        is_whole = isinstance(self.n_epochs, int | np.integer) and not isinstance(self.n_epochs, bool)
        if not (is_whole and self.n_epochs >= 1):
            raise ValueError(f"fit: n_epochs must be a whole number of at least 1. It is {self.n_epochs!r}.")
        if not callable(self.loss):
            kind = type(self.loss).__name__
            raise TypeError(f"fit: loss must be a function of output and y. It is a {kind}.")
        is_table = isinstance(self.metrics, dict) and all(map(callable, self.metrics.values()))
        if not is_table or "loss" in self.metrics:
            raise TypeError(
                'fit: metrics must be functions by name, {"accuracy": of_labels(accuracy)}, but not "loss".'
            )
        if self.clip_norm is not None:
            expect_positive(self.clip_norm, where="fit: clip_norm")

    @property
    def n_steps_an_epoch(self) -> int:
        """How many batches the examples make."""
        return -(-len(self.y) // self.batch_size)  # the last batch may be smaller

    def settings(self, **others) -> dict[str, str]:
        """Describe all that the result depends on, to tell a training from others.

        ``n_epochs`` is not part of it: a training may go on for longer.

        Args:
            others: optimiser, schedule, early stopping, which are told by their settings
        Returns:
            a word or a number in text for each
        """
        told = {
            "X and y": _fingerprint(self.X, self.y),
            "validation": _fingerprint(*(self.validation or ())),
            "batch_size": str(self.batch_size),
            "clip_norm": str(self.clip_norm),
            "measures_train": str(self.measures_train),
            "metrics": ", ".join(self.metrics),
            "loss": _told(self.loss),
        }
        return told | {name: _told(thing) for name, thing in others.items()}


def _fingerprint(*data: Inputs) -> str:
    """Sum up arrays in a few letters, so that other data are noticed."""
    flat = [part for array in data for part in (array if isinstance(array, tuple) else (array,))]
    said = [f"{part.shape} {part.dtype} {zlib.crc32(np.ascontiguousarray(part)):08x}" for part in flat]
    return ", ".join(said) or "none"


def _told(thing) -> str:
    """Name a function, or an object with its settings; what moves while it is used is no setting."""
    if isinstance(thing, partial):
        said = f"{_told(thing.func)} with {thing.args} {thing.keywords}"
    elif thing is None or is_dataclass(thing) or isinstance(thing, float | str):
        said = repr(thing)
    else:
        said = getattr(thing, "__name__", type(thing).__name__)
        moving = {"name", "_learning_rate", *(thing.state() if hasattr(thing, "state") else ())}
        settings = {
            key: value
            for key, value in vars(thing).items()
            if isinstance(value, bool | int | float | str) and key not in moving
        }
        said += f" {settings}" if settings else ""
    return re.sub(" at 0x[0-9A-Fa-f]+", "", said)  # an address in memory is another one in each run
