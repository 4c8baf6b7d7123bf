"""Where is the next try worth most? Expected improvement weighs a good guess against a wide one."""

import math

import numpy as np

from course_lib.checks import expect_finite, expect_shape

__all__ = ["expected_improvement"]


def expected_improvement(mean: np.ndarray, std: np.ndarray, best: float) -> np.ndarray:
    r"""How far below ``best`` a try is expected to fall; a try above it counts 0: $E[\max(0, f^* - f)]$.

    For $f \sim N(\mu, \sigma^2)$ and $s = (f^* - \mu) / \sigma$ it is

    $$\mathrm{EI} = (f^* - \mu)\,\Phi(s) + \sigma\,\varphi(s)$$

    with the normal distribution Φ and its density φ. The first term likes points that look good, the second
    points that we know little about.

    Args:
        mean: (n,)  what is expected at each point
        std: (n,)  how unsure that is; 0 where the value is known
        best: the smallest value so far
    Returns:
        (n,)  at least 0, in the unit of the objective
    Raises:
        TypeError: mean or std is not an array
        ValueError: the shapes differ, a number is not finite, or a standard deviation is negative
    Source: Jones, Schonlau & Welch 1998, "Efficient global optimization of expensive black-box functions",
        *Journal of Global Optimization* 13, equation 15.

    >>> expected_improvement(np.array([1.0, 0.0, 1.0]), np.array([0.0, 0.0, 1.0]), best=1.0).round(4)
    array([0.    , 1.    , 0.3989])
    """
    expect_shape(mean, "n", where="expected_improvement: mean")
    expect_shape(std, "n", n=len(mean), where="expected_improvement: std")
    for name, numbers in (("mean", mean), ("std", std), ("best", best)):
        expect_finite(numbers, where=f"expected_improvement: {name}")
    if len(std) and std.min() < 0:
        raise ValueError(f"expected_improvement: std must not be negative. It holds {std.min()}.")
    gap = best - mean  # (n,)
    is_unsure = std > 0
    s = np.clip(gap / np.where(is_unsure, std, 1.0), -40, 40)  # beyond 38, the tail is 0 in float64
    below = np.array(
        [0.5 * math.erfc(-one / math.sqrt(2)) for one in s]
    )  # Φ(s); erfc keeps a small tail exact
    density = np.exp(-(s**2) / 2) / math.sqrt(2 * math.pi)
    return np.where(is_unsure, np.maximum(gap * below + std * density, 0.0), np.maximum(gap, 0.0))
