"""What the contract test feeds to the matrix product."""

import numpy as np

from course_lib.autograd.ops.matmul import matmul
from course_lib.autograd.tensor import Tensor
from tests.autograd.op_samples import Refused, Sample


def by_torch(torch, x, W):
    return x @ W


SHAPES = [
    ((3, 4), (4, 2)),
    ((4,), (4, 2)),  # one row
    ((2, 5, 3, 4), (4, 2)),  # one matrix for many rows
    ((5, 3, 4), (5, 4, 2)),  # a pile of each
    ((2, 1, 3, 4), (5, 4, 2)),  # both stretched
    ((3, 4), (5, 4, 2)),
    ((0, 4), (4, 2)),
    ((3, 0), (0, 2)),
    ((0, 3, 4), (0, 4, 2)),
    ((1, 1), (1, 1)),
]
SAMPLES = {"matmul": [Sample(list(shapes), matmul, by_torch) for shapes in SHAPES]}


def refused(x_shape, W_shape, says):
    return Refused(lambda: matmul(Tensor(np.ones(x_shape)), Tensor(np.ones(W_shape))), says)


REFUSED = {
    "matmul": [
        refused((5, 3), (4, 2), r"matmul: x must have shape \(\.\.\., n_in=4\).*\(5, 3\).*x @ W\.T"),
        refused((3, 4), (4,), r"matmul: W must have shape \(\.\.\., n_in, n_out\).*one column"),
        refused((), (4, 2), r"matmul: x must have shape"),
        refused((4,), (5, 4, 2), r"matmul: x must have shape \(\.\.\., n, n_in\).*pile"),
        refused((2, 3, 4), (5, 4, 2), r"must broadcast.*\(2, 3, 4\).*\(5, 4, 2\)"),
        Refused(lambda: matmul(Tensor(np.ones((3, 4))), "W"), "must hold numbers"),
    ]
}
