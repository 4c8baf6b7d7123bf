"""What the contract test feeds to the operations that move numbers."""

import numpy as np

from course_lib.autograd.ops.reshape import concatenate, flatten, getitem, pad, reshape, stack, transpose
from course_lib.autograd.tensor import Tensor
from tests.autograd.op_samples import Refused, Sample


def reshaping(shape, new):
    return Sample([shape], lambda x: reshape(x, new), lambda torch, x: x.reshape(new))


def flattening(shape):
    return Sample([shape], flatten, lambda torch, x: x.flatten(1) if len(shape) > 1 else x[:, None])


def transposing(shape, axes):
    order = tuple(range(len(shape)))[::-1] if axes is None else axes
    return Sample([shape], lambda x: transpose(x, axes), lambda torch, x: x.permute(order))


def picking(shape, index):
    def theirs(torch, x):
        parts = index if isinstance(index, tuple) else (index,)
        return x[tuple(torch.tensor(part) if isinstance(part, np.ndarray) else part for part in parts)]

    return Sample([shape], lambda x: getitem(x, index), theirs)


def joining(op, theirs, shapes, axis):
    return Sample(shapes, lambda *xs: op(xs, axis), lambda torch, *xs: getattr(torch, theirs)(xs, axis))


def padding(shape, widths, value=0.0):
    backwards = [n for pair in reversed(widths) for n in pair]  # PyTorch names the last axis first
    return Sample(
        [shape],
        lambda x: pad(x, widths, value),
        lambda torch, x: torch.nn.functional.pad(x, backwards, value=value),
    )


SAMPLES = {
    "reshape": [
        reshaping((2, 6), (3, 4)),
        reshaping((2, 6), (-1, 3)),
        reshaping((2, 3), 6),
        reshaping((1,), ()),
        reshaping((0, 3), (3, 0)),
    ],
    "flatten": [flattening((2, 3, 4)), flattening((3,)), flattening((0, 3, 4)), flattening((1, 1, 1))],
    "transpose": [
        transposing((2, 3), None),
        transposing((2, 3, 4, 5), (2, 0, 3, 1)),
        transposing((2, 3, 4), (0, -1, -2)),
        transposing((0, 3), None),
        transposing((1,), (0,)),
    ],
    "getitem": [
        picking((4, 3), 1),
        picking((4, 3), (-1, 2)),
        picking((6, 5), (slice(1, None, 2), slice(None, 3))),
        picking((4, 3, 2), (..., 0)),
        picking((4, 3), (slice(None), None, 1)),
        picking((4, 3), np.array([2, 0, 2, 2])),
        picking((4, 3), np.array([[0, -1], [3, 0]])),
        picking((4, 3), (np.array([0, 1, 1]), np.array([2, 0, 0]))),
        picking((4, 3), (slice(1, 3), np.array([2, 2]))),
        picking((4,), np.array([True, False, True, True])),
        picking((2, 2), np.array([[True, False], [True, True]])),
        picking((4, 3), slice(2, 2)),
        picking((0, 3), (slice(None), 1)),
        picking((1, 1), 0),
    ],
    "concatenate": [
        joining(concatenate, "concatenate", [(2, 3), (4, 3)], 0),
        joining(concatenate, "concatenate", [(2, 3), (2, 1), (2, 4)], -1),
        joining(concatenate, "concatenate", [(2, 0), (2, 3)], 1),
        joining(concatenate, "concatenate", [(1,)], 0),
    ],
    "stack": [
        joining(stack, "stack", [(2, 3), (2, 3)], 0),
        joining(stack, "stack", [(2, 3), (2, 3), (2, 3)], 1),
        joining(stack, "stack", [(2, 3), (2, 3)], -1),
        joining(stack, "stack", [(0, 3), (0, 3)], 1),
        joining(stack, "stack", [(1,)], 0),
    ],
    "pad": [
        padding((3,), [(1, 2)]),
        padding((2, 3), [(0, 1), (2, 0)], value=-1.5),
        padding((2, 3), [(0, 0), (0, 0)]),
        padding((0, 3), [(1, 1), (0, 1)]),
        padding((1, 1), [(2, 0), (0, 2)]),
    ],
}


def ones(*shape):
    return Tensor(np.ones(shape))


REFUSED = {
    "reshape": [Refused(lambda: reshape(ones(2, 3), (4, 2)), r"x has shape \(2, 3\), 6 numbers.*\(4, 2\)")],
    "flatten": [Refused(lambda: flatten(ones()), r"flatten: x must have a first axis")],
    "transpose": [
        Refused(lambda: transpose(ones(2, 3), (0, 0)), r"each of the 2 axes.*\(2, 3\).*\(0, 0\)"),
        Refused(lambda: transpose(ones(2, 3), (0, 2)), r"transpose: axes must name"),
        Refused(lambda: transpose(ones(2, 3), (1,)), r"transpose: axes must name"),
    ],
    "getitem": [
        Refused(lambda: getitem(ones(2, 3), np.array([0, 5])), r"x has shape \(2, 3\), but index 5 is out"),
        Refused(
            lambda: getitem(ones(2, 3), np.array([True] * 3)), r"x has shape \(2, 3\), but boolean index"
        ),
        Refused(lambda: getitem(ones(2, 3), (0, 0, 0)), r"too many indices"),
        Refused(lambda: getitem(ones(2, 3), "a"), r"only integers"),
    ],
    "concatenate": [
        Refused(lambda: concatenate([]), r"concatenate: there must be at least one tensor"),
        Refused(lambda: concatenate([ones(2, 3), ones(3, 2)]), r"except along axis 0.*\(2, 3\), \(3, 2\)"),
        Refused(lambda: concatenate([ones(2), ones(2, 2)]), r"must have equal shapes"),
        Refused(lambda: concatenate([ones(2, 3), ones(2)], 1), r"must have equal shapes"),
        Refused(lambda: concatenate([ones(2)], 1), r"there is no axis 1.*\(2,\)"),
    ],
    "stack": [
        Refused(lambda: stack([]), r"stack: there must be at least one tensor"),
        Refused(lambda: stack([ones(2, 3), ones(2, 2)]), r"equal shapes\. They have \[\(2, 3\), \(2, 2\)\]"),
        Refused(lambda: stack([ones(2)], 2), r"there is no axis 2"),
    ],
    "pad": [
        Refused(lambda: pad(ones(2, 3), [(1, 1)]), r"for each of the 2 axes of x\. It is \[\(1, 1\)\]"),
        Refused(lambda: pad(ones(2), [(1, -1)]), r"pad: widths must be"),
        Refused(lambda: pad(ones(2), [(1.0, 1.0)]), r"pad: widths must be"),
    ],
}
