"""Search by table: every combination of a few values of each setting."""

from __future__ import annotations  # np.random is slow to import: the annotations below must not load it

from collections.abc import Callable
from itertools import product
from math import prod

import numpy as np

from course_lib.data.randomness import expect_generator
from course_lib.search.ranges import Choice
from course_lib.search.space import Space
from course_lib.search.trials import SearchResult, Settings, Trial, expect_space_and_budget, run_trials

__all__ = ["grid_of", "grid_search"]


def grid_search(
    objective: Callable[[Settings], float],
    space: Space,
    budget: int,
    rng: np.random.Generator,
    *,
    progress: Callable[[Trial], None] | None = None,
) -> SearchResult:
    """Try the finest grid that the budget pays for, in random order.

    The order is random so that a search that is cut short has seen all of the space, not a corner of it.
    Often the grid is smaller than the budget: d settings with k values each need k^d tries.

    Args:
        objective: takes settings and returns the number to make small
        space: what may be tried
        budget: how many tries at most
        rng: where the order comes from
        progress: is handed each trial when it is done
    Returns:
        the trials in order
    Raises:
        TypeError: the objective cannot be called, the space is no Space, or rng is not a generator
        ValueError: the budget is not a whole number of at least 1, or too small for the options of the space
    Source: Bergstra & Bengio 2012, "Random search for hyper-parameter optimization", *JMLR* 13, section 1.
    """
    expect_generator(rng, where="grid_search: rng")
    grid = grid_of(space, budget)
    order = rng.permutation(len(grid))
    return run_trials(objective, space, len(grid), lambda trials: grid[order[len(trials)]], progress)


def grid_of(space: Space, budget: int) -> list[Settings]:
    """List all combinations of a few values of each setting, at most ``budget`` of them.

    All options of a Choice are there. The other settings begin with their middle; then the one with fewest
    values gets one more, as long as the budget lasts. Two values or more are spread from end to end.

    Args:
        space: what may be tried
        budget: how many combinations there may be
    Returns:
        the combinations, the last setting changing fastest
    Raises:
        TypeError: the space is no Space
        ValueError: the budget is not a whole number of at least 1, or does not pay for every combination of
            options
    """
    expect_space_and_budget(space, budget)
    levels = {name: _levels(parameter, 1) for name, parameter in space.parameters.items()}
    smallest = prod(len(values) for values in levels.values())
    if smallest > budget:
        raise ValueError(f"grid_of: every option once needs {smallest} trials. The budget is {budget}.")
    growing = [name for name, parameter in space.parameters.items() if not isinstance(parameter, Choice)]
    while growing:
        name = min(growing, key=lambda name: len(levels[name]))
        finer = levels | {name: _levels(space.parameters[name], len(levels[name]) + 1)}
        grew = len(finer[name]) > len(levels[name])
        if grew and prod(len(values) for values in finer.values()) <= budget:
            levels = finer
        else:
            growing.remove(name)
    return [dict(zip(levels, values, strict=True)) for values in product(*levels.values())]


def _levels(parameter, n: int) -> list:
    if isinstance(parameter, Choice):
        return list(parameter.options)
    places = np.linspace(0, 1, n) if n > 1 else np.array([0.5])
    return sorted({parameter.from_unit(np.array([u])) for u in places})
