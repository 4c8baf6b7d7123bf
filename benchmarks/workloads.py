"""Seven training steps that every library takes from the same float32 numbers.

- W1: a multilayer perceptron 784-256-128-10, ReLU, cross-entropy, batch 128; SGD with momentum, or Adam
- W2: a small LeNet on (64, 1, 28, 28): convolution 5 x 5, 1 to 8 channels, padding 2, ReLU, max-pooling 2;
  convolution 5 x 5, 8 to 16, ReLU, max-pooling 2; linear 400-120-10
- W3: an LSTM or a GRU over 40 steps of 32 numbers, hidden size 128, batch 32, classified by its last state
- W4: a small GPT: vocabulary 96, 2 blocks of width 64 with 4 heads, 64 tokens, batch 16; Adam
- W5: a perceptron 2-16-16-1 on 100 points with the hinge loss: almost all of it is Python's own time

Weights of linear and recurrent layers have the shape (n_in, n_out), those of convolutions
(C_out, C_in, kh, kw). Gates stand in PyTorch's order.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

__all__ = ["WORKLOADS", "Optimiser", "make"]


@dataclass(frozen=True)
class Optimiser:
    """How the parameters are moved: ``"sgd"`` (momentum 0 or 0.9) or ``"adam"``."""

    kind: str
    learning_rate: float
    momentum: float = 0.0


WORKLOADS = {
    "W1_sgd": Optimiser("sgd", 0.05, momentum=0.9),
    "W1_adam": Optimiser("adam", 1e-3),
    "W2": Optimiser("sgd", 0.02, momentum=0.9),
    "W3_lstm": Optimiser("sgd", 0.05, momentum=0.9),
    "W3_gru": Optimiser("sgd", 0.05, momentum=0.9),
    "W4": Optimiser("adam", 1e-3),
    "W5": Optimiser("sgd", 0.1),
}


def make(name: str) -> tuple[dict[str, np.ndarray], np.ndarray, np.ndarray]:
    """Draw the first weights and one batch of a workload.

    Args:
        name: one of ``WORKLOADS``
    Returns:
        parameters by name, inputs, labels
    """
    rng = np.random.default_rng(0)
    makers = {
        "W1_sgd": _mlp,
        "W1_adam": _mlp,
        "W2": _cnn,
        "W3_lstm": _lstm,
        "W3_gru": _gru,
        "W4": _gpt,
        "W5": _tiny,
    }
    return makers[name](rng)


def _uniform(rng, *shape: int, fan: int) -> np.ndarray:
    bound = 1 / np.sqrt(fan)
    return rng.uniform(-bound, bound, shape).astype(np.float32)


def _layers(rng, *sizes: int) -> dict[str, np.ndarray]:
    p = {}
    for number, (n_in, n_out) in enumerate(pairwise(sizes), 1):
        p[f"W{number}"] = _uniform(rng, n_in, n_out, fan=n_in)
        p[f"b{number}"] = _uniform(rng, n_out, fan=n_in)
    return p


def _mlp(rng):
    p = _layers(rng, 784, 256, 128, 10)
    return p, rng.standard_normal((128, 784), np.float32), rng.integers(0, 10, 128)


def _cnn(rng):
    p = {"K1": _uniform(rng, 8, 1, 5, 5, fan=25), "c1": _uniform(rng, 8, fan=25)}
    p |= {"K2": _uniform(rng, 16, 8, 5, 5, fan=200), "c2": _uniform(rng, 16, fan=200)}
    p |= _layers(rng, 400, 120, 10)
    return p, rng.standard_normal((64, 1, 28, 28), np.float32), rng.integers(0, 10, 64)


def _lstm(rng):
    return _recurrent(rng, n_gates=4)


def _gru(rng):
    return _recurrent(rng, n_gates=3)


def _recurrent(rng, n_gates: int):
    B, T, n_in, H = 32, 40, 32, 128
    p = {
        "W_x": _uniform(rng, n_in, n_gates * H, fan=H),
        "W_h": _uniform(rng, H, n_gates * H, fan=H),
        "b_x": _uniform(rng, n_gates * H, fan=H),
        "b_h": _uniform(rng, n_gates * H, fan=H),
    }
    p |= _layers(rng, H, 10)
    return p, rng.standard_normal((B, T, n_in), np.float32), rng.integers(0, 10, B)


def _gpt(rng):
    V, C, T, B = 96, 64, 64, 16

    def normal(*shape):
        return (0.02 * rng.standard_normal(shape)).astype(np.float32)

    def zeros(n):
        return np.zeros(n, np.float32)

    def ones(n):
        return np.ones(n, np.float32)

    p = {"tokens": normal(V, C), "positions": normal(T, C)}
    for block in ("0", "1"):
        p |= {f"{block}.gamma1": ones(C), f"{block}.beta1": zeros(C)}
        p |= {f"{block}.W_qkv": normal(C, 3 * C), f"{block}.b_qkv": zeros(3 * C)}
        p |= {f"{block}.W_o": normal(C, C), f"{block}.b_o": zeros(C)}
        p |= {f"{block}.gamma2": ones(C), f"{block}.beta2": zeros(C)}
        p |= {f"{block}.W1": normal(C, 4 * C), f"{block}.b1": zeros(4 * C)}
        p |= {f"{block}.W2": normal(4 * C, C), f"{block}.b2": zeros(C)}
    p |= {"gamma": ones(C), "beta": zeros(C), "W_out": normal(C, V), "b_out": zeros(V)}
    ids = rng.integers(0, V, (B, T + 1))
    return p, ids[:, :-1].copy(), ids[:, 1:].copy()


def _tiny(rng):
    p = _layers(rng, 2, 16, 16, 1)
    angle = rng.uniform(0, np.pi, 100)
    is_lower = np.arange(100) % 2 == 1
    x = np.where(is_lower, 1 - np.cos(angle), np.cos(angle))
    y = np.where(is_lower, 0.5 - np.sin(angle), np.sin(angle))
    labels = np.where(is_lower, 1, -1).astype(np.float32)
    return p, np.stack([x, y], axis=1).astype(np.float32), labels[:, None]
