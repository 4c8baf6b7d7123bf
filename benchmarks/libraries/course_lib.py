"""course_lib, with the models that its users get."""

from collections.abc import Callable

import numpy as np

from benchmarks.workloads import WORKLOADS, make
from course_lib.layers.module import Module
from course_lib.losses import cross_entropy, hinge
from course_lib.models.cnn import LeNet, LeNetConfig
from course_lib.models.gpt import GPT, GPTConfig
from course_lib.models.mlp import MLP, MLPConfig
from course_lib.models.recurrent import RecurrentConfig, RecurrentNetwork
from course_lib.optim import SGD, Adam

__all__ = ["step_of"]


def step_of(workload: str) -> Callable[[], float]:
    """Return a function that takes one training step.

    Args:
        workload: its name
    Returns:
        () -> loss
    """
    arrays, x, y = make(workload)
    x.flags.writeable = False  # as the batches of training.fit: what nobody can change need not be copied
    model, names = _MODELS[workload[:2]](workload)
    model.load_state({names[name]: array for name, array in arrays.items()})
    plan = WORKLOADS[workload]
    if plan.kind == "adam":
        optimiser = Adam(model.parameters(), plan.learning_rate)
    else:
        optimiser = SGD(model.parameters(), plan.learning_rate, momentum=plan.momentum)
    loss_of = hinge if workload == "W5" else cross_entropy

    def step() -> float:
        optimiser.zero_grad()
        loss = loss_of(model(x), y)
        loss.backward()
        optimiser.step()
        return loss.item()

    return step


def _mlp(workload: str) -> tuple[Module, dict[str, str]]:
    sizes = (2, 16, 16, 1) if workload == "W5" else (784, 256, 128, 10)
    names = {f"{kind}{number}": f"layers.{number - 1}.{kind}" for number in (1, 2, 3) for kind in "Wb"}
    return MLP(MLPConfig(sizes), rng=np.random.default_rng(0)), names


def _lenet(workload: str) -> tuple[Module, dict[str, str]]:
    names = {"K1": "convolutions.0.W", "c1": "convolutions.0.b"}
    names |= {"K2": "convolutions.1.W", "c2": "convolutions.1.b"}
    names |= {"W1": "hidden.W", "b1": "hidden.b", "W2": "head.W", "b2": "head.b"}
    return LeNet(LeNetConfig(), rng=np.random.default_rng(0)), names


def _recurrent(workload: str) -> tuple[Module, dict[str, str]]:
    config = RecurrentConfig(32, 128, 10, kind=workload.removeprefix("W3_"))
    names = {name: f"layer.cells.0.{name}" for name in ("W_x", "W_h", "b_x", "b_h")}
    names |= {"W1": "head.W", "b1": "head.b"}
    return RecurrentNetwork(config, rng=np.random.default_rng(0)), names


def _gpt(workload: str) -> tuple[Module, dict[str, str]]:
    config = GPTConfig(V=96, T=64, C=64, nh=4, n_blocks=2)
    names = {"tokens": "embedding.W", "positions": "positions.W", "gamma": "norm.gamma", "beta": "norm.beta"}
    names |= {"W_out": "head.W", "b_out": "head.b"}
    parts = {
        "gamma1": "norm_1.gamma",
        "beta1": "norm_1.beta",
        "gamma2": "norm_2.gamma",
        "beta2": "norm_2.beta",
    }
    parts |= {name: f"attention.{name}" for name in ("W_qkv", "b_qkv", "W_o", "b_o")}
    parts |= {"W1": "feed_forward.first.W", "b1": "feed_forward.first.b"}
    parts |= {"W2": "feed_forward.second.W", "b2": "feed_forward.second.b"}
    names |= {f"{block}.{name}": f"blocks.{block}.{part}" for block in "01" for name, part in parts.items()}
    return GPT(config, rng=np.random.default_rng(0)), names


_MODELS = {"W1": _mlp, "W2": _lenet, "W3": _recurrent, "W4": _gpt, "W5": _mlp}
