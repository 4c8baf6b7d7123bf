"""Equalised odds: equal error rates for all groups, at the price of tossing a coin for some."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from course_lib.checks import expect_shape
from course_lib.data.randomness import expect_generator
from course_lib.responsible.fairness.thresholds import Candidates, candidates_of_groups

__all__ = ["EqualisedOdds", "GroupRule", "equalise_odds"]

N_GRID = 1001  # steps of 0.001 between false positive rates: finer than a thousand examples can tell


@dataclass(frozen=True)
class GroupRule:
    """How one group is decided: by a strict or a loose threshold, or by a coin that ignores the score.

    Attributes:
        strict, loose: the two thresholds
        chance_strict: how often the strict one is taken, of the times that the score counts
        chance_ignored: how often the score does not count
        chance_of_yes: what the coin then says
    """

    strict: float
    loose: float
    chance_strict: float
    chance_ignored: float
    chance_of_yes: float

    def probability(self, score: np.ndarray) -> np.ndarray:
        """Return the chance of a yes.

        Args:
            score: (n,)  of members of this group
        Returns:
            (n,)  between 0 and 1
        """
        by_score = self.chance_strict * (score >= self.strict) + (1 - self.chance_strict) * (
            score >= self.loose
        )
        return self.chance_ignored * self.chance_of_yes + (1 - self.chance_ignored) * by_score


@dataclass(frozen=True)
class EqualisedOdds:
    """One rule a group, and the two rates that all groups get by them.

    Attributes:
        rules: by group
        false_positive_rate, true_positive_rate: of every group, on the data that the rules were chosen on
    """

    rules: dict[object, GroupRule]
    false_positive_rate: float
    true_positive_rate: float

    def probability(self, score: np.ndarray, group: np.ndarray) -> np.ndarray:
        """Return the chance of a yes for each example.

        Args:
            score: (n,)  higher means likelier positive
            group: (n,)  the group of each example
        Returns:
            (n,)  between 0 and 1
        Raises:
            TypeError: score or group is not an array
            ValueError: the shapes differ, or a group has no rule
        """
        expect_shape(score, "n", where="EqualisedOdds: score")
        expect_shape(group, "n", n=len(score), where="EqualisedOdds: group")
        chance = np.empty(len(score))
        for value in np.unique(group):
            if value.item() not in self.rules:
                raise ValueError(f"EqualisedOdds: there is no rule for group {value.item()!r}.")
            chance[group == value] = self.rules[value.item()].probability(score[group == value])
        return chance

    def predict(self, score: np.ndarray, group: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Decide, and toss the coins.

        Args:
            score: (n,)  higher means likelier positive
            group: (n,)  the group of each example
            rng: tosses the coins
        Returns:
            (n,)  0 or 1
        Raises:
            TypeError: score or group is not an array, or rng is not a generator
            ValueError: the shapes differ, or a group has no rule
        """
        expect_generator(rng, where="EqualisedOdds.predict: rng")
        chance = self.probability(score, group)
        return (rng.random(len(score)) < chance).astype(np.int64)


def equalise_odds(score: np.ndarray, y: np.ndarray, group: np.ndarray) -> EqualisedOdds:
    r"""Give every group the same true and the same false positive rate, and be right as often as that allows.

    A threshold puts a group on one point of its ROC curve, and the curves of two groups rarely meet. A coin
    between two thresholds reaches every point on the line between theirs, and a coin that ignores the score
    every point below, down to the diagonal. So each false positive rate f is open to all groups with the true
    positive rate of the worst of them:

    $$TPR(f) = \min_a \; \mathrm{hull}_a(f) \qquad
    f^* = \arg\max_f \; P(y{=}1) \, TPR(f) + P(y{=}0) \, (1 - f)$$

    The better groups are made worse by coins: that is what equal odds ask for.

    Args:
        score: (n,)  higher means likelier positive
        y: (n,)  true labels, 0 or 1
        group: (n,)  the group of each example
    Returns:
        the rules, and the rates that they lead to
    Raises:
        TypeError: an argument is not an array of numbers
        ValueError: the shapes differ, a score is not finite, or a group lacks one of the labels
    Source: Hardt, Price & Srebro 2016, "Equality of opportunity in supervised learning", NeurIPS,
        section 4.2.

    >>> score, y = np.array([0.9, 0.1, 0.8, 0.6, 0.4, 0.2]), np.array([1, 0, 1, 0, 1, 0])
    >>> found = equalise_odds(score, y, np.array(["a", "a", "b", "b", "b", "b"]))
    >>> found.true_positive_rate, found.false_positive_rate  # what group b can do
    (0.5, 0.0)
    >>> found.rules["a"].chance_ignored  # group a could find all its positives
    0.5
    """
    of_group = candidates_of_groups(score, y, group, where="equalise_odds")
    for name, found in of_group.items():
        if np.isnan(found.true_positive_rate).any() or np.isnan(found.false_positive_rate).any():
            raise ValueError(f"equalise_odds: group {name!r} must hold both labels, 0 and 1.")
    hulls = {name: _hull(found) for name, found in of_group.items()}
    corners = [found.false_positive_rate[hulls[name]] for name, found in of_group.items()]
    f = np.unique(np.concatenate([np.linspace(0, 1, N_GRID), *corners]))  # (n_rates,)
    reached = {
        name: np.interp(f, found.false_positive_rate[hulls[name]], found.true_positive_rate[hulls[name]])
        for name, found in of_group.items()
    }
    tpr = np.min(list(reached.values()), axis=0)  # (n_groups, n_rates) -> (n_rates,)
    share = float(np.mean(y == 1))
    best = int(np.argmax(share * tpr + (1 - share) * (1 - f)))
    rules = {
        name: _rule(found, hulls[name], f[best], tpr[best], reached[name][best])
        for name, found in of_group.items()
    }
    return EqualisedOdds(rules, float(f[best]), float(tpr[best]))


def _hull(found: Candidates) -> list[int]:
    """Return the thresholds whose points no mixture of two others lies above, from left to right."""
    x, y = found.false_positive_rate, found.true_positive_rate
    hull: list[int] = []
    for place in range(len(x)):
        if place + 1 < len(x) and x[place + 1] == x[place]:
            continue  # the next one has the same false positives and at least as many true ones
        while len(hull) >= 2 and _lies_below(hull[-1], hull[-2], place, x, y):
            hull.pop()
        hull.append(place)
    return hull


def _lies_below(middle: int, left: int, right: int, x: np.ndarray, y: np.ndarray) -> bool:
    """Say whether the middle point lies on or below the line from left to right."""
    rise_to_middle = (y[middle] - y[left]) * (x[right] - x[left])
    rise_to_right = (y[right] - y[left]) * (x[middle] - x[left])
    return rise_to_middle <= rise_to_right


def _rule(found: Candidates, hull: list[int], f: float, tpr: float, reached: float) -> GroupRule:
    """Reach the point (f, tpr): mix two corners of the hull, and a coin that says yes with chance f."""
    x = found.false_positive_rate[hull]
    right = int(np.searchsorted(x, f))  # the first corner at or beyond f; the last one lies at 1
    left = max(right - 1, 0)
    width = x[right] - x[left]
    chance_strict = float((x[right] - f) / width) if width else 0.0
    ignored = float((reached - tpr) / (reached - f)) if reached > tpr else 0.0
    return GroupRule(
        strict=float(found.threshold[hull[left]]),
        loose=float(found.threshold[hull[right]]),
        chance_strict=chance_strict,
        chance_ignored=ignored,
        chance_of_yes=float(f),
    )
