"""A threshold for each group: the scores stay, and where yes begins is chosen so that a rate is equal."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from course_lib.checks import expect_finite, expect_numbers, expect_shape
from course_lib.responsible.fairness.group_metrics import expect_groups

__all__ = ["Candidates", "apply_thresholds", "candidates", "choose_thresholds"]

GOALS = ("demographic_parity", "equal_opportunity")
ROUNDING = 1e-12  # two shares that are equal on paper may differ by this


@dataclass(frozen=True, eq=False)
class Candidates:
    """What every threshold that makes a difference would do to one group, from the strictest on.

    Attributes:
        threshold: (n_thresholds,)  infinity first, where nobody is selected, then every score once
        selection_rate, true_positive_rate, false_positive_rate: (n_thresholds,)  NaN where nobody counts
        n_right: (n_thresholds,)  how many answers are right
    """

    threshold: np.ndarray
    selection_rate: np.ndarray
    true_positive_rate: np.ndarray
    false_positive_rate: np.ndarray
    n_right: np.ndarray


def candidates(score: np.ndarray, y: np.ndarray) -> Candidates:
    """Try all thresholds on one group.

    Args:
        score: (n,)  higher means likelier positive
        y: (n,)  true labels, 0 or 1
    Returns:
        the rates for each threshold

    >>> candidates(np.array([0.9, 0.4, 0.1]), np.array([1, 1, 0])).true_positive_rate
    array([0. , 0.5, 1. , 1. ])
    """
    threshold = np.append(np.inf, np.unique(score)[::-1])  # (n_thresholds,)
    is_selected = score >= threshold[:, None]  # (n,) against (n_thresholds, 1) -> (n_thresholds, n)
    n_true = (is_selected & (y == 1)).sum(axis=1)  # (n_thresholds, n) -> (n_thresholds,)
    n_false = (is_selected & (y == 0)).sum(axis=1)
    n_positive, n_negative = int((y == 1).sum()), int((y == 0).sum())
    return Candidates(
        threshold,
        selection_rate=(n_true + n_false) / len(y),
        true_positive_rate=n_true / n_positive if n_positive else np.full(len(threshold), np.nan),
        false_positive_rate=n_false / n_negative if n_negative else np.full(len(threshold), np.nan),
        n_right=n_true + (n_negative - n_false),
    )


def choose_thresholds(
    score: np.ndarray, y: np.ndarray, group: np.ndarray, *, goal: str, tolerance: float = 0.02
) -> dict[object, float]:
    """Find the thresholds, one a group, that are right most often among all that are fair enough.

    Fair is what the goal says: ``"demographic_parity"``, equal selection rates; ``"equal_opportunity"``,
    equal true positive rates. The search is complete: no other thresholds within the tolerance are right
    more often. Choose them on validation data: on the data that they were chosen on they look too good.

    Args:
        score: (n,)  higher means likelier positive
        y: (n,)  true labels, 0 or 1
        group: (n,)  the group of each example
        goal: one of the two above; for equalised odds see ``equalise_odds``
        tolerance: how far the rates may lie apart; a group of m steps in shares of 1/m
    Returns:
        the threshold of each group; who scores at least that much is selected
    Raises:
        TypeError: an argument is not an array of numbers
        ValueError: the shapes differ, a score is not finite, the goal is unknown, the tolerance is negative,
            or a group lacks positives where they are needed
    Source: Hardt, Price & Srebro 2016, "Equality of opportunity in supervised learning", NeurIPS, section 4.

    >>> score, y = np.array([0.9, 0.6, 0.2, 0.5, 0.3, 0.1]), np.array([1, 1, 0, 1, 1, 0])
    >>> group = np.array(["a", "a", "a", "b", "b", "b"])
    >>> choose_thresholds(score, y, group, goal="equal_opportunity")
    {'a': 0.6, 'b': 0.3}
    """
    of_group = candidates_of_groups(score, y, group, where="choose_thresholds")
    if goal not in GOALS:
        raise ValueError(f"choose_thresholds: goal must be one of {', '.join(GOALS)}. It is {goal!r}.")
    if not 0 <= tolerance <= 1:
        raise ValueError(f"choose_thresholds: tolerance must be between 0 and 1. It is {tolerance!r}.")
    field = "selection_rate" if goal == "demographic_parity" else "true_positive_rate"
    rates = {name: getattr(found, field) for name, found in of_group.items()}
    for name, of_one in rates.items():
        if np.isnan(of_one).any():
            raise ValueError(
                f"choose_thresholds: group {name!r} has no example with y = 1, so no true positive rate."
            )
    best_right, best = -1, {}
    for lowest in np.unique(np.concatenate(list(rates.values()))):
        chosen = {}
        for name, of_one in rates.items():
            fits = (of_one >= lowest - ROUNDING) & (of_one <= lowest + tolerance + ROUNDING)
            if fits.any():
                chosen[name] = int(np.argmax(np.where(fits, of_group[name].n_right, -1)))
        n_right = sum(of_group[name].n_right[place] for name, place in chosen.items())
        if len(chosen) == len(rates) and n_right > best_right:
            best_right, best = n_right, chosen
    return {name: float(of_group[name].threshold[place]) for name, place in best.items()}


def apply_thresholds(score: np.ndarray, group: np.ndarray, thresholds: dict[object, float]) -> np.ndarray:
    r"""Select who reaches the threshold of the own group: $\hat y_i = 1$ where $s_i \ge t_{a_i}$.

    Args:
        score: (n,)  higher means likelier positive
        group: (n,)  the group of each example
        thresholds: by group, as ``choose_thresholds`` returns them
    Returns:
        (n,)  0 or 1
    Raises:
        TypeError: score or group is not an array, or the thresholds are no dictionary
        ValueError: the shapes differ, or a group has no threshold

    >>> apply_thresholds(np.array([0.5, 0.5]), np.array(["a", "b"]), {"a": 0.4, "b": 0.6})
    array([1, 0])
    """
    expect_shape(score, "n", where="apply_thresholds: score")
    expect_shape(group, "n", n=len(score), where="apply_thresholds: group")
    if not isinstance(thresholds, dict):
        raise TypeError(
            "apply_thresholds: thresholds must be a dictionary, a number for each group. "
            f"It is a {type(thresholds).__name__}."
        )
    unknown = set(np.unique(group).tolist()) - thresholds.keys()
    if unknown:
        raise ValueError(f"apply_thresholds: there is no threshold for group {sorted(unknown)[0]!r}.")
    limits = np.array([thresholds[value] for value in group.tolist()])  # (n,)
    return (score >= limits).astype(np.int64)


def candidates_of_groups(
    score: np.ndarray, y: np.ndarray, group: np.ndarray, *, where: str
) -> dict[object, Candidates]:
    """Check what was handed in, and try all thresholds on each group.

    Args:
        score: (n,)  higher means likelier positive
        y: (n,)  true labels, 0 or 1
        group: (n,)  the group of each example
        where: the function to name in the error
    Returns:
        the candidates by group, in sorted order
    Raises:
        TypeError: an argument is not an array of numbers
        ValueError: the shapes differ, there is no example, or a score is not finite
    """
    expect_groups(y, group, where=where)
    expect_shape(score, "n", n=len(y), where=f"{where}: score", hint="One score for each example.")
    expect_numbers(score, where=f"{where}: score")
    expect_finite(score, where=f"{where}: score")
    return {value.item(): candidates(score[group == value], y[group == value]) for value in np.unique(group)}
