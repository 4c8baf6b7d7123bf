"""What the contract test asks of the parameters of each layer: names, dtype, seeds, modes, copies.

Each check takes a sample, or all samples of a layer, and raises an AssertionError.
"""

import numpy as np

from course_lib.layers.module import Module
from course_lib.torch_compare.weights import copy_from_torch, copy_to_torch
from tests.layers.layer_proof import has_two_modes, made, set_mode
from tests.layers.layer_samples import LayerSample

__all__ = [
    "comes_back_from_pytorch",
    "comes_back_from_state",
    "depends_on_the_seed",
    "has_the_stated_parameters",
    "is_reproducible",
    "names_what_differs",
    "tells_the_modes_apart",
]


def built(sample: LayerSample, seed: int) -> Module:
    """Build the layer of a sample from a fresh generator."""
    return sample.build(np.random.default_rng(seed))


def output(layer: Module, sample: LayerSample, mode: str) -> np.ndarray:
    """Call the layer of a sample in a mode, on the inputs of the sample in float32."""
    set_mode(layer, mode)
    return sample.call(layer, *[x.astype(np.float32) for x in sample.inputs()]).data


def same_state(one: dict, other: dict) -> bool:
    """Compare two states bit by bit."""
    return one.keys() == other.keys() and all(
        one[name].dtype == other[name].dtype and np.array_equal(one[name], other[name]) for name in one
    )


def has_the_stated_parameters(sample: LayerSample) -> None:
    """Names and shapes are those that the sample states."""
    layer = built(sample, 0)
    shapes = {name: parameter.shape for name, parameter in layer.named_parameters().items()}
    assert sample.parameters in (None, shapes)
    assert layer.n_parameters() == sum(int(np.prod(shape)) for shape in shapes.values())


def is_reproducible(sample: LayerSample) -> None:
    """The same seed gives the same parameters and the same outputs."""
    one, same = built(sample, 0), built(sample, 0)
    assert same_state(one.state(), same.state()), "other parameters from the same seed"
    for mode in sample.modes:
        np.testing.assert_array_equal(output(one, sample, mode), output(same, sample, mode))


def depends_on_the_seed(samples: list[LayerSample]) -> None:
    """Another seed gives other parameters or other outputs, at least in one sample."""
    for sample in samples:
        one, other = built(sample, 0), built(sample, 1)
        if not same_state(one.state(), other.state()):
            return
        if any(not np.array_equal(output(one, sample, m), output(other, sample, m)) for m in sample.modes):
            return
    raise AssertionError("the seed changes nothing")


def tells_the_modes_apart(samples: list[LayerSample]) -> None:
    """Training differs from use just where a layer draws or keeps statistics; use changes nothing."""
    differs, may_differ = [], False
    for sample in samples:
        layer = made(sample, np.float32)
        may_differ = has_two_modes(layer)
        in_use, before = output(layer, sample, "evaluate"), layer.state()
        np.testing.assert_array_equal(output(layer, sample, "evaluate"), in_use)
        assert same_state(layer.state(), before), "use changed what the layer keeps"
        if "train" in sample.modes:
            differs.append(not np.array_equal(output(layer, sample, "train"), in_use))
            assert may_differ or not differs[-1], "training differs, but nothing is drawn or kept"
    assert any(differs) or not may_differ, "no sample shows a difference between training and use"


def comes_back_from_state(sample: LayerSample) -> None:
    """A layer that loads the state of another computes the same, bit by bit; a state is a copy."""
    one, other = made(sample, np.float32, seed=0), made(sample, np.float32, seed=10)
    state = one.state()
    other.load_state(state)
    assert same_state(other.state(), state)
    np.testing.assert_array_equal(output(other, sample, "evaluate"), output(one, sample, "evaluate"))
    for array in state.values():
        array[...] = 0
    assert same_state(other.state(), one.state()), "a state is not a copy"


def names_what_differs(sample: LayerSample) -> None:
    """A state of another build is refused: all that is missing, unknown or of another shape is named."""
    layer = built(sample, 0)
    before = layer.state()
    spoilt, expected = before | {"unknown": np.zeros(1)}, ["unknown is unknown here"]
    for number, (name, array) in enumerate(before.items()):
        if number == 0:
            del spoilt[name]
            expected.append(f"{name} is missing")
        else:
            spoilt[name] = np.zeros((*array.shape, 2))
            expected.append(f"{name} is of float64 and shape {(*array.shape, 2)}, not of {array.dtype}")
    said = ""
    try:
        layer.load_state(spoilt)
    except ValueError as problem:
        said = str(problem)
    assert all(words in said for words in expected), said or "nothing is refused"
    assert same_state(layer.state(), before), "something was changed all the same"


def comes_back_from_pytorch(sample: LayerSample, torch) -> None:
    """Weights that go to PyTorch's module and back are bit for bit what they were."""
    one, other = made(sample, np.float32, seed=0), made(sample, np.float32, seed=10)
    module = sample.theirs(torch)
    copy_to_torch(one, module)
    copy_from_torch(module, other)
    assert same_state(other.state(), one.state())
