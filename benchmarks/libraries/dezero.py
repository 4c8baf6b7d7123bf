"""DeZero, the framework of Saito's book "Deep Learning from Scratch 3".

Its products are of two axes only, so it has no W4.
"""

from collections.abc import Callable

import numpy as np

np.int = int  # noqa: NPY001 (DeZero 0.0.13 was written for a NumPy that still had this name)
from dezero import Variable  # noqa: E402
from dezero import functions as F  # noqa: E402

from benchmarks.libraries.by_hand import mover  # noqa: E402
from benchmarks.workloads import make  # noqa: E402

__all__ = ["step_of"]


def step_of(workload: str) -> Callable[[], float]:
    """Return a function that takes one training step.

    Args:
        workload: its name
    Returns:
        () -> loss
    """
    arrays, x, y = make(workload)
    p = {name: Variable(array) for name, array in arrays.items()}
    name = workload[:2] if workload.startswith("W1") else workload
    loss_by = {"W1": _mlp, "W2": _cnn, "W3_lstm": _lstm, "W3_gru": _gru, "W5": _tiny}[name]
    move = mover(workload, list(arrays.values()))

    def step() -> float:
        for variable in p.values():
            variable.cleargrad()
        loss = loss_by(p, x, y)
        loss.backward()
        move([variable.grad.data for variable in p.values()])
        return float(loss.data)

    return step


def _mlp(p, x, y):
    h = F.relu(F.linear(x, p["W1"], p["b1"]))
    h = F.relu(F.linear(h, p["W2"], p["b2"]))
    return F.softmax_cross_entropy(F.linear(h, p["W3"], p["b3"]), y)


def _tiny(p, x, y):
    h = F.relu(F.linear(x, p["W1"], p["b1"]))
    h = F.relu(F.linear(h, p["W2"], p["b2"]))
    return F.sum(F.relu(1 - y * F.linear(h, p["W3"], p["b3"]))) / len(y)


def _cnn(p, x, y):
    h = F.pooling(F.relu(F.conv2d(x, p["K1"], p["c1"], pad=2)), 2, 2)
    h = F.pooling(F.relu(F.conv2d(h, p["K2"], p["c2"])), 2, 2)
    h = F.relu(F.linear(F.reshape(h, (len(y), 400)), p["W1"], p["b1"]))
    return F.softmax_cross_entropy(F.linear(h, p["W2"], p["b2"]), y)


def _lstm(p, x, y):
    H = 128
    h = c = Variable(np.zeros((len(y), H), np.float32))
    for t in range(x.shape[1]):
        gates = F.linear(x[:, t], p["W_x"], p["b_x"]) + F.linear(h, p["W_h"], p["b_h"])
        i, f, o = (F.sigmoid(gates[:, k * H : (k + 1) * H]) for k in (0, 1, 3))
        c = f * c + i * F.tanh(gates[:, 2 * H : 3 * H])
        h = o * F.tanh(c)
    return F.softmax_cross_entropy(F.linear(h, p["W1"], p["b1"]), y)


def _gru(p, x, y):
    H = 128
    h = Variable(np.zeros((len(y), H), np.float32))
    for t in range(x.shape[1]):
        from_x = F.linear(x[:, t], p["W_x"], p["b_x"])
        from_h = F.linear(h, p["W_h"], p["b_h"])
        r, z = (F.sigmoid(from_x[:, k * H : (k + 1) * H] + from_h[:, k * H : (k + 1) * H]) for k in (0, 1))
        n = F.tanh(from_x[:, 2 * H :] + r * from_h[:, 2 * H :])
        h = n + z * (h - n)
    return F.softmax_cross_entropy(F.linear(h, p["W1"], p["b1"]), y)
