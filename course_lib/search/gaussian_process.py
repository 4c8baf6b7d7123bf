"""A Gaussian process: a guess of a whole function from a few of its values, and how unsure it is where."""

import numpy as np

from course_lib.checks import expect_finite, expect_positive, expect_shape

__all__ = ["GaussianProcess", "cholesky_with_jitter", "fit_gaussian_process", "matern52"]

LARGEST_JITTER = 1e-4  # beyond it, what makes the matrix singular is no rounding
# The cube has sides of 1. Below a tenth, neighbouring tries say nothing about each other; at 10, a setting
# hardly matters any more. Steps of some 1.6 are finer than a few tries can tell apart.
LENGTH_SCALES = np.geomspace(0.1, 10.0, 11)
NOISES = (1e-6, 1e-4, 1e-2, 1e-1)  # variance of the noise, as a share of the function's
SMALLEST_VARIANCE = 1e-12  # where all values are 0 the formula gives 0, which has no logarithm
N_SWEEPS = 2  # the second lets the first coordinates answer to what the later ones became


def matern52(A: np.ndarray, B: np.ndarray, length_scales: np.ndarray) -> np.ndarray:
    r"""How alike the values at two points are expected to be: 1 at the same point, towards 0 far away.

    $$k(r) = \left(1 + \sqrt5\,r + \tfrac{5}{3}r^2\right) e^{-\sqrt5\,r} \qquad
    r^2 = \sum_j \frac{(a_j - b_j)^2}{\ell_j^2}$$

    Its functions have two derivatives: smooth, but not so smooth that one corner fixes all the rest. A long
    length scale $\ell_j$ says that setting j matters little.

    Args:
        A: (n, d)  points
        B: (m, d)  points
        length_scales: (d,)  distance over which values stay alike, along each coordinate
    Returns:
        (n, m)  from 0 to 1
    Raises:
        TypeError: an argument is not an array
        ValueError: the shapes do not belong together
    Source: Rasmussen & Williams 2006, *Gaussian Processes for Machine Learning*, equation 4.17; for this use:
        Snoek, Larochelle & Adams 2012, "Practical Bayesian optimization", NeurIPS, equation 3.
    """
    expect_shape(A, "n d", where="matern52: A")
    expect_shape(B, "m d", d=A.shape[1], where="matern52: B")
    expect_shape(length_scales, "d", d=A.shape[1], where="matern52: length_scales")
    steps = (A[:, None, :] - B[None, :, :]) / length_scales  # (n, 1, d) - (1, m, d) -> (n, m, d)
    root5_r = np.sqrt(5 * np.sum(steps * steps, axis=-1))  # (n, m, d) -> (n, m)
    return (1 + root5_r + root5_r * root5_r / 3) * np.exp(-root5_r)


class GaussianProcess:
    r"""A prior over functions with mean 0, after seeing y at X.

    With $K = s^2 k(X, X) + \sigma_n^2 I = LL^T$ and $\alpha = K^{-1}y$, the function at a new point x has
    mean $k_x^T \alpha$ and variance $s^2 - k_x^T K^{-1} k_x$, where $k_x = s^2 k(X, x)$.

    Args:
        X: (n, d)  points
        y: (n,)  the value at each; subtract their mean first
        length_scales: (d,)  as for ``matern52``
        signal_variance: $s^2$, how far the function strays from 0, squared
        noise_variance: $\sigma_n^2$, how far a value strays from the function, squared
    Raises:
        TypeError: X, y or length_scales is not an array
        ValueError: the shapes do not belong together, there is no point, a number is not finite, or a
            variance or a length scale is not positive
        numpy.linalg.LinAlgError: K stays singular although jitter was added
    Source: Rasmussen & Williams 2006, *Gaussian Processes for Machine Learning*, algorithm 2.1.
    """

    def __init__(
        self,
        X: np.ndarray,
        y: np.ndarray,
        length_scales: np.ndarray,
        signal_variance: float = 1.0,
        noise_variance: float = 1e-6,
    ):
        _expect_points(X, y, where="GaussianProcess")
        expect_shape(length_scales, "d", d=X.shape[1], where="GaussianProcess: length_scales")
        for number in (signal_variance, noise_variance, *length_scales):
            expect_positive(number, where="GaussianProcess: length scales and variances")
        self.X = X
        self.length_scales = length_scales
        self.signal_variance = signal_variance
        self.noise_variance = noise_variance
        K = signal_variance * matern52(X, X, length_scales)  # (n, n)
        self.L = cholesky_with_jitter(K + noise_variance * np.eye(len(X)))  # (n, n)
        half = np.linalg.solve(self.L, y)  # (n,), L⁻¹ y
        self.alpha = np.linalg.solve(self.L.T, half)  # (n,), K⁻¹ y
        log_determinant = 2 * np.sum(np.log(np.diag(self.L)))
        self.log_marginal_likelihood = float(
            -0.5 * (half @ half + log_determinant + len(X) * np.log(2 * np.pi))
        )

    def predict(self, X_new: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Guess the function, without the noise of a new measurement.

        Args:
            X_new: (m, d)  points
        Returns:
            mean (m,) and standard deviation (m,)
        Raises:
            TypeError: X_new is not an array
            ValueError: X_new has another number of columns than X
        """
        expect_shape(X_new, "m d", d=self.X.shape[1], where="GaussianProcess.predict: X_new")
        k_new = self.signal_variance * matern52(self.X, X_new, self.length_scales)  # (n, m)
        mean = k_new.T @ self.alpha  # (m, n) @ (n,) -> (m,)
        V = np.linalg.solve(self.L, k_new)  # (n, m)
        variance = self.signal_variance - np.sum(V * V, axis=0)  # (n, m) -> (m,)
        return mean, np.sqrt(np.maximum(variance, 0.0))  # rounding may leave a variance just below 0


def fit_gaussian_process(X: np.ndarray, y: np.ndarray) -> GaussianProcess:
    r"""Choose the length scales and variances under which the data are likeliest.

    For a given ratio of noise to signal, the best signal variance has a formula,
    $s^2 = y^T K_1^{-1} y / n$ with $K_1 = K / s^2$. The rest is tried out: first one length scale for all
    coordinates with each ratio, then each coordinate's own length scale in turn.

    Args:
        X: (n, d)  points of the unit cube
        y: (n,)  the value at each, their mean subtracted
    Returns:
        the process with the largest marginal likelihood found
    Raises:
        TypeError: X or y is not an array
        ValueError: the shapes do not belong together, there is no point, or a number is not finite
    Source: the likelihood: Rasmussen & Williams 2006, *Gaussian Processes for Machine Learning*, equation
        5.8; the formula: Jones, Schonlau & Welch 1998, equation 5.
    """
    _expect_points(X, y, where="fit_gaussian_process")
    d = X.shape[1]
    starts = [(np.full(d, length), noise) for length in LENGTH_SCALES for noise in NOISES]
    length_scales, noise = max(starts, key=lambda start: _profile(X, y, *start)[0])
    for _ in range(N_SWEEPS if d > 1 else 0):
        for j in range(d):
            # The present length scale is among them: the likelihood never falls.
            here = [_with(length_scales, j, length) for length in LENGTH_SCALES]
            length_scales = max(here, key=lambda scales: _profile(X, y, scales, noise)[0])
    signal_variance = _profile(X, y, length_scales, noise)[1]
    return GaussianProcess(X, y, length_scales, signal_variance, noise * signal_variance)


def cholesky_with_jitter(K: np.ndarray) -> np.ndarray:
    """Factor K = L Lᵀ, adding as little as needed to the diagonal where rounding has made K singular.

    Args:
        K: (n, n)  symmetric, with eigenvalues of at least 0 but for rounding
    Returns:
        L: (n, n)  lower triangle
    Raises:
        numpy.linalg.LinAlgError: K is not positive, and no jitter up to 1e-4 of its diagonal mends that
    Source: Rasmussen & Williams 2006, *Gaussian Processes for Machine Learning*, appendix A.4.
    """
    scale, jitter = np.mean(np.diag(K)), 0.0
    while True:
        try:
            return np.linalg.cholesky(K + jitter * scale * np.eye(len(K)))
        except np.linalg.LinAlgError:
            jitter = max(10 * jitter, 1e-12)
            if jitter > LARGEST_JITTER:
                raise


def _profile(X, y, length_scales, noise) -> tuple[float, float]:
    """Return the log marginal likelihood at the best signal variance, and that variance."""
    n = len(y)
    unit = GaussianProcess(X, y, length_scales, signal_variance=1.0, noise_variance=noise)
    variance = max(float(y @ unit.alpha) / n, SMALLEST_VARIANCE)
    # log N(y; 0, s² K₁) is log N(y; 0, K₁) + (yᵀ K₁⁻¹ y (1 - 1/s²) - n log s²) / 2.
    change = -n * np.log(variance) + (y @ unit.alpha) * (1 - 1 / variance)
    return unit.log_marginal_likelihood + 0.5 * change, variance


def _with(length_scales, j, length) -> np.ndarray:
    changed = length_scales.copy()
    changed[j] = length
    return changed


def _expect_points(X, y, *, where):
    expect_shape(X, "n d", where=f"{where}: X")
    expect_shape(y, "n", n=len(X), where=f"{where}: y", hint="One value a point.")
    if len(X) == 0:
        raise ValueError(f"{where} needs at least one point. It got none.")
    expect_finite(X, where=f"{where}: X")
    expect_finite(y, where=f"{where}: y")
