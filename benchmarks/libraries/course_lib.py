"""course_lib, with the models that its users get."""

from collections.abc import Callable

import numpy as np

from benchmarks.workloads import WORKLOADS, make
from course_lib.layers.module import Module
from course_lib.losses import cross_entropy, hinge
from course_lib.models.mlp import MLP, MLPConfig
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


_MODELS = {"W1": _mlp, "W5": _mlp}
