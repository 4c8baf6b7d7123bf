"""Small models for the tests of attacks, privacy and explanations."""

from types import SimpleNamespace

import numpy as np
import pytest

from course_lib.autograd.tensor import Tensor
from course_lib.data import load_digits, split
from course_lib.layers.linear import Linear
from course_lib.layers.module import Module
from course_lib.losses import cross_entropy
from course_lib.optim import Adam


class TwoLayers(Module):
    """A small network that answers nonsense while it is in training mode, as dropout may."""

    def __init__(self, n_in: int, n_hidden: int, n_out: int, *, rng: np.random.Generator):
        self.hidden = Linear(n_in, n_hidden, rng=rng, activation="relu")
        self.out = Linear(n_hidden, n_out, rng=rng)
        self.is_moody = False

    def forward(self, x):
        z = self.out(self.hidden(x))
        return z * -7.0 if self.is_moody and self.out.is_training else z


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def net(rng):
    """Five inputs, three classes, float64."""
    model = TwoLayers(5, 8, 3, rng=rng)
    model.cast(np.float64)
    for parameter in model.parameters():
        parameter.assign(rng.normal(size=parameter.shape))
    return model


@pytest.fixture
def examples(rng):
    """Six examples for it."""
    return SimpleNamespace(X=rng.uniform(size=(6, 5)), y=rng.integers(0, 3, 6))


@pytest.fixture
def expect_untouched():
    """Return a function that notes mode, gradients and weights, and one that compares with them."""

    def note(model):
        for parameter in model.parameters():
            parameter.grad = np.full(parameter.shape, 3.0)
        model.is_moody = True
        model.train()
        model.hidden.is_training = False  # a mode of its own, that must come back too
        weights = model.state()

        def compare():
            modes = [module.is_training for module in model.named_modules().values()]
            assert modes == [True, False, True]
            for name, parameter in model.named_parameters().items():
                np.testing.assert_array_equal(parameter.grad, 3.0)
                assert parameter.needs_grad
                np.testing.assert_array_equal(parameter.data, weights[name])

        return compare

    return note


def trained(parts, n_epochs: int, seed: int = 0) -> TwoLayers:
    rng = np.random.default_rng(seed)
    model = TwoLayers(64, 32, 10, rng=rng)
    optimiser = Adam(model.parameters(), 0.01)
    for _ in range(n_epochs):
        for rows in np.array_split(rng.permutation(len(parts.y_train)), len(parts.y_train) // 64):
            optimiser.zero_grad()
            cross_entropy(model(Tensor(parts.X_train[rows])), parts.y_train[rows]).backward()
            optimiser.step()
    for parameter in model.parameters():
        parameter.grad = None
    return model


@pytest.fixture(scope="session")
def digits():
    """Real digits, split, and a network that reads them."""
    data = load_digits()
    parts = split(data.X, data.y, np.random.default_rng(0))
    return SimpleNamespace(parts=parts, model=trained(parts, n_epochs=15), new_model=TwoLayers)
