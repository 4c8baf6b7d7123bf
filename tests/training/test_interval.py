import math

import numpy as np
import pytest
from scipy import stats

from course_lib.training.interval import (
    bootstrap_interval,
    mcnemar,
    paired_difference,
    wilson_interval,
)
from course_lib.training.metrics import auc


def rng(seed=0):
    return np.random.default_rng(seed)


@pytest.mark.parametrize(("n_right", "n"), [(0, 5), (5, 5), (1, 1), (90, 100), (7, 1000), (96, 1797)])
@pytest.mark.parametrize("confidence", [0.5, 0.95, 0.999])
def test_wilsons_interval_equals_scipys(n_right, n, confidence):
    ours = wilson_interval(n_right, n, confidence=confidence)
    theirs = stats.binomtest(n_right, n).proportion_ci(confidence, method="wilson")
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=1e-12)
    assert ours.estimate == n_right / n
    assert ours.low <= ours.estimate <= ours.high


def test_wilsons_interval_solves_the_equation_it_comes_from():
    interval = wilson_interval(30, 40)
    for p in (interval.low, interval.high):
        assert abs(0.75 - p) == pytest.approx(1.959964 * math.sqrt(p * (1 - p) / 40), rel=1e-6)


def test_wilsons_interval_holds_the_truth_as_often_as_it_says():
    n_right = rng().binomial(60, 0.9, size=4000)
    held = [wilson_interval(int(k), 60).low <= 0.9 <= wilson_interval(int(k), 60).high for k in n_right]
    assert 0.93 < np.mean(held) < 0.97


def test_an_interval_prints_its_estimate_and_ends():
    assert str(wilson_interval(90, 100)) == "0.9 [0.8256, 0.9448]"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((1, 0), "n must be a whole number of at least 1"),
        ((3, 2), "n_right must be a whole number from 0 to 2"),
        ((-1, 2), "n_right must be"),
        ((0.9, 2), "n_right must be.*0.9"),
        ((1, 2.0), "n must be"),
    ],
)
def test_counts_that_cannot_be_are_refused(arguments, message):
    with pytest.raises(ValueError, match=f"wilson_interval: {message}"):
        wilson_interval(*arguments)


@pytest.mark.parametrize("confidence", [0.0, 1.0, 95, np.nan])
def test_a_confidence_is_a_share(confidence):
    with pytest.raises(ValueError, match=r"confidence must be between 0 and 1, as 0.95 is"):
        wilson_interval(1, 2, confidence=confidence)
    with pytest.raises(ValueError, match=r"confidence must be between 0 and 1, as 0.95 is"):
        bootstrap_interval(np.ones(3), rng(), confidence=confidence)


def test_the_bootstrap_of_a_mean_is_near_the_interval_of_the_normal_distribution():
    values = rng(1).normal(size=400)
    ours = bootstrap_interval(values, rng(), confidence=0.9)
    reach = 1.645 * values.std() / 20
    assert ours.estimate == values.mean()
    assert (ours.low, ours.high) == pytest.approx((values.mean() - reach, values.mean() + reach), abs=0.01)


def test_the_bootstrap_holds_the_truth_about_as_often_as_it_says():
    samples = rng(2).normal(size=(200, 60))
    draws = rng(3)
    intervals = [bootstrap_interval(sample, draws, confidence=0.8, n_resamples=150) for sample in samples]
    assert 0.7 < np.mean([i.low <= 0 <= i.high for i in intervals]) < 0.88


def test_the_bootstrap_agrees_with_scipys():
    values = rng(4).exponential(size=80)
    ours = bootstrap_interval(values, rng(), statistic=np.median)
    theirs = stats.bootstrap((values,), np.median, method="percentile", n_resamples=2000, rng=rng(1))
    ends = theirs.confidence_interval
    assert (ours.low, ours.high) == pytest.approx((ends.low, ends.high), abs=0.06)


def test_rows_of_several_arrays_stay_together():
    y = np.arange(100) % 2
    score = y + rng(5).normal(size=100)
    interval = bootstrap_interval((score, y), rng(), statistic=auc)
    assert interval.estimate == auc(score, y)
    assert 0.6 < interval.low < interval.estimate < interval.high < 0.9
    assert bootstrap_interval((y, y), rng(), statistic=lambda a, b: np.mean(a == b)).low == 1


def test_the_generator_alone_decides_the_draws():
    values = rng(6).normal(size=30)
    assert bootstrap_interval(values, rng(7)) == bootstrap_interval(values, rng(7))
    assert bootstrap_interval(values, rng(7)) != bootstrap_interval(values, rng(8))


def test_on_the_same_examples_a_small_difference_is_seen_that_two_intervals_hide():
    difficulty = rng(9).normal(size=300)
    loss_a, loss_b = difficulty + 0.1, difficulty + 0.05 * rng(11).normal(size=300)
    interval = paired_difference(loss_a, loss_b, rng())
    assert 0.08 < interval.low < 0.1 < interval.high < 0.12
    assert interval.estimate == pytest.approx(np.mean(loss_a - loss_b))
    alone = [bootstrap_interval(loss, rng()) for loss in (loss_a, loss_b)]
    assert alone[0].low < alone[1].high


def test_the_first_model_is_counted_positive_and_truth_values_may_be_compared():
    interval = paired_difference(np.array([True, True]), np.array([False, False]), rng())
    assert (interval.estimate, interval.low, interval.high) == (1, 1, 1)


@pytest.mark.parametrize(
    ("values", "error", "message"),
    [
        (np.zeros(0), ValueError, "needs at least one example"),
        (np.array(1.0), ValueError, "needs at least one example"),
        ((), ValueError, "one row an example in every array"),
        ((np.ones(2), np.ones(3)), ValueError, r"They have \[2, 3\] rows"),
        (np.array([1, np.nan]), ValueError, "must be finite"),
        ([1.0, 2.0], TypeError, "expected NumPy arrays. One is a list"),
        (np.array(["a"]), TypeError, "array of numbers"),
    ],
)
def test_what_cannot_be_resampled_is_refused(values, error, message):
    with pytest.raises(error, match=f"bootstrap_interval.*{message}"):
        bootstrap_interval(values, rng())


def test_a_statistic_without_a_value_is_named():
    with pytest.raises(ValueError, match=r"statistic must be finite.*defined for every draw"):
        bootstrap_interval(np.ones(3), rng(), statistic=lambda values: np.nan)


def test_a_seed_is_no_generator_and_half_a_draw_is_none():
    with pytest.raises(TypeError, match="rng must be a NumPy Generator"):
        bootstrap_interval(np.ones(3), 7)
    with pytest.raises(ValueError, match="n_resamples must be a whole number"):
        bootstrap_interval(np.ones(3), rng(), n_resamples=0)


def test_two_models_need_the_same_examples():
    with pytest.raises(ValueError, match=r"score_b must have shape \(n=3,\).*same examples"):
        paired_difference(np.ones(3), np.ones(2), rng())
    with pytest.raises(ValueError, match="paired_difference needs at least one example"):
        paired_difference(np.ones(0), np.ones(0), rng())
    with pytest.raises(ValueError, match=r"is_right_b must have shape \(n=3,\).*same examples"):
        mcnemar(np.ones(3), np.ones(2))


@pytest.mark.parametrize(("n_only_a", "n_only_b"), [(0, 0), (5, 0), (0, 5), (3, 3), (12, 25), (400, 900)])
def test_mcnemars_p_value_is_that_of_a_coin(n_only_a, n_only_b):
    a = np.repeat([1, 0, 1, 0], [n_only_a, n_only_b, 50, 20])
    b = np.repeat([0, 1, 1, 0], [n_only_a, n_only_b, 50, 20])
    found = mcnemar(a, b)
    assert (found.n_only_a, found.n_only_b) == (n_only_a, n_only_b)
    m = n_only_a + n_only_b
    assert found.p_value == pytest.approx(stats.binomtest(n_only_a, m).pvalue if m else 1, rel=1e-9, abs=0)


def test_labels_in_place_of_right_and_wrong_are_refused_with_the_cure():
    with pytest.raises(ValueError, match=r"is_right_a must say right or wrong.*y_hat == y"):
        mcnemar(np.array([0, 2]), np.array([0, 1]))
