"""A model of the course and its twin in PyTorch."""

import numpy as np

from course_lib.layers.activation import ReLU
from course_lib.layers.dropout import Dropout
from course_lib.layers.embedding import Embedding
from course_lib.layers.linear import Linear
from course_lib.layers.module import Module
from course_lib.layers.norm import BatchNorm1d


class Model(Module):
    """Parts in a list and by name, some without weights."""

    def __init__(self, seed=0, n_hidden=4):
        rng = np.random.default_rng(seed)
        self.embedding = Embedding(7, 3, rng=rng)
        self.layers = [Linear(3, n_hidden, rng=rng), BatchNorm1d(n_hidden), ReLU(), Dropout(0.5, rng=rng)]
        self.head = Linear(n_hidden, 2, rng=rng)

    def forward(self, ids):
        x = self.embedding(ids)
        for layer in self.layers:
            x = layer(x)
        return self.head(x)


def twin(nn, n_hidden=4):
    """Build the same in PyTorch, grouped in another way."""
    body = nn.Sequential(nn.Linear(3, n_hidden), nn.BatchNorm1d(n_hidden), nn.ReLU())
    return nn.Sequential(nn.Embedding(7, 3), body, nn.Linear(n_hidden, 2))
