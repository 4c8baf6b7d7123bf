"""What the contract test feeds to the pooling operations."""

from dataclasses import replace

import numpy as np

from course_lib.autograd.ops.pooling import avg_pool1d, avg_pool2d, max_pool1d, max_pool2d
from course_lib.autograd.tensor import Tensor
from tests.autograd.op_samples import Refused, Sample, far_apart


def pooling(op, shape, kernel, **settings):
    return Sample(
        [shape],
        lambda x: op(x, kernel, **settings),
        lambda torch, x: getattr(torch.nn.functional, op.__name__)(x, kernel, **settings),
        draw=far_apart,
    )


def of_signals(op):
    return [
        pooling(op, (2, 3, 8), 2),
        pooling(op, (2, 3, 8), 3),  # two numbers are left over
        pooling(op, (2, 3, 8), 3, stride=1, padding=1),
        pooling(op, (0, 3, 8), 2),
        pooling(op, (1, 1, 1), 1),
    ]


def of_images(op):
    return [
        pooling(op, (2, 3, 4, 6), 2),
        pooling(op, (2, 3, 5, 7), (3, 2)),
        pooling(op, (2, 3, 5, 6), 3, stride=(2, 1), padding=(1, 0)),
        pooling(op, (2, 3, 7, 5), 2, stride=3),  # numbers that no window sees
        pooling(op, (0, 3, 4, 6), 2),
        pooling(op, (1, 1, 1, 1), 1),
    ]


SAMPLES = {
    "max_pool1d": of_signals(max_pool1d),
    "avg_pool1d": of_signals(avg_pool1d),
    "max_pool2d": of_images(max_pool2d),
    "avg_pool2d": of_images(avg_pool2d),
}


def refused(op, shape, good_shape):
    def call(shape, kernel, **settings):
        return lambda: op(Tensor(np.ones(shape)), kernel, **settings)

    return [
        Refused(call(shape, 2), rf"{op.__name__}: x must have shape \(B, C, "),
        Refused(call(good_shape, 5), r"the window reaches over 5.*, more than the 4"),
        Refused(call(good_shape, 2, padding=2), r"padding must be at most half the kernel .* It is 2"),
        Refused(call(good_shape, 0), r"kernel must be a whole number of at least 1.* It is 0"),
        Refused(call(good_shape, 2, stride=0), r"stride must be a whole number of at least 1.* It is 0"),
    ]


def refused_along_one_axis(op):
    return Refused(lambda: op(Tensor(np.ones((2, 3, 4, 4))), 2, padding=(0, 2)), r"It is \(0, 2\)")


REFUSED = {
    "max_pool1d": refused(max_pool1d, (3, 4), (2, 3, 4)),
    "avg_pool1d": refused(avg_pool1d, (3, 4), (2, 3, 4)),
    "max_pool2d": [*refused(max_pool2d, (2, 3, 4), (2, 3, 4, 4)), refused_along_one_axis(max_pool2d)],
    "avg_pool2d": [*refused(avg_pool2d, (2, 3, 4), (2, 3, 4, 4)), refused_along_one_axis(avg_pool2d)],
}


def rounded(rng, shape):
    """Draw only -1, 0 and 1, so that many windows have several largest numbers."""
    return rng.integers(-1, 2, shape).astype(float)


TIES = {
    name: [replace(sample, draw=rounded) for sample in SAMPLES[name]] for name in ("max_pool1d", "max_pool2d")
}
