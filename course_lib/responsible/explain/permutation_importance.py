"""Permutation importance: shuffle one column, so that it says nothing any more, and look at the score."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from course_lib.checks import expect_shape
from course_lib.data.randomness import expect_generator

__all__ = ["PermutationImportance", "permutation_importance"]


@dataclass(frozen=True, eq=False, repr=False)
class PermutationImportance:
    """What the score loses with each column.

    Attributes:
        score: of the data as they are
        drops: (n_features, n_repeats)  score minus the score with that column shuffled
        mean: (n_features,)  mean drop
        std: (n_features,)  standard deviation of the drops, from shuffle to shuffle
    """

    score: float
    drops: np.ndarray

    @property
    def mean(self) -> np.ndarray:
        """Mean drop of each column."""
        return self.drops.mean(axis=1)  # (n_features, n_repeats) -> (n_features,)

    @property
    def std(self) -> np.ndarray:
        """Standard deviation of the drops of each column."""
        return self.drops.std(axis=1)  # (n_features, n_repeats) -> (n_features,)

    def __repr__(self) -> str:
        """Say how many columns there are, in one line."""
        return f"PermutationImportance(score={self.score:.4g}, {len(self.drops)} columns)"


def permutation_importance(
    score: Callable[[np.ndarray, np.ndarray], float],
    X: np.ndarray,
    y: np.ndarray,
    *,
    rng: np.random.Generator,
    n_repeats: int = 10,
) -> PermutationImportance:
    r"""Measure how much the score drops when a column is shuffled: $\phi_j = s(X, y) - s(X_{\pi j}, y)$.

    Shuffling keeps the column's values and breaks its tie to everything else. Use data that the model has not
    learned from. If two columns say the same, shuffling either one hurts little: both look unimportant.

    Args:
        score: takes X (n, n_features) and y, returns one number; larger is better
        X: (n, n_features)  examples
        y: (n, ...)  what is true
        rng: shuffles
        n_repeats: how often each column is shuffled
    Returns:
        the score and its drops; a column that does not matter has a drop near 0, on either side
    Raises:
        TypeError: X is not an array, rng is not a generator, or the score is not one number
        ValueError: X is no table, X and y differ in length, there is no example, or n_repeats is below 1
    Source: Breiman 2001, "Random forests", *Machine Learning* 45, section 10; for any model: Fisher, Rudin &
        Dominici 2019, "All models are wrong, but many are useful", *JMLR* 20.

    >>> X = np.array([[1.0, 5.0], [2.0, 5.0], [3.0, 5.0]])
    >>> def score(X, y):
    ...     return -float(np.mean((X.sum(axis=1) - y) ** 2))
    >>> found = permutation_importance(score, X, X.sum(axis=1), rng=np.random.default_rng(0))
    >>> bool(found.mean[0] > 0), float(found.mean[1])
    (True, 0.0)
    """
    expect_shape(X, "n n_features", where="permutation_importance: X")
    expect_generator(rng, where="permutation_importance: rng")
    if len(X) == 0 or len(y) != len(X):
        raise ValueError(
            "permutation_importance: X and y need the same number of examples, at least 1. "
            f"They have {len(X)} and {len(y)}."
        )
    if not (isinstance(n_repeats, int | np.integer) and n_repeats >= 1):
        raise ValueError(
            f"permutation_importance: n_repeats must be a whole number of at least 1. It is {n_repeats!r}."
        )
    intact = _scored(score, X, y)
    drops = np.empty((X.shape[1], n_repeats))
    for column in range(X.shape[1]):
        for repeat in range(n_repeats):
            shuffled = X.copy()
            shuffled[:, column] = rng.permutation(X[:, column])
            drops[column, repeat] = intact - _scored(score, shuffled, y)
    return PermutationImportance(intact, drops)


def _scored(score: Callable, X: np.ndarray, y: np.ndarray) -> float:
    number = score(X, y)
    if np.ndim(number) != 0:
        raise TypeError(
            "permutation_importance: score must return one number. "
            f"It returned an array of shape {np.shape(number)}. Take its mean."
        )
    return float(number)
