"""What the contract test feeds to the linear layer."""

import numpy as np

from course_lib.autograd import Tensor
from course_lib.layers.init import xavier_normal
from course_lib.layers.linear import Linear
from tests.layers.layer_samples import LayerSample, Refused

RNG = np.random.default_rng(0)


def linear(n_in, n_out, *rows, activation=None):
    def theirs(torch):
        layer = torch.nn.Linear(n_in, n_out)
        return torch.nn.Sequential(layer, torch.nn.ReLU()) if activation else layer

    return LayerSample(
        lambda rng: Linear(n_in, n_out, rng=rng, activation=activation),
        [(*rows, n_in)],
        theirs,
        parameters={"W": (n_in, n_out), "b": (n_out,)},
    )


SAMPLES = {
    "Linear": [
        linear(3, 4, 5),
        linear(3, 4, 5, activation="relu"),
        linear(3, 2, 2, 5),  # one row per example and time step
        linear(3, 2),  # a single row
        linear(3, 4, 0),
        linear(1, 1, 1),
        LayerSample(
            lambda rng: Linear(3, 4, rng=rng, init=xavier_normal),
            [(5, 3)],
            lambda torch: torch.nn.Linear(3, 4),
        ),
    ]
}


def refused(says, x_shape=(5, 3), **settings):
    return Refused(lambda: Linear(3, 4, **({"rng": RNG} | settings))(Tensor(np.ones(x_shape))), says)


REFUSED = {
    "Linear": [
        refused(r"linear: x must have shape \(\.\.\., n_in=3\)\. It has shape \(5, 4\)", x_shape=(5, 4)),
        refused(r"Linear: activation must be one of \(None, 'relu'\)\. It is 'tanh'", activation="tanh"),
        refused(r"rng must be a NumPy Generator", rng=0),
        Refused(lambda: Linear(0, 4, rng=RNG), r"n_in, n_out"),
        Refused(lambda: Linear(3, 0, rng=RNG), r"n_in, n_out"),
    ]
}
