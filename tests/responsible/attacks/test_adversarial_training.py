from functools import partial

import numpy as np
import pytest

from course_lib.autograd.tensor import Tensor
from course_lib.losses import cross_entropy, squared_error
from course_lib.optim import SGD, Adam
from course_lib.responsible.attacks import adversarial_step, adversarial_training, fgsm, pgd, robust_accuracy

small_fgsm = partial(fgsm, epsilon=0.1)


def no_attack(model, X, y):
    return X


def double(model, X, y):
    return 2 * X


@pytest.mark.parametrize("clean_share", [0.0, 0.25, 1.0])
def test_a_step_descends_on_the_mixed_loss(net, examples, clean_share):
    X, y = examples.X, examples.y
    before = net.state()
    clean, attacked = cross_entropy(net(Tensor(X)), y), cross_entropy(net(Tensor(2 * X)), y)
    expected_loss = clean_share * clean.item() + (1 - clean_share) * attacked.item()
    clean.backward(clean_share)
    attacked.backward(1 - clean_share)
    expected = {name: before[name] - 0.5 * p.grad for name, p in net.named_parameters().items()}
    loss = adversarial_step(net, SGD(net.parameters(), 0.5), X, y, double, clean_share=clean_share)
    assert loss == pytest.approx(expected_loss, rel=1e-12)
    for name, parameter in net.named_parameters().items():
        np.testing.assert_allclose(parameter.data, expected[name], rtol=1e-10)


def test_a_step_trains_in_the_mode_that_the_model_is_in_and_attacks_it_as_in_use(net, examples):
    net.is_moody = True
    seen = []

    def attack(model, X, y):
        X_adversarial = small_fgsm(model, X, y)
        seen.append(X_adversarial)
        return X_adversarial

    in_training = cross_entropy(net(Tensor(small_fgsm(net, examples.X, examples.y))), examples.y).item()
    loss = adversarial_step(net, SGD(net.parameters(), 0.1), examples.X, examples.y, attack)
    assert loss == pytest.approx(in_training, rel=1e-12)
    assert net.out.is_training


def test_no_time_is_spent_on_gradients_by_the_input(net, examples):
    seen, forward = [], net.forward
    net.forward = lambda x: seen.append(x.needs_grad) or forward(x)
    adversarial_step(net, SGD(net.parameters(), 0.1), examples.X, examples.y, no_attack, clean_share=0.5)
    assert seen == [False, False]


def test_another_loss_may_be_handed_in(net, examples):
    X, y = examples.X, np.zeros((6, 3))
    expected = squared_error(net(Tensor(X)), y).item()
    loss = adversarial_step(
        net, SGD(net.parameters(), 1e-3), X, y, no_attack, loss=squared_error, clean_share=0.5
    )
    assert loss == pytest.approx(expected)
    labels = examples.y.astype(float)
    losses = adversarial_training(
        lambda x: net(x)[:, 0], SGD(net.parameters(), 1e-3), X, labels, no_attack,
        rng=np.random.default_rng(0), n_epochs=3, loss=squared_error,
    )  # fmt: skip
    assert losses[2] < losses[1] < losses[0]


def test_every_epoch_meets_every_example_once_in_a_new_order(net, rng):
    X, y = rng.uniform(size=(10, 5)), np.arange(10) % 3
    batches = []

    def attack(model, X, y):
        batches.append((X, y))
        return X

    optimiser = SGD(net.parameters(), 0.1)
    optimiser.learning_rate = 0
    losses = adversarial_training(net, optimiser, X, y, attack, rng=rng, n_epochs=2, batch_size=4)
    assert [len(part) for part, _ in batches] == [4, 4, 2, 4, 4, 2]
    epochs = [np.concatenate([part for part, _ in batches[first : first + 3]]) for first in (0, 3)]
    for epoch in epochs:
        np.testing.assert_array_equal(np.sort(epoch, axis=0), np.sort(X, axis=0))
    assert not np.array_equal(*epochs)
    for part, labels in batches:
        for row, label in zip(part, labels, strict=True):
            assert y[np.argmax((row == X).all(axis=1))] == label
    np.testing.assert_allclose(losses, cross_entropy(net(Tensor(X)), y).item(), rtol=1e-12)


def test_the_clean_share_reaches_every_step(net, examples):
    optimiser = SGD(net.parameters(), 0.1)
    optimiser.learning_rate = 0
    clean = cross_entropy(net(Tensor(examples.X)), examples.y).item()
    losses = adversarial_training(
        net, optimiser, examples.X, examples.y, double,
        rng=np.random.default_rng(0), n_epochs=1, clean_share=1.0,
    )  # fmt: skip
    assert losses == [pytest.approx(clean)]


def test_adversarial_training_withstands_an_attack_that_plain_training_does_not(digits):
    parts = digits.parts
    attack = partial(pgd, epsilon=0.15, n_steps=7)
    model = digits.new_model(64, 32, 10, rng=np.random.default_rng(0))
    optimiser = Adam(model.parameters(), 0.01)
    adversarial_training(
        model, optimiser, parts.X_train, parts.y_train, partial(fgsm, epsilon=0.15),
        rng=np.random.default_rng(0), n_epochs=15,
    )  # fmt: skip
    plain, robust = (robust_accuracy(m, parts.X_test, parts.y_test, attack) for m in (digits.model, model))
    assert plain < 0.35
    assert robust > plain + 0.3
    assert robust < robust_accuracy(model, parts.X_test, parts.y_test, no_attack)


def test_robust_accuracy_is_the_share_that_stays_right(net, examples, expect_untouched):
    X, y = examples.X, examples.y
    expected = np.mean(net(Tensor(small_fgsm(net, X, y))).data.argmax(axis=1) == y)
    compare = expect_untouched(net)
    assert robust_accuracy(net, X, y, small_fgsm) == expected
    compare()
    net.is_moody = False
    of_all = net(Tensor(X)).data.argmax(axis=1)
    of_all[0] = (of_all[0] + 1) % 3
    assert robust_accuracy(net, X, of_all, no_attack) == pytest.approx(5 / 6)


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"rng": 1}, TypeError, "adversarial_training: rng must be a NumPy Generator"),
        ({"n_epochs": 0}, ValueError, "n_epochs must be a whole number of at least 1. It is 0"),
        ({"n_epochs": 1.5}, ValueError, "n_epochs must be a whole number"),
        ({"batch_size": 0}, ValueError, "batch_size must be a whole number of at least 1. It is 0"),
        ({"clean_share": 1.5}, ValueError, "clean_share must be between 0 and 1. It is 1.5"),
        ({"clean_share": -0.5}, ValueError, "clean_share must be between 0 and 1"),
        ({"y": np.zeros(5, int)}, ValueError, r"adversarial_training: y must have shape \(n=6,\)"),
        ({"X": np.zeros((0, 5)), "y": np.zeros(0, int)}, ValueError, "at least one example"),
        ({"X": np.zeros((6, 5), int)}, TypeError, "adversarial_training: X must hold floats"),
        ({"attack": None}, TypeError, r"attack must be a function .* partial\(fgsm, .* It is a NoneType"),
        (
            {"attack": lambda model, X, y: X[:2]},
            ValueError,
            r"adversarial_step: the attack must return an array of shape \(6, 5\). It has shape \(2, 5\)",
        ),
    ],
)
def test_bad_input_gets_a_sentence(net, examples, settings, error, message):
    arguments = {"X": examples.X, "y": examples.y, "attack": no_attack, "n_epochs": 1}
    arguments |= {"rng": np.random.default_rng(0)} | settings
    with pytest.raises(error, match=message):
        adversarial_training(net, SGD(net.parameters(), 0.1), **arguments)


@pytest.mark.parametrize(
    ("model", "y", "attack", "message"),
    [
        (lambda x: x, np.zeros(5, int), no_attack, r"robust_accuracy: y must have shape \(n=6,\)"),
        (
            lambda x: x.sum(axis=1),
            np.zeros(6, int),
            no_attack,
            r"the model's output must have shape \(n=6, K\)",
        ),
        (lambda x: x, np.zeros(6, int), lambda model, X, y: X[0], "robust_accuracy: the attack must return"),
    ],
)
def test_robust_accuracy_refuses_what_does_not_fit(examples, model, y, attack, message):
    with pytest.raises(ValueError, match=message):
        robust_accuracy(model, examples.X, y, attack)
