"""mygrad: a tensor that looks like a NumPy array, with layers of its own."""

from collections.abc import Callable

import mygrad
import numpy as np
from mygrad.nnet.layers import conv_nd, max_pool
from mygrad.nnet.losses import softmax_crossentropy

from benchmarks.libraries.by_hand import mover
from benchmarks.numpy_like import loss_of
from benchmarks.workloads import make

__all__ = ["step_of"]


def step_of(workload: str) -> Callable[[], float]:
    """Return a function that takes one training step.

    Args:
        workload: its name
    Returns:
        () -> loss
    """
    arrays, x, y = make(workload)
    p = {name: mygrad.tensor(array, copy=False) for name, array in arrays.items()}
    loss_by = loss_of(workload, mygrad, _conv_relu_pool, softmax_crossentropy)
    move = mover(workload, [tensor.data for tensor in p.values()])

    def step() -> float:
        loss = loss_by(p, x, y)
        loss.backward()
        move([tensor.grad for tensor in p.values()])
        return loss.item()

    return step


def _conv_relu_pool(x, K, c, padding):
    y = conv_nd(x, K, stride=1, padding=padding) + c.reshape(1, -1, 1, 1)
    return max_pool(mygrad.maximum(y, np.float32(0)), (2, 2), 2)
