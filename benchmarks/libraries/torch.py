"""PyTorch, eager: what the others are compared with."""

from collections.abc import Callable

import torch
from torch.nn import functional

from benchmarks.workloads import WORKLOADS, make

__all__ = ["step_of"]


def step_of(workload: str) -> Callable[[], float]:
    """Return a function that takes one training step.

    Args:
        workload: its name
    Returns:
        () -> loss
    """
    torch.set_num_threads(1)
    arrays, x, y = make(workload)
    p = {name: torch.tensor(array, requires_grad=True) for name, array in arrays.items()}
    x, y = torch.tensor(x), torch.tensor(y)
    if workload.startswith("W3"):
        forward = _recurrent(workload, p)
    else:
        forward = {"W1": _mlp, "W2": _cnn, "W4": _gpt, "W5": _tiny}[workload[:2]]
    optimiser = _optimiser(workload, p)

    def step() -> float:
        optimiser.zero_grad()
        loss = forward(p, x, y)
        loss.backward()
        optimiser.step()
        return loss.item()

    return step


def _optimiser(workload: str, p: dict) -> torch.optim.Optimizer:
    plan = WORKLOADS[workload]
    if plan.kind == "adam":
        return torch.optim.Adam(p.values(), lr=plan.learning_rate)
    return torch.optim.SGD(p.values(), lr=plan.learning_rate, momentum=plan.momentum)


def _linear(p: dict, number: int, x):
    return functional.linear(x, p[f"W{number}"].T, p[f"b{number}"])


def _mlp(p, x, y):
    h = torch.relu(_linear(p, 1, x))
    h = torch.relu(_linear(p, 2, h))
    return functional.cross_entropy(_linear(p, 3, h), y)


def _tiny(p, x, y):
    h = torch.relu(_linear(p, 1, x))
    h = torch.relu(_linear(p, 2, h))
    return torch.relu(1 - y * _linear(p, 3, h)).mean()


def _cnn(p, x, y):
    h = functional.max_pool2d(torch.relu(functional.conv2d(x, p["K1"], p["c1"], padding=2)), 2)
    h = functional.max_pool2d(torch.relu(functional.conv2d(h, p["K2"], p["c2"])), 2)
    h = torch.relu(_linear(p, 1, h.flatten(1)))
    return functional.cross_entropy(_linear(p, 2, h), y)


def _recurrent(workload: str, p: dict) -> Callable:
    """Put our weights into torch.nn's own layer, whose kernel is the one that users get."""
    kind = torch.nn.LSTM if workload == "W3_lstm" else torch.nn.GRU
    layer = kind(32, 128, batch_first=True)
    theirs = {"W_x": "weight_ih_l0", "W_h": "weight_hh_l0", "b_x": "bias_ih_l0", "b_h": "bias_hh_l0"}
    for name, their_name in theirs.items():
        weights = getattr(layer, their_name)
        array = p[name].detach()
        weights.data.copy_(array.T if array.ndim == 2 else array)
        p[name] = weights

    def forward(p, x, y):
        outputs, _ = layer(x)
        return functional.cross_entropy(_linear(p, 1, outputs[:, -1]), y)

    return forward


def _gpt(p, ids, y):
    B, T = ids.shape
    C, nh = 64, 4
    h = functional.embedding(ids, p["tokens"]) + p["positions"]
    for n in ("0", "1"):
        a = functional.layer_norm(h, (C,), p[f"{n}.gamma1"], p[f"{n}.beta1"])
        qkv = functional.linear(a, p[f"{n}.W_qkv"].T, p[f"{n}.b_qkv"]).view(B, T, 3, nh, C // nh)
        q, k, v = qkv.permute(2, 0, 3, 1, 4)
        a = functional.scaled_dot_product_attention(q, k, v, is_causal=True)
        a = a.transpose(1, 2).reshape(B, T, C)
        h = h + functional.linear(a, p[f"{n}.W_o"].T, p[f"{n}.b_o"])
        a = functional.layer_norm(h, (C,), p[f"{n}.gamma2"], p[f"{n}.beta2"])
        a = functional.gelu(functional.linear(a, p[f"{n}.W1"].T, p[f"{n}.b1"]), approximate="tanh")
        h = h + functional.linear(a, p[f"{n}.W2"].T, p[f"{n}.b2"])
    h = functional.layer_norm(h, (C,), p["gamma"], p["beta"])
    z = functional.linear(h, p["W_out"].T, p["b_out"])
    return functional.cross_entropy(z.view(B * T, -1), y.view(-1))
