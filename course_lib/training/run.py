"""A training under way: all that changes from step to step, and so all that a checkpoint must hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from course_lib.data.randomness import expect_generator
from course_lib.layers.module import Module
from course_lib.optim import OnPlateau, Optimiser
from course_lib.training.early_stopping import EarlyStopping
from course_lib.training.history import History

__all__ = ["Run", "Schedule"]

Schedule = Callable[[int], float] | OnPlateau


@dataclass(eq=False)
class Run:
    """A model that learns, and everything that moves along with it.

    The history says how far the training is: how many steps were taken, how many epochs finished.

    Attributes:
        model, optimiser: who learns and who moves it
        rng: shuffles the rows
        schedule: step -> learning rate, an ``OnPlateau``, or None
        early_stopping: watches the validation loss, or None
        history: what happened so far
        rows_left: (n_left,)  the rows that this epoch has not learned from yet, in their order
    Raises:
        TypeError: an argument is of another kind
        ValueError: the optimiser moves none of the model's parameters
    """

    model: Module
    optimiser: Optimiser
    rng: np.random.Generator
    schedule: Schedule | None
    early_stopping: EarlyStopping | None
    history: History = field(default_factory=History)
    rows_left: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))

    def __post_init__(self):
        for name, value, kind in (
            ("model", self.model, Module),
            ("optimiser", self.optimiser, Optimiser),
            ("early_stopping", self.early_stopping, EarlyStopping | None),
        ):
            if not isinstance(value, kind):
                wanted = getattr(kind, "__name__", "EarlyStopping or None")
                raise TypeError(f"fit: {name} must be of type {wanted}. It is a {type(value).__name__}.")
        expect_generator(self.rng, where="fit: rng")
        if not (self.schedule is None or isinstance(self.schedule, OnPlateau) or callable(self.schedule)):
            kind = type(self.schedule).__name__
            raise TypeError(f"fit: schedule must be a function of the step, or an OnPlateau. It is a {kind}.")
        of_the_model = {id(parameter) for parameter in self.model.parameters()}
        if not any(id(parameter) in of_the_model for parameter in self.optimiser.parameters):
            raise ValueError(
                "fit: the optimiser moves none of the model's parameters. "
                "Make it from model.parameters(), after any cast."
            )

    @property
    def is_time_to_stop(self) -> bool:
        """Whether early stopping has had enough."""
        return self.early_stopping is not None and self.early_stopping.is_time_to_stop

    def generators(self) -> list[np.random.Generator]:
        """Find all that draws: the shuffling, and the parts of the model.

        Returns:
            each generator once
        """
        return list({id(rng): rng for rng in (self.rng, *self.model.generators())}.values())

    def start(self) -> None:
        """Make ready what an earlier training may have left in another state."""
        if self.early_stopping is not None:
            self.early_stopping.start()
        if isinstance(self.schedule, OnPlateau):
            self.optimiser.learning_rate = self.schedule.learning_rate

    def begin_epoch(self, n: int) -> None:
        """Shuffle the rows, unless an epoch is only half done.

        Args:
            n: how many rows there are
        """
        self.model.train()
        if len(self.rows_left) == 0:
            self.rows_left = self.rng.permutation(n)

    def follow_schedule(self) -> None:
        """Set the learning rate of the step that comes."""
        if self.schedule is not None and not isinstance(self.schedule, OnPlateau):
            self.optimiser.learning_rate = self.schedule(self.history.n_steps)

    def note_step(self, loss: float, n_rows: int) -> None:
        """Note a step that was taken.

        Args:
            loss: of its batch
            n_rows: how many rows it learned from
        """
        self.history.step_loss.append(loss)
        self.history.learning_rate.append(self.optimiser.learning_rate)
        self.rows_left = self.rows_left[n_rows:]  # (n_left,) -> (n_left - B,)

    def note_epoch(self, train: dict[str, float], validation: dict[str, float], seconds: float) -> None:
        """Note an epoch that was finished, and let those who wait for it look.

        Args:
            train: its mean ``"loss"``, and what else was measured on the training data
            validation: what was measured on the validation data, if there are any
            seconds: how long it took [s]
        """
        history = self.history
        history.train_loss.append(train.pop("loss"))
        history.validation_loss += [validation.pop("loss")] if validation else []
        for kept, numbers in ((history.train_metrics, train), (history.validation_metrics, validation)):
            for name, number in numbers.items():
                kept.setdefault(name, []).append(number)
        history.seconds.append(seconds)
        losses = history.validation_loss or history.train_loss
        if self.early_stopping is not None:
            self.early_stopping.look(losses[-1], self.model)
        if isinstance(self.schedule, OnPlateau):
            self.optimiser.learning_rate = self.schedule.look(losses[-1])
