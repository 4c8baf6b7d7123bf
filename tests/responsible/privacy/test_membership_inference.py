import numpy as np
import pytest
from sklearn.metrics import roc_auc_score, roc_curve

from course_lib.autograd.tensor import Tensor
from course_lib.losses import cross_entropy, squared_error
from course_lib.optim import Adam
from course_lib.responsible.privacy import example_losses, membership_attack


@pytest.fixture
def losses(rng):
    """Losses with ties between and within both kinds."""
    return rng.integers(0, 8, 40) / 8, rng.integers(2, 12, 60) / 8


def test_the_curve_equals_that_of_scikit_learn(losses):
    members, others = losses
    attack = membership_attack(members, others)
    is_member = np.repeat([1, 0], [40, 60])
    score = -np.concatenate([members, others])
    fpr, tpr, thresholds = roc_curve(is_member, score, drop_intermediate=False)
    np.testing.assert_allclose(attack.false_positive_rate, fpr)
    np.testing.assert_allclose(attack.true_positive_rate, tpr)
    np.testing.assert_array_equal(attack.threshold[1:], -thresholds[1:])
    assert attack.threshold[0] == -np.inf
    assert attack.auc == pytest.approx(roc_auc_score(is_member, score))


def test_the_area_is_the_chance_that_a_member_has_the_lower_loss(losses):
    members, others = losses
    pairs = members[:, None] - others
    assert membership_attack(members, others).auc == pytest.approx(np.mean((pairs < 0) + 0.5 * (pairs == 0)))


def test_the_advantage_is_the_largest_distance_and_its_threshold_reaches_it(losses):
    members, others = losses
    attack = membership_attack(members, others)
    distances = [np.mean(members <= t) - np.mean(others <= t) for t in np.arange(13) / 8]
    assert attack.advantage == pytest.approx(max(distances))
    t = attack.best_threshold
    assert np.mean(members <= t) - np.mean(others <= t) == pytest.approx(attack.advantage)


def test_members_that_are_found_for_certain_are_counted(losses):
    attack = membership_attack(np.array([0.1, 0.2, 0.6, 0.9]), np.array([0.3, 0.5, 0.7, 0.8]))
    assert attack.true_positive_rate_at(0.0) == 0.5
    assert attack.true_positive_rate_at(0.49) == 0.5
    assert attack.true_positive_rate_at(0.5) == 0.75
    assert attack.true_positive_rate_at(1.0) == 1.0


def test_nothing_leaks_where_members_and_others_have_the_same_losses():
    attack = membership_attack(np.array([0.5, 0.7]), np.array([0.5, 0.7]))
    assert (attack.auc, attack.advantage, attack.best_threshold) == (0.5, 0.0, -np.inf)
    assert repr(attack) == "MembershipAttack(auc=0.500, advantage=0.000)"


def test_a_network_that_learned_labels_by_heart_gives_its_members_away(digits):
    # Half of the labels are drawn at random: of them there is nothing to learn but the examples themselves.
    rng = np.random.default_rng(0)
    X, y = digits.parts.X_train[:200], digits.parts.y_train[:200].copy()
    y[::2] = rng.integers(0, 10, 100)
    model = digits.new_model(64, 64, 10, rng=rng)
    before = membership_attack(
        example_losses(model, X[:100], y[:100]), example_losses(model, X[100:], y[100:])
    )
    assert abs(before.auc - 0.5) < 0.12  # three standard errors of an AUC of two times 100
    optimiser = Adam(model.parameters(), 0.01)
    for _ in range(150):
        optimiser.zero_grad()
        cross_entropy(model(Tensor(X[:100])), y[:100]).backward()
        optimiser.step()
    after = membership_attack(
        example_losses(model, X[:100], y[:100]), example_losses(model, X[100:], y[100:])
    )
    assert after.auc > 0.9
    assert after.advantage > 0.7


def test_the_loss_of_each_example_is_that_of_a_batch_of_one(net, examples, expect_untouched):
    expected = [cross_entropy(net(Tensor(examples.X[[i]])), examples.y[[i]]).item() for i in range(6)]
    compare = expect_untouched(net)
    np.testing.assert_allclose(example_losses(net, examples.X, examples.y), expected, rtol=1e-12)
    compare()


def test_another_loss_may_be_handed_in():
    found = example_losses(lambda x: x, np.array([[1.0], [3.0]]), np.zeros((2, 1)), loss=squared_error)
    np.testing.assert_array_equal(found, [1.0, 9.0])


ONE = np.array([0.5])


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: membership_attack([0.5], ONE), TypeError, "loss_members must be a NumPy array"),
        (lambda: membership_attack(ONE, np.ones((2, 2))), ValueError, r"loss_others must have shape \(n,\)"),
        (lambda: membership_attack(ONE[:0], ONE), ValueError, "loss_members must hold at least one example"),
        (lambda: membership_attack(ONE, ONE * np.nan), ValueError, "loss_others must be finite"),
        (lambda: membership_attack(np.array(["a"]), ONE), TypeError, "loss_members must be a number or"),
        (lambda: membership_attack(ONE, ONE).true_positive_rate_at(1.1), ValueError, "between 0 and 1.*1.1"),
        (lambda: membership_attack(ONE, ONE).true_positive_rate_at(-0.1), ValueError, "between 0 and 1"),
        (lambda: example_losses(None, np.ones((2, 1)), ONE), ValueError, "X has 2 examples and y has 1"),
        (lambda: example_losses(None, np.ones(2, int), ONE), TypeError, "example_losses: X must hold floats"),
    ],
)
def test_bad_input_gets_a_sentence(call, error, message):
    with pytest.raises(error, match=message):
        call()
