import math

import numpy as np
import pytest

from course_lib.responsible.fairness import (
    GroupCounts,
    demographic_parity_difference,
    demographic_parity_ratio,
    equal_opportunity_difference,
    equalised_odds_difference,
    group_counts,
    rate_difference,
)
from course_lib.training.interval import bootstrap_interval, wilson_interval

# Twelve people, counted by hand. Group a: TP 3, FP 1, TN 1, FN 0. Group b: TP 1, FP 0, TN 4, FN 2.
Y = np.array([1, 1, 1, 0, 0, 1, 1, 1, 0, 0, 0, 0])
Y_HAT = np.array([1, 1, 1, 1, 0, 1, 0, 0, 0, 0, 0, 0])
GROUP = np.array(["a"] * 5 + ["b"] * 7)


def test_the_counts_are_those_made_by_hand():
    assert group_counts(Y, Y_HAT, GROUP) == {"a": GroupCounts(3, 1, 1, 0), "b": GroupCounts(1, 0, 4, 2)}


@pytest.mark.parametrize(
    ("rate", "of_a", "of_b"),
    [
        ("selection_rate", (4, 5), (1, 7)),
        ("true_positive_rate", (3, 3), (1, 3)),
        ("false_positive_rate", (1, 2), (0, 4)),
        ("positive_predictive_value", (3, 4), (1, 1)),
        ("accuracy", (4, 5), (5, 7)),
    ],
)
def test_every_rate_divides_the_right_counts(rate, of_a, of_b):
    counts = group_counts(Y, Y_HAT, GROUP)
    assert (counts["a"].counted(rate), counts["b"].counted(rate)) == (of_a, of_b)
    shares = of_a[0] / of_a[1], of_b[0] / of_b[1]
    assert (counts["a"].rate(rate), counts["b"].rate(rate)) == shares
    assert rate_difference(rate, Y, Y_HAT, GROUP) == pytest.approx(abs(shares[0] - shares[1]))


def test_the_named_differences_take_their_rates():
    assert demographic_parity_difference(Y_HAT, GROUP) == pytest.approx(4 / 5 - 1 / 7)
    assert demographic_parity_ratio(Y_HAT, GROUP) == pytest.approx((1 / 7) / (4 / 5))
    assert equal_opportunity_difference(Y, Y_HAT, GROUP) == pytest.approx(2 / 3)
    assert equalised_odds_difference(Y, Y_HAT, GROUP) == pytest.approx(2 / 3)
    # The mirror image: with yes and no exchanged, the false positive rates lie 2/3 apart.
    assert equalised_odds_difference(1 - Y, 1 - Y_HAT, GROUP) == pytest.approx(2 / 3)
    assert equal_opportunity_difference(1 - Y, 1 - Y_HAT, GROUP) == pytest.approx(1 / 2)


def test_with_three_groups_the_extremes_are_compared():
    group = np.array([2, 2, 0, 0, 1, 1])
    y_hat = np.array([1, 0, 1, 1, 0, 0])
    assert demographic_parity_difference(y_hat, group) == 1
    assert demographic_parity_ratio(y_hat, group) == 0
    assert list(group_counts(y_hat, y_hat, group)) == [0, 1, 2]


@pytest.mark.parametrize(
    ("rate", "of_fairlearn"),
    [
        ("selection_rate", 0.10648148148148151),
        ("true_positive_rate", 0.3142857142857143),
        ("false_positive_rate", 0.15873015873015872),
    ],
)
def test_random_labels_give_the_differences_of_fairlearn(rate, of_fairlearn):
    rng = np.random.default_rng(1)
    y, y_hat, group = (rng.integers(0, high, 60) for high in (2, 2, 3))
    assert rate_difference(rate, y, y_hat, group) == pytest.approx(of_fairlearn)  # fairlearn 0.15.0


def test_truth_values_are_labels_too():
    assert group_counts(Y == 1, Y_HAT == 1, GROUP) == group_counts(Y, Y_HAT, GROUP)


def test_a_perfect_classifier_may_select_unequally_but_errs_equally():
    assert equalised_odds_difference(Y, Y, GROUP) == 0
    assert demographic_parity_difference(Y, GROUP) == pytest.approx(3 / 5 - 3 / 7)


def test_where_nobody_is_selected_all_are_treated_alike():
    nobody = np.zeros(12, int)
    assert demographic_parity_ratio(nobody, GROUP) == 1
    assert demographic_parity_difference(nobody, GROUP) == 0


def test_a_rate_of_nobody_is_no_number_and_no_difference_is_made_of_it():
    assert math.isnan(GroupCounts(0, 1, 1, 0).rate("true_positive_rate"))
    with pytest.raises(ValueError, match="true_positive_rate: group 'a' has nobody to count"):
        equal_opportunity_difference(np.where(GROUP == "a", 0, Y), Y_HAT, GROUP)


def test_an_interval_is_made_by_the_method_that_is_handed_in():
    counts = group_counts(Y, Y_HAT, GROUP)["b"]
    assert counts.interval("true_positive_rate", wilson_interval) == wilson_interval(1, 3)


def test_a_difference_can_be_bootstrapped():
    rng = np.random.default_rng(0)
    y, group = rng.integers(0, 2, 400), rng.integers(0, 2, 400)
    y_hat = np.where(rng.random(400) < 0.3 + 0.4 * group, 1, 0)
    interval = bootstrap_interval(
        (y, y_hat, group), rng, statistic=equal_opportunity_difference, n_resamples=100
    )
    assert 0.2 < interval.low < interval.estimate < interval.high < 0.6


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: group_counts([1], Y_HAT, GROUP), TypeError, "group_counts: y must be a NumPy array"),
        (
            lambda: group_counts(Y, Y_HAT[1:], GROUP),
            ValueError,
            r"y_hat must have shape \(n=12,\).*One label",
        ),
        (
            lambda: group_counts(Y, Y_HAT, GROUP[1:]),
            ValueError,
            r"group must have shape \(n=12,\).*One group",
        ),
        (lambda: group_counts(Y[None], Y_HAT, GROUP), ValueError, r"y must have shape \(n,\)"),
        (lambda: group_counts(Y + 1, Y_HAT, GROUP), ValueError, "y must hold only the labels 0 and 1"),
        (lambda: group_counts(Y, 2 * Y_HAT, GROUP), ValueError, "y_hat must hold only the labels 0 and 1"),
        (lambda: group_counts(Y[:0], Y[:0], GROUP[:0]), ValueError, "at least one example"),
        (
            lambda: demographic_parity_difference(Y + 1, GROUP),
            ValueError,
            "demographic_parity_difference: y_hat must hold only",
        ),
        (
            lambda: demographic_parity_ratio(Y.tolist(), GROUP),
            TypeError,
            "demographic_parity_ratio: y_hat must be a NumPy array",
        ),
        (
            lambda: GroupCounts(1, 1, 1, 1).rate("recall"),
            ValueError,
            "no rate named 'recall'. There are: sel",
        ),
        (lambda: rate_difference("accuracy", Y[:5], Y[:5], GROUP[:5]), ValueError, "two groups.*is one: 'a'"),
    ],
)
def test_bad_input_gets_a_sentence(call, error, message):
    with pytest.raises(error, match=message):
        call()
