"""Every operation, found by itself, is right: against PyTorch, against measured slopes, in every situation.

The samples are in tests/autograd/samples_<family>.py; op_samples.py there says how to add one.
"""

import importlib
import pkgutil
from dataclasses import replace

import numpy as np
import pytest

from course_lib.autograd import ops
from tests.autograd import proof
from tests.autograd.op_samples import Sample

FAMILIES = sorted(module.name for module in pkgutil.iter_modules(ops.__path__))
MODULES = {family: importlib.import_module(f"course_lib.autograd.ops.{family}") for family in FAMILIES}
TABLES = {family: importlib.import_module(f"tests.autograd.samples_{family}") for family in FAMILIES}
NAMES = {name: family for family, module in MODULES.items() for name in module.__all__}
SAMPLES = {name: TABLES[family].SAMPLES.get(name, []) for name, family in NAMES.items()}
TIES = {name: getattr(TABLES[family], "TIES", {}).get(name, []) for name, family in NAMES.items()}
BROADCASTING = ("elementwise", "choice", "matmul")

every_op = pytest.mark.parametrize("name", NAMES)


@pytest.fixture(scope="module")
def torch():
    return pytest.importorskip("torch")


def gaps(
    names: list[str], samples: dict[str, list[Sample]], refused: dict, must_broadcast: bool
) -> list[str]:
    """Say what the tables of a family lack."""
    problems = []
    for name in names:
        shapes = [shape for sample in samples.get(name, []) for shape in sample.shapes]
        mixed = [len(set(sample.shapes)) > 1 for sample in samples.get(name, []) if len(sample.shapes) > 1]
        if not shapes:
            problems.append(f"{name} has no entry in SAMPLES")
        elif not any(0 in shape for shape in shapes):
            problems.append(f"{name} has no sample with an empty axis")
        elif not any(1 in shape for shape in shapes):
            problems.append(f"{name} has no sample with an axis of size 1")
        elif must_broadcast and mixed and not any(mixed):
            problems.append(f"{name} has no sample that broadcasts")
        if not refused.get(name):
            problems.append(f"{name} has no entry in REFUSED")
    return problems + [f"{name} is no operation" for name in sorted({*samples, *refused} - set(names))]


@pytest.mark.parametrize("family", FAMILIES)
def test_every_operation_has_samples_of_every_kind(family):
    table = TABLES[family]
    assert not gaps(MODULES[family].__all__, table.SAMPLES, table.REFUSED, family in BROADCASTING)


def test_every_operation_is_in_the_package():
    assert sorted(NAMES) == sorted(ops.__all__)
    assert all(getattr(ops, name) is getattr(MODULES[family], name) for name, family in NAMES.items())


@every_op
@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 1e-9), (np.float32, 1e-5)])
def test_value_and_gradients_equal_those_of_pytorch(name, dtype, tolerance, torch):
    for sample in SAMPLES[name] + TIES[name]:
        proof.equals_pytorch(sample, torch, dtype, tolerance)


@every_op
def test_gradients_equal_measured_slopes(name):
    for sample in SAMPLES[name]:
        proof.equals_slopes(sample)


@every_op
def test_the_layout_in_memory_does_not_matter(name):
    for sample in SAMPLES[name] + TIES[name]:
        proof.ignores_layout(sample)


@every_op
def test_an_input_may_be_used_twice(name):
    for sample in SAMPLES[name]:
        proof.may_be_used_twice(sample)


@every_op
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_the_dtype_is_kept_and_no_input_is_changed(name, dtype):
    for sample in SAMPLES[name]:
        proof.keeps_dtype_and_inputs(sample, dtype)


@every_op
def test_arrays_may_stand_beside_tensors(name):
    for sample in SAMPLES[name]:
        proof.takes_arrays_beside_tensors(sample)


@every_op
def test_what_cannot_be_right_is_refused_with_a_sentence(name):
    for refused in TABLES[NAMES[name]].REFUSED[name]:
        with pytest.raises((ValueError, TypeError), match=refused.says):
            refused.call()


def scaled(gradient):
    return 1.5 * gradient


def sign_flipped(gradient):
    return -gradient


def one_term_dropped(gradient):
    return np.where(np.arange(gradient.size).reshape(gradient.shape) == 0, 0, gradient)


def along_the_wrong_axis(gradient):
    return np.flip(gradient).copy()


def spoilt(sample: Sample, fault) -> Sample:
    """Return a sample of the same operation with a fault in the gradient of each input."""

    def ours(*tensors):
        y = sample.ours(*tensors)
        right = y.vjp
        if right is not None:
            y.vjp = lambda g: tuple(None if dx is None else fault(dx) for dx in right(g))
        return y

    return replace(sample, ours=ours)


def is_caught(check, *arguments) -> bool:
    try:
        check(*arguments)
    except AssertionError:
        return True
    return False


FAULTS = [scaled, sign_flipped, one_term_dropped, along_the_wrong_axis]


@every_op
@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_caught_by_measured_slopes(name, fault):
    assert any(is_caught(proof.equals_slopes, spoilt(sample, fault)) for sample in SAMPLES[name])


@every_op
@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_caught_by_pytorch(name, fault, torch):
    assert any(is_caught(proof.equals_pytorch, spoilt(sample, fault), torch) for sample in SAMPLES[name])


def changed(sample: Sample, change) -> Sample:
    """Return a sample of an operation that a change was made to."""

    def ours(*tensors):
        return change(sample.ours(*tensors))

    return replace(sample, ours=ours)


def to_float64(y):
    return ops.multiply(y, np.ones(1))


def test_a_planted_fault_of_another_kind_is_caught(torch):
    sample = SAMPLES["multiply"][0]
    assert is_caught(proof.equals_pytorch, changed(sample, lambda y: y + 1e-6), torch)
    assert is_caught(proof.keeps_dtype_and_inputs, changed(sample, to_float64), np.float32)
    assert is_caught(proof.may_be_used_twice, replace(sample, ours=forgetful()))
    assert is_caught(proof.ignores_layout, replace(sample, ours=contiguous_only))


def forgetful():
    """Return an operation that sends no gradient back from its second call on."""
    calls = []

    def ours(x, y):
        calls.append(1)
        return x * y * (1.0 if len(calls) < 3 else 0.0)

    return ours


def contiguous_only(x, y):
    is_side_by_side = x.data.flags.c_contiguous
    return x * y if is_side_by_side else x + y


def test_a_change_of_the_incoming_gradient_is_noticed():
    def ours(x):
        def vjp(g):
            g *= 2
            return (g,)

        return type(x)(2 * x.data, parents=(x,), vjp=vjp, op="greedy")

    with pytest.raises(ValueError, match="read-only"):
        proof.keeps_dtype_and_inputs(Sample([(3,)], ours, None), np.float64)


def test_gaps_in_the_tables_are_named():
    full = {"add": SAMPLES["add"]}
    assert gaps(["add"], full, {"add": [1]}, True) == []
    assert gaps(["add", "new"], full, {"add": [1]}, True) == [
        "new has no entry in SAMPLES",
        "new has no entry in REFUSED",
    ]
    for left_out, said in [(0, "empty axis"), (1, "axis of size 1")]:
        few = [sample for sample in full["add"] if not any(left_out in shape for shape in sample.shapes)]
        assert said in gaps(["add"], {"add": few}, {"add": [1]}, True)[0]
    same = [sample for sample in full["add"] if len(set(sample.shapes)) == 1]
    same.append(Sample([(0, 1), (0, 1)], ops.add, None))
    assert gaps(["add"], {"add": same}, {"add": [1]}, True) == ["add has no sample that broadcasts"]
    assert gaps([], full, {}, True) == ["add is no operation"]
