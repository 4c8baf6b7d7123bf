"""The workloads in the words of NumPy, for libraries that speak them: HIPS autograd, JAX and mygrad."""

from __future__ import annotations

import math
from collections.abc import Callable
from types import ModuleType

import numpy as np

__all__ = ["loss_of", "patches_conv_relu_pool", "plain_cross_entropy"]


def loss_of(workload: str, xp: ModuleType, conv_relu_pool: Callable, cross_entropy: Callable) -> Callable:
    """Return the loss of a workload.

    Args:
        workload: its name
        xp: the library's stand-in for NumPy
        conv_relu_pool: x, kernels, biases, padding -> half as high and wide
        cross_entropy: logits (B, K), classes (B,) -> mean loss
    Returns:
        parameters, inputs, labels -> loss
    """
    words = _Words(xp, conv_relu_pool, cross_entropy)
    name = workload[:2] if workload.startswith("W1") else workload
    return {
        "W1": words.mlp,
        "W2": words.cnn,
        "W3_lstm": words.lstm,
        "W3_gru": words.gru,
        "W4": words.gpt,
        "W5": words.tiny,
    }[name]


class _Words:
    def __init__(self, xp, conv_relu_pool, cross_entropy):
        self.xp, self.conv_relu_pool, self.cross_entropy = xp, conv_relu_pool, cross_entropy

    def relu(self, x):
        return self.xp.maximum(x, 0)

    def sigmoid(self, x):
        return 0.5 * self.xp.tanh(0.5 * x) + 0.5

    def head(self, p, h):
        h = self.relu(h @ p["W1"] + p["b1"])
        return h @ p["W2"] + p["b2"]

    def mlp(self, p, x, y):
        h = self.relu(x @ p["W1"] + p["b1"])
        h = self.relu(h @ p["W2"] + p["b2"])
        return self.cross_entropy(h @ p["W3"] + p["b3"], y)

    def tiny(self, p, x, y):
        h = self.relu(x @ p["W1"] + p["b1"])
        h = self.relu(h @ p["W2"] + p["b2"])
        z = h @ p["W3"] + p["b3"]
        return self.xp.mean(self.relu(1 - y * z))

    def cnn(self, p, x, y):
        h = self.conv_relu_pool(x, p["K1"], p["c1"], 2)
        h = self.conv_relu_pool(h, p["K2"], p["c2"], 0)
        return self.cross_entropy(self.head(p, h.reshape(len(y), 400)), y)

    def lstm(self, p, x, y):
        H = 128
        h = c = np.zeros((len(y), H), np.float32)
        for t in range(x.shape[1]):
            gates = x[:, t] @ p["W_x"] + p["b_x"] + h @ p["W_h"] + p["b_h"]
            i, f, o = (self.sigmoid(gates[:, k * H : (k + 1) * H]) for k in (0, 1, 3))
            c = f * c + i * self.xp.tanh(gates[:, 2 * H : 3 * H])
            h = o * self.xp.tanh(c)
        return self.cross_entropy(h @ p["W1"] + p["b1"], y)

    def gru(self, p, x, y):
        H = 128
        h = np.zeros((len(y), H), np.float32)
        for t in range(x.shape[1]):
            from_x = x[:, t] @ p["W_x"] + p["b_x"]
            from_h = h @ p["W_h"] + p["b_h"]
            rz = self.sigmoid(from_x[:, : 2 * H] + from_h[:, : 2 * H])
            n = self.xp.tanh(from_x[:, 2 * H :] + rz[:, :H] * from_h[:, 2 * H :])
            h = n + rz[:, H:] * (h - n)
        return self.cross_entropy(h @ p["W1"] + p["b1"], y)

    def layer_norm(self, x, gamma, beta):
        centred = x - self.xp.mean(x, axis=-1, keepdims=True)
        variance = self.xp.mean(centred * centred, axis=-1, keepdims=True)
        return centred / self.xp.sqrt(variance + 1e-5) * gamma + beta

    def gelu(self, x):
        return 0.5 * x * (1 + self.xp.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x * x * x)))

    def attention(self, qkv, nh):
        B, T, width = qkv.shape
        C = width // 3
        heads = self.xp.transpose(qkv.reshape(B, T, 3, nh, C // nh), (2, 0, 3, 1, 4))
        q, k, v = heads[0], heads[1], heads[2]  # (B, nh, T, hs)
        scores = q @ self.xp.transpose(k, (0, 1, 3, 2)) * (1 / math.sqrt(C // nh))
        scores = scores + np.triu(np.full((T, T), -1e9, np.float32), 1)
        e = self.xp.exp(scores - self.xp.max(scores, axis=-1, keepdims=True))
        shares = e / self.xp.sum(e, axis=-1, keepdims=True)
        return self.xp.transpose(shares @ v, (0, 2, 1, 3)).reshape(B, T, C)

    def gpt(self, p, ids, y):
        h = p["tokens"][ids] + p["positions"]
        for block in ("0", "1"):
            q = {name: p[f"{block}.{name}"] for name in ("gamma1", "beta1", "W_qkv", "b_qkv", "W_o", "b_o")}
            a = self.attention(self.layer_norm(h, q["gamma1"], q["beta1"]) @ q["W_qkv"] + q["b_qkv"], 4)
            h = h + a @ q["W_o"] + q["b_o"]
            q = {name: p[f"{block}.{name}"] for name in ("gamma2", "beta2", "W1", "b1", "W2", "b2")}
            a = self.gelu(self.layer_norm(h, q["gamma2"], q["beta2"]) @ q["W1"] + q["b1"])
            h = h + a @ q["W2"] + q["b2"]
        z = self.layer_norm(h, p["gamma"], p["beta"]) @ p["W_out"] + p["b_out"]
        return self.cross_entropy(z.reshape(y.size, 96), y.reshape(-1))


def plain_cross_entropy(xp: ModuleType) -> Callable:
    """Return the mean cross-entropy, in the library's words.

    Args:
        xp: the library's stand-in for NumPy
    Returns:
        logits (B, K), classes (B,) -> mean loss
    """

    def cross_entropy(z, y):
        shifted = z - xp.max(z, axis=1, keepdims=True)
        return xp.mean(xp.log(xp.sum(xp.exp(shifted), axis=1)) - shifted[np.arange(len(y)), y])

    return cross_entropy


def patches_conv_relu_pool(xp: ModuleType) -> Callable:
    """Return convolution, ReLU and max-pooling made of slices and one product.

    Args:
        xp: the library's stand-in for NumPy
    Returns:
        x, kernels, biases, padding -> half as high and wide
    """

    def conv_relu_pool(x, K, c, padding):
        if padding:
            x = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
        C_out, C_in, k, _ = K.shape
        B, size = x.shape[0], x.shape[2] - k + 1
        slices = [x[:, :, i : i + size, j : j + size] for i in range(k) for j in range(k)]
        columns = xp.transpose(xp.stack(slices, axis=2), (1, 2, 0, 3, 4)).reshape(C_in * k * k, -1)
        y = K.reshape(C_out, -1) @ columns + c[:, None]
        y = xp.maximum(y, 0).reshape(C_out, B, size // 2, 2, size // 2, 2)
        return xp.transpose(xp.max(xp.max(y, axis=5), axis=3), (1, 0, 2, 3))

    return conv_relu_pool
