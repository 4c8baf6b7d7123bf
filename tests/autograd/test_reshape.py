import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from course_lib.autograd.ops.reshape import concatenate, flatten, getitem, pad, reshape, stack, transpose
from course_lib.autograd.tensor import Tensor


def numbered(*shape):
    """Return numbers that are all different, so that it can be seen where each one went."""
    return np.arange(1.0, 1.0 + np.prod(shape)).reshape(shape)


def test_moving_numbers_moves_each_gradient_back_to_its_number():
    x = numbered(2, 3, 4)
    moves = [
        lambda t: reshape(t, (4, 6)),
        flatten,
        lambda t: transpose(t, (2, 0, 1)),
        lambda t: getitem(t, np.s_[::-1, :, ::-1]),
    ]
    for move in moves:
        tensor = Tensor(x)
        y = move(tensor)
        y.backward(y.data)  # each place sends back the number that it holds
        assert np.array_equal(tensor.grad, x)


@given(data=st.data(), shape=hnp.array_shapes(min_dims=1, max_dims=3, max_side=4))
def test_each_number_hears_as_often_as_it_was_picked(data, shape):
    index = data.draw(
        st.one_of(
            hnp.basic_indices(shape, allow_newaxis=True),
            hnp.integer_array_indices(shape),
            hnp.arrays(bool, shape),
        )
    )
    x = Tensor(numbered(*shape))
    y = getitem(x, index)
    assert np.array_equal(y.data, x.data[index])
    y.backward(np.ones(y.shape))
    times = np.bincount(y.data.astype(int).ravel(), minlength=x.size + 1)[1:]
    assert np.array_equal(x.grad, times.reshape(shape))


def test_an_index_that_changes_afterwards_does_not_change_the_gradient():
    index, x = np.array([0, 1]), Tensor(np.zeros(3))
    y = getitem(x, index)
    index[:] = 2
    y.backward(np.ones(2))
    assert np.array_equal(x.grad, [1.0, 1.0, 0.0])


def test_lists_and_tensors_index_as_arrays_do():
    for index in ([2, 0, 2], Tensor([2, 0, 2])):
        x = Tensor([10.0, 20.0, 30.0])
        y = getitem(x, index)
        y.backward(np.ones(3))
        assert np.array_equal(y.data, [30.0, 10.0, 30.0])
        assert np.array_equal(x.grad, [1.0, 0.0, 2.0])


def test_a_loop_over_rows_ends():
    assert [row.data.tolist() for row in Tensor([[1.0], [2.0]])] == [[1.0], [2.0]]
    for number in (2, np.int64(2)):
        with pytest.raises(IndexError, match=r"getitem: x has shape \(2,\), but index 2 is out of bounds"):
            getitem(Tensor([1.0, 2.0]), number)


def test_nothing_said_tensors_are_joined_along_the_first_axis_and_the_margin_is_zero():
    x = numbered(2, 3)
    assert np.array_equal(concatenate([x, x]).data, np.concatenate([x, x]))
    for axis in (0, -3):
        assert np.array_equal(stack([x, x], axis).data, stack([x, x]).data)
    assert np.array_equal(stack([x, x]).data[1], x)
    assert np.array_equal(flatten([x.tolist()]).data, [x.ravel()])
    assert np.array_equal(pad(x, [(1, 0), (0, 0)]).data[0], np.zeros(3))


@pytest.mark.parametrize("axis", [0, 1, -1, -2])
def test_what_was_joined_is_told_apart_again(axis):
    parts = [Tensor(numbered(2, 2)), Tensor(10 * numbered(2, 2))]
    for op in (concatenate, stack):
        y = op(parts, axis)
        for part in parts:
            part.grad = None
        y.backward(y.data)
        for part in parts:
            assert np.array_equal(part.grad, part.data)


def test_a_tensor_joined_with_itself_hears_twice():
    x = Tensor([1.0, 2.0])
    concatenate([x, x]).backward(np.array([1.0, 2.0, 10.0, 20.0]))
    assert np.array_equal(x.grad, [11.0, 22.0])


def test_the_margin_is_constant_and_hears_nothing():
    x = Tensor([[1.0, 2.0]])
    y = pad(x, [(1, 0), (0, 2)], value=7.0)
    assert np.array_equal(y.data, [[7.0, 7.0, 7.0, 7.0], [1.0, 2.0, 7.0, 7.0]])
    y.backward(numbered(2, 4))
    assert np.array_equal(x.grad, [[5.0, 6.0]])
