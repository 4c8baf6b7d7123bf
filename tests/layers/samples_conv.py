"""What the contract test feeds to the convolution layers."""

import numpy as np

from course_lib.autograd import Tensor
from course_lib.layers.conv import Conv1d, Conv2d, ConvReluPool2d
from course_lib.layers.init import xavier_normal
from tests.layers.layer_samples import LayerSample, Refused

RNG = np.random.default_rng(0)


def convolution(layer, x_shape, C_out, kernel, *, activation=None, init=None, **settings):
    C_in = x_shape[1]
    sizes = kernel if isinstance(kernel, tuple) else (kernel,) * (len(x_shape) - 2)

    def theirs(torch):
        module = getattr(torch.nn, layer.__name__)(C_in, C_out, kernel, **settings)
        return torch.nn.Sequential(module, torch.nn.ReLU()) if activation else module

    ours = {"activation": activation, **({"init": init} if init else {}), **settings}
    return LayerSample(
        lambda rng: layer(C_in, C_out, kernel, rng=rng, **ours),
        [x_shape],
        theirs,
        parameters={"W": (C_out, C_in, *sizes), "b": (C_out,)},
    )


def pooled(x_shape, C_out, kernel, **settings):
    C_in = x_shape[1]
    sizes = kernel if isinstance(kernel, tuple) else (kernel, kernel)

    def theirs(torch):
        convolution = torch.nn.Conv2d(C_in, C_out, kernel, padding=settings.get("padding", 0))
        return torch.nn.Sequential(convolution, torch.nn.ReLU(), torch.nn.MaxPool2d(2))

    return LayerSample(
        lambda rng: ConvReluPool2d(C_in, C_out, kernel, rng=rng, **settings),
        [x_shape],
        theirs,
        parameters={"W": (C_out, C_in, *sizes), "b": (C_out,)},
    )


SAMPLES = {
    "Conv1d": [
        convolution(Conv1d, (2, 3, 8), 4, 3),
        convolution(Conv1d, (2, 3, 9), 4, 3, activation="relu", stride=2, padding=1, dilation=2),
        convolution(Conv1d, (0, 3, 8), 4, 3),
        convolution(Conv1d, (1, 1, 1), 1, 1),
        convolution(Conv1d, (2, 3, 8), 4, 3, init=xavier_normal),
    ],
    "Conv2d": [
        convolution(Conv2d, (2, 3, 5, 6), 4, 3),
        convolution(Conv2d, (2, 3, 6, 5), 4, (3, 2), activation="relu", stride=2, padding=1),
        convolution(Conv2d, (2, 2, 8, 7), 3, (2, 3), stride=(1, 2), padding=(0, 2), dilation=(3, 2)),
        convolution(Conv2d, (0, 3, 5, 6), 4, 3),
        convolution(Conv2d, (1, 1, 1, 1), 1, 1),
        convolution(Conv2d, (2, 3, 5, 6), 4, 3, init=xavier_normal),
    ],
    "ConvReluPool2d": [
        pooled((2, 3, 6, 8), 4, 3),
        pooled((2, 3, 6, 5), 4, (3, 2), padding=(1, 0)),
        pooled((0, 3, 6, 8), 4, 3),
        pooled((1, 1, 2, 2), 1, 1),
        pooled((2, 3, 6, 8), 4, 3, init=xavier_normal),
    ],
}


def refused(layer, says, *x_shape, kernel=3, **settings):
    def call():
        return layer(3, 4, kernel, **({"rng": RNG} | settings))(Tensor(np.ones(x_shape)))

    return Refused(call, says)


def refused_sizes(layer):
    return [
        Refused(lambda: layer(0, 4, 3, rng=RNG), r"he_uniform: shape must be"),
        Refused(lambda: layer(3, 0, 3, rng=RNG), r"he_uniform: shape must be"),
        Refused(lambda: layer(3, 4, 0, rng=RNG), r"he_uniform: shape must be"),
        Refused(lambda: layer(3, 4, 3, rng=0), r"rng must be a NumPy Generator"),
    ]


REFUSED = {
    "Conv1d": [
        *refused_sizes(Conv1d),
        refused(Conv1d, r"conv1d: x must have shape \(B, C_in=3, T\)", 2, 4, 8),
        refused(Conv1d, r"conv1d: stride must be a whole number of at least 1\. It is 0", 2, 3, 8, stride=0),
        refused(Conv1d, r"activation must be None or \"relu\"\. It is 'tanh'", 2, 3, 8, activation="tanh"),
    ],
    "Conv2d": [
        *refused_sizes(Conv2d),
        refused(Conv2d, r"conv2d: x must have shape \(B, C_in=3, H, W\)", 2, 4, 8, 8),
        refused(Conv2d, r"the window reaches over 3 x 9, more than the 8 x 8", 2, 3, 8, 8, kernel=[3, 9]),
        refused(Conv2d, r"activation must be None or \"relu\"\. It is 'tanh'", 2, 3, 8, 8, activation="tanh"),
    ],
    "ConvReluPool2d": [
        *refused_sizes(ConvReluPool2d),
        refused(ConvReluPool2d, r"conv_relu_pool: x must have shape \(B, C_in=3, H, W\)", 2, 4, 8, 8),
        refused(ConvReluPool2d, r"the window reaches over 4 x 4, more than the 3 x 8", 2, 3, 3, 8),
    ],
}
