"""What the contract test feeds to a row of layers."""

import numpy as np

from course_lib.layers.activation import Tanh
from course_lib.layers.linear import Linear
from course_lib.layers.sequential import Sequential
from tests.layers.layer_samples import LayerSample, Refused


def built(rng):
    return Sequential(Linear(3, 4, rng=rng), Tanh(), Linear(4, 2, rng=rng))


def twin(torch):
    return torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Tanh(), torch.nn.Linear(4, 2))


NAMES = {"layers.0.W": (3, 4), "layers.0.b": (4,), "layers.2.W": (4, 2), "layers.2.b": (2,)}

SAMPLES = {
    "Sequential": [
        LayerSample(built, [shape], twin, parameters=NAMES) for shape in [(5, 3), (0, 3), (1, 3), (2, 1, 3)]
    ]
}

REFUSED = {
    "Sequential": [
        Refused(
            lambda: Sequential(Tanh(), Tanh), r"At position 1 is a type. A class needs brackets: ReLU\(\)"
        ),
        Refused(
            lambda: built(np.random.default_rng(0))(np.ones((2, 4))),
            r"x must have shape \(\.\.\., n_in=3\). It has shape \(2, 4\)",
        ),
    ]
}
