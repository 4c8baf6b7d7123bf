"""What the contract test feeds to the pooling layers."""

import numpy as np

from course_lib.autograd import Tensor
from course_lib.layers.pool import AvgPool1d, AvgPool2d, MaxPool1d, MaxPool2d
from tests.layers.layer_samples import LayerSample, Refused, far_apart


def pooling(layer, x_shape, kernel, **settings):
    return LayerSample(
        lambda rng: layer(kernel, **settings),
        [x_shape],
        lambda torch: getattr(torch.nn, layer.__name__)(kernel, **settings),
        draw=far_apart,
        parameters={},
    )


def of_signals(layer):
    return [
        pooling(layer, (2, 3, 8), 2),
        pooling(layer, (2, 3, 8), 3, stride=2, padding=1),
        pooling(layer, (0, 3, 8), 2),
        pooling(layer, (1, 1, 1), 1),
    ]


def of_images(layer):
    return [
        pooling(layer, (2, 3, 4, 6), 2),
        pooling(layer, (2, 3, 5, 7), (3, 2), stride=(2, 1), padding=(1, 0)),
        pooling(layer, (0, 3, 4, 6), 2),
        pooling(layer, (1, 1, 1, 1), 1),
    ]


SAMPLES = {
    "MaxPool1d": of_signals(MaxPool1d),
    "AvgPool1d": of_signals(AvgPool1d),
    "MaxPool2d": of_images(MaxPool2d),
    "AvgPool2d": of_images(AvgPool2d),
}


def refused(layer, op, *good_shape):
    def call(shape, kernel, **settings):
        return lambda: layer(kernel, **settings)(Tensor(np.ones(shape)))

    return [
        Refused(call(good_shape[1:], 2), rf"{op}: x must have shape \(B, C, "),
        Refused(call(good_shape, 5), r"the window reaches over 5.*, more than the 4"),
        Refused(call(good_shape, 2, stride=0), rf"{op}: stride must be a whole number.* It is 0"),
        Refused(call(good_shape, 2, padding=2), rf"{op}: padding must be at most half the kernel .* It is 2"),
    ]


REFUSED = {
    "MaxPool1d": refused(MaxPool1d, "max_pool1d", 2, 3, 4),
    "AvgPool1d": refused(AvgPool1d, "avg_pool1d", 2, 3, 4),
    "MaxPool2d": refused(MaxPool2d, "max_pool2d", 2, 3, 4, 4),
    "AvgPool2d": refused(AvgPool2d, "avg_pool2d", 2, 3, 4, 4),
}
