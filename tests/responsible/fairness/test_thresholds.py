import itertools

import numpy as np
import pytest

from course_lib.responsible.fairness import (
    apply_thresholds,
    choose_thresholds,
    demographic_parity_difference,
    equal_opportunity_difference,
)
from course_lib.responsible.fairness.thresholds import candidates


def draw_people(seed, n=24, n_groups=2):
    """Scores that are higher for one group than for the other, with ties."""
    rng = np.random.default_rng(seed)
    group = np.arange(n) % n_groups
    y = rng.integers(0, 2, n)
    y[: 2 * n_groups] = np.repeat([0, 1], n_groups)
    return np.round(rng.normal(size=n) + y + 0.8 * group, 1), y, group


def best_of_all(score, y, group, gap, tolerance):
    """Try every combination of thresholds, and return the largest number of right answers."""
    choices = [[np.inf, *np.unique(score[group == value])] for value in np.unique(group)]
    best = -1
    for limits in itertools.product(*choices):
        y_hat = (score >= np.array(limits)[group]).astype(int)
        if gap(y, y_hat, group) <= tolerance + 1e-9:
            best = max(best, int(np.sum(y_hat == y)))
    return best


def parity_gap(y, y_hat, group):
    return demographic_parity_difference(y_hat, group)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("tolerance", [0.0, 0.1])
@pytest.mark.parametrize(
    ("goal", "gap"),
    [("demographic_parity", parity_gap), ("equal_opportunity", equal_opportunity_difference)],
)
def test_no_other_thresholds_within_the_tolerance_are_right_more_often(seed, tolerance, goal, gap):
    for n, n_groups in ((24, 2), (15, 3)):
        score, y, group = draw_people(seed, n, n_groups)
        thresholds = choose_thresholds(score, y, group, goal=goal, tolerance=tolerance)
        y_hat = apply_thresholds(score, group, thresholds)
        assert gap(y, y_hat, group) <= tolerance + 1e-9
        assert np.sum(y_hat == y) == best_of_all(score, y, group, gap, tolerance)


def test_a_large_sample_is_made_fair_at_a_small_price():
    score, y, group = draw_people(0, n=2000)
    for goal, gap in (
        ("demographic_parity", parity_gap),
        ("equal_opportunity", equal_opportunity_difference),
    ):
        one = (score >= 1.0).astype(int)
        y_hat = apply_thresholds(score, group, choose_thresholds(score, y, group, goal=goal))
        assert gap(y, one, group) > 0.15
        assert gap(y, y_hat, group) <= 0.02 + 1e-9
        assert np.mean(y_hat == y) > np.mean(one == y) - 0.05


def test_the_candidates_of_a_group_are_counted_by_hand():
    found = candidates(np.array([0.5, 0.9, 0.5, 0.1, 0.9]), np.array([1, 1, 0, 0, 0]))
    np.testing.assert_array_equal(found.threshold, [np.inf, 0.9, 0.5, 0.1])
    np.testing.assert_allclose(found.selection_rate, [0, 0.4, 0.8, 1.0])
    np.testing.assert_allclose(found.true_positive_rate, [0, 0.5, 1, 1])
    np.testing.assert_allclose(found.false_positive_rate, [0, 1 / 3, 2 / 3, 1])
    np.testing.assert_array_equal(found.n_right, [3, 3, 3, 2])


def test_a_rate_without_anybody_is_no_number():
    assert np.isnan(candidates(np.array([0.5]), np.array([0])).true_positive_rate).all()
    assert np.isnan(candidates(np.array([0.5]), np.array([1])).false_positive_rate).all()


def test_groups_may_have_names_and_who_reaches_the_threshold_is_selected():
    score, group = np.array([0.3, 0.7, 0.5, 0.5]), np.array(["men", "men", "women", "women"])
    found = apply_thresholds(score, group, {"men": 0.7, "women": 0.6, "others": 0.0})
    np.testing.assert_array_equal(found, [0, 1, 0, 0])
    thresholds = choose_thresholds(score, np.array([0, 1, 0, 1]), group, goal="demographic_parity")
    assert thresholds.keys() == {"men", "women"}


SCORE, Y, GROUP = draw_people(0)


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        (
            {"goal": "equality"},
            ValueError,
            "goal must be one of demographic_parity, equal_opportunity. It is",
        ),
        ({"tolerance": -0.1}, ValueError, "tolerance must be between 0 and 1. It is -0.1"),
        ({"tolerance": 1.1}, ValueError, "tolerance must be between 0 and 1"),
        ({"score": SCORE[1:]}, ValueError, r"score must have shape \(n=24,\).*One score for each example"),
        ({"score": SCORE * np.nan}, ValueError, "choose_thresholds: score must be finite"),
        ({"score": np.array(["a"] * 24)}, TypeError, "choose_thresholds: score must be a number or"),
        ({"y": Y + 1}, ValueError, "choose_thresholds: y must hold only the labels 0 and 1"),
        ({"y": np.where(GROUP == 1, 0, Y)}, ValueError, "group 1 has no example with y = 1"),
    ],
)
def test_bad_input_gets_a_sentence(settings, error, message):
    arguments = {"score": SCORE, "y": Y, "group": GROUP, "goal": "equal_opportunity"} | settings
    with pytest.raises(error, match=message):
        choose_thresholds(**arguments)


@pytest.mark.parametrize(
    ("score", "group", "thresholds", "error", "message"),
    [
        ([1.0], GROUP, {}, TypeError, "apply_thresholds: score must be a NumPy array"),
        (SCORE, GROUP[1:], {}, ValueError, r"apply_thresholds: group must have shape \(n=24,\)"),
        (SCORE, GROUP, 0.5, TypeError, "thresholds must be a dictionary, .* It is a float"),
        (SCORE, GROUP, {0: 0.5}, ValueError, "there is no threshold for group 1"),
    ],
)
def test_thresholds_that_do_not_fit_are_refused(score, group, thresholds, error, message):
    with pytest.raises(error, match=message):
        apply_thresholds(score, group, thresholds)
