"""The loop that every search shares: propose settings, try them, write down what came out."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from course_lib.search.space import Space

__all__ = ["SearchResult", "Trial", "expect_space_and_budget", "run_trials"]

Settings = dict[str, Any]


@dataclass(frozen=True)
class Trial:
    """One try of the objective.

    Attributes:
        number: 0 for the first
        settings: what was tried
        value: what the objective returned; NaN if it failed
        failure: why it failed; empty if it did not
        seconds: how long it took [s]
    """

    number: int
    settings: Settings
    value: float
    failure: str
    seconds: float


@dataclass(frozen=True, repr=False)
class SearchResult:
    """Everything that was tried, in order.

    Attributes:
        trials: all of them, the failed ones too
        was_interrupted: True if Ctrl-C ended the search early
    """

    trials: tuple[Trial, ...]
    was_interrupted: bool = False

    @property
    def best(self) -> Trial:
        """The trial with the smallest value; the first of equals.

        Raises:
            ValueError: no trial succeeded
        """
        succeeded = [trial for trial in self.trials if not trial.failure]
        if not succeeded:
            why = f" The first said: {self.trials[0].failure}" if self.trials else ""
            raise ValueError(f"SearchResult.best: none of {len(self.trials)} trials succeeded.{why}")
        return min(succeeded, key=lambda trial: trial.value)

    @property
    def best_so_far(self) -> np.ndarray:
        """(n_trials,) the smallest value of the first 1, 2, ... trials; NaN until one succeeds."""
        values = np.array([trial.value for trial in self.trials])
        return np.fmin.accumulate(values) if len(values) else values

    def __repr__(self) -> str:
        n_failed = sum(bool(trial.failure) for trial in self.trials)
        parts = [f"{len(self.trials)} trials"]
        if n_failed < len(self.trials):
            parts.append(f"best {self.best.value:.4g}")
        parts += [f"{n_failed} failed"] if n_failed else []
        parts += ["interrupted"] if self.was_interrupted else []
        return f"SearchResult({', '.join(parts)})"


def run_trials(
    objective: Callable[[Settings], float],
    space: Space,
    budget: int,
    propose: Callable[[list[Trial]], Settings],
    progress: Callable[[Trial], None] | None = None,
) -> SearchResult:
    """Try ``budget`` settings one after the other.

    A try that raises, or returns something other than a finite number, is recorded as failed, and the search
    goes on: a network that diverged is a result too. Ctrl-C ends the search and keeps what was tried.

    Args:
        objective: takes settings and returns the number to make small
        space: what may be tried
        budget: how many tries
        propose: takes the trials so far and returns the settings to try next
        progress: is handed each trial when it is done
    Returns:
        the trials in order
    Raises:
        TypeError: the objective cannot be called, or the space is no Space
        ValueError: the budget is not a whole number of at least 1
    """
    if not callable(objective):
        raise TypeError(
            f"search: objective must be a function of settings. It is a {type(objective).__name__}."
        )
    expect_space_and_budget(space, budget)
    trials: list[Trial] = []
    try:
        while len(trials) < budget:
            trials.append(_try(objective, propose(trials), number=len(trials)))
            if progress is not None:
                progress(trials[-1])
    except KeyboardInterrupt:
        return SearchResult(tuple(trials), was_interrupted=True)
    return SearchResult(tuple(trials))


def expect_space_and_budget(space: Space, budget: int) -> None:
    """Raise an error unless there is something to search and something to spend.

    Args:
        space: what should be a Space
        budget: what should be a number of tries
    Raises:
        TypeError: the space is no Space
        ValueError: the budget is not a whole number of at least 1
    """
    if not isinstance(space, Space):
        raise TypeError(f"search: space must be a Space. It is a {type(space).__name__}. Try Space({{...}}).")
    if isinstance(budget, bool) or not (isinstance(budget, int | np.integer) and budget >= 1):
        raise ValueError(f"search: budget must be a whole number of at least 1 trial. It is {budget!r}.")


def _try(objective, settings: Settings, *, number: int) -> Trial:
    start = time.perf_counter()
    try:
        value = objective(dict(settings))  # a copy: what the objective does to it stays with the objective
        failure = "" if _is_finite_number(value) else f"the objective returned {value!r}"
    except Exception as error:  # whatever goes wrong in there is a finding, not the end of the search
        failure = f"{type(error).__name__}: {error}"
    seconds = time.perf_counter() - start
    return Trial(number, settings, math.nan if failure else float(value), failure, seconds)


def _is_finite_number(value) -> bool:
    is_number = isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)
    return is_number and math.isfinite(value)
