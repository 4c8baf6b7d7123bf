"""Small models and data for the tests of training: whatever moves in a training moves in `Restless`."""

import numpy as np

from course_lib.autograd import ops
from course_lib.autograd.tensor import Tensor, as_tensor
from course_lib.layers.module import Module


class Line(Module):
    """y = x W: the gradient can be written down."""

    def __init__(self, n_in=2):
        self.W = Tensor(np.full(n_in, 0.5))

    def forward(self, x):
        return (x * self.W).sum(axis=1)  # (B, n_in) -> (B,)


class Layer(Module):
    """One layer, with a ReLU."""

    def __init__(self, n_in, n_out, rng):
        self.W = Tensor(rng.normal(size=(n_in, n_out)).astype(np.float32) / 2)
        self.b = Tensor(np.zeros(n_out, np.float32))

    def forward(self, x):
        return ops.relu(as_tensor(x) @ self.W + self.b)


class Drop(Module):
    """Dropout with a generator of its own, and a running mean as a buffer."""

    buffers = ("running_mean",)

    def __init__(self, n, rng):
        self.rng = rng
        self.running_mean = np.zeros(n, np.float32)

    def forward(self, x):
        if not self.is_training:
            return x - self.running_mean
        self.running_mean += 0.1 * (x.data.mean(axis=0) - self.running_mean)
        kept = self.rng.random(x.shape) < 0.8
        return (x - self.running_mean) * (kept / np.float32(0.8)).astype(np.float32)


class Restless(Module):
    """A classifier whose parts draw and remember."""

    def __init__(self, rng, n_in=3, n_hidden=5, n_classes=3):
        self.hidden = [Layer(n_in, n_hidden, rng), Drop(n_hidden, np.random.default_rng(7))]
        self.head = Layer(n_hidden, n_classes, rng)

    def forward(self, x):
        for part in self.hidden:
            x = part(x)
        return self.head(x)


class Words(Module):
    """Scores from token ids: a table of which rows are picked."""

    def __init__(self, rng, n_words=6, n_classes=2):
        self.table = Tensor(rng.normal(size=(n_words, n_classes)))

    def forward(self, ids):
        return self.table[ids].mean(axis=1)  # (B, T) -> (B, T, n_classes) -> (B, n_classes)


class Sum(Module):
    """Two inputs, one of them whole numbers."""

    def __init__(self):
        self.w = Tensor(np.array(0.5))

    def forward(self, x, counts):
        return x * self.w * counts.astype(np.float64)


def table(n=23, n_in=3, n_classes=3, seed=0):
    """Return inputs and labels that can be learned."""
    rng = np.random.default_rng(seed)
    y = rng.integers(n_classes, size=n)
    X = rng.normal(size=(n, n_in)) + np.eye(n_classes, n_in)[y]
    return X.astype(np.float32), y


def values(n=12, n_in=2, seed=0):
    """Return inputs and measured values."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, n_in))
    return X, X @ np.arange(1.0, n_in + 1)


def same_state(model, other) -> bool:
    """Say whether two models compute with the same bits."""
    ours, theirs = model.state(), other.state()
    return ours.keys() == theirs.keys() and all(
        ours[name].tobytes() == theirs[name].tobytes() and ours[name].shape == theirs[name].shape
        for name in ours
    )
