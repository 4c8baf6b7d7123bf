"""How Hypothesis draws samples of each operation: small shapes, empty axes and axes of size 1 among them.

DRAWN holds a strategy for the name of each operation. Calls and comparisons are those of samples_<family>.py.
"""

from dataclasses import replace

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from course_lib.autograd import ops
from tests.autograd import samples_activation, samples_choice, samples_elementwise, samples_matmul
from tests.autograd import samples_reduce as reduce
from tests.autograd import samples_reshape as moving
from tests.autograd.op_samples import Sample, far_apart, normal
from tests.autograd.samples_convolution import convolving
from tests.autograd.samples_gather import looking_up
from tests.autograd.samples_pooling import pooling

__all__ = ["DRAWN"]

few = st.integers(0, 3)
some = st.integers(1, 3)


def shapes(least_axes: int = 0, least_size: int = 0):
    """Draw a shape of up to four axes."""
    return hnp.array_shapes(min_dims=least_axes, max_dims=4, min_side=least_size, max_side=4)


def broadcasting(n_shapes: int, max_axes: int = 4):
    """Draw shapes that fit together."""
    drawn = hnp.mutually_broadcastable_shapes(num_shapes=n_shapes, max_dims=max_axes, min_side=0, max_side=4)
    return drawn.map(lambda found: found.input_shapes)


def of_one(table, name):
    """Call the operation of the first sample on an array of any shape."""
    return shapes().map(lambda shape: replace(table.SAMPLES[name][0], shapes=[shape]))


def of_two(table, name):
    """Call the operation of the first sample on two arrays that broadcast."""
    return broadcasting(2).map(lambda both: replace(table.SAMPLES[name][0], shapes=list(both)))


@st.composite
def choosing(draw):
    condition, x, y = draw(broadcasting(3))
    is_left = np.random.default_rng(len(x)).random(condition) < 0.5
    return Sample(
        [x, y],
        lambda x, y: ops.where(is_left, x, y),
        lambda torch, x, y: torch.where(torch.tensor(is_left), x, y),
    )


@st.composite
def multiplying(draw):
    in_front, pile = draw(broadcasting(2, max_axes=2))
    n, n_in, n_out = draw(st.tuples(few, few, few))
    x_shape = (n_in,) if not pile and draw(st.booleans()) else (*in_front, n, n_in)
    return replace(samples_matmul.SAMPLES["matmul"][0], shapes=[x_shape, (*pile, n_in, n_out)])


@st.composite
def reducing(draw, name):
    shape = draw(shapes(1, least_size=0 if name == "sum" else 1))
    axes = st.sets(st.integers(0, len(shape) - 1), min_size=1).map(tuple)
    axis = draw(st.none() | st.integers(-len(shape), len(shape) - 1) | axes)
    return reduce.sample(
        name, shape, axis, draw(st.booleans()), far_apart if name in ("max", "min") else normal
    )


@st.composite
def sharing_out(draw, name):
    shape = draw(shapes(1))
    axis = draw(st.integers(-len(shape), len(shape) - 1))
    shape = tuple(size or n == axis % len(shape) for n, size in enumerate(shape))  # True counts as size 1
    return Sample(
        [tuple(map(int, shape))],
        lambda z: getattr(ops, name)(z, axis),
        lambda torch, z: getattr(torch, name)(z, axis),
    )


@st.composite
def reshaping(draw):
    shape = draw(shapes(1))
    return moving.reshaping(shape, tuple(draw(st.permutations(shape))))


@st.composite
def transposing(draw):
    shape = draw(shapes(1))
    return moving.transposing(shape, draw(st.none() | st.permutations(range(len(shape)))))


@st.composite
def picking(draw):
    shape = draw(shapes(1))
    if 0 not in shape and draw(st.booleans()):
        return moving.picking(shape, draw(hnp.integer_array_indices(shape)))
    step = st.builds(slice, st.none() | few, st.none() | few, st.none() | some)  # PyTorch knows no way back
    index = [draw(step | st.integers(-size, size - 1)) if size else draw(step) for size in shape]
    return moving.picking(shape, tuple(index[: draw(st.integers(1, len(index)))]))


@st.composite
def joining(draw):
    shape = draw(shapes(1))
    axis = draw(st.integers(-len(shape), len(shape) - 1))
    lengths = draw(st.lists(few, min_size=1, max_size=3))
    place = axis % len(shape)
    several = [(*shape[:place], length, *shape[place + 1 :]) for length in lengths]
    return moving.joining(ops.concatenate, "concatenate", several, axis)


@st.composite
def stacking(draw):
    shape = draw(shapes())
    axis = draw(st.integers(-len(shape) - 1, len(shape)))
    return moving.joining(ops.stack, "stack", [shape] * draw(some), axis)


@st.composite
def padding(draw):
    shape = draw(shapes(1))
    return moving.padding(
        shape, [draw(st.tuples(few, few)) for _ in shape], draw(st.sampled_from([0.0, -1.5]))
    )


@st.composite
def looking(draw):
    V, C, ids_shape = draw(some), draw(few), draw(shapes())
    return looking_up((V, C), np.random.default_rng(V).integers(0, V, ids_shape))


@st.composite
def sliding(draw, op, n_axes):
    """Draw a convolution whose window fits."""
    kernel, stride, dilation = (draw(st.tuples(*[some] * n_axes)) for _ in range(3))
    padding = draw(st.tuples(*[few] * n_axes))
    sizes = [
        max(1, d * (k - 1) + 1 - 2 * p) + draw(few) for k, d, p in zip(kernel, dilation, padding, strict=True)
    ]
    B, C_in, C_out = draw(st.tuples(few, some, some))
    settings = {"stride": stride, "padding": padding, "dilation": dilation}
    if n_axes == 1:
        settings = {name: value for name, (value,) in settings.items()}
    return convolving(op, (B, C_in, *sizes), (C_out, C_in, *kernel), **settings)


@st.composite
def gathering(draw, op, n_axes):
    """Draw a pooling whose window fits."""
    kernel, stride = (draw(st.tuples(*[some] * n_axes)) for _ in range(2))
    padding = tuple(draw(st.integers(0, k // 2)) for k in kernel)
    sizes = [k + draw(few) for k in kernel]
    if n_axes == 1:
        (kernel,), (stride,), (padding,) = kernel, stride, padding
    return pooling(op, (draw(few), draw(some), *sizes), kernel, stride=stride, padding=padding)


ONE = {"negative", "exp", "log", "sqrt", "absolute"}
TWO = {"add", "subtract", "multiply", "divide", "power"}
DRAWN = (
    {name: of_one(samples_elementwise, name) for name in ONE}
    | {name: of_two(samples_elementwise, name) for name in TWO}
    | {name: of_one(samples_activation, name) for name in samples_activation.CALLS}
    | {name: of_two(samples_choice, name) for name in ("maximum", "minimum")}
    | {name: reducing(name) for name in reduce.THEIRS}
    | {name: sharing_out(name) for name in ("softmax", "log_softmax")}
    | {
        "clip": of_one(samples_choice, "clip"),
        "where": choosing(),
        "matmul": multiplying(),
        "reshape": reshaping(),
        "flatten": shapes(1).map(moving.flattening),
        "transpose": transposing(),
        "getitem": picking(),
        "concatenate": joining(),
        "stack": stacking(),
        "pad": padding(),
        "embedding": looking(),
        "conv1d": sliding(ops.conv1d, 1),
        "conv2d": sliding(ops.conv2d, 2),
        "max_pool1d": gathering(ops.max_pool1d, 1),
        "avg_pool1d": gathering(ops.avg_pool1d, 1),
        "max_pool2d": gathering(ops.max_pool2d, 2),
        "avg_pool2d": gathering(ops.avg_pool2d, 2),
    }
)
