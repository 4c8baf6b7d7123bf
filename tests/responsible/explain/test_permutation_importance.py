import numpy as np
import pytest
from sklearn.inspection import permutation_importance as permutation_importance_of_sklearn
from sklearn.linear_model import LinearRegression

from course_lib.responsible.explain import permutation_importance


@pytest.fixture
def table(rng):
    X = rng.normal(size=(300, 3))
    return X, 3 * X[:, 0] - X[:, 1] + 0.1 * rng.normal(size=300)


def test_the_drops_are_those_of_columns_shuffled_one_at_a_time(table):
    X, y = table

    def score(X, y):
        return float(np.corrcoef(X @ np.array([3.0, -1.0, 0.5]), y)[0, 1])

    found = permutation_importance(score, X, y, rng=np.random.default_rng(4), n_repeats=2)
    rng = np.random.default_rng(4)
    for column in range(3):
        for repeat in range(2):
            order = rng.permutation(300)
            shuffled = X.copy()
            shuffled[:, column] = X[order, column]
            assert found.drops[column, repeat] == pytest.approx(score(X, y) - score(shuffled, y), rel=1e-12)
    assert found.score == score(X, y)
    np.testing.assert_allclose(found.mean, found.drops.sum(axis=1) / 2)
    np.testing.assert_allclose(found.std, np.abs(found.drops[:, 0] - found.drops[:, 1]) / 2)
    assert repr(found) == f"PermutationImportance(score={score(X, y):.4g}, 3 columns)"


def test_the_error_of_a_weighted_sum_grows_by_twice_the_variance_of_the_term(table):
    X, _ = table
    y = X @ np.array([3.0, -1.0, 0.0])

    def score(X, y):
        return -np.mean((X @ np.array([3.0, -1.0, 0.0]) - y) ** 2)

    found = permutation_importance(score, X, y, rng=np.random.default_rng(0), n_repeats=50)
    variances = np.array([9, 1, 0]) * X.var(axis=0)
    np.testing.assert_allclose(found.mean, 2 * variances * 300 / 299, rtol=0.03)


def test_the_mean_agrees_with_that_of_scikit_learn(table):
    X, y = table
    model = LinearRegression().fit(X, y)
    ours = permutation_importance(model.score, X, y, rng=np.random.default_rng(0), n_repeats=40)
    theirs = permutation_importance_of_sklearn(model, X, y, n_repeats=40, random_state=0)
    np.testing.assert_allclose(ours.mean, theirs.importances_mean, rtol=0.05, atol=0.001)
    np.testing.assert_allclose(ours.std, theirs.importances_std, rtol=0.5, atol=0.001)


def test_ten_shuffles_are_made_and_the_data_stay_as_they_were(table):
    X, y = table
    before = X.copy()
    found = permutation_importance(lambda X, y: X[0, 0], X, y, rng=np.random.default_rng(0))
    assert found.drops.shape == (3, 10)
    np.testing.assert_array_equal(X, before)


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"X": [[1.0]]}, TypeError, "permutation_importance: X must be a NumPy array"),
        ({"X": np.ones(4)}, ValueError, r"X must have shape \(n, n_features\)"),
        ({"y": np.ones(3)}, ValueError, "X and y need the same number of examples, at least 1.*4 and 3"),
        ({"X": np.ones((0, 2)), "y": np.ones(0)}, ValueError, "at least 1"),
        ({"rng": 0}, TypeError, "permutation_importance: rng must be a NumPy Generator"),
        ({"n_repeats": 0}, ValueError, "n_repeats must be a whole number of at least 1. It is 0"),
        ({"n_repeats": 1.5}, ValueError, "n_repeats must be a whole number"),
    ],
)
def test_bad_input_gets_a_sentence(settings, error, message):
    arguments = {"X": np.ones((4, 2)), "y": np.ones(4), "rng": np.random.default_rng(0)} | settings
    with pytest.raises(error, match=message):
        permutation_importance(lambda X, y: 0.0, **arguments)


def test_a_score_of_each_example_is_refused(table):
    X, y = table
    says = rf"permutation_importance: score must return one number.*shape \({len(y)},\)\. Take its mean"
    with pytest.raises(TypeError, match=says):
        permutation_importance(lambda X, y: y == y, X, y, rng=np.random.default_rng(0))
