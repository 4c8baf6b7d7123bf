"""What happened in a training: its losses step by step, and what was measured after each epoch."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import asdict, dataclass, field

import numpy as np

__all__ = ["History"]


@dataclass(repr=False)
class History:
    """The course of a training, in lists that grow while it runs.

    Two histories are equal when everything but the seconds is.

    Attributes:
        step_loss: one number a step: the loss of its batch, before the step
        learning_rate: one number a step
        train_loss: one number an epoch: the mean loss of its examples as they were learned from, with dropout
            on and with weights that changed on the way
        validation_loss: one number an epoch, measured at its end; empty without validation data
        train_metrics: for each metric one number an epoch, measured at its end
        validation_metrics: the same for the validation data
        was_interrupted: True if Ctrl-C ended the training
        seconds: one number an epoch [s]; in an epoch that was resumed, since then

    >>> history = History()
    >>> history.step_loss += [2.0, 1.0]
    >>> history.train_loss.append(1.5)
    >>> history
    History(1 epoch, 2 steps, train loss 1.5)
    """

    step_loss: list[float] = field(default_factory=list)
    learning_rate: list[float] = field(default_factory=list)
    train_loss: list[float] = field(default_factory=list)
    validation_loss: list[float] = field(default_factory=list)
    train_metrics: dict[str, list[float]] = field(default_factory=dict)
    validation_metrics: dict[str, list[float]] = field(default_factory=dict)
    was_interrupted: bool = False
    seconds: list[float] = field(default_factory=list, compare=False)

    @property
    def n_steps(self) -> int:
        """How many steps were taken."""
        return len(self.step_loss)

    @property
    def n_epochs(self) -> int:
        """How many epochs were finished."""
        return len(self.train_loss)

    def arrays(self) -> dict[str, np.ndarray]:
        """Return everything as arrays that can be plotted against each other.

        Returns:
            ``"step"`` (n_steps,) counted from 1, with ``"step_loss"`` and ``"learning_rate"``; ``"epoch"``
            (n_epochs,) counted from 1, with ``"train_loss"``, ``"seconds"``, and what was measured:
            ``"validation_loss"``, ``"train_accuracy"``, ``"validation_accuracy"``, ...
        """
        lists = {
            "step_loss": self.step_loss,
            "learning_rate": self.learning_rate,
            "train_loss": self.train_loss,
            "seconds": self.seconds,
        }
        if self.validation_loss:
            lists["validation_loss"] = self.validation_loss
        lists |= {f"train_{name}": numbers for name, numbers in self.train_metrics.items()}
        lists |= {f"validation_{name}": numbers for name, numbers in self.validation_metrics.items()}
        counted = {"step": np.arange(1, self.n_steps + 1), "epoch": np.arange(1, self.n_epochs + 1)}
        return counted | {name: np.array(numbers, np.float64) for name, numbers in lists.items()}

    def to_dict(self) -> dict:
        """Copy everything into lists and dictionaries, as JSON takes them.

        Returns:
            a dictionary by attribute
        """
        return asdict(self)

    @classmethod
    def from_dict(cls, numbers: dict) -> History:
        """Make a history from what ``to_dict`` returned.

        Args:
            numbers: a dictionary by attribute
        Returns:
            an equal history
        Raises:
            ValueError: a name is missing or unknown
        """
        names = cls().to_dict().keys()
        if numbers.keys() != names:
            raise ValueError(f"History.from_dict: the names must be {(*names,)}. They are {(*numbers,)}.")
        return cls(**deepcopy(numbers))

    def __repr__(self) -> str:
        parts = [_counted(self.n_epochs, "epoch"), _counted(self.n_steps, "step")]
        for name, losses in (("train", self.train_loss), ("validation", self.validation_loss)):
            parts += [f"{name} loss {losses[-1]:.4g}"] if losses else []
        parts += ["interrupted"] if self.was_interrupted else []
        return f"History({', '.join(parts)})"


def _counted(n: int, thing: str) -> str:
    return f"{n} {thing}" if n == 1 else f"{n} {thing}s"
