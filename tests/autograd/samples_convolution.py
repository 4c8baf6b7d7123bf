"""What the contract test feeds to the convolutions."""

import numpy as np

from course_lib.autograd.ops.convolution import conv1d, conv2d
from course_lib.autograd.tensor import Tensor
from tests.autograd.op_samples import Refused, Sample


def convolving(op, x_shape, W_shape, **settings):
    return Sample(
        [x_shape, W_shape],
        lambda x, W: op(x, W, **settings),
        lambda torch, x, W: getattr(torch.nn.functional, op.__name__)(x, W, **settings),
    )


SAMPLES = {
    "conv1d": [
        convolving(conv1d, (2, 3, 8), (4, 3, 3)),
        convolving(conv1d, (2, 3, 8), (4, 3, 3), stride=3, padding=2),
        convolving(conv1d, (2, 3, 9), (4, 3, 3), stride=2, dilation=3, padding=1),
        convolving(conv1d, (0, 3, 8), (4, 3, 3)),
        convolving(conv1d, (1, 1, 1), (1, 1, 1)),
    ],
    "conv2d": [
        convolving(conv2d, (2, 3, 5, 6), (4, 3, 3, 2)),
        convolving(conv2d, (2, 3, 5, 6), (4, 3, 3, 3), stride=2, padding=1),
        convolving(conv2d, (2, 2, 8, 7), (3, 2, 3, 2), stride=(3, 1), padding=(0, 2), dilation=(2, 3)),
        convolving(conv2d, (0, 3, 5, 6), (4, 3, 3, 2), padding=1),
        convolving(conv2d, (1, 1, 1, 1), (1, 1, 1, 1)),
    ],
}


def refused(op, x_shape, W_shape, says, **settings):
    return Refused(lambda: op(Tensor(np.ones(x_shape)), Tensor(np.ones(W_shape)), **settings), says)


REFUSED = {
    "conv1d": [
        refused(conv1d, (2, 8, 3), (4, 3, 3), r"conv1d: x must have shape \(B, C_in=3, T\).*after the batch"),
        refused(conv1d, (2, 3, 8), (3, 3), r"conv1d: W must have shape \(C_out, C_in, kw\)"),
        refused(conv1d, (2, 3, 4), (4, 3, 3), r"reaches over 5, more than the 4 of x", dilation=2),
        refused(conv1d, (2, 3, 8), (4, 3, 3), r"conv1d: stride must be .* at least 1\. It is 0", stride=0),
    ],
    "conv2d": [
        refused(conv2d, (2, 5, 6, 3), (4, 3, 3, 2), r"conv2d: x must have shape \(B, C_in=3, H, W\)"),
        refused(conv2d, (2, 3, 5, 6), (3, 3, 2), r"conv2d: W must have shape \(C_out, C_in, kh, kw\)"),
        refused(conv2d, (2, 3, 2, 6), (4, 3, 5, 3), r"reaches over 5 x 3, more than the 4 x 8", padding=1),
        refused(
            conv2d, (2, 3, 5, 6), (4, 3, 3, 2), r"padding must be .* at least 0, or 2 of them", padding=-1
        ),
        refused(conv2d, (2, 3, 5, 6), (4, 3, 3, 2), r"stride must be.*\(1, 1, 1\)", stride=(1, 1, 1)),
        refused(conv2d, (2, 3, 5, 6), (4, 3, 3, 2), r"dilation must be.*It is 1\.5", dilation=1.5),
        refused(conv2d, (2, 3, 5, 6), (4, 3, 0, 2), r"conv2d: kernel must be"),
    ],
}
