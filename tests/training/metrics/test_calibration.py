import numpy as np
import pytest
from sklearn.calibration import calibration_curve
from sklearn.metrics import brier_score_loss

from course_lib.training.metrics import brier_score, expected_calibration_error, reliability_bins

RNG = np.random.default_rng(0)
P = RNG.random(500)
Y = (RNG.random(500) < P**2).astype(np.int64)
LOGITS = RNG.normal(size=(300, 4)) * 2
ROWS = np.exp(LOGITS) / np.exp(LOGITS).sum(axis=1, keepdims=True)
CLASSES = RNG.integers(4, size=300)
ALL = [reliability_bins, expected_calibration_error, brier_score]


def test_bins_equal_those_of_scikit_learn():
    share, confidence = calibration_curve(Y, P, n_bins=10)
    bins = reliability_bins(P, Y, n_bins=10)
    np.testing.assert_allclose(bins.share, share, rtol=1e-12)
    np.testing.assert_allclose(bins.confidence, confidence, rtol=1e-12)
    assert repr(bins) == "ReliabilityBins(10 bins, 500 examples)"


def test_the_error_equals_a_loop_over_the_bins():
    confidence, is_right = ROWS.max(axis=1), ROWS.argmax(axis=1) == CLASSES
    expected = 0.0
    for low in np.arange(15) / 15:
        inside = (confidence > low) & (confidence <= low + 1 / 15)
        if inside.any():
            expected += inside.mean() * abs(is_right[inside].mean() - confidence[inside].mean())
    assert expected_calibration_error(ROWS, CLASSES) == pytest.approx(expected, rel=1e-9)


def test_the_error_by_hand():
    p, y = np.array([0.95, 0.95, 0.95, 0.95, 0.6]), np.array([1, 1, 1, 0, 1])
    assert expected_calibration_error(p, y, n_bins=10) == pytest.approx(0.8 * 0.2 + 0.2 * 0.4)


def test_an_edge_belongs_to_the_bin_below_it_and_zero_to_the_first():
    assert reliability_bins(np.array([0.0, 0.5, 1.0]), np.array([0, 0, 1]), n_bins=2).n.tolist() == [2, 1]


def test_an_empty_bin_has_no_share_and_costs_nothing():
    bins = reliability_bins(np.array([1.0]), np.array([1]), n_bins=3)
    assert np.isnan(bins.share[:2]).all()
    assert np.isnan(bins.confidence[:2]).all()
    assert expected_calibration_error(np.array([1.0]), np.array([1])) == 0


def test_who_is_always_sure_and_right_half_the_time_is_off_by_a_half():
    assert expected_calibration_error(np.ones(10), np.arange(10) % 2) == 0.5


def test_probabilities_that_tell_the_truth_have_a_small_error():
    rng = np.random.default_rng(1)
    p = rng.random(100_000)
    y = (rng.random(100_000) < p).astype(np.int64)
    assert expected_calibration_error(p, y) < 0.01
    assert expected_calibration_error(p**2, y) > 0.1


def test_the_brier_score_equals_scikit_learns_and_brier_counted_it_double():
    assert brier_score(P, Y) == pytest.approx(brier_score_loss(Y, P), rel=1e-12)
    assert brier_score(np.stack([1 - P, P], axis=1), Y) == pytest.approx(2 * brier_score(P, Y), rel=1e-12)
    expected = np.mean(np.sum((ROWS - np.eye(4)[CLASSES]) ** 2, axis=1))
    assert brier_score(ROWS, CLASSES) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("function", ALL)
def test_float32_rows_and_truth_values_are_taken(function):
    function(ROWS.astype(np.float32), CLASSES)
    function(P > 0.5, Y == 1)


@pytest.mark.parametrize("function", ALL)
@pytest.mark.parametrize(
    ("p", "y", "message"),
    [
        (P, Y[:-1], r"y must have shape \(n=500,\)"),
        (P[:0], Y[:0], "p must hold at least one example"),
        (P + 0.5, Y, "p must lie between 0 and 1.*logits"),
        (-P, Y, "p must lie between 0 and 1.*It holds -"),
        (np.where(P > 0.5, np.nan, P), Y, "p must be finite"),
        (P, Y + 1, "y must hold labels from 0 to 1. It also holds 2"),
        (ROWS, CLASSES + 1, "y must hold labels from 0 to 3. It also holds 4"),
        (ROWS * 0.9, CLASSES, r"p must have rows that sum to 1. Row \d+ sums to 0.9"),
        (ROWS[None], CLASSES, r"p must have shape \(n,\) or \(n, n_classes\)"),
    ],
)
def test_what_cannot_be_right_is_refused_by_name(function, p, y, message):
    with pytest.raises(ValueError, match=f"{function.__name__}: {message}"):
        function(p, y)


@pytest.mark.parametrize("n_bins", [0, -1, 2.0, True])
def test_bins_are_counted_in_whole_numbers(n_bins):
    with pytest.raises(ValueError, match="n_bins must be a whole number of at least 1"):
        reliability_bins(P, Y, n_bins=n_bins)
    with pytest.raises(TypeError, match="p must be a number or a NumPy array"):
        reliability_bins([0.5], Y)
