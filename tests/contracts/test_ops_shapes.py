"""Every operation, found by itself, agrees with PyTorch on shapes that Hypothesis draws.

How they are drawn is in tests/autograd/drawn_samples.py.
"""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib.autograd import ops
from tests.autograd import proof
from tests.autograd.drawn_samples import DRAWN

pytestmark = pytest.mark.slow

every_op = pytest.mark.parametrize("name", sorted(ops.__all__))
quickly = settings(max_examples=15, deadline=None)
surely = settings(max_examples=60, deadline=None, derandomize=True)  # the same draws at every run


@pytest.fixture(scope="module")
def torch():
    return pytest.importorskip("torch")


def test_shapes_are_drawn_for_every_operation():
    assert sorted(DRAWN) == sorted(ops.__all__)


@every_op
@quickly
@given(data=st.data())
def test_value_and_gradients_equal_those_of_pytorch_on_any_shape(name, data, torch):
    proof.equals_pytorch(data.draw(DRAWN[name]), torch)


def is_wrong(sample, torch) -> bool:
    try:
        proof.equals_pytorch(sample, torch)
    except AssertionError:
        return True
    return False


@pytest.mark.parametrize("name", ["multiply", "matmul", "sum"])
def test_an_operation_that_fails_only_on_some_shapes_is_caught(name, torch):
    found = []

    @surely
    @given(data=st.data())
    def draw_samples(data):
        sample = data.draw(DRAWN[name])

        def ours(*tensors):
            y = sample.ours(*tensors)
            return y * 2.0 if y.ndim and y.shape[-1] == 1 else y  # wrong where the last axis has size 1

        found.append(is_wrong(replace(sample, ours=ours), torch))

    draw_samples()
    assert any(found)
    assert not all(found)


def test_empty_axes_and_axes_of_size_1_are_drawn():
    seen = set()

    @surely
    @given(sample=DRAWN["add"])
    def draw_samples(sample):
        seen.update(size for shape in sample.shapes for size in shape)
        seen.add("broadcast" if len(set(sample.shapes)) > 1 else "equal")
        assert np.broadcast_shapes(*sample.shapes) is not None

    draw_samples()
    assert {0, 1, 2, "broadcast", "equal"} <= seen
