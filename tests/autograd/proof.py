"""What the contract test asks of each operation. Each check takes a sample and raises an AssertionError."""

import numpy as np

from course_lib.autograd import Tensor, gradcheck, ops
from tests.autograd.op_samples import Sample

__all__ = [
    "equals_pytorch",
    "equals_slopes",
    "ignores_layout",
    "keeps_dtype_and_inputs",
    "may_be_used_twice",
    "takes_arrays_beside_tensors",
]


def equals_pytorch(sample: Sample, torch, dtype=np.float64, tolerance: float = 1e-9) -> None:
    """Value and gradients are PyTorch's in float64, to within the tolerance."""
    inputs = [x.astype(dtype) for x in sample.inputs()]
    theirs = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in inputs]
    y_theirs = sample.theirs(torch, *theirs)
    g = np.random.default_rng(1).normal(size=tuple(y_theirs.shape)).astype(dtype)
    expected = torch.autograd.grad(y_theirs, theirs, torch.tensor(g, dtype=torch.float64), allow_unused=True)
    y, gradients = value_and_gradients(sample.ours, inputs, g)
    close(y, y_theirs.detach().numpy(), tolerance)
    for x, got, right in zip(inputs, gradients, expected, strict=True):
        close(got, np.zeros_like(x) if right is None else right.numpy(), tolerance)


def equals_slopes(sample: Sample) -> None:
    """The gradients are the measured slopes: of each input, and of one that takes the place of all."""
    rng = np.random.default_rng(1)
    inputs = sample.inputs()
    gradcheck(sample.ours, *inputs, rng=rng, n_places=20)
    if len(inputs) > 1 and len(set(sample.shapes)) == 1:
        gradcheck(lambda x: sample.ours(*[x] * len(inputs)), inputs[0], rng=rng, n_places=20)


def ignores_layout(sample: Sample) -> None:
    """Numbers that do not lie side by side in memory give the same, and so does a gradient of that kind."""
    inputs, g = sample.inputs(), upstream(sample)
    y, gradients = value_and_gradients(sample.ours, inputs, g)
    y_strided, strided = value_and_gradients(
        lambda *xs: _with_gaps(sample.ours(*[_with_gaps(x) for x in xs])), inputs, g
    )
    close(y_strided, y, 1e-12)
    for got, right in zip(strided, gradients, strict=True):
        close(got, right, 1e-12)


def may_be_used_twice(sample: Sample) -> None:
    """Two results of the same inputs send back two gradients, and they are added."""
    inputs, g = sample.inputs(), upstream(sample)
    once = value_and_gradients(sample.ours, inputs, g)[1]
    twice = value_and_gradients(lambda *xs: ops.add(sample.ours(*xs), sample.ours(*xs)), inputs, g)[1]
    for got, right in zip(twice, once, strict=True):
        close(got, 2 * right, 1e-12)


def keeps_dtype_and_inputs(sample: Sample, dtype) -> None:
    """The result and the gradients have the dtype of the inputs, and nothing that went in is changed."""
    inputs = [x.astype(dtype) for x in sample.inputs()]
    before = [x.copy() for x in inputs]
    g = upstream(sample).astype(dtype)
    g_before = g.copy()
    y, gradients = value_and_gradients(sample.ours, inputs, g)
    assert y.dtype == dtype, f"the result is of {y.dtype}"
    for x, was, gradient in zip(inputs, before, gradients, strict=True):
        assert gradient.dtype == dtype, f"a gradient is of {gradient.dtype}"
        assert gradient.shape == x.shape
        np.testing.assert_array_equal(x, was)
    np.testing.assert_array_equal(g, g_before)


def takes_arrays_beside_tensors(sample: Sample) -> None:
    """An input that needs no gradient may be an array; the gradients of the others stay the same."""
    inputs, g = sample.inputs(), upstream(sample)
    right = value_and_gradients(sample.ours, inputs, g)[1]
    if len(inputs) == 1:
        for x in (Tensor(inputs[0], needs_grad=False), inputs[0]):
            assert not sample.ours(x).needs_grad
        return
    for place, x in enumerate(inputs):
        leaf = Tensor(x)
        sample.ours(*inputs[:place], leaf, *inputs[place + 1 :]).backward(g)
        close(leaf.grad, right[place], 1e-12)


def value_and_gradients(function, inputs: list[np.ndarray], g: np.ndarray) -> tuple[np.ndarray, list]:
    """Call a function on fresh leaves and send g back; g cannot be written to on its way."""
    leaves = [Tensor(x) for x in inputs]
    y = function(*leaves)
    guarded = Tensor(y.data, parents=(y,), vjp=lambda g: (_locked(g),), op="guard")
    guarded.backward(g)
    return y.data, [leaf.grad for leaf in leaves]


def upstream(sample: Sample) -> np.ndarray:
    """Draw a gradient of the end result by what the operation returns."""
    shape = sample.ours(*[Tensor(x) for x in sample.inputs()]).shape
    return np.random.default_rng(1).normal(size=shape)


def close(got: np.ndarray, expected: np.ndarray, tolerance: float) -> None:
    """Compare, relative to the largest expected number."""
    assert got is not None, "no gradient arrived"
    assert got.shape == expected.shape, f"shape {got.shape} instead of {expected.shape}"
    largest = np.abs(expected).max(initial=0) if np.isfinite(expected).all() else 1.0
    np.testing.assert_allclose(got, expected, rtol=tolerance, atol=tolerance * largest)


def _with_gaps(x: Tensor) -> Tensor:
    """Pass the same numbers on, laid out in memory with gaps and in the reverse order of axes, both ways."""
    return Tensor(_spread(x.data), parents=(x,), vjp=lambda g: (_locked(_spread(g)),), op="spread")


def _spread(a: np.ndarray) -> np.ndarray:
    room = np.full([2 * size for size in reversed(a.shape)], np.nan, a.dtype)
    spread = room[(slice(None, None, 2),) * a.ndim + (...,)].T
    spread[...] = a
    return spread


def _locked(g: np.ndarray) -> np.ndarray:
    g = g.view()
    g.flags.writeable = False
    return g
