import numpy as np
import pytest
from scipy.optimize import linprog

from course_lib.responsible.fairness import GroupRule, equalise_odds


def draw_people(seed, n=60, n_groups=2, noise=1.0):
    rng = np.random.default_rng(seed)
    group = rng.integers(0, n_groups, n)
    y = rng.integers(0, 2, n)
    score = np.round(noise * (1 + group) * rng.normal(size=n) + 1.5 * y - group, 1)
    return score, y, group


def expected_rates(chance, y, group):
    """Return the true and the false positive rate of each group, coins averaged out."""
    return np.array(
        [[chance[(group == value) & (y == label)].mean() for label in (1, 0)] for value in np.unique(group)]
    )


def most_right(score, y, group):
    """Solve the linear program of Hardt et al. 2016: mix all thresholds of each group, with equal rates."""
    points, groups = [], np.unique(group)
    for value in groups:
        own, labels = score[group == value], y[group == value]
        limits = [np.inf, *np.unique(own)]
        points.append(
            np.array([[np.mean(own[labels == k] >= t) for t in limits] for k in (1, 0)])
        )  # (2, n_limits)
    n = sum(part.shape[1] for part in points)
    share = y.mean()
    # Unknowns: the weight of each threshold of each group, then the common TPR and FPR.
    cost = np.append(np.zeros(n), [-share, 1 - share])
    rows, right = [], []
    first = 0
    for part in points:
        weights = slice(first, first + part.shape[1])
        for label in (0, 1):
            row = np.zeros(n + 2)
            row[weights], row[n + label] = part[label], -1
            rows.append(row)
            right.append(0)
        row = np.zeros(n + 2)
        row[weights] = 1
        rows.append(row)
        right.append(1)
        first += part.shape[1]
    return 1 - share - linprog(cost, A_eq=rows, b_eq=right, bounds=(0, 1)).fun


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("n_groups", [2, 3])
def test_all_groups_get_the_same_rates_and_the_answers_are_right_as_often_as_can_be(seed, n_groups):
    score, y, group = draw_people(seed, n_groups=n_groups)
    found = equalise_odds(score, y, group)
    chance = found.probability(score, group)
    expected = [[found.true_positive_rate, found.false_positive_rate]] * n_groups
    np.testing.assert_allclose(expected_rates(chance, y, group), expected, atol=1e-12)
    accuracy = np.mean(np.where(y == 1, chance, 1 - chance))
    assert most_right(score, y, group) - 1e-3 <= accuracy <= most_right(score, y, group) + 1e-9


@pytest.mark.parametrize(
    ("seed", "of_fairlearn"), [(0, (4 / 9, 0.125)), (1, (0.88515, 0.131)), (2, (0.9664, 0.723))]
)
def test_the_rates_are_those_that_fairlearn_finds(seed, of_fairlearn):
    # ThresholdOptimizer of fairlearn 0.15.0: equalized_odds, accuracy_score, a grid of 1000.
    found = equalise_odds(*draw_people(seed))
    assert (found.true_positive_rate, found.false_positive_rate) == pytest.approx(of_fairlearn)


def test_the_answers_are_drawn_with_these_chances():
    score, y, group = draw_people(1)
    found = equalise_odds(score, y, group)
    rng = np.random.default_rng(0)
    answers = np.array([found.predict(score, group, rng) for _ in range(2000)])
    assert set(np.unique(answers)) <= {0, 1}
    np.testing.assert_allclose(answers.mean(axis=0), found.probability(score, group), atol=0.05)


def test_a_rule_mixes_its_thresholds_and_a_coin():
    rule = GroupRule(strict=0.8, loose=0.4, chance_strict=0.25, chance_ignored=0.1, chance_of_yes=0.3)
    found = rule.probability(np.array([0.9, 0.8, 0.5, 0.4, 0.1]))
    np.testing.assert_allclose(found, [0.93, 0.93, 0.03 + 0.9 * 0.75, 0.03 + 0.9 * 0.75, 0.03])


def test_groups_that_are_both_ranked_perfectly_need_no_coin():
    score, y = np.array([0.1, 0.2, 0.9, 0.8, 5.0, 6.0, 9.0]), np.array([0, 0, 1, 1, 0, 0, 1])
    found = equalise_odds(score, y, np.array(["a"] * 4 + ["b"] * 3))
    assert (found.true_positive_rate, found.false_positive_rate) == (1, 0)
    np.testing.assert_array_equal(found.probability(score, np.array(["a"] * 4 + ["b"] * 3)), y)
    assert found.rules["b"].chance_ignored == 0


def test_scores_that_say_nothing_leave_only_the_same_answer_for_all():
    y, group = np.array([1, 1, 0, 1, 1, 0]), np.array([0, 0, 0, 1, 1, 1])
    found = equalise_odds(np.ones(6), y, group)
    np.testing.assert_array_equal(found.probability(np.ones(6), group), np.ones(6))


SCORE, Y, GROUP = draw_people(0)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: equalise_odds(SCORE, np.where(GROUP == 1, 0, Y), GROUP),
            ValueError,
            "group 1 must hold both",
        ),
        (
            lambda: equalise_odds(SCORE, np.where(GROUP == 1, 1, Y), GROUP),
            ValueError,
            "group 1 must hold both",
        ),
        (
            lambda: equalise_odds(SCORE[1:], Y, GROUP),
            ValueError,
            r"equalise_odds: score must have shape \(n=60",
        ),
        (lambda: equalise_odds(SCORE, Y, GROUP).predict(SCORE, GROUP, 1), TypeError, "predict: rng must be"),
        (
            lambda: equalise_odds(SCORE, Y, GROUP).probability(SCORE, GROUP + 1),
            ValueError,
            "there is no rule for group 2",
        ),
        (
            lambda: equalise_odds(SCORE, Y, GROUP).probability(SCORE, GROUP[1:]),
            ValueError,
            r"EqualisedOdds: group must have shape \(n=60,\)",
        ),
        (
            lambda: equalise_odds(SCORE, Y, GROUP).probability([1.0], GROUP),
            TypeError,
            "EqualisedOdds: score must be a NumPy array",
        ),
    ],
)
def test_bad_input_gets_a_sentence(call, error, message):
    with pytest.raises(error, match=message):
        call()
