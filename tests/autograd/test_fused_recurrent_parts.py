"""What the fused recurrent operations share: reversing in time, cutting gates apart, parts of columns."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib.autograd.fused.recurrent import by_gate, in_parts, reverse_in_time, side_by_side
from tests.autograd import proof
from tests.autograd.op_samples import Sample


def test_each_sequence_is_reversed_from_its_own_end():
    x = np.arange(8.0).reshape(2, 4, 1)
    assert np.array_equal(reverse_in_time(x).data[:, :, 0], [[3, 2, 1, 0], [7, 6, 5, 4]])
    y = reverse_in_time(x, np.array([3, 1]))
    assert np.array_equal(y.data[:, :, 0], [[2, 1, 0, 3], [4, 5, 6, 7]])


@pytest.mark.parametrize("lengths", [None, [3, 1, 2], [3, 3, 3]])
@pytest.mark.parametrize("layout", [(3, 3, 2), (3, 3, 1)])
def test_reversing_is_right_in_every_situation(lengths, layout):
    lengths = None if lengths is None else np.array(lengths)
    sample = Sample([layout], lambda x: reverse_in_time(x, lengths), None)
    proof.equals_slopes(sample)
    proof.ignores_layout(sample)
    proof.may_be_used_twice(sample)
    proof.keeps_dtype_and_inputs(sample, np.float32)


@given(seed=st.integers(0, 1000))
@settings(max_examples=20, deadline=None)
def test_reversing_equals_picking(seed):
    rng = np.random.default_rng(seed)
    x, lengths = rng.normal(size=(4, 5, 2)), rng.integers(1, 6, 4)
    places = np.array([[*reversed(range(n)), *range(n, 5)] for n in lengths])
    g = rng.normal(size=x.shape)
    got = proof.value_and_gradients(lambda x: reverse_in_time(x, lengths), [x], g)
    right = proof.value_and_gradients(lambda x: x[np.arange(4)[:, None], places], [x], g)
    np.testing.assert_array_equal(got[0], right[0])
    np.testing.assert_array_equal(got[1][0], right[1][0])
    twice = reverse_in_time(reverse_in_time(x, lengths), lengths)
    np.testing.assert_array_equal(twice.data, x)


def test_reversing_refuses_what_is_no_batch_of_sequences():
    with pytest.raises(ValueError, match=r"reverse_in_time: x must have shape \(B, T, C\)"):
        reverse_in_time(np.ones((3, 4)))
    with pytest.raises(ValueError, match=r"reverse_in_time: lengths must have shape \(B=3,\)"):
        reverse_in_time(np.ones((3, 4, 2)), np.array([1, 2]))


def test_gates_are_cut_apart_and_put_side_by_side_again():
    W = np.arange(24.0).reshape(2, 12)
    gates = by_gate(W, 3)
    assert gates.shape == (3, 2, 4)
    assert np.array_equal(gates[1], W[:, 4:8])
    assert gates.flags.c_contiguous
    assert np.array_equal(side_by_side(gates), W)


@pytest.mark.parametrize(("H", "n_parts"), [(128, 2), (64, 1), (192, 3), (100, 1), (0, 1), (1, 1)])
def test_parts_are_of_64_columns(H, n_parts):
    W = np.random.default_rng(0).normal(size=(3, 5, H))
    parts = in_parts(W)
    assert parts.shape == (3, n_parts, 5, H // n_parts)
    assert np.array_equal(np.concatenate([parts[:, place] for place in range(n_parts)], axis=-1), W)
    assert np.shares_memory(parts, W) or H == 0
