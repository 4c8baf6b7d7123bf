"""Optuna, a library made for searching, behind the same interface as the searches written out here."""

from __future__ import annotations  # np.random is slow to import: the annotations below must not load it

from collections.abc import Callable

import numpy as np

from course_lib.data.randomness import expect_generator
from course_lib.search.ranges import Choice, Integer, LogUniform
from course_lib.search.space import Space
from course_lib.search.trials import SearchResult, Settings, Trial, run_trials

__all__ = ["optuna_search"]


def optuna_search(
    objective: Callable[[Settings], float],
    space: Space,
    budget: int,
    rng: np.random.Generator,
    *,
    progress: Callable[[Trial], None] | None = None,
) -> SearchResult:
    """Let Optuna propose each try by its default, the tree-structured Parzen estimator.

    It estimates where good tries lie and where the others lie, and tries where the ratio is largest.

    Args:
        objective: takes settings and returns the number to make small
        space: what may be tried
        budget: how many tries
        rng: where Optuna's seed comes from
        progress: is handed each trial when it is done
    Returns:
        the trials in order
    Raises:
        ImportError: Optuna is not installed
        TypeError: the objective cannot be called, the space is no Space, or rng is not a generator
        ValueError: the budget is not a whole number of at least 1
    Source: Akiba et al. 2019, "Optuna", KDD; Bergstra et al. 2011, "Algorithms for hyper-parameter
        optimization", NeurIPS, for the estimator.
    """
    expect_generator(rng, where="optuna_search: rng")
    try:
        import optuna
    except ImportError as error:
        raise ImportError(
            "optuna_search: Optuna is not installed. Run `python -m pip install optuna` in the course's "
            "environment, or use bayesian_search."
        ) from error
    sampler = optuna.samplers.TPESampler(seed=int(rng.integers(2**31)))
    study = _quietly_created(optuna, sampler)
    asked = []

    def propose(trials: list[Trial]) -> Settings:
        if trials:
            last = trials[-1]
            state = optuna.trial.TrialState.FAIL if last.failure else optuna.trial.TrialState.COMPLETE
            study.tell(asked[-1], None if last.failure else last.value, state=state)
        asked.append(study.ask())
        return {name: _suggest(asked[-1], name, parameter) for name, parameter in space.parameters.items()}

    return run_trials(objective, space, budget, propose, progress)


def _quietly_created(optuna, sampler):
    """Create a study without the line about it on the screen."""
    verbosity = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    try:
        return optuna.create_study(sampler=sampler)
    finally:
        optuna.logging.set_verbosity(verbosity)


def _suggest(trial, name: str, parameter):
    if isinstance(parameter, Choice):  # by place, because Optuna's options may only be plain values
        return parameter.options[trial.suggest_categorical(name, range(len(parameter.options)))]
    if isinstance(parameter, Integer):
        return trial.suggest_int(name, parameter.low, parameter.high, log=parameter.is_log)
    return trial.suggest_float(name, parameter.low, parameter.high, log=isinstance(parameter, LogUniform))
