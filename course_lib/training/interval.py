"""How far chance could have moved a result: intervals for one model, and for two on the same examples."""

from __future__ import annotations  # np.random is slow to import: the annotations below must not load it

import math
from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from course_lib.checks import expect_finite, expect_numbers, expect_shape
from course_lib.data.randomness import expect_generator

__all__ = ["Interval", "McNemar", "bootstrap_interval", "mcnemar", "paired_difference", "wilson_interval"]

N_RESAMPLES = 2000  # Efron & Tibshirani 1993, section 13.3, ask for at least 1000 for a 95 % interval


@dataclass(frozen=True)
class Interval:
    """An estimate and the range that a method of this confidence gives around it.

    Attributes:
        estimate: computed from the examples at hand
        low, high: the ends
        confidence: how often such intervals hold the true value, if the experiment were repeated
    """

    estimate: float
    low: float
    high: float
    confidence: float = 0.95

    def __str__(self) -> str:
        """Write the estimate with its interval behind it."""
        return f"{self.estimate:.4g} [{self.low:.4g}, {self.high:.4g}]"


def wilson_interval(n_right: int, n: int, *, confidence: float = 0.95) -> Interval:
    r"""Give the interval for a share, such as an accuracy, from the two counts alone.

    It holds every true share p that lies within z standard errors of the one seen,
    $|\hat p - p| \le z\sqrt{p(1-p)/n}$. Solved for p:

    $$\frac{1}{1 + z^2/n} \left(\hat p + \frac{z^2}{2n}
    \pm z\sqrt{\frac{\hat p(1-\hat p)}{n} + \frac{z^2}{4n^2}}\right)$$

    It stays within 0 and 1, and is not empty when all answers are right.

    Args:
        n_right: how many were right
        n: of how many
        confidence: between 0 and 1
    Returns:
        the share and its interval
    Raises:
        ValueError: n is not a whole number of at least 1, n_right is not one from 0 to n, or the confidence
            is not between 0 and 1
    Source: Wilson 1927, "Probable inference, the law of succession, and statistical inference", *JASA* 22.

    >>> print(wilson_interval(90, 100))
    0.9 [0.8256, 0.9448]
    """
    if not (_is_whole(n) and n >= 1):
        raise ValueError(f"wilson_interval: n must be a whole number of at least 1. It is {n!r}.")
    if not (_is_whole(n_right) and 0 <= n_right <= n):
        raise ValueError(f"wilson_interval: n_right must be a whole number from 0 to {n}. It is {n_right!r}.")
    _expect_confidence(confidence, where="wilson_interval")
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    share = n_right / n
    middle = share + z**2 / (2 * n)
    reach = z * math.sqrt(share * (1 - share) / n + (z / (2 * n)) ** 2)
    low, high = (middle - reach) / (1 + z**2 / n), (middle + reach) / (1 + z**2 / n)
    # The share itself always belongs to it; at 0 and n right, rounding could push it out.
    return Interval(share, max(0.0, min(low, share)), min(1.0, max(high, share)), confidence)


def bootstrap_interval(
    values: np.ndarray | tuple[np.ndarray, ...],
    rng: np.random.Generator,
    *,
    statistic: Callable[..., float] = np.mean,
    confidence: float = 0.95,
    n_resamples: int = N_RESAMPLES,
) -> Interval:
    r"""Draw n examples with replacement again and again, and see how the statistic scatters.

    The interval reaches from the $\frac{1-c}{2}$ to the $\frac{1+c}{2}$ quantile of the resampled statistics,
    for confidence c. It is too narrow for few examples (below some 30) and blind to how the model's own
    training scatters.

    Args:
        values: (n, ...) one row an example; or several such arrays, whose rows stay together
        rng: where the draws come from
        statistic: takes the resampled array, or arrays, and returns one number; the mean by default
        confidence: between 0 and 1
        n_resamples: how often to draw
    Returns:
        the statistic of all examples and its interval
    Raises:
        TypeError: values is not an array of numbers or a tuple of them, or rng is not a generator
        ValueError: there is no example, the arrays differ in length, a value or a statistic is not finite,
            the confidence is not between 0 and 1, or n_resamples is not a whole number of at least 1
    Source: Efron 1979, "Bootstrap methods: another look at the jackknife", *Annals of Statistics* 7; the
        percentile interval: Efron & Tibshirani 1993, *An Introduction to the Bootstrap*, chapter 13.

    >>> print(bootstrap_interval(np.array([2.0, 2.0, 2.0]), np.random.default_rng(0)))
    2 [2, 2]
    """
    arrays = values if isinstance(values, tuple) else (values,)
    _expect_examples(arrays, where="bootstrap_interval")
    expect_generator(rng, where="bootstrap_interval: rng")
    _expect_confidence(confidence, where="bootstrap_interval")
    if not (_is_whole(n_resamples) and n_resamples >= 1):
        raise ValueError(
            f"bootstrap_interval: n_resamples must be a whole number of at least 1. It is {n_resamples!r}."
        )
    n = len(arrays[0])
    resampled = np.empty(n_resamples)
    for k in range(n_resamples):
        rows = rng.integers(n, size=n)
        resampled[k] = statistic(*(array[rows] for array in arrays))
    hint = "The statistic must be defined for every draw of the examples."
    expect_finite(resampled, where="bootstrap_interval: statistic", hint=hint)
    low, high = np.quantile(resampled, [0.5 - confidence / 2, 0.5 + confidence / 2])
    return Interval(float(statistic(*arrays)), float(low), float(high), confidence)


def paired_difference(
    score_a: np.ndarray,
    score_b: np.ndarray,
    rng: np.random.Generator,
    *,
    confidence: float = 0.95,
    n_resamples: int = N_RESAMPLES,
) -> Interval:
    r"""Compare two models on the same examples: the mean of $d_i = a_i - b_i$, with a bootstrap interval.

    Both meet the same hard examples, and in the difference these cancel. That is why it can be sure of
    a difference although the two models' own intervals overlap. If it holds 0, either may be the better one.

    Args:
        score_a: (n,)  the first model's score of each example: 1 where it is right, or its loss
        score_b: (n,)  the second model's, in the same order
        rng: where the draws come from
        confidence: between 0 and 1
        n_resamples: how often to draw
    Returns:
        the mean difference, a minus b, and its interval
    Raises:
        TypeError: a score is not an array of numbers, or rng is not a generator
        ValueError: the shapes differ, there is no example, a score is not finite, the confidence is not
            between 0 and 1, or n_resamples is not a whole number of at least 1
    Source: Efron & Tibshirani 1993, *An Introduction to the Bootstrap*, chapter 13.

    >>> rng = np.random.default_rng(0)
    >>> print(paired_difference(np.array([0.5, 0.9, 0.7]), np.array([0.25, 0.65, 0.45]), rng))
    0.25 [0.25, 0.25]
    """
    expect_shape(score_a, "n", where="paired_difference: score_a")
    hint = "Both models must be scored on the same examples."
    expect_shape(score_b, "n", n=len(score_a), where="paired_difference: score_b", hint=hint)
    _expect_examples((score_a, score_b), where="paired_difference")
    difference = np.subtract(score_a, score_b, dtype=np.float64)  # truth values too, which have no minus
    return bootstrap_interval(difference, rng, confidence=confidence, n_resamples=n_resamples)


@dataclass(frozen=True)
class McNemar:
    """What McNemar's test looks at, and what it finds.

    Attributes:
        n_only_a: examples that the first model alone has right
        n_only_b: examples that the second model alone has right
        p_value: how often two equally good models would differ at least so much
    """

    n_only_a: int
    n_only_b: int
    p_value: float


def mcnemar(is_right_a: np.ndarray, is_right_b: np.ndarray) -> McNemar:
    r"""Test whether two models err equally often on the same examples, exactly.

    Only the examples on which they disagree say anything. Were the models equally good, each of these m would
    fall to either side like a coin, so with k on the smaller side
    $p = \min(1, \; 2\sum_{j \le k}\binom{m}{j}2^{-m})$.

    Args:
        is_right_a: (n,)  True (or 1) where the first model is right
        is_right_b: (n,)  the same of the second model
    Returns:
        the two counts and the two-sided p-value; 1 where the models never disagree
    Raises:
        TypeError: an argument is not an array of truth values
        ValueError: the shapes differ, there is no example, or an entry is neither 0 nor 1
    Source: McNemar 1947, "Note on the sampling error of the difference between correlated proportions",
        *Psychometrika* 12; the exact form: Dietterich 1998, *Neural Computation* 10, section 3.1.

    >>> mcnemar(np.array([1, 1, 1, 1, 1, 0]), np.array([0, 0, 0, 0, 0, 0]))
    McNemar(n_only_a=5, n_only_b=0, p_value=0.0625)
    """
    expect_shape(is_right_a, "n", where="mcnemar: is_right_a")
    hint = "Both models must be scored on the same examples."
    expect_shape(is_right_b, "n", n=len(is_right_a), where="mcnemar: is_right_b", hint=hint)
    _expect_examples((is_right_a, is_right_b), where="mcnemar")
    for name, is_right in (("is_right_a", is_right_a), ("is_right_b", is_right_b)):
        if not np.isin(is_right, (0, 1)).all():
            raise ValueError(
                f"mcnemar: {name} must say right or wrong, 1 or 0. Compare labels first: y_hat == y."
            )
    n_only_a = int(np.sum((is_right_a == 1) & (is_right_b == 0)))
    n_only_b = int(np.sum((is_right_a == 0) & (is_right_b == 1)))
    m, k = n_only_a + n_only_b, min(n_only_a, n_only_b)
    tail = sum(math.comb(m, j) for j in range(k + 1)) / 2**m  # whole numbers until here: no rounding
    return McNemar(n_only_a, n_only_b, min(1.0, 2 * tail))


def _is_whole(number) -> bool:
    return isinstance(number, int | np.integer) and not isinstance(number, bool)


def _expect_confidence(confidence, *, where):
    if not (isinstance(confidence, float | np.floating) and 0 < confidence < 1):
        raise ValueError(f"{where}: confidence must be between 0 and 1, as 0.95 is. It is {confidence!r}.")


def _expect_examples(arrays, *, where):
    for array in arrays:
        if not isinstance(array, np.ndarray):
            raise TypeError(f"{where}: expected NumPy arrays. One is a {type(array).__name__}.")
        expect_numbers(array, where=where)
        if array.ndim == 0 or len(array) == 0:
            raise ValueError(f"{where} needs at least one example. It got shape {array.shape}.")
        expect_finite(array, where=where)
    lengths = [len(array) for array in arrays]
    if len(set(lengths)) != 1:
        raise ValueError(f"{where}: one row an example in every array. They have {lengths} rows.")
