import numpy as np
import pytest
from sklearn import metrics as sklearn_metrics

from course_lib.training.metrics import mean_absolute_error, mean_squared_error, r2

RNG = np.random.default_rng(0)
Y = RNG.normal(size=50) * 3 + 100
Y_HAT = Y + RNG.normal(size=50)
THEIRS = {
    mean_squared_error: sklearn_metrics.mean_squared_error,
    mean_absolute_error: sklearn_metrics.mean_absolute_error,
    r2: sklearn_metrics.r2_score,
}


@pytest.mark.parametrize("metric", THEIRS)
def test_each_equals_scikit_learns(metric):
    assert metric(Y_HAT, Y) == pytest.approx(THEIRS[metric](Y, Y_HAT), rel=1e-10)


def test_each_by_hand():
    y_hat, y = np.array([1.0, 2.0, 6.0]), np.array([1.0, 3.0, 5.0])
    assert mean_squared_error(y_hat, y) == pytest.approx(2 / 3)
    assert mean_absolute_error(y_hat, y) == pytest.approx(2 / 3)
    assert r2(y_hat, y) == 1 - 2 / 8


def test_the_mean_explains_nothing_and_worse_is_below_zero():
    assert r2(np.full(50, Y.mean()), Y) == pytest.approx(0, abs=1e-12)
    assert r2(-Y, Y) < 0


@pytest.mark.parametrize("metric", THEIRS)
def test_images_are_compared_entry_by_entry(metric):
    assert metric(Y_HAT.reshape(5, 10), Y.reshape(5, 10)) == pytest.approx(metric(Y_HAT, Y), rel=1e-12)


def test_numbers_without_a_sign_do_not_wrap_round():
    assert mean_absolute_error(np.array([1], np.uint8), np.array([3], np.uint8)) == 2


@pytest.mark.parametrize("metric", THEIRS)
@pytest.mark.parametrize(
    ("y_hat", "y", "message"),
    [
        (Y_HAT[:, None], Y, r"must have the same shape. They have \(50, 1\) and \(50,\).*\[:, 0\]"),
        (Y_HAT[:0], Y[:0], "needs at least one value"),
        (Y_HAT * np.inf, Y, "y_hat must be finite"),
        (Y_HAT, Y * np.inf, "y must be finite"),
    ],
)
def test_what_cannot_be_compared_is_refused_by_name(metric, y_hat, y, message):
    with pytest.raises(ValueError, match=f"{metric.__name__}.*{message}"):
        metric(y_hat, y)


@pytest.mark.parametrize("metric", THEIRS)
@pytest.mark.parametrize("y_hat", [[1.0], 1.0, np.float64(1)])
def test_what_is_no_array_is_refused(metric, y_hat):
    with pytest.raises(TypeError, match="y_hat must be"):
        metric(y_hat, np.ones(1))


def test_a_constant_leaves_nothing_to_explain():
    with pytest.raises(ValueError, match=r"r2: y must vary.*All its values are 2\.0"):
        r2(np.ones(3), np.full(3, 2.0))
