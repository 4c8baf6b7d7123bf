import itertools

import numpy as np
import pytest

from course_lib.responsible.explain import exact_shapley, sampled_shapley


def crooked(X):
    """A prediction in which features work together."""
    return X[:, 0] * X[:, 1] + np.maximum(X[:, 2], X[:, 3]) ** 2 - 0.5 * X[:, 1]


@pytest.fixture
def case(rng):
    return rng.normal(size=4), rng.normal(size=(7, 4))


def all_orders(predict, x, background):
    """The definition: every feature's change, averaged over all orders in which the features can join."""
    orders = list(itertools.permutations(range(len(x))))
    phi = np.zeros(len(x))
    for order in orders:
        rows = background.copy()
        for j in order:
            before = predict(rows).mean()
            rows[:, j] = x[j]
            phi[j] += predict(rows).mean() - before
    return phi / len(orders)


def test_exact_values_equal_the_mean_over_all_orders_and_are_efficient(case):
    x, background = case
    phi = exact_shapley(crooked, x, background)
    np.testing.assert_allclose(phi, all_orders(crooked, x, background), rtol=1e-12)
    assert phi.sum() == pytest.approx(crooked(x[None])[0] - crooked(background).mean(), rel=1e-12)


def test_a_weighted_sum_is_split_into_its_terms(case):
    x, background = case
    w = np.array([2.0, 0.0, -1.0, 3.0])
    expected = w * (x - background.mean(axis=0))
    np.testing.assert_allclose(exact_shapley(lambda X: X @ w, x, background), expected, atol=1e-14)
    found = sampled_shapley(lambda X: X @ w, x, background, rng=np.random.default_rng(0), n_orders=3)
    np.testing.assert_allclose(found.value, expected, atol=1e-14)
    np.testing.assert_allclose(found.standard_error, 0, atol=1e-14)


def test_features_that_play_the_same_part_get_the_same_and_idle_ones_nothing():
    x, background = np.ones(3), np.zeros((1, 3))
    phi = exact_shapley(lambda X: X[:, 0] * X[:, 1], x, background)
    np.testing.assert_allclose(phi, [0.5, 0.5, 0.0])


def test_sampled_values_are_efficient_to_rounding_after_a_single_order(case):
    x, background = case
    found = sampled_shapley(crooked, x, background, rng=np.random.default_rng(3), n_orders=1)
    assert found.value.sum() == pytest.approx(crooked(x[None])[0] - crooked(background).mean(), rel=1e-12)
    assert np.isnan(found.standard_error).all()


def test_sampled_values_come_within_their_standard_errors(case):
    x, background = case
    exact = exact_shapley(crooked, x, background)
    found = sampled_shapley(crooked, x, background, rng=np.random.default_rng(1), n_orders=400)
    assert (found.standard_error > 0).all()
    assert (np.abs(found.value - exact) < 3 * found.standard_error).all()
    values = [sampled_shapley(crooked, x, background, rng=np.random.default_rng(s)).value for s in range(40)]
    one = sampled_shapley(crooked, x, background, rng=np.random.default_rng(0))
    np.testing.assert_allclose(np.std(values, axis=0), one.standard_error, rtol=0.35)


def test_sampling_equals_a_loop_over_the_same_orders(case):
    x, background = case
    found = sampled_shapley(crooked, x, background, rng=np.random.default_rng(9), n_orders=2)
    rng, changes = np.random.default_rng(9), np.zeros((2, 4))
    for change in changes:
        rows = background.copy()
        for j in rng.permutation(4):
            before = crooked(rows).mean()
            rows[:, j] = x[j]
            change[j] = crooked(rows).mean() - before
    np.testing.assert_allclose(found.value, changes.mean(axis=0), rtol=1e-12)
    # Of two numbers, the standard error of the mean is half their distance.
    np.testing.assert_allclose(found.standard_error, np.abs(changes[0] - changes[1]) / 2, rtol=1e-10)


def test_a_real_network_is_explained_by_its_columns(digits):
    from course_lib.autograd.tensor import Tensor

    X, x = digits.parts.X_train[:5], digits.parts.X_test[0]
    rows = slice(26, 34)  # eight pixels in the middle

    def logit(part):
        full = np.tile(x, (len(part), 1))
        full[:, rows] = part
        return digits.model(Tensor(full)).data[:, 3]

    exact = exact_shapley(logit, x[rows], X[:, rows])
    found = sampled_shapley(logit, x[rows], X[:, rows], rng=np.random.default_rng(0), n_orders=150)
    assert np.abs(found.value - exact).max() < 0.15 * np.abs(exact).max()


def test_sixteen_features_are_the_most():
    with pytest.raises(ValueError, match=r"17 features have 2.17 coalitions. At most 16.*sampled_shapley"):
        exact_shapley(lambda X: X.sum(axis=1), np.ones(17), np.zeros((1, 17)))
    n_rows = []

    def predict(X):
        n_rows.append(len(X))
        return X[:, 0]

    phi = exact_shapley(predict, np.ones(16), np.zeros((1, 16)))
    assert phi[0] == pytest.approx(1)
    assert sum(n_rows) == 2**16
    assert max(n_rows) <= 8192


def test_a_large_background_is_handed_over_in_pieces_that_fit(rng):
    sizes = []

    def predict(X):
        sizes.append(len(X))
        return X[:, 0] + X[:, 1] * X[:, 2]

    x, background = rng.normal(size=3), rng.normal(size=(3000, 3))
    np.testing.assert_allclose(exact_shapley(predict, x, background), all_orders(predict, x, background))
    assert sizes[:4] == [6000] * 4
    sizes.clear()
    exact_shapley(predict, x, np.repeat(background, 3, axis=0))
    assert sizes == [9000] * 8


def sampled(predict, x, background):
    return sampled_shapley(predict, x, background, rng=np.random.default_rng(0))


@pytest.mark.parametrize("explain", [exact_shapley, sampled])
@pytest.mark.parametrize(
    ("predict", "x", "background", "error", "message"),
    [
        (crooked, [1.0], np.ones((1, 1)), TypeError, "shapley: x must be a NumPy array"),
        (
            crooked,
            np.ones((1, 4)),
            np.ones((1, 4)),
            ValueError,
            r"x must have shape \(n_features,\).*One exam",
        ),
        (crooked, np.ones(0), np.ones((1, 0)), ValueError, "x must have at least one feature"),
        (crooked, np.ones(4), np.ones((1, 3)), ValueError, r"background must have shape \(m, n_features=4\)"),
        (crooked, np.ones(4), np.ones((0, 4)), ValueError, "background must have at least one row"),
        (lambda X: X, np.ones(4), np.ones((2, 4)), ValueError, r"the prediction must have shape \(B="),
        (
            lambda X: X[:, 0] * np.nan,
            np.ones(4),
            np.ones((2, 4)),
            ValueError,
            "the prediction must be finite",
        ),
    ],
)
def test_bad_input_gets_a_sentence(explain, predict, x, background, error, message):
    with pytest.raises(error, match=message):
        explain(predict, x, background)


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"rng": 1}, TypeError, "sampled_shapley: rng must be a NumPy Generator"),
        ({"n_orders": 0}, ValueError, "n_orders must be a whole number of at least 1. It is 0"),
        ({"n_orders": 1.5}, ValueError, "n_orders must be a whole number"),
    ],
)
def test_sampling_refuses_settings_that_cannot_be_right(case, settings, error, message):
    arguments = {"rng": np.random.default_rng(0)} | settings
    with pytest.raises(error, match=message):
        sampled_shapley(crooked, *case, **arguments)
