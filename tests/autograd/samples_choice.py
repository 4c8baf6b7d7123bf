"""Samples of the operations that choose place by place."""

import numpy as np

from course_lib.autograd import Tensor, ops
from tests.autograd.op_samples import Refused, Sample, away_from_zero, normal
from tests.autograd.samples_elementwise import ONE, TWO, WORDS, refused_shapes, samples


def rounded(rng, shape):
    """Whole numbers from -1 to 1, so that many are equal."""
    return rng.integers(-1, 2, shape).astype(float)


IS_LEFT = np.array([[True, False, True, False]] * 3)

SAMPLES = {
    "maximum": samples(TWO, ops.maximum, lambda torch, x, y: torch.maximum(x, y)),
    "minimum": samples(TWO, ops.minimum, lambda torch, x, y: torch.minimum(x, y)),
    "clip": samples(
        ONE, lambda x: ops.clip(x, -0.05, 0.05), lambda torch, x: x.clamp(-0.05, 0.05), away_from_zero
    )
    + samples([[(5, 4)]], lambda x: ops.clip(x, -0.5, 0.7), lambda torch, x: x.clamp(-0.5, 0.7)),
    "where": [
        Sample(
            shapes,
            lambda x, y: ops.where(IS_LEFT, x, y),
            lambda torch, x, y: torch.where(torch.tensor(IS_LEFT), x, y),
        )
        for shapes in ([(3, 4), (3, 4)], [(2, 3, 4), (4,)], [(1, 1), (3, 1)])
    ]
    + [
        Sample(
            [(0, 4), (4,)],
            lambda x, y: ops.where(IS_LEFT[0], x, y),
            lambda torch, x, y: torch.where(torch.tensor(IS_LEFT[0]), x, y),
        ),
        Sample(
            [(3, 4)],
            lambda x: ops.where(IS_LEFT, x, -2.0),
            lambda torch, x: torch.where(torch.tensor(IS_LEFT), x, -2.0),
            normal,
        ),
    ],
}
# Where numbers are equal there is a kink, and no slope to measure: only PyTorch says what the gradient is.
TIES = {
    "maximum": [Sample([(6, 6), (6, 6)], ops.maximum, lambda torch, x, y: torch.maximum(x, y), rounded)],
    "minimum": [Sample([(6, 6), (6, 6)], ops.minimum, lambda torch, x, y: torch.minimum(x, y), rounded)],
    "clip": [
        Sample([(6, 6)], lambda x: ops.clip(x, -1.0, 0.0), lambda torch, x: x.clamp(-1.0, 0.0), rounded)
    ],
}
REFUSED = {
    "maximum": [refused_shapes(ops.maximum)],
    "minimum": [refused_shapes(ops.minimum)],
    "clip": [
        Refused(lambda: ops.clip("ab", 0, 1), WORDS),
        Refused(lambda: ops.clip([0.5], 1, 0), "clip: low must not be above high. They are 1 and 0"),
    ],
    "where": [
        Refused(lambda: ops.where(IS_LEFT, Tensor(np.ones(3)), 1.0), r"where: shapes .* do not fit together"),
        Refused(lambda: ops.where([0, 1], 1.0, 2.0), "condition must hold truth values. It is of int64"),
    ],
}
