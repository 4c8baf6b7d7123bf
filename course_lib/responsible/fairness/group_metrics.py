"""Whom does it fail? The rates of a yes-or-no classifier, group by group, and how far they lie apart."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from course_lib.checks import expect_binary, expect_shape

__all__ = [
    "GroupCounts",
    "demographic_parity_difference",
    "demographic_parity_ratio",
    "equal_opportunity_difference",
    "equalised_odds_difference",
    "expect_groups",
    "group_counts",
    "rate_difference",
]


@dataclass(frozen=True)
class GroupCounts:
    r"""The four counts of one group, and the rates that are made of them.

    | rate | of whom | formula |
    |---|---|---|
    | ``selection_rate`` | everybody | $(TP + FP) / n$ |
    | ``true_positive_rate`` | those with y = 1 | $TP / (TP + FN)$ |
    | ``false_positive_rate`` | those with y = 0 | $FP / (FP + TN)$ |
    | ``positive_predictive_value`` | those who are selected | $TP / (TP + FP)$ |
    | ``accuracy`` | everybody | $(TP + TN) / n$ |

    Attributes:
        n_true_positive, n_false_positive: how many are selected, rightly and wrongly
        n_true_negative, n_false_negative: how many are not, rightly and wrongly
    """

    n_true_positive: int
    n_false_positive: int
    n_true_negative: int
    n_false_negative: int

    def counted(self, rate: str) -> tuple[int, int]:
        """Return the two counts that a rate divides.

        Args:
            rate: a name from the table above
        Returns:
            how many, of how many
        Raises:
            ValueError: there is no such rate

        >>> GroupCounts(3, 1, 4, 2).counted("true_positive_rate")
        (3, 5)
        """
        tp, fp, tn, fn = (
            self.n_true_positive,
            self.n_false_positive,
            self.n_true_negative,
            self.n_false_negative,
        )
        counts = {
            "selection_rate": (tp + fp, tp + fp + tn + fn),
            "true_positive_rate": (tp, tp + fn),
            "false_positive_rate": (fp, fp + tn),
            "positive_predictive_value": (tp, tp + fp),
            "accuracy": (tp + tn, tp + fp + tn + fn),
        }
        if rate not in counts:
            raise ValueError(f"GroupCounts: there is no rate named {rate!r}. There are: {', '.join(counts)}.")
        return counts[rate]

    def rate(self, rate: str) -> float:
        """Return a rate.

        Args:
            rate: a name from the table above
        Returns:
            between 0 and 1; NaN where there is nobody to count, such as no example with y = 1

        >>> GroupCounts(3, 1, 4, 2).rate("true_positive_rate")
        0.6
        """
        n_counted, n_of = self.counted(rate)
        return n_counted / n_of if n_of else math.nan

    def interval(self, rate: str, method: Callable[[int, int], object]):
        """Return the interval of a rate: small groups have wide ones.

        Args:
            rate: a name from the table above
            method: takes how many, of how many, such as ``training.interval.wilson_interval``
        Returns:
            what ``method`` returns
        """
        return method(*self.counted(rate))


def group_counts(y: np.ndarray, y_hat: np.ndarray, group: np.ndarray) -> dict[object, GroupCounts]:
    """Count right and wrong answers in each group.

    Args:
        y: (n,)  true labels, 0 or 1
        y_hat: (n,)  predicted labels, 0 or 1
        group: (n,)  the group of each example: numbers or words
    Returns:
        the counts by group, in sorted order
    Raises:
        TypeError: an argument is not an array
        ValueError: the shapes differ, there is no example, or a label is neither 0 nor 1

    >>> y, y_hat = np.array([1, 0, 1, 1]), np.array([1, 1, 0, 1])
    >>> for name, counts in group_counts(y, y_hat, np.array(["a", "a", "b", "b"])).items():
    ...     print(name, counts.rate("true_positive_rate"))
    a 1.0
    b 0.5
    """
    expect_groups(y, group, where="group_counts", y_hat=y_hat)
    counts = {}
    for value in np.unique(group):
        is_true, is_selected = y[group == value] == 1, y_hat[group == value] == 1
        counts[value.item()] = GroupCounts(
            n_true_positive=int(np.sum(is_true & is_selected)),
            n_false_positive=int(np.sum(~is_true & is_selected)),
            n_true_negative=int(np.sum(~is_true & ~is_selected)),
            n_false_negative=int(np.sum(is_true & ~is_selected)),
        )
    return counts


def rate_difference(rate: str, y: np.ndarray, y_hat: np.ndarray, group: np.ndarray) -> float:
    r"""Return how far a rate differs between groups: $\max_a r_a - \min_a r_a$.

    It is never negative, so chance alone makes it larger than 0. Hand it to a bootstrap for its interval.

    Args:
        rate: a name from the table of ``GroupCounts``
        y: (n,)  true labels, 0 or 1
        y_hat: (n,)  predicted labels, 0 or 1
        group: (n,)  the group of each example
    Returns:
        between 0 and 1; 0 where all groups have the same rate
    Raises:
        TypeError: an argument is not an array
        ValueError: there is one group only, a group has nobody to count, or the arrays do not fit
    """
    rates = _rates(rate, y, y_hat, group)
    return max(rates) - min(rates)


def demographic_parity_difference(y_hat: np.ndarray, group: np.ndarray) -> float:
    r"""Return how far the selection rates lie apart: $\max_a P(\hat y = 1 | a) - \min_a P(\hat y = 1 | a)$.

    Args:
        y_hat: (n,)  predicted labels, 0 or 1
        group: (n,)  the group of each example
    Returns:
        between 0 and 1; 0 where all groups are selected equally often
    Raises:
        TypeError: an argument is not an array
        ValueError: there is one group only, or the arrays do not fit
    Source: Barocas, Hardt & Narayanan 2023, *Fairness and Machine Learning*, chapter 3 ("independence").

    >>> demographic_parity_difference(np.array([1, 1, 1, 0]), np.array(["a", "a", "b", "b"]))
    0.5
    """
    rates = _selection_rates(y_hat, group, where="demographic_parity_difference")
    return max(rates) - min(rates)


def demographic_parity_ratio(y_hat: np.ndarray, group: np.ndarray) -> float:
    r"""Return the smallest selection rate divided by the largest, $\min_a P(\hat y = 1 | a) / \max_a$.

    Below 0.8 a selection counts as evidence of adverse impact under the "four-fifths rule" of the United
    States; it is a rule of thumb, no proof in either direction.

    Args:
        y_hat: (n,)  predicted labels, 0 or 1
        group: (n,)  the group of each example
    Returns:
        between 0 and 1; 1 where all groups are selected equally often, or nobody is selected
    Raises:
        TypeError: an argument is not an array
        ValueError: there is one group only, or the arrays do not fit
    Source: Uniform Guidelines on Employee Selection Procedures, 29 CFR 1607.4 D (1978).

    >>> demographic_parity_ratio(np.array([1, 1, 1, 0]), np.array(["a", "a", "b", "b"]))
    0.5
    """
    rates = _selection_rates(y_hat, group, where="demographic_parity_ratio")
    return min(rates) / max(rates) if max(rates) else 1.0


def equal_opportunity_difference(y: np.ndarray, y_hat: np.ndarray, group: np.ndarray) -> float:
    r"""Return how far the true positive rates lie apart: who deserves a yes, gets it how often?

    Args:
        y: (n,)  true labels, 0 or 1
        y_hat: (n,)  predicted labels, 0 or 1
        group: (n,)  the group of each example
    Returns:
        between 0 and 1
    Raises:
        TypeError: an argument is not an array
        ValueError: there is one group only, a group has no example with y = 1, or the arrays do not fit
    Source: Hardt, Price & Srebro 2016, "Equality of opportunity in supervised learning", NeurIPS,
        definition 2.2.

    >>> y, y_hat = np.array([1, 0, 1, 1]), np.array([1, 1, 0, 1])
    >>> equal_opportunity_difference(y, y_hat, np.array(["a", "a", "b", "b"]))
    0.5
    """
    return rate_difference("true_positive_rate", y, y_hat, group)


def equalised_odds_difference(y: np.ndarray, y_hat: np.ndarray, group: np.ndarray) -> float:
    r"""Return the larger of two gaps: that of the true and that of the false positive rates.

    Args:
        y: (n,)  true labels, 0 or 1
        y_hat: (n,)  predicted labels, 0 or 1
        group: (n,)  the group of each example
    Returns:
        between 0 and 1
    Raises:
        TypeError: an argument is not an array
        ValueError: there is one group only, a group lacks one of the labels, or the arrays do not fit
    Source: Hardt, Price & Srebro 2016, "Equality of opportunity in supervised learning", NeurIPS,
        definition 2.1.

    >>> y, y_hat = np.array([1, 0, 1, 0]), np.array([1, 0, 1, 1])
    >>> equalised_odds_difference(y, y_hat, np.array(["a", "a", "b", "b"]))
    1.0
    """
    rates = ("true_positive_rate", "false_positive_rate")
    return max(rate_difference(rate, y, y_hat, group) for rate in rates)


def expect_groups(y: np.ndarray, group: np.ndarray, *, where: str, **others: np.ndarray) -> None:
    """Raise an error unless labels, groups and other arrays describe the same examples.

    Args:
        y: what should be (n,) labels, 0 or 1
        group: what should be (n,) group names
        where: the function to name in the error
        others: further arrays of labels by their names
    Raises:
        TypeError: an argument is not an array
        ValueError: the shapes differ, there is no example, or a label is neither 0 nor 1
    """
    expect_shape(y, "n", where=f"{where}: y")
    if len(y) == 0:
        raise ValueError(f"{where}: there must be at least one example. y is empty.")
    expect_shape(group, "n", n=len(y), where=f"{where}: group", hint="One group for each example.")
    for name, labels in {"y": y, **others}.items():
        expect_shape(labels, "n", n=len(y), where=f"{where}: {name}", hint="One label for each example.")
        expect_binary(labels, where=f"{where}: {name}")


def _selection_rates(y_hat: np.ndarray, group: np.ndarray, *, where: str) -> list[float]:
    expect_shape(y_hat, "n", where=f"{where}: y_hat")
    expect_binary(y_hat, where=f"{where}: y_hat")
    return _rates("selection_rate", y_hat, y_hat, group)  # what is true does not enter a selection rate


def _rates(rate: str, y: np.ndarray, y_hat: np.ndarray, group: np.ndarray) -> list[float]:
    """Return a rate of each group, where there are at least two to compare."""
    counts = group_counts(y, y_hat, group)
    if len(counts) < 2:
        raise ValueError(
            f"{rate}: there must be two groups to compare. There is one: {next(iter(counts))!r}."
        )
    for name, of_group in counts.items():
        if math.isnan(of_group.rate(rate)):
            raise ValueError(f"{rate}: group {name!r} has nobody to count, so it has no such rate.")
    return [of_group.rate(rate) for of_group in counts.values()]
