"""Samples of arithmetic, powers and exponentials."""

import numpy as np

from course_lib.autograd import Tensor, ops
from tests.autograd.op_samples import Refused, Sample, away_from_zero, normal, positive

ONE = [[(3, 4)], [()], [(1, 1)], [(0, 4)]]
TWO = [
    [(3, 4), (3, 4)],
    [(2, 3, 4), (4,)],
    [(3, 1), (1, 4)],
    [(), (3,)],
    [(1, 1), (1, 1)],
    [(0, 4), (4,)],
]


def samples(shapes, ours, theirs, draw=normal):
    return [Sample(each, ours, theirs, draw) for each in shapes]


def with_number(name, theirs, draw=normal):
    """The operation with a Python number on either side."""
    return [
        Sample([(3, 4)], lambda x: getattr(ops, name)(x, 3.0), lambda torch, x: theirs(x, 3.0), draw),
        Sample([(3, 4)], lambda x: getattr(ops, name)(2, x), lambda torch, x: theirs(2, x), draw),
    ]


SAMPLES = {
    "add": samples(TWO, ops.add, lambda torch, x, y: x + y) + with_number("add", lambda x, y: x + y),
    "subtract": samples(TWO, ops.subtract, lambda torch, x, y: x - y)
    + with_number("subtract", lambda x, y: x - y),
    "multiply": samples(TWO, ops.multiply, lambda torch, x, y: x * y)
    + with_number("multiply", lambda x, y: x * y),
    "divide": samples(TWO, ops.divide, lambda torch, x, y: x / y, (normal, away_from_zero))
    + with_number("divide", lambda x, y: x / y, away_from_zero),
    "power": samples(TWO, ops.power, lambda torch, x, y: x**y, (positive, normal))
    + [
        Sample([(3, 4)], lambda x, n=n: ops.power(x, n), lambda torch, x, n=n: x**n, away_from_zero)
        for n in (0, 1, 2, 3, -1, -2)
    ]
    + [Sample([(3, 4)], lambda x: ops.power(x, 0.5), lambda torch, x: x**0.5, positive)]
    + [Sample([(3, 4)], lambda x: ops.power(2.0, x), lambda torch, x: 2.0**x)],
    "negative": samples(ONE, ops.negative, lambda torch, x: -x),
    "exp": samples(ONE, ops.exp, lambda torch, x: x.exp()),
    "log": samples(ONE, ops.log, lambda torch, x: x.log(), positive),
    "sqrt": samples(ONE, ops.sqrt, lambda torch, x: x.sqrt(), positive),
    "absolute": samples(ONE, ops.absolute, lambda torch, x: x.abs(), away_from_zero),
}


def refused_shapes(op):
    def call():
        return op(Tensor(np.ones((3, 4))), Tensor(np.ones(3)))

    return Refused(call, rf"{op.__name__}: shapes \(3, 4\) and \(3,\) do not fit together")


WORDS = "Tensor: data must hold numbers"


REFUSED = {
    name: [refused_shapes(getattr(ops, name))] for name in ("add", "subtract", "multiply", "divide", "power")
} | {
    name: [Refused(lambda name=name: getattr(ops, name)("ab"), WORDS)]
    for name in ("negative", "exp", "log", "sqrt", "absolute")
}
REFUSED["log"].append(
    Refused(lambda: ops.log([1.0, 0.0]), r"log: x must be positive\. It holds 0\.0 at index \(1,\)")
)
REFUSED["sqrt"].append(
    Refused(lambda: ops.sqrt([-1.0]), r"sqrt: x must not be negative\. It holds -1\.0 at index")
)
REFUSED["divide"].append(
    Refused(lambda: ops.divide(1.0, [2.0, 0.0]), r"divide: y must not be 0.* at index \(1,\)")
)
REFUSED["power"] += [
    Refused(
        lambda: ops.power(Tensor([-8.0]), 1 / 3), "power: x must be positive for such an n. It holds -8.0"
    ),
    Refused(lambda: ops.power(Tensor([0.0]), -1), "power: x must be positive for such an n. It holds 0.0"),
    Refused(lambda: ops.power(Tensor([-8.0, -8.0]), [2.0, 0.5]), r"It holds -8\.0 at index \(1,\)"),
    Refused(lambda: ops.power(Tensor([-2.0]), Tensor([2.0])), "power: x must be positive for such an n"),
]
