"""Samples of the operations that make many numbers into few."""

import numpy as np

from course_lib.autograd import Tensor, ops
from tests.autograd.op_samples import Refused, Sample, far_apart, normal
from tests.autograd.samples_choice import rounded

THEIRS = {
    "sum": lambda torch, x, axis, keepdims: x.sum(axis, keepdims),
    "mean": lambda torch, x, axis, keepdims: x.mean(axis, keepdims),
    "variance": lambda torch, x, axis, keepdims: ((x - x.mean(axis, True)) ** 2).mean(axis, keepdims),
    "max": lambda torch, x, axis, keepdims: x.amax(axis, keepdims),
    "min": lambda torch, x, axis, keepdims: x.amin(axis, keepdims),
    "logsumexp": lambda torch, x, axis, keepdims: x.logsumexp(axis, keepdims),
}
WAYS = [
    ((3, 4), None, False),
    ((3, 4), 0, False),
    ((3, 4), 1, True),
    ((3, 4), -2, False),
    ((2, 3, 4), -2, False),
    ((2, 3, 4), (0, 2), False),
    ((2, 3, 4), (-1, 0), True),
    ((2, 3), None, True),
    ((1, 1), 0, False),
    ((0, 4), 1, False),
]


def sample(name, shape, axis, keepdims, draw):
    axes = tuple(range(len(shape))) if axis is None else axis
    return Sample(
        [shape],
        lambda x: getattr(ops, name)(x, axis, keepdims),
        lambda torch, x: THEIRS[name](torch, x, axes, keepdims),
        draw,
    )


SAMPLES = {
    name: [sample(name, *way, far_apart if name in ("max", "min") else normal) for way in WAYS]
    for name in THEIRS
}
for name in THEIRS:
    SAMPLES[name].append(
        Sample(
            [(3, 4)],
            getattr(ops, name),  # nothing said of axes: all of them, and none is kept
            lambda torch, x, name=name: THEIRS[name](torch, x, (0, 1), False),
            far_apart,
        )
    )
SAMPLES["logsumexp"].append(
    sample("logsumexp", (3, 4), 1, False, lambda rng, shape: rng.uniform(-2000, 2000, shape))
)
TIES = {
    name: [sample(name, (6, 6), axis, False, rounded) for axis in (None, 0, (0, 1))]
    for name in ("max", "min")
}
REFUSED = {
    name: [
        Refused(lambda name=name: getattr(ops, name)(Tensor(np.ones((3, 4))), 2), f"{name}: x has no axis 2")
    ]
    for name in THEIRS
}
for name in set(THEIRS) - {"sum"}:
    REFUSED[name].append(
        Refused(
            lambda name=name: getattr(ops, name)(Tensor(np.ones((0, 4))), 0),
            f"{name}: a reduced axis is empty",
        )
    )
