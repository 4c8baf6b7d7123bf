import numpy as np
import pytest
from scipy import stats

from course_lib.search import expected_improvement


def test_it_equals_the_mean_of_many_draws():
    mean, std = np.array([-0.5, 0.0, 0.3, 1.0, 2.0]), np.array([0.2, 1.0, 0.5, 2.0, 1.0])
    draws = mean + std * np.random.default_rng(0).normal(size=(400_000, 5))
    gains = np.maximum(0, 0.4 - draws)
    errors = gains.std(axis=0) / np.sqrt(len(gains))
    assert np.all(np.abs(expected_improvement(mean, std, 0.4) - gains.mean(axis=0)) < 4 * errors)


def test_it_equals_the_formula_with_scipys_normal_distribution():
    mean, std = np.linspace(-3, 3, 13), np.linspace(0.1, 2, 13)
    s = (0.5 - mean) / std
    expected = (0.5 - mean) * stats.norm.cdf(s) + std * stats.norm.pdf(s)
    np.testing.assert_allclose(expected_improvement(mean, std, 0.5), expected, rtol=1e-9)


def test_where_the_value_is_known_only_what_lies_below_the_best_counts():
    gain = expected_improvement(np.array([1.0, 3.0]), np.zeros(2), best=2.0)
    assert gain.tolist() == [1.0, 0.0]


def test_at_the_best_value_it_is_the_density_times_the_deviation():
    gain = expected_improvement(np.array([2.0]), np.array([3.0]), best=2.0)
    assert gain == pytest.approx(3 / np.sqrt(2 * np.pi))


def test_doubt_and_a_better_guess_both_raise_it():
    ones = np.ones(4)
    assert np.all(np.diff(expected_improvement(ones, np.array([0.1, 0.2, 1.0, 3.0]), 0.5)) > 0)
    assert np.all(np.diff(expected_improvement(np.array([3.0, 2.0, 0.0, -9.0]), ones, 0.5)) > 0)


def test_far_tails_are_ordered_never_negative_and_without_a_warning():
    gain = expected_improvement(np.array([5.0, 10.0, 20.0, 1e6, -1e6]), np.ones(5), best=0.0)
    assert np.all(np.diff(gain[:3]) < 0)
    assert np.all(gain >= 0)
    assert gain[-1] == 1e6
    # the first term of the tail's own series, φ(s) / s²
    assert gain[2] == pytest.approx(stats.norm.pdf(20) / 400, rel=0.02, abs=0)


@pytest.mark.parametrize(
    ("mean", "std", "best", "message"),
    [
        (np.ones(2), np.ones(3), 0.0, r"std must have shape \(n=2,\)"),
        (np.array([np.nan]), np.ones(1), 0.0, "mean must be finite"),
        (np.ones(1), np.ones(1), np.inf, "best must be finite"),
        (np.ones(1), -np.ones(1), 0.0, "std must not be negative. It holds -1.0"),
    ],
)
def test_what_cannot_be_is_refused(mean, std, best, message):
    with pytest.raises(ValueError, match=f"expected_improvement: {message}"):
        expected_improvement(mean, std, best)
