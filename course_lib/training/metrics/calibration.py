"""Is a probability of 0.8 right eight times in ten? Reliability bins, calibration error, Brier score."""

from dataclasses import dataclass

import numpy as np

from course_lib.training.metrics.labels import expect_labels, expect_probabilities

__all__ = ["ReliabilityBins", "brier_score", "expected_calibration_error", "reliability_bins"]

N_BINS = 15  # Guo et al. 2017, section 5


@dataclass(frozen=True, eq=False, repr=False)
class ReliabilityBins:
    """What was promised and what came true, bin by bin.

    Attributes:
        edges: (n_bins + 1,)  from 0 to 1; a bin holds what is above its lower edge, up to its upper one
        n: (n_bins,)  examples in each bin
        confidence: (n_bins,)  mean probability promised in each bin; NaN where the bin is empty
        share: (n_bins,)  share that came true in each bin; NaN where the bin is empty
    """

    edges: np.ndarray
    n: np.ndarray
    confidence: np.ndarray
    share: np.ndarray

    def __repr__(self) -> str:
        """Say how many bins and examples there are, in one line."""
        return f"ReliabilityBins({len(self.n)} bins, {self.n.sum()} examples)"


def reliability_bins(p: np.ndarray, y: np.ndarray, *, n_bins: int = N_BINS) -> ReliabilityBins:
    r"""Sort predictions into bins of equal width by their probability, and see how often each bin was right.

    For two classes, ``p`` (n,) promises label 1, and it came true where y is 1. For more, a row of ``p``
    promises its largest entry, and it came true where that entry is the class.

    Args:
        p: (n,)  probabilities of label 1, or (n, n_classes) with rows that sum to 1
        y: (n,)  true labels
        n_bins: how many bins share the way from 0 to 1
    Returns:
        the bins, the empty ones too
    Raises:
        TypeError: p is not an array of numbers, or y not one of whole numbers
        ValueError: the shapes do not belong together, there is no example, a probability lies outside
            0 ... 1, a row does not sum to 1, a label has no column, or n_bins is not a whole number of at
            least 1
    Source: Guo et al. 2017, "On calibration of modern neural networks", ICML, section 2.

    >>> bins = reliability_bins(np.array([0.1, 0.3, 0.8, 1.0]), np.array([0, 1, 1, 1]), n_bins=2)
    >>> bins.confidence, bins.share
    (array([0.2, 0.9]), array([0.5, 1. ]))
    """
    _expect_promises(p, y, where="reliability_bins")
    if isinstance(n_bins, bool) or not (isinstance(n_bins, int | np.integer) and n_bins >= 1):
        raise ValueError(f"reliability_bins: n_bins must be a whole number of at least 1. It is {n_bins!r}.")
    promised, came_true = (p, y) if p.ndim == 1 else (p.max(axis=1), p.argmax(axis=1) == y)  # (n,) each
    edges = np.linspace(0, 1, n_bins + 1)
    bin_of = np.clip(np.searchsorted(edges, promised, side="left") - 1, 0, n_bins - 1)
    n = np.bincount(bin_of, minlength=n_bins)  # (n,) -> (n_bins,)
    n_or_nan = np.where(n > 0, n, np.nan)
    return ReliabilityBins(
        edges=edges,
        n=n,
        confidence=np.bincount(bin_of, promised, n_bins) / n_or_nan,
        share=np.bincount(bin_of, came_true, n_bins) / n_or_nan,
    )


def expected_calibration_error(p: np.ndarray, y: np.ndarray, *, n_bins: int = N_BINS) -> float:
    r"""Mean gap between promise and truth, each bin weighted by its examples.

    $$\mathrm{ECE} = \sum_b \frac{n_b}{n} |\mathrm{share}_b - \mathrm{confidence}_b|$$

    It depends on the number of bins, and is too large for few examples even when nothing is wrong: compare
    models on the same examples with the same bins.

    Args:
        p: (n,)  probabilities of label 1, or (n, n_classes) with rows that sum to 1
        y: (n,)  true labels
        n_bins: how many bins share the way from 0 to 1
    Returns:
        the gap, from 0 (each bin keeps its promise) to 1
    Raises:
        TypeError: p is not an array of numbers, or y not one of whole numbers
        ValueError: the shapes do not belong together, there is no example, a probability lies outside
            0 ... 1, a row does not sum to 1, a label has no column, or n_bins is not a whole number of at
            least 1
    Source: Guo et al. 2017, "On calibration of modern neural networks", ICML, equation 3; Naeini, Cooper &
        Hauskrecht 2015, "Obtaining well calibrated probabilities using Bayesian binning", AAAI.

    >>> round(expected_calibration_error(np.array([0.1, 0.3, 0.8, 1.0]), np.array([0, 1, 1, 1]), n_bins=2), 4)
    0.2
    """
    _expect_promises(p, y, where="expected_calibration_error")
    bins = reliability_bins(p, y, n_bins=n_bins)
    filled = bins.n > 0
    gaps = np.abs(bins.share - bins.confidence)[filled]
    return float(np.sum(bins.n[filled] * gaps) / len(y))


def brier_score(p: np.ndarray, y: np.ndarray) -> float:
    r"""Mean squared distance between the probabilities and what came true.

    For more classes, with $y_{ik} = 1$ where example i is of class k, it is
    $\frac{1}{n}\sum_i \sum_k (p_{ik} - y_{ik})^2$, Brier's own definition, from 0 to 2.
    For two classes, ``p`` (n,), it is $\frac{1}{n}\sum_i (p_i - y_i)^2$, half of that, as is usual today.

    Args:
        p: (n,)  probabilities of label 1, or (n, n_classes) with rows that sum to 1
        y: (n,)  true labels
    Returns:
        the score; smaller is better, and the true probabilities have the smallest expected one
    Raises:
        TypeError: p is not an array of numbers, or y not one of whole numbers
        ValueError: the shapes do not belong together, there is no example, a probability lies outside
            0 ... 1, a row does not sum to 1, or a label has no column
    Source: Brier 1950, "Verification of forecasts expressed in terms of probability", equation 2.

    >>> brier_score(np.array([0.5, 1.0]), np.array([1, 1]))
    0.125
    >>> brier_score(np.array([[0.5, 0.5], [0.0, 1.0]]), np.array([1, 1]))
    0.25
    """
    _expect_promises(p, y, where="brier_score")
    if p.ndim == 1:
        return float(np.mean((p - y.astype(np.float64)) ** 2))
    came_true = np.arange(p.shape[1]) == y[:, None]  # (n, 1) against (n_classes,) -> (n, n_classes)
    return float(np.mean(np.sum((p - came_true) ** 2, axis=1)))


def _expect_promises(p, y, *, where):
    expect_probabilities(p, where=f"{where}: p")
    expect_labels(y, where=f"{where}: y", n=len(p), n_classes=2 if p.ndim == 1 else p.shape[1])
