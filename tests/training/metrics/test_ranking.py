import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as sklearn_metrics

from course_lib.training.metrics import auc, roc_curve


def scores_and_labels(n, n_levels, seed):
    """Draw scores with many ties, and labels of both kinds that go with them."""
    rng = np.random.default_rng(seed)
    y = np.append([0, 1], rng.integers(2, size=n - 2))
    return np.round((y + rng.normal(size=n)) * n_levels) / n_levels, y


@given(n=st.integers(2, 60), n_levels=st.sampled_from([1, 2, 1000]), seed=st.integers(0, 999))
def test_the_area_is_the_chance_that_a_positive_scores_higher_and_ties_count_half(n, n_levels, seed):
    score, y = scores_and_labels(n, n_levels, seed)
    difference = score[y == 1][:, None] - score[y == 0]  # every positive against every negative
    expected = np.mean((difference > 0) + 0.5 * (difference == 0))
    assert auc(score, y) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("n_levels", [1, 3, 1000])
def test_the_curve_and_its_area_equal_those_of_scikit_learn(n_levels):
    score, y = scores_and_labels(150, n_levels, seed=1)
    fpr, tpr, threshold = sklearn_metrics.roc_curve(y, score, drop_intermediate=False)
    curve = roc_curve(score, y)
    np.testing.assert_allclose(curve.false_positive_rate, fpr, atol=1e-15)
    np.testing.assert_allclose(curve.true_positive_rate, tpr, atol=1e-15)
    np.testing.assert_array_equal(curve.threshold, threshold)
    assert auc(score, y) == pytest.approx(sklearn_metrics.roc_auc_score(y, score), rel=1e-12)


def test_one_score_for_all_is_a_coin():
    assert auc(np.full(5, 0.3), np.array([0, 1, 0, 1, 1])) == 0.5
    assert repr(roc_curve(np.full(5, 0.3), np.array([0, 1, 0, 1, 1]))) == "RocCurve(2 thresholds)"


def test_only_the_order_of_the_scores_counts():
    score, y = scores_and_labels(40, 3, seed=2)
    assert auc(np.exp(score), y) == auc(score, y)
    assert auc(-score, y) == pytest.approx(1 - auc(score, y), abs=1e-12)


def test_scores_without_a_sign_are_ordered_too():
    assert auc(np.array([0, 200], np.uint8), np.array([0, 1])) == 1


@pytest.mark.parametrize("function", [roc_curve, auc])
@pytest.mark.parametrize(
    ("score", "y", "message"),
    [
        (np.zeros((2, 2)), np.array([0, 1]), r"score must have shape \(n=2,\).*\[:, 1\]"),
        (np.array([0.1, np.nan]), np.array([0, 1]), "score must be finite"),
        (np.zeros(2), np.array([0, 2]), "y must hold only the labels 0 and 1"),
        (np.zeros(2), np.array([1, 1]), "y must hold both labels, 0 and 1. It holds 1 of them"),
        (np.zeros(0), np.zeros(0, int), "y must hold both labels, 0 and 1. It holds 0 of them"),
    ],
)
def test_what_has_no_curve_is_refused(function, score, y, message):
    with pytest.raises(ValueError, match=f"{function.__name__}: {message}"):
        function(score, y)
