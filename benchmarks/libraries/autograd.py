"""HIPS autograd: NumPy functions, differentiated by tracing them."""

from collections.abc import Callable

import autograd.numpy as anp
from autograd import value_and_grad

from benchmarks.libraries.by_hand import mover
from benchmarks.numpy_like import loss_of, patches_conv_relu_pool, plain_cross_entropy
from benchmarks.workloads import make

__all__ = ["step_of"]


def step_of(workload: str) -> Callable[[], float]:
    """Return a function that takes one training step.

    Args:
        workload: its name
    Returns:
        () -> loss
    """
    p, x, y = make(workload)
    loss = loss_of(workload, anp, patches_conv_relu_pool(anp), plain_cross_entropy(anp))
    slopes = value_and_grad(loss)
    move = mover(workload, list(p.values()))

    def step() -> float:
        value, g = slopes(p, x, y)
        move([g[name] for name in p])
        return float(value)

    return step
