"""What the contract test feeds to the activations that stand among layers."""

import numpy as np

from course_lib.autograd import Tensor
from course_lib.layers import activation
from tests.layers.layer_samples import LayerSample, Refused, away_from_zero

SHAPES = [(4, 3), (2, 3, 4), (0, 3), (1, 1)]
THEIRS = {
    "Sigmoid": ({}, {}),
    "Tanh": ({}, {}),
    "ReLU": ({}, {}),
    "LeakyReLU": ({}, {}),
    "ELU": ({}, {}),
    "GELU": ({}, {"approximate": "tanh"}),
    "SiLU": ({}, {}),
    "Softmax": ({}, {"dim": -1}),
    "LogSoftmax": ({}, {"dim": -1}),
}
SETTINGS = {
    "LeakyReLU": ({"slope": 0.3}, {"negative_slope": 0.3}),
    "ELU": ({"alpha": 1.5}, {"alpha": 1.5}),
    "Softmax": ({"axis": 0}, {"dim": 0}),
    "LogSoftmax": ({"axis": 1}, {"dim": 1}),
}


def sample(name, shape, ours, theirs):
    return LayerSample(
        lambda rng: getattr(activation, name)(**ours),
        [shape],
        lambda torch: getattr(torch.nn, name)(**theirs),
        draw=away_from_zero,
        parameters={},
    )


SAMPLES = {name: [sample(name, shape, *THEIRS[name]) for shape in SHAPES] for name in THEIRS}
for name, settings in SETTINGS.items():
    SAMPLES[name].append(sample(name, (4, 3), *settings))

REFUSED = {
    name: [Refused(lambda name=name: getattr(activation, name)()("ab"), "data must hold numbers")]
    for name in THEIRS
}
for name in ("Softmax", "LogSoftmax"):
    REFUSED[name].append(
        Refused(
            lambda name=name: getattr(activation, name)(axis=2)(Tensor(np.ones((2, 3)))), "it has no axis 2"
        )
    )
