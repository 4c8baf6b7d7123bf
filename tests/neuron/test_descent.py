import numpy as np
import pytest

from course_lib.data import Standardiser, load_breast_cancer
from course_lib.neuron import descend, loss_and_slopes


@pytest.fixture(scope="module")
def tumours():
    data = load_breast_cancer()
    X = data.X[:, :2].astype(np.float64)
    return Standardiser.fit(X).apply(X), 1 - data.y


def test_the_first_step_goes_against_the_slope_by_the_learning_rate(tumours):
    X, y = tumours
    way = descend(X, y, learning_rate=0.3, n_steps=1, w=np.array([1.0, -2.0]), b=0.5)
    value, dw, db = loss_and_slopes(X, y, np.array([1.0, -2.0]), 0.5)
    np.testing.assert_allclose(way.w, [[1.0, -2.0], [1.0 - 0.3 * dw[0], -2.0 - 0.3 * dw[1]]])
    np.testing.assert_allclose(way.b, [0.5, 0.5 - 0.3 * db])
    assert way.loss[0] == value


def test_it_arrives_where_the_slope_is_zero_and_scikit_learn_arrives_too(tumours):
    from sklearn.linear_model import LogisticRegression

    X, y = tumours
    way = descend(X, y, learning_rate=5.0, n_steps=2000)
    assert np.all(np.diff(way.loss) <= 1e-15), "a good rate never climbs"
    judge = LogisticRegression(C=np.inf, tol=1e-8).fit(X, y)
    np.testing.assert_allclose(way.w[-1], judge.coef_[0], rtol=1e-5)
    np.testing.assert_allclose(way.b[-1], judge.intercept_[0], rtol=1e-5)


def test_the_history_has_every_state_and_does_not_touch_the_start(tumours):
    X, y = tumours
    start = np.array([0.1, 0.2])
    way = descend(X, y, learning_rate=1.0, n_steps=5, w=start)
    assert way.loss.shape == (6,)
    assert way.w.shape == (6, 2)
    assert way.b.shape == (6,)
    assert len({tuple(w) for w in way.w}) == 6, "each step keeps an array of its own"
    np.testing.assert_array_equal(start, [0.1, 0.2])
    assert repr(way).startswith("Descent(5 steps, loss ")


def test_float32_data_give_float32_weights(tumours):
    X, y = tumours
    assert descend(X.astype(np.float32), y, learning_rate=1.0, n_steps=2).w.dtype == np.float32


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"learning_rate": 0.0, "n_steps": 1}, "learning_rate must be a positive number"),
        ({"learning_rate": 1.0, "n_steps": 0}, "n_steps must be a whole number of at least 1"),
        ({"learning_rate": 1.0, "n_steps": 2.5}, "n_steps must be a whole number"),
        ({"learning_rate": 1.0, "n_steps": True}, "n_steps must be a whole number"),
        ({"learning_rate": 1.0, "n_steps": 1, "w": np.zeros(3)}, r"w must have shape \(n_in=2,\)"),
        ({"learning_rate": 1.0, "n_steps": 1, "loss": "hinge"}, "loss must be one of"),
    ],
)
def test_settings_that_cannot_be_right_are_refused_by_name(tumours, settings, message):
    with pytest.raises(ValueError, match=message):
        descend(*tumours, **settings)


@pytest.mark.filterwarnings("ignore:overflow|invalid value")
def test_steps_so_long_that_numbers_overflow_are_told_to_shorten(tumours):
    X, y = tumours
    with pytest.raises(ValueError, match=r"z must be finite.*smaller learning rate"):
        descend(1e200 * X, y, learning_rate=1e200, n_steps=3)
