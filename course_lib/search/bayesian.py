"""Search by a model: learn from the tries what the objective looks like, then try where most may be won."""

from __future__ import annotations  # np.random is slow to import: the annotations below must not load it

from collections.abc import Callable

import numpy as np

from course_lib.data.randomness import expect_generator
from course_lib.search.expected_improvement import expected_improvement
from course_lib.search.gaussian_process import fit_gaussian_process
from course_lib.search.space import Space
from course_lib.search.trials import SearchResult, Settings, Trial, run_trials

__all__ = ["bayesian_search"]

# All three are round numbers of ours; none of them was tuned on the functions of the tests.
N_CANDIDATES = 300  # points drawn from the whole cube, and as many near the best try
NEAR = (0.1, 0.02, 0.005)  # standard deviations of the steps away from the best try
WORST_KEPT = 2.0  # values further above the median than twice the way down to the best count as that far


def bayesian_search(
    objective: Callable[[Settings], float],
    space: Space,
    budget: int,
    rng: np.random.Generator,
    *,
    n_start: int | None = None,
    progress: Callable[[Trial], None] | None = None,
) -> SearchResult:
    """Begin by chance; then fit a Gaussian process to all tries, and try where it expects to gain most.

    The first ``n_start`` tries are those of ``random_search`` with the same generator: what differs after
    them is the model's doing. It costs some 0.03 s a try, worth it when a try takes longer.

    Args:
        objective: takes settings and returns the number to make small
        space: what may be tried
        budget: how many tries, those by chance included
        rng: where all draws come from
        n_start: how many tries to make by chance; by default 4, or twice the settings where that is more
        progress: is handed each trial when it is done
    Returns:
        the trials in order
    Raises:
        TypeError: the objective cannot be called, the space is no Space, or rng is not a generator
        ValueError: the budget or n_start is not a whole number of at least 1
    Source: Snoek, Larochelle & Adams 2012, "Practical Bayesian optimization of machine learning algorithms",
        NeurIPS; Jones, Schonlau & Welch 1998, *Journal of Global Optimization* 13.
    """
    expect_generator(rng, where="bayesian_search: rng")
    if isinstance(n_start, bool) or not (n_start is None or (isinstance(n_start, int) and n_start >= 1)):
        raise ValueError(f"bayesian_search: n_start must be a whole number of at least 1. It is {n_start!r}.")

    def propose(trials: list[Trial]) -> Settings:
        n_first = n_start or max(4, 2 * len(space.parameters))
        if len(trials) < n_first or all(trial.failure for trial in trials):
            return space.sample(rng)
        return _most_promising(space, trials, rng)

    return run_trials(objective, space, budget, propose, progress)


def _most_promising(space: Space, trials: list[Trial], rng: np.random.Generator) -> Settings:
    tried = np.array([space.to_unit(trial.settings) for trial in trials])  # (n, d)
    y = _comparable_values(trials)  # (n,)
    process = fit_gaussian_process(tried, y)
    candidates = _candidates(space, tried[np.argmin(y)], rng)
    points = np.array([space.to_unit(settings) for settings in candidates])  # (m, d)
    mean, std = process.predict(points)
    # The best value that the model believes in: the best one measured may have been a lucky draw of noise.
    best = process.predict(tried)[0].min()
    gain = expected_improvement(mean, std, best)
    is_new = (points[:, None, :] != tried).any(axis=2).all(axis=1)  # (m, n, d) -> (m,)
    if is_new.any():  # else every setting that there is has been tried
        gain = np.where(is_new, gain, -1.0)
    return candidates[int(np.argmax(gain))]


def _candidates(space: Space, best: np.ndarray, rng: np.random.Generator) -> list[Settings]:
    """Draw from the whole cube and around the best try; as settings, so that whole numbers are whole."""
    anywhere = rng.random((N_CANDIDATES, space.n_coordinates))
    step = rng.choice(NEAR, size=(N_CANDIDATES, 1)) * rng.normal(size=anywhere.shape)
    jumps = rng.random(anywhere.shape) < 0.2  # one coordinate in five is free: an option may change too
    nearby = np.where(jumps, anywhere, np.clip(best + step, 0, 1))
    return [space.from_unit(u) for u in np.concatenate([anywhere, nearby])]  # (2 N_CANDIDATES, d)


def _comparable_values(trials: list[Trial]) -> np.ndarray:
    """Give failed tries the worst value, hold back explosions, and bring all to mean 0 and deviation 1.

    A loss of a million among losses near 1 would flatten everything else, and a failed try must keep
    the search away.
    """
    values = np.array([trial.value for trial in trials])  # (n,), NaN where it failed
    values = np.where(np.isnan(values), np.nanmax(values), values)
    middle, best = np.median(values), values.min()
    if middle > best:
        values = np.minimum(values, middle + WORST_KEPT * (middle - best))
    spread = values.std()
    return (values - values.mean()) / (spread if spread > 0 else 1.0)
