import numpy as np
import pytest

from course_lib.autograd.tensor import Tensor
from course_lib.layers.module import Module
from course_lib.losses import cross_entropy, squared_error
from course_lib.optim import SGD
from course_lib.responsible.privacy import (
    Accountant,
    clip_each,
    dp_sgd,
    dp_sgd_step,
    per_example_gradients,
    poisson_sample,
)


def total_lengths(gradients):
    return np.sqrt(sum((part.reshape(len(part), -1) ** 2).sum(axis=1) for part in gradients))


def test_the_gradient_of_a_softmax_regression_equals_the_formula_for_each_example(rng, examples):
    model = Module()
    model.W = Tensor(rng.normal(size=(5, 3)))
    model.forward = lambda x: x @ model.W
    [found] = per_example_gradients(model, examples.X, examples.y)
    shares = np.exp(examples.X @ model.W.data)
    error = shares / shares.sum(axis=1, keepdims=True) - np.eye(3)[examples.y]
    np.testing.assert_allclose(found, examples.X[:, :, None] * error[:, None, :], rtol=1e-10)


def test_the_usual_gradient_is_their_mean(net, examples):
    of_each = per_example_gradients(net, examples.X, examples.y)
    cross_entropy(net(Tensor(examples.X)), examples.y).backward()
    for part, parameter in zip(of_each, net.parameters(), strict=True):
        assert part.shape == (6, *parameter.shape)
        np.testing.assert_allclose(part.mean(axis=0), parameter.grad, rtol=1e-9, atol=1e-14)


def test_the_gradients_that_the_model_holds_stay_even_after_an_error(net, examples):
    for parameter in net.parameters():
        parameter.grad = np.full(parameter.shape, 3.0)
    first = per_example_gradients(net, examples.X, examples.y)
    with pytest.raises(ValueError, match="y must lie between 0 and 2"):
        per_example_gradients(net, examples.X, examples.y + 9)
    for part, parameter in zip(first, net.parameters(), strict=True):
        np.testing.assert_array_equal(parameter.grad, 3.0)
        assert np.abs(part).max() < 3


def test_no_time_is_spent_on_gradients_by_the_input(net, examples):
    seen, forward = [], net.forward
    net.forward = lambda x: seen.append(x.needs_grad) or forward(x)
    per_example_gradients(net, examples.X, examples.y)
    assert seen == [False] * 6


def test_a_parameter_that_an_example_does_not_pass_through_has_no_share_in_it():
    model = Module()
    model.used, model.unused = Tensor([2.0]), Tensor([5.0])
    model.forward = lambda x: x * model.used
    used, unused = per_example_gradients(
        model, np.array([[1.0], [3.0]]), np.zeros((2, 1)), loss=squared_error
    )
    np.testing.assert_array_equal(used, [[4.0], [36.0]])
    np.testing.assert_array_equal(unused, [[0.0], [0.0]])


def test_clipping_shortens_what_is_longer_and_keeps_direction_and_what_is_shorter(rng):
    gradients = [rng.normal(size=(8, 3, 2)), rng.normal(size=(8, 4)), rng.normal(size=8)]
    gradients = [part * np.linspace(0.01, 2, 8).reshape(-1, *[1] * (part.ndim - 1)) for part in gradients]
    before, clipped = total_lengths(gradients), clip_each(gradients, 1.5)
    assert (before < 1.5).any()
    assert (before > 1.5).any()
    np.testing.assert_allclose(total_lengths(clipped), np.minimum(before, 1.5), rtol=1e-12)
    for part, old in zip(clipped, gradients, strict=True):
        factor = (np.minimum(before, 1.5) / before).reshape(-1, *[1] * (part.ndim - 1))
        np.testing.assert_allclose(part, old * factor, rtol=1e-12)


def test_one_example_moves_the_clipped_sum_by_at_most_the_limit(rng):
    gradients = [100 * rng.normal(size=(8, 5)).astype(np.float32)]
    [clipped] = clip_each(gradients, 0.7)
    assert clipped.dtype == np.float32
    for i in range(8):
        without = np.delete(clipped, i, axis=0).sum(axis=0, dtype=np.float64)
        assert np.linalg.norm(clipped.sum(axis=0, dtype=np.float64) - without) <= 0.7 * (1 + 1e-6)


def test_a_gradient_of_0_and_one_that_float32_cannot_square_are_clipped_too():
    [clipped] = clip_each([np.array([[0.0, 0.0], [3e30, 4e30]], np.float32)], 1.0)
    np.testing.assert_allclose(clipped, [[0, 0], [0.6, 0.8]], rtol=1e-6)


def test_everybody_is_drawn_by_a_coin_of_their_own(rng):
    draws = np.zeros((4000, 10))
    for draw in draws:
        draw[poisson_sample(10, 0.3, rng)] = 1
    np.testing.assert_allclose(draws.mean(axis=0), 0.3, atol=0.03)
    sizes = draws.sum(axis=1)
    assert sizes.var() == pytest.approx(10 * 0.3 * 0.7, rel=0.1)  # binomial: no fixed size
    np.testing.assert_array_equal(poisson_sample(4, 1.0, rng), [0, 1, 2, 3])
    assert len(poisson_sample(4, 0.0, rng)) == 0


def test_a_step_equals_a_loop_by_hand(net, examples):
    X, y = examples.X, examples.y
    sums = [np.zeros(parameter.shape) for parameter in net.parameters()]
    for i in range(6):
        for parameter in net.parameters():
            parameter.grad = None
        cross_entropy(net(Tensor(X[i : i + 1])), y[i : i + 1]).backward()
        parts = [parameter.grad for parameter in net.parameters()]
        length = np.sqrt(sum((part**2).sum() for part in parts))
        for total, part in zip(sums, parts, strict=True):
            total += part * min(1, 0.8 / length)
    noise, expected = np.random.default_rng(7), []
    for parameter, total in zip(net.parameters(), sums, strict=True):
        gradient = (total + 1.3 * 0.8 * noise.normal(size=parameter.shape)) / 5.5
        expected.append(parameter.data - 0.5 * gradient)
    dp_sgd_step(
        net, SGD(net.parameters(), 0.5), X, y,
        clip_norm=0.8, noise_multiplier=1.3, expected_batch_size=5.5, rng=np.random.default_rng(7),
    )  # fmt: skip
    for parameter, data in zip(net.parameters(), expected, strict=True):
        np.testing.assert_allclose(parameter.data, data, rtol=1e-10)


def test_without_noise_and_with_room_a_step_is_a_plain_one(net, examples):
    cross_entropy(net(Tensor(examples.X)), examples.y).backward()
    expected = [parameter.data - 0.5 * parameter.grad for parameter in net.parameters()]
    dp_sgd_step(
        net, SGD(net.parameters(), 0.5), examples.X, examples.y,
        clip_norm=1e6, noise_multiplier=0, expected_batch_size=6, rng=np.random.default_rng(0),
    )  # fmt: skip
    for parameter, data in zip(net.parameters(), expected, strict=True):
        np.testing.assert_allclose(parameter.data, data, rtol=1e-9)


def test_an_empty_batch_leaves_only_noise(digits):
    model = digits.new_model(64, 200, 10, rng=np.random.default_rng(0))
    before = model.state()
    dp_sgd_step(
        model, SGD(model.parameters(), 1.0), np.zeros((0, 64), np.float32), np.zeros(0, int),
        clip_norm=0.5, noise_multiplier=2.0, expected_batch_size=4.0, rng=np.random.default_rng(0),
    )  # fmt: skip
    moved = np.concatenate([(before[name] - part).ravel() for name, part in model.state().items()])
    assert moved.dtype == np.float32
    assert moved.std() == pytest.approx(2.0 * 0.5 / 4.0, rel=0.02)
    assert moved.mean() == pytest.approx(0, abs=0.01)


def test_training_on_digits_learns_and_tells_what_it_spent(digits):
    X, y = digits.parts.X_train[:300], digits.parts.y_train[:300]
    model = digits.new_model(64, 16, 10, rng=np.random.default_rng(0))
    accountant = dp_sgd(
        model, SGD(model.parameters(), 1.0), X, y,
        n_steps=40, sampling_rate=0.1, clip_norm=1.0, noise_multiplier=0.7, rng=np.random.default_rng(0),
    )  # fmt: skip
    right = np.mean(model(Tensor(digits.parts.X_test)).data.argmax(axis=1) == digits.parts.y_test)
    assert right > 0.4  # guessing is right in 0.1
    expected = Accountant()
    expected.add(sampling_rate=0.1, noise_multiplier=0.7, n_steps=40)
    assert accountant.epsilon(1e-3) == expected.epsilon(1e-3)


def test_training_is_its_steps_one_by_one(net, examples):
    X, y, first = examples.X, np.zeros((6, 3)), net.state()
    settings = {"clip_norm": 0.5, "noise_multiplier": 1.0, "loss": squared_error}
    dp_sgd(
        net, SGD(net.parameters(), 0.1), X, y,
        n_steps=3, sampling_rate=0.5, rng=np.random.default_rng(5), **settings,
    )  # fmt: skip
    found = net.state()
    net.load_state(first)
    rng = np.random.default_rng(5)
    for _ in range(3):
        rows = poisson_sample(6, 0.5, rng)
        optimiser = SGD(net.parameters(), 0.1)
        dp_sgd_step(net, optimiser, X[rows], y[rows], expected_batch_size=3.0, rng=rng, **settings)
    for name, part in net.state().items():
        np.testing.assert_array_equal(part, found[name])


class Statistics(Module):
    """A part that keeps a running mean, as batch norm does."""

    buffers = ("running_mean",)

    def __init__(self):
        self.running_mean = np.zeros(3)


def test_running_statistics_are_refused_in_training_and_allowed_in_use(net, examples):
    net.norm = Statistics()
    with pytest.raises(ValueError, match=r"norm, a Statistics, keeps running statistics.*Use LayerNorm"):
        per_example_gradients(net, examples.X, examples.y)
    net.norm.evaluate()
    per_example_gradients(net, examples.X, examples.y)
    alone = Statistics()
    alone.W = Tensor([1.0])
    with pytest.raises(ValueError, match="the model, a Statistics"):
        per_example_gradients(alone, examples.X, examples.y)


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"rng": 1}, TypeError, "dp_sgd_step: rng must be a NumPy Generator"),
        ({"expected_batch_size": 0}, ValueError, "expected_batch_size must be a positive number"),
        ({"noise_multiplier": -1.0}, ValueError, "noise_multiplier must be a finite number of at least 0"),
        ({"noise_multiplier": np.inf}, ValueError, "noise_multiplier must be a finite number.*It is inf"),
        ({"clip_norm": 0.0}, ValueError, "clip_each: clip_norm must be a positive number"),
        ({"y": np.zeros(5, int)}, ValueError, "X has 6 examples and y has 5"),
        ({"X": np.zeros((6, 5), int)}, TypeError, "per_example_gradients: X must hold floats"),
        ({"model": Module()}, ValueError, "the model has no parameters"),
    ],
)
def test_bad_input_gets_a_sentence(net, examples, settings, error, message):
    arguments = {"model": net, "optimiser": SGD(net.parameters(), 0.1), "X": examples.X, "y": examples.y}
    arguments |= {"clip_norm": 1.0, "noise_multiplier": 1.0, "expected_batch_size": 6}
    arguments |= {"rng": np.random.default_rng(0)} | settings
    with pytest.raises(error, match=message):
        dp_sgd_step(**arguments)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: clip_each([np.array([[1.0], [np.inf]])], 1.0),
            ValueError,
            "gradient of example 1 is not fin",
        ),
        (lambda: poisson_sample(5, 1.1, np.random.default_rng(0)), ValueError, "between 0 and 1. It is 1.1"),
        (
            lambda: poisson_sample(5, -0.1, np.random.default_rng(0)),
            ValueError,
            "between 0 and 1. It is -0.1",
        ),
        (lambda: poisson_sample(-1, 0.5, np.random.default_rng(0)), ValueError, "n must be .* It is -1"),
        (lambda: poisson_sample(2.5, 0.5, np.random.default_rng(0)), ValueError, r"n must be .* It is 2\.5"),
        (lambda: poisson_sample(5, 0.5, 3), TypeError, "poisson_sample: rng must be a NumPy Generator"),
    ],
)
def test_its_parts_refuse_what_they_cannot_use(call, error, message):
    with pytest.raises(error, match=message):
        call()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"sampling_rate": 0.0}, "dp_sgd: sampling_rate must be a positive number"),
        ({"n_steps": -1}, "n_steps must be a whole number of at least 0"),
        ({"y": np.zeros(5, int)}, "dp_sgd: X has 6 examples and y has 5"),
        ({"X": [[1.0]]}, "dp_sgd: X must be a NumPy array. It is a list"),
    ],
)
def test_training_refuses_settings_that_cannot_be_right(net, examples, settings, message):
    arguments = {"X": examples.X, "y": examples.y, "n_steps": 1, "sampling_rate": 0.5} | settings
    with pytest.raises((TypeError, ValueError), match=message):
        dp_sgd(
            net, SGD(net.parameters(), 0.1),
            clip_norm=1.0, noise_multiplier=1.0, rng=np.random.default_rng(0), **arguments,
        )  # fmt: skip
