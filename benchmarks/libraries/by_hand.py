"""Optimisers for libraries that bring none, on NumPy arrays, in place."""

from collections.abc import Callable

import numpy as np

from benchmarks.workloads import WORKLOADS

__all__ = ["mover"]


def mover(workload: str, arrays: list[np.ndarray]) -> Callable[[list[np.ndarray]], None]:
    """Return a function that moves the parameters of a workload.

    Args:
        workload: its name
        arrays: the parameters, changed in place
    Returns:
        gradients -> None
    """
    plan = WORKLOADS[workload]
    memory = [(np.zeros_like(array), np.zeros_like(array)) for array in arrays]
    n_steps = 0

    def sgd(gradients) -> None:
        for w, g, (v, _) in zip(arrays, gradients, memory, strict=True):
            if plan.momentum:
                v *= plan.momentum
                v += g
                g = v
            w -= plan.learning_rate * g

    def adam(gradients) -> None:
        nonlocal n_steps
        n_steps += 1
        size = plan.learning_rate / (1 - 0.9**n_steps)
        for w, g, (m, v) in zip(arrays, gradients, memory, strict=True):
            m *= 0.9
            m += 0.1 * g
            v *= 0.999
            v += 0.001 * (g * g)
            w -= size * m / (np.sqrt(v / (1 - 0.999**n_steps)) + 1e-8)

    return adam if plan.kind == "adam" else sgd
