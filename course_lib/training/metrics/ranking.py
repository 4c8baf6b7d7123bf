"""Does a higher score mean a likelier positive? The ROC curve and the area under it."""

from dataclasses import dataclass

import numpy as np

from course_lib.checks import expect_binary, expect_finite, expect_numbers, expect_shape

__all__ = ["RocCurve", "auc", "roc_curve"]


@dataclass(frozen=True, eq=False, repr=False)
class RocCurve:
    """The two rates for every threshold that makes a difference, from the strictest to the loosest.

    Attributes:
        false_positive_rate: (n_thresholds,)  share of the negatives with a score of at least the threshold
        true_positive_rate: (n_thresholds,)  share of the positives with a score of at least the threshold
        threshold: (n_thresholds,)  infinity first, where nothing is called positive, then every score once
    """

    false_positive_rate: np.ndarray
    true_positive_rate: np.ndarray
    threshold: np.ndarray

    def __repr__(self) -> str:
        """Say how many thresholds there are, in one line."""
        return f"RocCurve({len(self.threshold)} thresholds)"


def roc_curve(score: np.ndarray, y: np.ndarray) -> RocCurve:
    r"""Move a threshold t down through the scores and watch both rates grow.

    $$TPR(t) = \frac{|\{i: s_i \ge t, y_i = 1\}|}{|\{i: y_i = 1\}|} \qquad
    FPR(t) = \frac{|\{i: s_i \ge t, y_i = 0\}|}{|\{i: y_i = 0\}|}$$

    Examples with equal scores pass the threshold together: they make one sloping step, not a lucky order.

    Args:
        score: (n,)  higher means likelier positive: a probability, a logit, any order
        y: (n,)  true labels, 0 or 1
    Returns:
        the curve from (0, 0) to (1, 1)
    Raises:
        TypeError: score or y is not an array of numbers
        ValueError: the shapes differ, a score is not finite, or y does not hold both labels and no others
    Source: Fawcett 2006, "An introduction to ROC analysis", *Pattern Recognition Letters* 27, algorithm 1.

    >>> curve = roc_curve(np.array([0.9, 0.4, 0.4, 0.1]), np.array([1, 1, 0, 0]))
    >>> curve.true_positive_rate
    array([0. , 0.5, 1. , 1. ])
    >>> curve.false_positive_rate
    array([0. , 0. , 0.5, 1. ])
    """
    _expect_scores_and_labels(score, y, where="roc_curve")
    order = np.argsort(-score.astype(np.float64), kind="stable")
    score, is_positive = score[order], y[order] == 1
    last_of_its_score = np.append(np.flatnonzero(np.diff(score)), len(score) - 1)  # (n_thresholds - 1,)
    n_true = np.cumsum(is_positive)[last_of_its_score]
    n_false = last_of_its_score + 1 - n_true
    return RocCurve(
        false_positive_rate=np.append(0.0, n_false / n_false[-1]),
        true_positive_rate=np.append(0.0, n_true / n_true[-1]),
        threshold=np.append(np.inf, score[last_of_its_score].astype(np.float64)),
    )


def auc(score: np.ndarray, y: np.ndarray) -> float:
    r"""Area under the ROC curve: $P(s_+ > s_-) + \frac{1}{2}P(s_+ = s_-)$.

    It is the chance that a positive drawn at random scores above a negative drawn at random, a tie counting
    half. Only the order of the scores matters.

    Args:
        score: (n,)  higher means likelier positive
        y: (n,)  true labels, 0 or 1
    Returns:
        0.5 for guessing, 1 when every positive is above every negative, 0 when all are below
    Raises:
        TypeError: score or y is not an array of numbers
        ValueError: the shapes differ, a score is not finite, or y does not hold both labels and no others
    Source: Hanley & McNeil 1982, "The meaning and use of the area under a ROC curve", *Radiology* 143.

    >>> auc(np.array([0.9, 0.4, 0.4, 0.1]), np.array([1, 1, 0, 0]))
    0.875
    """
    _expect_scores_and_labels(score, y, where="auc")
    curve = roc_curve(score, y)
    return float(np.trapezoid(curve.true_positive_rate, curve.false_positive_rate))


def _expect_scores_and_labels(score, y, *, where):
    expect_shape(y, "n", where=f"{where}: y")
    hint = "Hand in the score of label 1 alone: probabilities[:, 1]."
    expect_shape(score, "n", n=len(y), where=f"{where}: score", hint=hint)
    expect_numbers(score, where=f"{where}: score")
    expect_finite(score, where=f"{where}: score")
    expect_binary(y, where=f"{where}: y")
    n_kinds = len(np.unique(y))
    if n_kinds < 2:
        raise ValueError(f"{where}: y must hold both labels, 0 and 1. It holds {n_kinds} of them.")
