"""Fifty steps on random gradients, each compared with the step of PyTorch."""

import numpy as np
import pytest

from course_lib.optim import SGD, Adagrad, Adam, AdamW, RMSProp
from tests.optim.problems import N_STEPS, gradients, leaves

torch = pytest.importorskip("torch")

OPTIMISERS = {
    "SGD": (SGD, {}, torch.optim.SGD, {}),
    "SGD, weight decay": (SGD, {"weight_decay": 0.1}, torch.optim.SGD, {"weight_decay": 0.1}),
    "momentum": (SGD, {"momentum": 0.9}, torch.optim.SGD, {"momentum": 0.9}),
    "momentum, weight decay": (
        SGD,
        {"momentum": 0.8, "weight_decay": 0.1},
        torch.optim.SGD,
        {"momentum": 0.8, "weight_decay": 0.1},
    ),
    "Nesterov": (
        SGD,
        {"momentum": 0.9, "is_nesterov": True},
        torch.optim.SGD,
        {"momentum": 0.9, "nesterov": True},
    ),
    "Nesterov, weight decay": (
        SGD,
        {"momentum": 0.9, "is_nesterov": True, "weight_decay": 0.1},
        torch.optim.SGD,
        {"momentum": 0.9, "nesterov": True, "weight_decay": 0.1},
    ),
    "RMSProp": (RMSProp, {}, torch.optim.RMSprop, {}),
    "RMSProp, all settings": (
        RMSProp,
        {"decay": 0.9, "epsilon": 0.01, "weight_decay": 0.1},
        torch.optim.RMSprop,
        {"alpha": 0.9, "eps": 0.01, "weight_decay": 0.1},
    ),
    "Adagrad": (Adagrad, {}, torch.optim.Adagrad, {}),
    "Adagrad, all settings": (
        Adagrad,
        {"epsilon": 0.01, "weight_decay": 0.1},
        torch.optim.Adagrad,
        {"eps": 0.01, "weight_decay": 0.1},
    ),
    "Adam": (Adam, {}, torch.optim.Adam, {}),
    "Adam, all settings": (
        Adam,
        {"beta_1": 0.8, "beta_2": 0.95, "epsilon": 0.01, "weight_decay": 0.1},
        torch.optim.Adam,
        {"betas": (0.8, 0.95), "eps": 0.01, "weight_decay": 0.1},
    ),
    "AdamW": (AdamW, {}, torch.optim.AdamW, {}),
    "AdamW, all settings": (
        AdamW,
        {"beta_1": 0.8, "beta_2": 0.95, "epsilon": 0.01, "weight_decay": 0.1},
        torch.optim.AdamW,
        {"betas": (0.8, 0.95), "eps": 0.01, "weight_decay": 0.1},
    ),
}


def both_walk(ours, theirs, parameters, twins, rng, tolerance, is_missing=lambda step, place: False):
    """Give both the same gradients, let both step, and compare after every step."""
    for step in range(N_STEPS):
        for place, g in enumerate(gradients(rng, parameters[0].dtype)):
            parameters[place].grad = None if is_missing(step, place) else g
            twins[place].grad = None if is_missing(step, place) else torch.from_numpy(np.array(g))
        ours.step()
        theirs.step()
        for parameter, twin in zip(parameters, twins, strict=True):
            np.testing.assert_allclose(
                parameter.data, twin.detach().numpy(), rtol=tolerance, atol=tolerance, err_msg=f"step {step}"
            )


def twins_of(parameters):
    return [torch.tensor(parameter.data, requires_grad=True) for parameter in parameters]


@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 1e-12), (np.float32, 1e-6)])
@pytest.mark.parametrize(("Ours", "settings", "Theirs", "same"), OPTIMISERS.values(), ids=OPTIMISERS)
def test_every_step_is_that_of_pytorch(Ours, settings, Theirs, same, dtype, tolerance):
    rng = np.random.default_rng(1)
    parameters = leaves(rng, dtype)
    twins = twins_of(parameters)
    # A small rate for the ones whose steps are as long as the gradients, so that the numbers stay of size 1.
    learning_rate = 1e-4 if Ours is SGD else 0.01
    ours = Ours(parameters, learning_rate, **settings)
    theirs = Theirs(twins, lr=learning_rate, **same)
    both_walk(ours, theirs, parameters, twins, rng, tolerance)
    assert all(parameter.dtype == dtype for parameter in parameters)


@pytest.mark.parametrize("name", ["momentum, weight decay", "RMSProp", "Adagrad", "Adam", "AdamW"])
def test_a_parameter_that_now_and_then_has_no_gradient_is_left_alone_as_in_pytorch(name):
    Ours, settings, Theirs, same = OPTIMISERS[name]
    rng = np.random.default_rng(2)
    parameters = leaves(rng)
    twins = twins_of(parameters)
    ours, theirs = Ours(parameters, 1e-4, **settings), Theirs(twins, lr=1e-4, **same)
    never_moved = parameters[3].data
    both_walk(
        ours,
        theirs,
        parameters,
        twins,
        rng,
        1e-12,
        is_missing=lambda step, place: place == 3 or (place == 1 and step % 3 != 2),
    )
    np.testing.assert_array_equal(parameters[3].data, never_moved)


@pytest.mark.parametrize("name", ["Nesterov", "Adam"])
def test_a_learning_rate_that_changes_on_the_way_is_followed_as_in_pytorch(name):
    Ours, settings, Theirs, same = OPTIMISERS[name]
    rng = np.random.default_rng(3)
    parameters = leaves(rng)
    twins = twins_of(parameters)
    ours, theirs = Ours(parameters, 1e-4, **settings), Theirs(twins, lr=1e-4, **same)
    for learning_rate in (1e-3, 0.0, 1e-5):
        ours.learning_rate = theirs.param_groups[0]["lr"] = learning_rate
        both_walk(ours, theirs, parameters, twins, rng, 1e-12)


@pytest.mark.parametrize("largest_norm", [0.5, 1e6])
def test_gradients_are_clipped_by_their_common_norm_as_in_pytorch(largest_norm):
    from course_lib.optim import clip_by_norm

    rng = np.random.default_rng(4)
    parameters = leaves(rng)
    twins = twins_of(parameters)
    for parameter, twin, g in zip(parameters, twins, gradients(rng), strict=True):
        parameter.grad, twin.grad = g, torch.from_numpy(np.array(g))
    theirs = torch.nn.utils.clip_grad_norm_(twins, largest_norm)
    assert clip_by_norm(parameters, largest_norm) == pytest.approx(theirs.item(), rel=1e-12)
    for parameter, twin in zip(parameters, twins, strict=True):
        # PyTorch adds 1e-6 to the norm before it divides.
        np.testing.assert_allclose(parameter.grad, twin.grad.numpy(), rtol=2e-6 / float(theirs), atol=0)


def test_gradients_are_clipped_by_value_as_in_pytorch():
    from course_lib.optim import clip_by_value

    rng = np.random.default_rng(5)
    parameters = leaves(rng)
    twins = twins_of(parameters)
    for parameter, twin, g in zip(parameters, twins, gradients(rng), strict=True):
        parameter.grad, twin.grad = g, torch.from_numpy(np.array(g))
    clip_by_value(parameters, 0.7)
    torch.nn.utils.clip_grad_value_(twins, 0.7)
    for parameter, twin in zip(parameters, twins, strict=True):
        np.testing.assert_array_equal(parameter.grad, twin.grad.numpy())
