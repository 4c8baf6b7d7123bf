"""Search by chance: the search that every cleverer one has to beat."""

from __future__ import annotations  # np.random is slow to import: the annotations below must not load it

from collections.abc import Callable

import numpy as np

from course_lib.data.randomness import expect_generator
from course_lib.search.space import Space
from course_lib.search.trials import SearchResult, Settings, Trial, run_trials

__all__ = ["random_search"]


def random_search(
    objective: Callable[[Settings], float],
    space: Space,
    budget: int,
    rng: np.random.Generator,
    *,
    progress: Callable[[Trial], None] | None = None,
) -> SearchResult:
    r"""Draw every try from the space, each independently of what was seen.

    Usually only a few settings matter. A grid of $k^d$ tries shows k values of each of d settings, chance
    shows $k^d$ values of each. And if a share s of the space is good, n tries miss all of it with a chance
    of only $(1 - s)^n$: for the best 5 % and 60 tries, 1 in 20.

    Args:
        objective: takes settings and returns the number to make small
        space: what may be tried
        budget: how many tries
        rng: where the draws come from
        progress: is handed each trial when it is done
    Returns:
        the trials in order
    Raises:
        TypeError: the objective cannot be called, the space is no Space, or rng is not a generator
        ValueError: the budget is not a whole number of at least 1
    Source: Bergstra & Bengio 2012, "Random search for hyper-parameter optimization", *JMLR* 13.
    """
    expect_generator(rng, where="random_search: rng")
    return run_trials(objective, space, budget, lambda trials: space.sample(rng), progress)
