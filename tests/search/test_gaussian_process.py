import numpy as np
import pytest
from scipy.integrate import trapezoid
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import ConstantKernel, Matern, WhiteKernel

from course_lib.search import GaussianProcess, fit_gaussian_process, matern52
from course_lib.search.gaussian_process import cholesky_with_jitter

RNG = np.random.default_rng(0)
X, X_NEW = RNG.random((12, 3)), RNG.random((30, 3))
SCALES = np.array([0.3, 1.0, 2.5])
Y = np.sin(6 * X[:, 0]) + X[:, 1] ** 2
Y = Y - Y.mean()


def test_the_kernel_equals_scikit_learns():
    np.testing.assert_allclose(matern52(X, X_NEW, SCALES), Matern(SCALES, nu=2.5)(X, X_NEW), rtol=1e-12)


def test_one_point_has_a_posterior_that_fits_on_a_line():
    s2, noise, x, y = 2.0, 0.5, np.array([[0.2]]), np.array([3.0])
    mean, std = GaussianProcess(x, y, np.array([1.0]), s2, noise).predict(np.array([[0.9]]))
    r = 0.7 * np.sqrt(5)
    k = s2 * (1 + r + r**2 / 3) * np.exp(-r)
    assert mean == pytest.approx(k * 3.0 / (s2 + noise), rel=1e-12)
    assert std**2 == pytest.approx(s2 - k**2 / (s2 + noise), rel=1e-12)


def test_the_posterior_equals_the_formula_with_the_inverse():
    process = GaussianProcess(X, Y, SCALES, signal_variance=1.7, noise_variance=0.01)
    K_inverse = np.linalg.inv(1.7 * matern52(X, X, SCALES) + 0.01 * np.eye(12))
    k = 1.7 * matern52(X, X_NEW, SCALES)
    mean, std = process.predict(X_NEW)
    np.testing.assert_allclose(mean, k.T @ K_inverse @ Y, rtol=1e-8)
    np.testing.assert_allclose(std**2, 1.7 - np.diag(k.T @ K_inverse @ k), rtol=1e-6)


def test_posterior_and_likelihood_equal_scikit_learns():
    ours = GaussianProcess(X, Y, SCALES, signal_variance=1.7, noise_variance=0.01)
    kernel = ConstantKernel(1.7) * Matern(SCALES, nu=2.5)
    theirs = GaussianProcessRegressor(kernel, alpha=0.01, optimizer=None).fit(X, Y)
    for our_part, their_part in zip(ours.predict(X_NEW), theirs.predict(X_NEW, return_std=True), strict=True):
        np.testing.assert_allclose(our_part, their_part, rtol=1e-8)
    assert ours.log_marginal_likelihood == pytest.approx(theirs.log_marginal_likelihood_value_, rel=1e-10)


def test_without_noise_the_process_passes_through_the_points_and_is_unsure_far_away():
    process = GaussianProcess(X, Y, SCALES, noise_variance=1e-10)
    mean, std = process.predict(X)
    np.testing.assert_allclose(mean, Y, atol=1e-6)
    assert std.max() < 1e-4
    far_mean, far_std = process.predict(np.full((1, 3), 100.0))
    assert far_mean == pytest.approx(0)
    assert far_std == pytest.approx(1)


def test_the_marginal_likelihood_is_a_density_over_the_data():
    x = np.array([[0.0]])
    values = np.linspace(-20, 20, 4001)
    densities = [
        np.exp(GaussianProcess(x, np.array([v]), np.ones(1), 2.0, 0.5).log_marginal_likelihood)
        for v in values
    ]
    assert trapezoid(densities, values) == pytest.approx(1, abs=1e-6)


@pytest.mark.filterwarnings("ignore:The optimal value found")  # theirs lies on a bound, and says so
def test_the_fit_is_nearly_as_likely_as_the_one_that_scikit_learn_finds():
    ours = fit_gaussian_process(X, Y)
    bounds = (0.1, 10.0)
    kernel = ConstantKernel(1.0, (1e-3, 1e3)) * Matern(np.ones(3), bounds, nu=2.5)
    noise = WhiteKernel(1e-3, (1e-6, 1e-1))
    theirs = GaussianProcessRegressor(kernel + noise, alpha=1e-10, n_restarts_optimizer=3, random_state=0)
    theirs.fit(X, Y)
    assert ours.log_marginal_likelihood > theirs.log_marginal_likelihood_value_ - 1.0


def test_the_likelihood_that_is_compared_is_the_likelihood_of_the_process_returned():
    fitted = fit_gaussian_process(X, Y)
    for factor in (0.8, 1.25):  # the signal variance from the formula is the best one
        ratio = fitted.noise_variance / fitted.signal_variance
        variance = fitted.signal_variance * factor
        other = GaussianProcess(X, Y, fitted.length_scales, variance, ratio * variance)
        assert other.log_marginal_likelihood < fitted.log_marginal_likelihood


def test_a_coordinate_that_does_not_matter_gets_a_long_length_scale():
    length_scales = fit_gaussian_process(X, Y).length_scales
    assert length_scales[2] > 3 * length_scales[0]


def test_noise_is_told_from_signal():
    rng = np.random.default_rng(1)
    x = rng.random((60, 1))
    smooth = np.sin(6 * x[:, 0])
    fitted = fit_gaussian_process(x, smooth + 0.3 * rng.normal(size=60))
    assert fitted.noise_variance == pytest.approx(0.09, rel=0.6)
    assert np.abs(fitted.predict(x)[0] - smooth).mean() < 0.15
    assert fit_gaussian_process(x, smooth).noise_variance < 1e-3


def test_values_that_are_all_equal_and_points_that_repeat_are_survived():
    fitted = fit_gaussian_process(np.zeros((5, 2)), np.zeros(5))
    mean, std = fitted.predict(np.ones((1, 2)))
    assert mean == pytest.approx(0)
    assert np.isfinite(std).all()


def test_a_matrix_that_is_singular_by_rounding_gets_a_little_jitter():
    K = np.ones((4, 4))
    L = cholesky_with_jitter(K)
    np.testing.assert_allclose(L @ L.T, K, atol=1e-6)
    np.testing.assert_array_equal(cholesky_with_jitter(2 * np.eye(3)), np.sqrt(2) * np.eye(3))


def test_a_matrix_that_is_no_covariance_is_refused():
    with pytest.raises(np.linalg.LinAlgError):
        cholesky_with_jitter(np.array([[1.0, 2.0], [2.0, 1.0]]))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: fit_gaussian_process(X, Y[:-1]), r"y must have shape \(n=12,\).*One value a point"),
        (lambda: fit_gaussian_process(X[:0], Y[:0]), "needs at least one point"),
        (lambda: fit_gaussian_process(X, Y * np.nan), "y must be finite"),
        (lambda: GaussianProcess(X, Y, SCALES[:2]), r"length_scales must have shape \(d=3,\)"),
        (lambda: GaussianProcess(X, Y, -SCALES), "must be a positive number"),
        (lambda: GaussianProcess(X, Y, SCALES, 1.0, 0.0), "must be a positive number"),
        (lambda: GaussianProcess(X, Y, SCALES).predict(X[:, :2]), r"X_new must have shape \(m, d=3\)"),
        (lambda: matern52(X, X_NEW[:, :2], SCALES), r"B must have shape \(m, d=3\)"),
    ],
)
def test_what_does_not_belong_together_is_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_a_fit_does_not_depend_on_the_unit_of_y():
    noisy = Y + 0.3 * np.random.default_rng(1).normal(size=len(Y))
    mean, std = fit_gaussian_process(X, noisy).predict(X_NEW)
    mean_100, std_100 = fit_gaussian_process(X, 100 * noisy).predict(X_NEW)
    np.testing.assert_allclose(mean_100, 100 * mean, rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(std_100, 100 * std, rtol=1e-6)
