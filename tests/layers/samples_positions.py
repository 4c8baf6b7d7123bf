"""Samples of the layers that add positions."""

import numpy as np

from course_lib.autograd import Tensor
from course_lib.layers.positions import LearnedPositions, SinusoidalPositions
from tests.layers.layer_samples import LayerSample, Refused

RNG = np.random.default_rng(0)


def learned(T, C, shape, first=0):
    """PyTorch looks the rows up and adds them."""

    def call_theirs(torch, module, x):
        return x + module(torch.arange(first, first + shape[1]))

    return LayerSample(
        lambda rng: LearnedPositions(T, C, rng=rng),
        [shape],
        lambda torch: torch.nn.Embedding(T, C),
        call=lambda layer, x: layer(x, first),
        call_theirs=call_theirs,
        parameters={"W": (T, C)},
    )


def sinusoidal(T, C, shape, first=0):
    return LayerSample(
        lambda rng: SinusoidalPositions(T, C),
        [shape],
        None,
        call=lambda layer, x: layer(x, first),
        parameters={},
    )


SAMPLES = {
    "LearnedPositions": [
        learned(6, 4, (2, 5, 4)),
        learned(6, 4, (2, 3, 4), first=3),
        learned(6, 4, (0, 5, 4)),
        learned(1, 1, (1, 1, 1)),
    ],
    "SinusoidalPositions": [
        sinusoidal(6, 4, (2, 5, 4)),
        sinusoidal(6, 4, (2, 3, 4), first=3),
        sinusoidal(6, 4, (0, 5, 4)),
        sinusoidal(1, 2, (1, 1, 2)),
    ],
}


def refused_inputs(layer):
    """Calls that a layer with positions for 6 steps of 4 channels refuses."""
    name = type(layer).__name__

    def call(shape, first=0):
        return lambda: layer(Tensor(np.ones(shape)), first)

    return [
        Refused(call((2, 5, 3)), rf"{name}: x must have shape \(B, T, C=4\)"),
        Refused(call((5, 4)), rf"{name}: x must have shape \(B, T, C=4\)"),
        Refused(
            call((2, 7, 4)), rf"{name}: x has steps 0 to 6, but there are positions for steps 0 to 5 only"
        ),
        Refused(call((2, 3, 4), first=4), rf"{name}: x has steps 4 to 6"),
        Refused(call((2, 3, 4), first=-1), rf"{name}: x has steps -1 to 1"),
    ]


REFUSED = {
    "LearnedPositions": [
        *refused_inputs(LearnedPositions(6, 4, rng=RNG)),
        Refused(lambda: LearnedPositions(0, 4, rng=RNG), r"LearnedPositions: T must be a positive number"),
        Refused(lambda: LearnedPositions(6, 0, rng=RNG), r"LearnedPositions: C must be a positive number"),
        Refused(lambda: LearnedPositions(6, 4, rng=RNG, deviation=-1.0), r"deviation must be a positive"),
        Refused(lambda: LearnedPositions(6, 4, rng=7), r"LearnedPositions: rng must be a NumPy Generator"),
    ],
    "SinusoidalPositions": [
        *refused_inputs(SinusoidalPositions(6, 4)),
        Refused(lambda: SinusoidalPositions(0, 4), r"SinusoidalPositions: T must be a positive number"),
        Refused(lambda: SinusoidalPositions(6, 0), r"SinusoidalPositions: C must be a positive number"),
        Refused(lambda: SinusoidalPositions(6, 3), r"sinusoids: C must be even: .* It is 3"),
    ],
}
