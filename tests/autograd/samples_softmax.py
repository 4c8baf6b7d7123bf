"""What the contract test feeds to softmax and its logarithm."""

import numpy as np

from course_lib.autograd.ops.softmax import log_softmax, softmax
from course_lib.autograd.tensor import Tensor
from tests.autograd.op_samples import Refused, Sample, normal

SHAPES_AND_AXES = [((5,), 0), ((4, 3), -1), ((4, 3), 0), ((2, 3, 4), 1), ((0, 3), 1), ((4, 1), 1)]


def far_out(rng, shape):
    """Draw scores whose exponentials overflow."""
    return 1000.0 + 10.0 * normal(rng, shape)


def samples(ours, theirs):
    every = [
        Sample([shape], lambda z, a=axis: ours(z, a), lambda torch, z, a=axis: getattr(torch, theirs)(z, a))
        for shape, axis in SHAPES_AND_AXES
    ]
    return [*every, Sample([(4, 3)], ours, lambda torch, z: getattr(torch, theirs)(z, -1), draw=far_out)]


def masked(rng, shape):
    """Draw scores of which some are masked, but never a whole row or column."""
    z = normal(rng, shape)
    np.fill_diagonal(z, -np.inf)
    return z


def with_masks(ours, theirs):
    return [
        Sample(
            [(4, 3)], lambda z, a=a: ours(z, a), lambda torch, z, a=a: getattr(torch, theirs)(z, a), masked
        )
        for a in (0, 1)
    ]


SAMPLES = {"softmax": samples(softmax, "softmax"), "log_softmax": samples(log_softmax, "log_softmax")}
TIES = {"softmax": with_masks(softmax, "softmax"), "log_softmax": with_masks(log_softmax, "log_softmax")}


def refused(op):
    name = op.__name__
    all_masked = np.array([[0.0, -np.inf], [-np.inf, -np.inf]])
    return [
        Refused(
            lambda: op(Tensor(np.ones((2, 3))), 2), rf"{name}: z has shape \(2, 3\), so it has no axis 2"
        ),
        Refused(lambda: op(Tensor(1.0)), r"no axis -1"),
        Refused(lambda: op(Tensor(np.ones((2, 0)))), r"nothing to share out along axis -1"),
        Refused(lambda: op(Tensor(all_masked)), rf"{name}: z is masked .* along axis -1 at index \(1, 0\)"),
        Refused(lambda: op(Tensor([0.0, np.inf])), r"holds plus infinity"),
    ]


REFUSED = {"softmax": refused(softmax), "log_softmax": refused(log_softmax)}
