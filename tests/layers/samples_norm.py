"""Samples of the normalisation layers."""

import numpy as np

from course_lib.autograd import Tensor
from course_lib.layers.norm import BatchNorm1d, BatchNorm2d, LayerNorm
from tests.layers.layer_samples import LayerSample, Refused


def off_centre(rng, shape):
    """Draw numbers whose mean and deviation differ from 0 and 1, and from channel to channel."""
    C = shape[1]
    channels = np.arange(C).reshape(-1, *[1] * (len(shape) - 2))
    return 3.0 + channels + (0.5 + channels) * rng.normal(size=shape)


def batch_norm_samples(ours, theirs, shapes, too_few):
    """One sample for each shape, and some whose batch has too little in it to be trained on."""
    C = shapes[0][1]
    parameters = {"gamma": (C,), "beta": (C,)}
    trained = [
        LayerSample(
            lambda rng, C=shape[1]: ours(C),
            [shape],
            lambda torch, C=shape[1]: getattr(torch.nn, theirs)(C),
            draw=off_centre,
            parameters=parameters if shape[1] == C else None,
        )
        for shape in shapes
    ]
    used = [
        LayerSample(
            lambda rng, C=shape[1]: ours(C),
            [shape],
            lambda torch, C=shape[1]: getattr(torch.nn, theirs)(C),
            draw=off_centre,
            modes=("evaluate",),
        )
        for shape in too_few
    ]
    settings = LayerSample(
        lambda rng: ours(C, momentum=0.3, epsilon=0.01),
        [shapes[0]],
        lambda torch: getattr(torch.nn, theirs)(C, momentum=0.3, eps=0.01),
        draw=off_centre,
    )
    return [*trained, *used, settings]


def small(rng, shape):
    """Draw numbers so small that epsilon matters."""
    return 0.01 * rng.normal(size=shape)


def layer_norm_sample(shape):
    C = shape[-1]
    return LayerSample(
        lambda rng: LayerNorm(C),
        [shape],
        lambda torch: torch.nn.LayerNorm(C),
        parameters={"gamma": (C,), "beta": (C,)},
    )


SAMPLES = {
    "BatchNorm1d": batch_norm_samples(
        BatchNorm1d,
        "BatchNorm1d",
        [(5, 3), (4, 3, 6), (2, 1), (1, 3, 2), (0, 3), (0, 3, 6), (4, 3, 0)],
        [(1, 3), (1, 3, 1)],
    ),
    "BatchNorm2d": batch_norm_samples(
        BatchNorm2d, "BatchNorm2d", [(4, 3, 2, 5), (1, 1, 1, 2), (0, 3, 2, 5)], [(1, 3, 1, 1)]
    ),
    "LayerNorm": [
        layer_norm_sample((5, 3)),
        LayerSample(
            lambda rng: LayerNorm(6, epsilon=0.01), [(2, 4, 6)], lambda torch: torch.nn.LayerNorm(6, eps=0.01)
        ),
        LayerSample(lambda rng: LayerNorm(6), [(4, 6)], lambda torch: torch.nn.LayerNorm(6), draw=small),
        layer_norm_sample((7,)),
        layer_norm_sample((0, 3)),
        layer_norm_sample((5, 1)),
    ],
}


def refused_by(layer, *shape):
    return lambda: layer(Tensor(np.ones(shape)))


def refused_settings(layer):
    name = layer.__name__
    return [
        Refused(lambda: layer(0), rf"{name}: C must be a positive number\. It is 0"),
        Refused(lambda: layer(3, epsilon=0.0), rf"{name}: epsilon must be a positive number"),
    ]


def refused_momentum(layer):
    return [
        Refused(
            lambda momentum=momentum: layer(3, momentum=momentum),
            rf"{layer.__name__}: momentum must lie between 0 and 1\. It is {momentum}",
        )
        for momentum in (-0.1, 1.1)
    ]


REFUSED = {
    "BatchNorm1d": [
        *refused_settings(BatchNorm1d),
        *refused_momentum(BatchNorm1d),
        Refused(refused_by(BatchNorm1d(3), 5, 4), r"BatchNorm1d: x must have shape \(B, C=3\)"),
        Refused(refused_by(BatchNorm1d(3), 5, 4, 3), r"BatchNorm1d: x must have shape \(B, C=3, T\)"),
        Refused(refused_by(BatchNorm1d(3), 3), r"BatchNorm1d: x must have shape \(B, C=3\)"),
        Refused(refused_by(BatchNorm1d(3), 5, 3, 2, 2), r"BatchNorm1d: x must have shape \(B, C=3\)"),
        Refused(
            refused_by(BatchNorm1d(3), 1, 3),
            r"BatchNorm1d: one number per channel has no variance\. x has shape \(1, 3\)\. Train .* evaluate",
        ),
    ],
    "BatchNorm2d": [
        *refused_settings(BatchNorm2d),
        *refused_momentum(BatchNorm2d),
        Refused(refused_by(BatchNorm2d(3), 5, 4, 2, 2), r"BatchNorm2d: x must have shape \(B, C=3, H, W\)"),
        Refused(refused_by(BatchNorm2d(3), 5, 3, 2), r"BatchNorm2d: x must have shape \(B, C=3, H, W\)"),
        Refused(
            refused_by(BatchNorm2d(3), 1, 3, 1, 1),
            r"BatchNorm2d: one number per channel has no variance\. x has shape \(1, 3, 1, 1\)",
        ),
    ],
    "LayerNorm": [
        *refused_settings(LayerNorm),
        Refused(refused_by(LayerNorm(3), 5, 4), r"layer_norm: x must have shape \(\.\.\., C=3\)"),
    ],
}
