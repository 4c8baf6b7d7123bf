"""What the contract test asks of the calculus of each layer.

Each check takes a sample and raises an AssertionError.
"""

import numpy as np

from course_lib.autograd import Tensor, gradcheck
from course_lib.layers.module import Module
from course_lib.torch_compare.weights import copy_from_torch, copy_to_torch, gradients_from_torch
from tests.autograd import proof
from tests.autograd.op_samples import Sample, normal
from tests.layers.layer_samples import LayerSample

__all__ = [
    "equals_pytorch",
    "equals_slopes",
    "has_two_modes",
    "ignores_layout",
    "keeps_dtype_and_inputs",
    "made",
    "may_be_used_twice",
    "set_mode",
    "takes_arrays",
]


def made(sample: LayerSample, dtype=np.float64, seed: int = 0) -> Module:
    """Build a layer and give it random numbers: biases of 0 and scales of 1 would hide many a fault."""
    layer = sample.build(np.random.default_rng(seed))
    layer.cast(dtype)
    rng = np.random.default_rng(seed + 1)
    for parameter in layer.parameters():
        parameter.assign(normal(rng, parameter.shape))
    for part in layer.named_modules().values():
        for name in part.buffers:
            statistics = getattr(part, name)
            statistics[...] = rng.uniform(0.5, 1.5, statistics.shape)
    return layer


def set_mode(layer: Module, mode: str) -> Module:
    """Put a layer into a mode of a sample."""
    layer.train() if mode == "train" else layer.evaluate()
    return layer


def has_two_modes(layer: Module) -> bool:
    """Say whether a layer draws or keeps statistics, so that training may differ from use."""
    return bool(layer.generators()) or len(layer.state()) > len(layer.parameters())


def modes_that_differ(sample: LayerSample) -> tuple[str, ...]:
    """Return the modes to check: one will do where both are the same, which is a check of its own."""
    return sample.modes if has_two_modes(made(sample)) else sample.modes[:1]


def equals_pytorch(sample: LayerSample, torch, dtype=np.float64, tolerance: float = 1e-9) -> None:
    """Value, all gradients and the running statistics are those of PyTorch in float64, with equal weights.

    A layer that draws in training cannot be compared there: nobody else draws the same.
    """
    layer, exact = made(sample, dtype), made(sample, dtype)
    exact.cast(np.float64)  # the same numbers, of the dtype in which PyTorch computes
    module = sample.theirs(torch).double()
    copy_to_torch(exact, module)
    for mode in modes_that_differ(sample):
        if mode == "train" and layer.generators():
            continue
        set_mode(layer, mode)
        module.train(mode == "train")
        _equals_in_this_mode(sample, torch, layer, module, exact, dtype, tolerance)


def _equals_in_this_mode(sample, torch, layer, module, exact, dtype, tolerance) -> None:
    inputs = [x.astype(dtype) for x in sample.inputs()]
    theirs = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in inputs]
    y_theirs = sample.call_theirs(torch, module, *theirs)
    g = np.random.default_rng(2).normal(size=tuple(y_theirs.shape)).astype(dtype)
    module.zero_grad()
    y_theirs.backward(torch.tensor(g, dtype=torch.float64))
    expected = {f"input {n}": None if x.grad is None else x.grad.numpy() for n, x in enumerate(theirs)}
    expected |= gradients_from_torch(module, exact)
    y, got = gradients_by_name(sample, layer, inputs, g)
    proof.close(y, y_theirs.detach().numpy(), tolerance)
    largest = max((np.abs(each).max(initial=0) for each in expected.values() if each is not None), default=0)
    assert got.keys() == expected.keys()
    for name in got:
        _close_to(got[name], expected[name], name, tolerance, largest)
    copy_from_torch(module, exact)
    for name, array in layer.state().items():
        proof.close(array, exact.state()[name], tolerance)


def gradients_by_name(
    sample: LayerSample, layer: Module, inputs: list, g: np.ndarray
) -> tuple[np.ndarray, dict]:
    """Send g back through a layer: to its inputs and to its parameters."""
    parameters = layer.named_parameters()
    for parameter in parameters.values():
        parameter.grad = None
    y, gradients = proof.value_and_gradients(lambda *xs: sample.call(layer, *xs), inputs, g)
    found = {f"input {number}": gradient for number, gradient in enumerate(gradients)}
    return y, found | {name: parameter.grad for name, parameter in parameters.items()}


def _close_to(got, expected, name: str, tolerance: float, largest: float) -> None:
    """Compare a gradient, relative to the largest of all: what ought to be 0 is so only up to rounding."""
    if got is None or expected is None:  # what is not used may be left out, or get zeros
        rest = expected if got is None else got
        assert rest is None or not rest.any(), f"only one side has a gradient of {name}"
        return
    assert got.shape == expected.shape, f"{name}: shape {got.shape} instead of {expected.shape}"
    np.testing.assert_allclose(got, expected, rtol=tolerance, atol=tolerance * largest, err_msg=name)


def as_operation(sample: LayerSample, mode: str, dtype=np.float64) -> Sample:
    """Make a layer an operation on its inputs and its parameters, so that what holds for those is asked.

    What the layer draws in training is the same at each call.
    """
    layer = set_mode(made(sample, dtype), mode)
    generators = [(generator, generator.bit_generator.state) for generator in layer.generators()]
    places, n_inputs = places_of_parameters(layer), len(sample.shapes)

    def ours(*tensors):
        for homes, tensor in zip(places, tensors[n_inputs:], strict=True):
            for module, key in homes:
                setattr(module, key, tensor)
        for generator, state in generators:
            generator.bit_generator.state = state
        return sample.call(layer, *tensors[:n_inputs])

    shapes = [parameter.shape for parameter in layer.parameters()]
    draws = sample.draw if isinstance(sample.draw, tuple) else (sample.draw,) * n_inputs
    return Sample([*sample.shapes, *shapes], ours, None, (*draws, *[normal] * len(shapes)))


def places_of_parameters(layer: Module) -> list[list[tuple[Module, str]]]:
    """Find the attributes that hold each parameter: more than one where parts share it."""
    attributes = [(part, key) for part in layer.named_modules().values() for key in vars(part)]
    return [
        [(part, key) for part, key in attributes if getattr(part, key) is parameter]
        for parameter in layer.parameters()
    ]


def equals_slopes(sample: LayerSample) -> None:
    """The gradients of inputs and parameters are the measured slopes."""
    for mode in modes_that_differ(sample):
        operation = as_operation(sample, mode)
        gradcheck(operation.ours, *operation.inputs(), rng=np.random.default_rng(2), n_places=1)


def ignores_layout(sample: LayerSample) -> None:
    """Inputs, parameters and gradients may lie in memory as they like."""
    for mode in modes_that_differ(sample):
        proof.ignores_layout(as_operation(sample, mode))


def keeps_dtype_and_inputs(sample: LayerSample) -> None:
    """A layer begins in float32 and keeps the dtype that it is cast to; nothing that goes in is changed."""
    layer = sample.build(np.random.default_rng(0))
    for name, array in layer.state().items():
        assert array.dtype == np.float32, f"{name} begins as {array.dtype}"
    for mode in modes_that_differ(sample):
        for dtype in (np.float32, np.float64):
            proof.keeps_dtype_and_inputs(as_operation(sample, mode, dtype), dtype)


def may_be_used_twice(sample: LayerSample) -> None:
    """The gradients of two uses are added: on one input, and on two, where each use needs its own numbers."""
    for mode in modes_that_differ(sample):
        operation = as_operation(sample, mode)
        proof.may_be_used_twice(operation)
        _may_be_used_on_two_inputs(sample, operation)


def _may_be_used_on_two_inputs(sample: LayerSample, operation: Sample) -> None:
    n, g = len(sample.shapes), proof.upstream(operation)
    xs, others, weights = sample.inputs(0), sample.inputs(1), operation.inputs()[n:]

    def both(*tensors):
        return operation.ours(*tensors[:n], *tensors[2 * n :]) + operation.ours(*tensors[n:])

    first = proof.value_and_gradients(operation.ours, [*xs, *weights], g)[1]
    second = proof.value_and_gradients(operation.ours, [*others, *weights], g)[1]
    got = proof.value_and_gradients(both, [*xs, *others, *weights], g)[1]
    added = [one + other for one, other in zip(first[n:], second[n:], strict=True)]
    for gradient, right in zip(got, [*first[:n], *second[:n], *added], strict=True):
        proof.close(gradient, right, 1e-12)


def takes_arrays(sample: LayerSample) -> None:
    """A layer may be called with arrays, as with the data of a first layer."""
    for mode in modes_that_differ(sample):
        one, same = (set_mode(made(sample), mode) for _ in range(2))
        inputs = sample.inputs()
        y = sample.call(one, *[Tensor(x) for x in inputs])
        np.testing.assert_array_equal(sample.call(same, *inputs).data, y.data)
