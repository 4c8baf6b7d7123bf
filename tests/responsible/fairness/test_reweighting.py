import numpy as np
import pytest

from course_lib.responsible.fairness import reweighting


@pytest.fixture
def people(rng):
    group = rng.choice(["x", "y", "z"], 500, p=[0.5, 0.3, 0.2])
    chance = {"x": 0.7, "y": 0.4, "z": 0.1}
    return (rng.random(500) < [chance[name] for name in group]).astype(int), group


def test_in_the_weighted_data_group_and_label_are_independent(people):
    y, group = people
    weights = reweighting(y, group)
    shares = [np.average(y[group == name], weights=weights[group == name]) for name in "xyz"]
    np.testing.assert_allclose(shares, y.mean(), rtol=1e-12)
    sizes = [weights[group == name].sum() for name in "xyz"]
    np.testing.assert_allclose(sizes, [np.sum(group == name) for name in "xyz"], rtol=1e-12)
    assert weights.sum() == pytest.approx(500)


def test_every_weight_is_the_chance_over_the_share(people):
    y, group = people
    for i in (0, 7, 100):
        expected = np.mean(group == group[i]) * np.mean(y == y[i])
        expected /= np.mean((group == group[i]) & (y == y[i]))
        assert reweighting(y, group)[i] == pytest.approx(expected)


def test_the_example_of_kamiran_and_calders_comes_out():
    # Kamiran & Calders 2012, table 1: five men, four of them accepted; five women, two of them accepted.
    y, sex = np.array([1, 1, 1, 1, 0, 1, 1, 0, 0, 0]), np.array(["m"] * 5 + ["f"] * 5)
    np.testing.assert_allclose(reweighting(y, sex)[[0, 4, 5, 9]], [0.75, 2.0, 1.5, 2 / 3])


def test_where_group_and_label_are_independent_already_nothing_changes():
    np.testing.assert_allclose(reweighting(np.array([0, 1, 2, 0, 1, 2]), np.array([5, 5, 5, 7, 7, 7])), 1)


@pytest.mark.parametrize(
    ("y", "group", "error", "message"),
    [
        ([1], np.ones(1), TypeError, "reweighting: y must be a NumPy array"),
        (np.ones((2, 2)), np.ones(2), ValueError, r"y must have shape \(n,\)"),
        (np.ones(2), np.ones(3), ValueError, r"group must have shape \(n=2,\).*One group for each example"),
        (np.ones(0), np.ones(0), ValueError, "at least one example. y is empty"),
    ],
)
def test_bad_input_gets_a_sentence(y, group, error, message):
    with pytest.raises(error, match=message):
        reweighting(y, group)
