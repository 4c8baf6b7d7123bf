"""Schedules: which learning rate at which step. Large to get there, small to settle.

A schedule is a function of the step alone, so that a training that is resumed needs to know nothing but the
step: ``optimiser.learning_rate = schedule(step)``. Steps are counted from 0. Only ``OnPlateau`` looks at the
loss and therefore has a memory.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

from course_lib.checks import expect_finite, expect_positive

__all__ = ["Constant", "Cosine", "OnPlateau", "OneCycle", "StepDecay", "WarmUp"]


@dataclass(frozen=True)
class Constant:
    """Always the same learning rate.

    Args:
        learning_rate: η
    Raises:
        ValueError: the learning rate is not positive
    """

    learning_rate: float

    def __post_init__(self):
        expect_positive(self.learning_rate, where="Constant: learning_rate")

    def __call__(self, step: int) -> float:
        """Return the learning rate of this step."""
        return self.learning_rate


@dataclass(frozen=True)
class StepDecay:
    r"""Multiply by ``factor`` after each ``every`` steps: $\eta_t = \eta_0 f^{\lfloor t / n \rfloor}$.

    Args:
        learning_rate: η₀
        every: n, steps from one fall to the next
        factor: f
    Raises:
        ValueError: a setting is not positive, or ``every`` is not a whole number
    Source: Krizhevsky, Sutskever & Hinton 2012, "ImageNet classification with deep convolutional neural
        networks", section 5: divided by 10, three times.
    """

    learning_rate: float
    every: int
    factor: float = 0.1

    def __post_init__(self):
        expect_positive(self.learning_rate, where="StepDecay: learning_rate")
        expect_positive(self.factor, where="StepDecay: factor")
        _expect_count(self.every, where="StepDecay: every")

    def __call__(self, step: int) -> float:
        """Return the learning rate of this step."""
        return self.learning_rate * self.factor ** (step // self.every)


@dataclass(frozen=True)
class Cosine:
    r"""Fall along half a cosine, slowly at both ends, and stay at the lowest.

    $$\eta_t = \eta_{low} + \frac{\eta_0 - \eta_{low}}{2} \left(1 + \cos\frac{\pi t}{n}\right)$$

    Args:
        learning_rate: η₀, at step 0
        n_steps: n, when the lowest is reached
        lowest: η_low
    Raises:
        ValueError: the learning rate or the number of steps is not positive, or ``lowest`` lies outside
            [0, learning_rate]
    Source: Loshchilov & Hutter 2017, "SGDR: stochastic gradient descent with warm restarts", equation 5,
        ICLR; without restarts.
    """

    learning_rate: float
    n_steps: int
    lowest: float = 0.0

    def __post_init__(self):
        expect_positive(self.learning_rate, where="Cosine: learning_rate")
        _expect_count(self.n_steps, where="Cosine: n_steps")
        _expect_lowest(self.lowest, self.learning_rate, where="Cosine")

    def __call__(self, step: int) -> float:
        """Return the learning rate of this step."""
        return _half_cosine(self.learning_rate, self.lowest, step / self.n_steps)


@dataclass(frozen=True)
class WarmUp:
    r"""Climb in a straight line for the first steps, then follow another schedule from its beginning.

    $$\eta_t = \frac{t + 1}{n + 1} \, \eta_0 \text{ for } t < n, \qquad \text{then schedule}(t - n)$$

    Adam's running means are guesses at first, and a fresh network has wild gradients: short steps until both
    have settled.

    Args:
        schedule: step -> learning rate; η₀ is its first
        n_steps: n, how many steps are shortened
    Raises:
        ValueError: the number of steps is not a whole number of at least 1
    Source: Goyal et al. 2017, "Accurate, large minibatch SGD", section 2.2.
    """

    schedule: Callable[[int], float]
    n_steps: int

    def __post_init__(self):
        _expect_count(self.n_steps, where="WarmUp: n_steps")

    def __call__(self, step: int) -> float:
        """Return the learning rate of this step."""
        if step < self.n_steps:
            return (step + 1) / (self.n_steps + 1) * self.schedule(0)
        return self.schedule(step - self.n_steps)


@dataclass(frozen=True)
class OneCycle:
    r"""One climb to a learning rate that would be too high to stay at, one long fall; both half a cosine.

    From ``highest / 25`` up to ``highest`` in the first 30 % of the steps, then down to a ten-thousandth of
    where it began. The high rates in the middle keep the training out of narrow valleys.

    Args:
        highest: the largest learning rate
        n_steps: length of the whole training
        rise: share of the steps that climb, between 0 and 1
    Raises:
        ValueError: ``highest`` is not positive, ``n_steps`` is not a whole number of at least 1, or ``rise``
            leaves no step to climb or none to fall
    Source: Smith 2018, "A disciplined approach to neural network hyper-parameters: part 1"; cosines instead
        of straight lines, and the divisors 25 and 10,000, as in PyTorch. The momentum stays as it is.
    """

    highest: float
    n_steps: int
    rise: float = 0.3

    def __post_init__(self):
        expect_positive(self.highest, where="OneCycle: highest")
        _expect_count(self.n_steps, where="OneCycle: n_steps")
        if not 1 < self.rise * self.n_steps < self.n_steps:
            raise ValueError(
                "OneCycle: rise must leave steps to climb and steps to fall. "
                f"It is {self.rise!r} of {self.n_steps} steps."
            )

    def __call__(self, step: int) -> float:
        """Return the learning rate of this step."""
        first = self.highest / 25
        last = first / 10_000
        peak, end = self.rise * self.n_steps - 1, self.n_steps - 1  # steps are counted from 0
        if step <= peak:
            return _half_cosine(first, self.highest, step / peak)
        return _half_cosine(self.highest, last, (step - peak) / (end - peak))


class OnPlateau:
    """Multiply the learning rate by ``factor`` when the loss has not fallen for more than ``patience`` looks.

    Hand it the validation loss, usually once an epoch: ``optimiser.learning_rate = schedule.look(loss)``.

    Args:
        learning_rate: to begin with
        factor: what to multiply by, between 0 and 1
        patience: how many looks without progress are borne
        threshold: the share of the best loss by which a loss must be lower to count as progress
        lowest: the learning rate never falls below it
    Raises:
        ValueError: a setting cannot be right
    Source: He, Zhang, Ren & Sun 2016, "Deep residual learning for image recognition", section 3.4: divided by
        10 when the error plateaus; the rule for what a plateau is, and its defaults, as in PyTorch.
    """

    def __init__(
        self,
        learning_rate: float,
        *,
        factor: float = 0.1,
        patience: int = 10,
        threshold: float = 1e-4,
        lowest: float = 0.0,
    ):
        expect_positive(learning_rate, where="OnPlateau: learning_rate")
        if not 0 < factor < 1:
            raise ValueError(f"OnPlateau: factor must lie between 0 and 1. It is {factor!r}.")
        if patience != int(patience) or patience < 0:
            raise ValueError(f"OnPlateau: patience must be a whole number of at least 0. It is {patience!r}.")
        if not 0 <= threshold < 1:
            raise ValueError(f"OnPlateau: threshold must be at least 0 and less than 1. It is {threshold!r}.")
        _expect_lowest(lowest, learning_rate, where="OnPlateau")
        self.factor, self.patience, self.threshold, self.lowest = factor, patience, threshold, lowest
        self.learning_rate = float(learning_rate)
        self.best_loss = math.inf
        self.n_looks_without_progress = 0

    def look(self, loss: float) -> float:
        """Take note of a loss and say with which learning rate to go on.

        Args:
            loss: the latest one, of at least 0
        Returns:
            the learning rate
        Raises:
            ValueError: the loss is NaN or infinite
        """
        expect_finite(loss, where="OnPlateau.look: loss")
        if loss < self.best_loss * (1 - self.threshold):
            self.best_loss = float(loss)
            self.n_looks_without_progress = 0
        else:
            self.n_looks_without_progress += 1
        if self.n_looks_without_progress > self.patience:
            self.learning_rate = max(self.lowest, self.learning_rate * self.factor)
            self.n_looks_without_progress = 0
        return self.learning_rate

    def state(self) -> dict[str, float | int]:
        """Copy what the next looks depend on.

        Returns:
            numbers by name
        """
        return {name: getattr(self, name) for name in PLATEAU_STATE}

    def load_state(self, state: dict[str, float | int]) -> None:
        """Continue from a state.

        Args:
            state: what ``state`` returned
        Raises:
            ValueError: a name is missing or unknown
        """
        if state.keys() != set(PLATEAU_STATE):
            raise ValueError(
                f"OnPlateau.load_state: the names must be {PLATEAU_STATE}. They are {(*state,)}."
            )
        for name in PLATEAU_STATE:
            setattr(self, name, state[name])


PLATEAU_STATE = ("learning_rate", "best_loss", "n_looks_without_progress")


def _half_cosine(start: float, end: float, share: float) -> float:
    """Go from start to end as ``share`` goes from 0 to 1, and stay there."""
    return end + (start - end) / 2 * (1 + math.cos(math.pi * min(share, 1.0)))


def _expect_count(number: int, *, where: str) -> None:
    if isinstance(number, bool) or number != int(number) or number < 1:
        raise ValueError(f"{where} must be a whole number of at least 1. It is {number!r}.")


def _expect_lowest(lowest: float, learning_rate: float, *, where: str) -> None:
    if not 0 <= lowest <= learning_rate:
        raise ValueError(f"{where}: lowest must lie between 0 and the learning rate. It is {lowest!r}.")
