import numpy as np
import pytest

from course_lib.autograd import Tensor
from course_lib.autograd.fused.convolution import conv1d, conv2d, conv_relu_pool


def ones(*shapes):
    return [Tensor(np.ones(shape)) for shape in shapes]


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: conv1d(*ones((2, 8, 3), (4, 3, 3), (4,))), r"conv1d: x .*\(B, C_in=3, T\).*after the batch"),
        (lambda: conv1d(*ones((2, 3, 8), (4, 3), (4,))), r"conv1d: W must have shape \(C_out, C_in, kw\)"),
        (lambda: conv1d(*ones((2, 3, 8), (4, 3, 3), (3,))), r"conv1d: b must have shape \(C_out=4,\)"),
        (lambda: conv1d(*ones((2, 3, 8), (4, 3, 3), (4, 3))), r"conv1d: b must have shape \(C_out=4,\)"),
        (lambda: conv1d(*ones((2, 5, 8), (4, 3, 5), (4,))), r"conv1d: x must have shape \(B, C_in=3, T\)"),
        (lambda: conv1d(*ones((2, 3, 8, 8), (4, 3, 3, 3), (4,))), r"conv1d: W .*\(C_out, C_in, kw\)"),
        (lambda: conv1d(*ones((2, 3, 4), (4, 3, 3), (4,)), dilation=2), r"conv1d: the window reaches over 5"),
        (
            lambda: conv1d(*ones((2, 3, 4), (4, 3, 3), (4,)), stride=0),
            r"stride must be .* at least 1\. It is 0",
        ),
        (
            lambda: conv1d(*ones((2, 3, 8), (4, 3, 3), (4,)), activation="tanh"),
            r"conv1d: activation must be None or \"relu\"\. It is 'tanh'",
        ),
        (lambda: conv2d(*ones((2, 5, 6, 3), (4, 3, 3, 2), (4,))), r"conv2d: x .*\(B, C_in=3, H, W\)"),
        (lambda: conv2d(*ones((2, 3, 5), (4, 3, 3, 2), (4,))), r"conv2d: x .*\(B, C_in=3, H, W\)"),
        (lambda: conv2d(*ones((2, 3, 5, 6), (4, 3, 2), (4,))), r"conv2d: W .*\(C_out, C_in, kh, kw\)"),
        (lambda: conv2d(*ones((2, 3, 5, 6), (4, 3, 3, 2), (1,))), r"conv2d: b must have shape \(C_out=4,\)"),
        (lambda: conv2d(*ones((2, 3, 8), (4, 3, 3), (4,))), r"conv2d: W .*\(C_out, C_in, kh, kw\)"),
        (lambda: conv2d(*ones((2, 3, 2, 6), (4, 3, 3, 2), (4,))), r"conv2d: the window reaches over 3 x 2"),
        (
            lambda: conv2d(*ones((2, 3, 5, 6), (4, 3, 3, 2), (4,)), activation=1),
            r"conv2d: activation must be None or \"relu\"\. It is 1",
        ),
        (
            lambda: conv_relu_pool(*ones((2, 3, 5), (4, 3, 3, 2), (4,))),
            r"conv_relu_pool: x .*\(B, C_in=3, H, W\)",
        ),
        (
            lambda: conv_relu_pool(*ones((2, 3, 5, 6), (4, 3, 2), (4,))),
            r"conv_relu_pool: W .*\(C_out, C_in, kh",
        ),
        (
            lambda: conv_relu_pool(*ones((2, 3, 3, 6), (4, 3, 3, 2), (4,))),
            r"conv_relu_pool: the window reaches over 4 x 3, more than the 3 x 6",
        ),
        (
            lambda: conv_relu_pool(*ones((2, 3, 5, 6), (4, 3, 3, 2), (4,)), padding=-1),
            r"conv_relu_pool: padding must be .* It is -1",
        ),
    ],
)
def test_what_cannot_be_right_is_refused_with_a_sentence(call, says):
    with pytest.raises(ValueError, match=says):
        call()
