from functools import partial

import numpy as np
import pytest

from course_lib.autograd.tensor import Tensor
from course_lib.losses import binary_cross_entropy, cross_entropy
from course_lib.responsible.attacks import fgsm, pgd

UNLIMITED = {"low": -np.inf, "high": np.inf}


def linear(W):
    return lambda x: x @ W


def slope_of_linear(X, y, W):
    """Return dL/dx of a softmax regression: (what was predicted - what was true) Wᵀ."""
    shares = np.exp(X @ W)
    shares /= shares.sum(axis=1, keepdims=True)
    return (shares - np.eye(W.shape[1])[y]) @ W.T


def flat(x):
    return x[:, :2] * 0.0


def loss_of(model, X, y):
    return cross_entropy(model(Tensor(X)), y).item()


def change_of(X_adversarial, X):
    return (X_adversarial.astype(np.float64) - X).reshape(len(X), -1)


def test_fgsm_on_a_softmax_regression_equals_the_formula(rng, examples):
    X, y, W = examples.X, examples.y, rng.normal(size=(5, 3))
    expected = np.clip(X + 0.2 * np.sign(slope_of_linear(X, y, W)), 0, 1)
    np.testing.assert_allclose(fgsm(linear(W), X, y, 0.2), expected, rtol=1e-12)


def test_fgsm_lowers_the_margin_of_a_neuron_by_epsilon_times_the_sum_of_its_weights(rng):
    X, w = rng.normal(size=(4, 6)), rng.normal(size=6)
    y = np.array([0.0, 1.0, 1.0, 0.0])
    X_adversarial = fgsm(
        lambda x: (x * w).sum(axis=1), X, y, 0.1, loss=binary_cross_entropy, low=-np.inf, high=np.inf
    )
    np.testing.assert_allclose((X_adversarial - X) @ w, np.where(y, -1, 1) * 0.1 * np.abs(w).sum())


@pytest.mark.parametrize(("norm", "epsilon"), [(np.inf, 0.15), (2, 1.2)])
@pytest.mark.parametrize("seed", [None, 3])
def test_pgd_stays_in_the_ball_and_in_the_range_and_raises_the_loss(digits, norm, epsilon, seed):
    X, y = digits.parts.X_test[:100], digits.parts.y_test[:100]
    X_before = X.copy()
    rng = None if seed is None else np.random.default_rng(seed)
    X_adversarial = pgd(digits.model, X, y, epsilon, norm=norm, rng=rng)
    lengths = np.linalg.norm(change_of(X_adversarial, X), ord=norm, axis=1)
    assert lengths.max() <= epsilon * (1 + 1e-6)
    assert np.median(lengths) > 0.5 * epsilon  # and the ball is made use of
    assert X_adversarial.min() >= 0
    assert X_adversarial.max() <= 1
    assert X_adversarial.dtype == np.float32
    assert loss_of(digits.model, X_adversarial, y) > 3 * loss_of(digits.model, X, y) + 1
    np.testing.assert_array_equal(X, X_before)


def test_fgsm_stays_in_the_ball_and_fools_a_network_that_reads_digits(digits):
    X, y = digits.parts.X_test, digits.parts.y_test
    X_adversarial = fgsm(digits.model, X, y, 0.15)
    assert np.abs(change_of(X_adversarial, X)).max() <= 0.15 * (1 + 1e-6)
    assert X_adversarial.min() >= 0
    assert X_adversarial.max() <= 1
    right = [np.mean(digits.model(Tensor(part)).data.argmax(axis=1) == y) for part in (X, X_adversarial)]
    assert right[0] > 0.93
    assert right[1] < 0.5


def test_many_small_steps_find_a_higher_loss_than_one_large_one(digits):
    X, y = digits.parts.X_test[:100], digits.parts.y_test[:100]
    one, many = fgsm(digits.model, X, y, 0.1), pgd(digits.model, X, y, 0.1, n_steps=20)
    assert loss_of(digits.model, many, y) > loss_of(digits.model, one, y)


def test_one_step_of_pgd_as_long_as_the_radius_is_fgsm(net, examples):
    X, y = examples.X, examples.y
    np.testing.assert_array_equal(pgd(net, X, y, 0.1, n_steps=1, step_size=0.1), fgsm(net, X, y, 0.1))


def test_steps_left_to_the_default_together_walk_two_and_a_half_times_the_radius(net, examples):
    by_default = pgd(net, examples.X, examples.y, 0.4, n_steps=5, norm=2)
    np.testing.assert_array_equal(
        by_default, pgd(net, examples.X, examples.y, 0.4, n_steps=5, norm=2, step_size=0.2)
    )


def test_ten_steps_are_taken_by_default(net, examples):
    np.testing.assert_array_equal(
        pgd(net, examples.X, examples.y, 0.4, step_size=0.01),
        pgd(net, examples.X, examples.y, 0.4, step_size=0.01, n_steps=10),
    )
    assert not np.array_equal(
        pgd(net, examples.X, examples.y, 0.4, step_size=0.01),
        pgd(net, examples.X, examples.y, 0.4, step_size=0.01, n_steps=11),
    )


@pytest.mark.parametrize("norm", [np.inf, 2])
def test_three_steps_equal_a_loop_by_hand(rng, examples, norm):
    X, y, W = np.clip(examples.X, 0.1, 0.9), examples.y, rng.normal(size=(5, 3))
    expected = X.copy()
    for _ in range(3):
        slope = slope_of_linear(expected, y, W)
        if norm == 2:
            change = expected + 0.2 * slope / np.linalg.norm(slope, axis=1)[:, None] - X
            change *= np.minimum(1, 0.3 / np.linalg.norm(change, axis=1))[:, None]
        else:
            change = np.clip(expected + 0.2 * np.sign(slope) - X, -0.3, 0.3)
        expected = np.clip(X + change, 0.1, 0.9)
    found = pgd(linear(W), X, y, 0.3, n_steps=3, step_size=0.2, norm=norm, low=0.1, high=0.9)
    np.testing.assert_allclose(found, expected, rtol=1e-12)


@pytest.mark.parametrize(("norm", "attack"), [(np.inf, fgsm), (np.inf, pgd), (2, partial(pgd, norm=2))])
def test_a_targeted_attack_makes_the_target_likelier(digits, norm, attack):
    X = digits.parts.X_test[:50]
    target = np.full(50, 3)
    X_adversarial = attack(digits.model, X, target, 0.1 if norm == np.inf else 1.0, is_targeted=True)
    assert loss_of(digits.model, X_adversarial, target) < loss_of(digits.model, X, target) - 1


def test_the_start_is_drawn_evenly_from_the_cube(rng):
    X, y = np.zeros((500, 4)), np.zeros(500, int)
    start = pgd(flat, X, y, 0.5, n_steps=1, rng=rng, **UNLIMITED)
    assert np.abs(start).max() <= 0.5
    np.testing.assert_allclose(start.mean(axis=0), 0, atol=0.05)
    np.testing.assert_allclose(start.std(axis=0), 0.5 / np.sqrt(3), rtol=0.05)
    drawn = np.random.default_rng(8).uniform(-0.5, 0.5, X.shape)
    again = pgd(flat, X, y, 0.5, n_steps=1, rng=np.random.default_rng(8), **UNLIMITED)
    np.testing.assert_array_equal(again, drawn)


def test_the_start_is_drawn_evenly_from_the_sphere(rng):
    X, y = np.zeros((2000, 2, 2)), np.zeros(2000, int)
    start = pgd(lambda x: x.reshape(2000, 4)[:, :2] * 0.0, X, y, 0.5, norm=2, n_steps=1, rng=rng, **UNLIMITED)
    share_of_volume = (np.linalg.norm(start.reshape(2000, 4), axis=1) / 0.5) ** 4
    np.testing.assert_allclose(np.quantile(share_of_volume, [0.1, 0.5, 0.9]), [0.1, 0.5, 0.9], atol=0.04)
    np.testing.assert_allclose(start.mean(axis=0), 0, atol=0.02)
    assert share_of_volume.max() <= 1


def test_a_start_is_clipped_to_the_range_and_repeats_with_its_seed(net, examples):
    X, y = np.zeros((6, 5)), examples.y
    first, second, other = (
        pgd(net, X, y, 0.5, n_steps=1, step_size=1e-9, rng=np.random.default_rng(seed)) for seed in (1, 1, 2)
    )
    assert first.min() == 0
    np.testing.assert_array_equal(first, second)
    assert not np.array_equal(first, other)


def test_a_start_outside_the_range_never_reaches_the_model():
    seen = []

    def model(x):
        seen.append(x.data)
        return x

    pgd(model, np.zeros((3, 2)), np.zeros(3, int), 0.5, n_steps=2, rng=np.random.default_rng(0))
    assert min(x.min() for x in seen) >= 0


@pytest.mark.parametrize("norm", [np.inf, 2])
def test_where_the_model_is_flat_nothing_moves(norm):
    X, y = np.full((3, 4), 0.5), np.array([0, 1, 0])
    np.testing.assert_array_equal(pgd(flat, X, y, 0.1, norm=norm), X)
    np.testing.assert_array_equal(fgsm(flat, X, y, 0.1), X)


def test_a_slope_whose_square_is_too_small_for_a_float_still_has_a_direction():
    X, y = np.full((2, 3), 0.5, np.float32), np.array([0, 0])
    W = np.array([[3.0, 0.0], [4.0, 0.0], [0.0, 0.0]], np.float32)
    scale = np.array([[1e-30], [1.0]], np.float32)  # of two examples, only one is hard to move
    found = pgd(lambda x: x @ W * scale, X, y, 0.1, norm=2, n_steps=1, step_size=0.1)
    np.testing.assert_allclose(found - X, [[-0.06, -0.08, 0], [-0.06, -0.08, 0]], rtol=1e-5)


@pytest.mark.parametrize("attack", [fgsm, pgd, partial(pgd, norm=2)])
def test_a_radius_of_0_changes_nothing(net, examples, attack):
    np.testing.assert_array_equal(attack(net, examples.X, examples.y, 0.0), examples.X)


@pytest.mark.parametrize("attack", [fgsm, pgd, partial(pgd, norm=2, step_size=np.float64(0.01))])
def test_float32_stays_float32_and_every_number_may_have_its_own_range(digits, attack):
    X, y = digits.parts.X_test[:20], digits.parts.y_test[:20]
    high = np.maximum(X.max(axis=0), 0.5).astype(np.float64)
    X_adversarial = attack(digits.model, X, y, np.float64(0.3), high=high)
    assert X_adversarial.dtype == np.float32
    assert (X_adversarial <= high.astype(np.float32)).all()
    assert (X_adversarial[:, high == 0.5] > 0.2).any()


@pytest.mark.parametrize("attack", [fgsm, pgd])
def test_an_attack_leaves_the_model_as_it_was(net, examples, expect_untouched, attack):
    expected = attack(net, examples.X, examples.y, 0.1)
    compare = expect_untouched(net)
    found = attack(net, examples.X, examples.y, 0.1)
    compare()
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("attack", [fgsm, pgd])
def test_rounding_may_leave_a_pixel_just_outside_the_range(net, examples, attack):
    X = examples.X.copy()
    X[0, 0], X[0, 1] = -5e-7, 1 + 5e-7
    assert attack(net, X, examples.y, 0.1).max() <= 1
    X[0, 0] = -1.2e-6
    with pytest.raises(ValueError, match="X must lie in the range"):
        attack(net, X, examples.y, 0.1)


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"epsilon": -0.1}, ValueError, "epsilon must be a finite number of at least 0. It is -0.1"),
        ({"epsilon": np.inf}, ValueError, "epsilon must be a finite number"),
        ({"n_steps": 0}, ValueError, "pgd: n_steps must be a whole number of at least 1. It is 0"),
        ({"n_steps": 2.5}, ValueError, "pgd: n_steps must be a whole number"),
        ({"norm": 1}, ValueError, "pgd: norm must be 2 or np.inf. It is 1"),
        ({"step_size": 0.0}, ValueError, "pgd: step_size must be a positive number"),
        ({"rng": 3}, TypeError, "pgd: rng must be a NumPy Generator"),
        ({"rng": 3, "norm": 2}, TypeError, "pgd: rng must be a NumPy Generator"),
        ({"high": 0.5}, ValueError, r"pgd: X must lie in the range.*from 0.009955 to 0.9949. Hand in"),
        ({"low": 0.5}, ValueError, "pgd: X must lie in the range"),
        ({"low": np.zeros(3)}, ValueError, r"pgd: low must be a number or broadcast.*It has shape \(3,\)"),
        ({"high": np.ones((1, 1, 5))}, ValueError, r"pgd: high must be .* It has shape \(1, 1, 5\)"),
        ({"X": np.ones((6, 5), int)}, TypeError, "pgd: X must hold floats"),
        ({"y": np.zeros(5, int)}, ValueError, "cross_entropy"),
    ],
)
def test_bad_input_gets_a_sentence(net, examples, settings, error, message):
    arguments = {"X": examples.X, "y": examples.y, "epsilon": 0.1} | settings
    with pytest.raises(error, match=message):
        pgd(net, **arguments)


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"epsilon": -0.1}, ValueError, "fgsm: epsilon must be a finite number of at least 0. It is -0.1"),
        ({"epsilon": "0.1"}, ValueError, "fgsm: epsilon must be a finite number .* It is '0.1'"),
        ({"high": 0.5}, ValueError, "fgsm: X must lie in the range"),
        ({"X": Tensor([[1.0]])}, TypeError, "fgsm: X must be a NumPy array. It is a Tensor"),
        ({"X": [[1.0]]}, TypeError, "fgsm: X must be a NumPy array"),
    ],
)
def test_fgsm_refuses_the_same(net, examples, settings, error, message):
    arguments = {"X": examples.X, "y": examples.y, "epsilon": 0.1} | settings
    with pytest.raises(error, match=message):
        fgsm(net, **arguments)
