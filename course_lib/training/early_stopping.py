"""Early stopping: end when the validation loss has stopped falling, and take the best weights back."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from course_lib.checks import expect_finite
from course_lib.layers.module import Module

__all__ = ["EarlyStopping"]

STATE = ("best_loss", "n_looks", "n_looks_without_progress", "best_look")


@dataclass
class EarlyStopping:
    """Watch the validation loss once an epoch, and keep a copy of the weights at its lowest.

    In a loop of one's own: ``if stopping.look(loss, model): break``, and after the loop
    ``stopping.restore(model)``.

    Args:
        patience: how many looks in a row may pass without progress; at the last of them it is time to stop
        min_delta: a loss must be lower than the best by more than this to count as progress
    Attributes:
        best_loss: the lowest so far; infinite before the first look
        best_look: at which look that was, counted from 1; 0 before the first
        n_looks: how often was looked
        n_looks_without_progress: how many have passed since the best
        best_weights: what ``model.state()`` was then; None before the first look
    Raises:
        ValueError: ``patience`` is not a whole number of at least 1, or ``min_delta`` is negative
    Source: Prechelt 1998, "Early stopping - but when?", *Neural Networks: Tricks of the Trade*.
    """

    patience: int = 5
    min_delta: float = 0.0
    best_loss: float = field(default=math.inf, init=False, repr=False)
    best_look: int = field(default=0, init=False, repr=False)
    n_looks: int = field(default=0, init=False, repr=False)
    n_looks_without_progress: int = field(default=0, init=False, repr=False)
    best_weights: dict[str, np.ndarray] | None = field(default=None, init=False, repr=False)

    def __post_init__(self):
        is_whole = isinstance(self.patience, int) and not isinstance(self.patience, bool)
        if not (is_whole and self.patience >= 1):
            raise ValueError(
                f"EarlyStopping: patience must be a whole number of at least 1. It is {self.patience!r}."
            )
        is_number = isinstance(self.min_delta, int | float | np.number)
        if not (is_number and 0 <= self.min_delta < math.inf):
            raise ValueError(
                f"EarlyStopping: min_delta must be a finite number of at least 0. It is {self.min_delta!r}."
            )

    @property
    def is_time_to_stop(self) -> bool:
        """Whether patience has run out."""
        return self.n_looks_without_progress >= self.patience

    def start(self) -> None:
        """Forget everything, for a new training."""
        self.best_loss, self.best_weights = math.inf, None
        self.best_look = self.n_looks = self.n_looks_without_progress = 0

    def look(self, loss: float, model: Module) -> bool:
        """Take note of a validation loss.

        Args:
            loss: the latest one
            model: which had that loss; its weights are copied if it is the best so far
        Returns:
            True if it is time to stop
        Raises:
            ValueError: the loss is NaN or infinite
        """
        expect_finite(loss, where="EarlyStopping.look: loss")
        self.n_looks += 1
        if loss < self.best_loss - self.min_delta:
            self.best_loss, self.best_weights = float(loss), model.state()
            self.best_look, self.n_looks_without_progress = self.n_looks, 0
        else:
            self.n_looks_without_progress += 1
        return self.is_time_to_stop

    def restore(self, model: Module) -> None:
        """Give a model the weights that were best.

        Args:
            model: the one that was looked at, or another of the same build
        Raises:
            ValueError: nothing has been looked at, or the model is of another build
        """
        if self.best_weights is None:
            raise ValueError(
                "EarlyStopping.restore: there are no best weights yet. Call look(loss, model) first."
            )
        model.load_state(self.best_weights)

    def state(self) -> dict[str, float | int]:
        """Copy what the next looks depend on; the best weights are arrays and stand apart.

        Returns:
            numbers by name
        """
        return {name: getattr(self, name) for name in STATE}

    def load_state(self, state: dict[str, float | int], best_weights: dict[str, np.ndarray] | None) -> None:
        """Continue from a state.

        Args:
            state: what ``state`` returned
            best_weights: the weights that belong to it
        Raises:
            ValueError: a name is missing or unknown
        """
        if state.keys() != set(STATE):
            raise ValueError(f"EarlyStopping.load_state: the names must be {STATE}. They are {(*state,)}.")
        for name in STATE:
            setattr(self, name, state[name])
        self.best_weights = best_weights
