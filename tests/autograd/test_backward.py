import gc
import weakref

import numpy as np
import pytest

from course_lib.autograd import Tensor, no_grad, ops
from course_lib.autograd.backward import unbroadcast


def test_where_ways_meet_their_gradients_are_added_before_they_go_on():
    x = Tensor(3.0)
    calls = []

    def vjp(g):
        calls.append(g)
        return (2 * g,)

    y = Tensor(2 * x.data, parents=(x,), vjp=vjp, op="double")
    (y * y + y + (y + 1.0).exp() * 0.0).backward()  # 4x² + 2x
    assert len(calls) == 1
    assert x.grad == 26.0


def test_a_number_that_was_stretched_hears_from_every_place():
    x, b = Tensor(np.ones((2, 3))), Tensor(5.0)
    (x + b).sum().backward()
    assert b.grad.shape == ()
    assert b.grad == 6.0


def test_a_result_that_was_used_twice_is_walked_once():
    x = Tensor(1.0)
    y = x
    for _ in range(60):
        y = y + y  # 2^60 ways lead from here to x
    y.backward()
    assert x.grad == 2.0**60


def test_gradients_add_up_until_they_are_taken_away():
    x = Tensor([1.0, 2.0])
    (x * 3).sum().backward()
    (x * 4).sum().backward()
    np.testing.assert_array_equal(x.grad, [7.0, 7.0])
    x.grad = None
    x.sum().backward()
    np.testing.assert_array_equal(x.grad, [1.0, 1.0])


def test_a_leaf_is_its_own_gradient():
    x = Tensor(2.0)
    x.backward()
    assert x.grad == 1.0


def test_inputs_get_no_gradient_and_their_vjp_is_not_asked():
    x, data = Tensor([1.0]), Tensor([2.0], needs_grad=False)
    y = x * data
    assert y.vjp(np.ones(1))[1] is None
    y.backward()
    assert data.grad is None


def test_no_gradient_goes_through_a_result_that_was_told_to_need_none():
    x = Tensor(3.0)
    y = x * 2
    y.needs_grad = False
    (y * x).backward()
    assert y.grad is None
    assert x.grad == 6.0


def test_a_gradient_of_the_end_result_can_be_handed_in_and_is_not_changed():
    x, g = Tensor([1.0, 2.0]), np.array([10.0, 20.0])
    (x * 2).backward(g)
    np.testing.assert_array_equal(x.grad, [20.0, 40.0])
    y = x + 0.0
    x.grad = None
    y.backward(g)
    g += 1
    np.testing.assert_array_equal(x.grad, [10.0, 20.0])


def test_two_leaves_that_share_a_gradient_cannot_change_each_others():
    x, y = Tensor([1.0]), Tensor([2.0])
    (x + y).backward()
    with pytest.raises(ValueError, match="read-only"):
        x.grad *= 0.5


def test_a_gradient_has_the_dtype_of_its_leaf():
    x, y = Tensor(np.ones(2, np.float32)), Tensor(np.ones(2))
    (x * y).sum().backward()
    assert (x.grad.dtype, y.grad.dtype) == (np.float32, np.float64)


def test_a_result_of_many_numbers_has_no_gradient_by_itself():
    with pytest.raises(ValueError, match=r"has shape \(2,\)\. Reduce it first"):
        (Tensor([1.0, 2.0]) * 2).backward()
    with pytest.raises(ValueError, match=r"g must have shape \(2,\)\. It has shape \(3,\)"):
        (Tensor([1.0, 2.0]) * 2).backward(np.ones(3))


def test_what_was_not_recorded_has_no_gradient():
    x = Tensor([1.0])
    with no_grad():
        y = x * 2
    for end in (y, Tensor([1]), x.detach() * 2):
        with pytest.raises(ValueError, match="nothing was recorded that leads here"):
            end.backward()


def test_a_graph_is_used_once_and_an_error_leaves_every_gradient_as_it_was():
    x, w = Tensor(2.0), Tensor(5.0)
    y = x * x
    one, two = y + 1.0, y + w
    one.backward()
    with pytest.raises(ValueError, match="add was used up by an earlier backward"):
        one.backward()
    with pytest.raises(ValueError, match="multiply was used up by an earlier backward"):
        two.backward()
    assert (x.grad, w.grad) == (4.0, None)


def test_new_data_after_the_forward_pass_are_noticed():
    x, w = Tensor([1.0, 2.0]), Tensor([3.0, 4.0])
    loss = (x * w).sum()
    w.assign([0.0, 0.0])
    with pytest.raises(ValueError, match=r"an input of multiply, of shape \(2,\), was given new data after"):
        loss.backward()
    assert x.grad is None
    (x * w).sum().backward()
    np.testing.assert_array_equal(x.grad, [0.0, 0.0])


@pytest.mark.parametrize("place", [0, 1])
def test_the_error_names_the_shape_of_the_input_with_new_data(place):
    leaves = Tensor(np.ones((2, 3))), Tensor(np.ones(3))
    loss = (leaves[0] * leaves[1]).sum()
    leaves[place].assign(np.zeros(leaves[place].shape))
    shape = [r"\(2, 3\)", r"\(3,\)"][place]
    with pytest.raises(ValueError, match=rf"an input of multiply, of shape {shape}, was given"):
        loss.backward()


def test_what_only_the_graph_held_is_given_back_during_backward():
    x = Tensor(np.ones(3))
    hidden = ops.exp(x)
    held = weakref.ref(hidden.data)
    loss = hidden.sum()
    del hidden
    gc.disable()  # counting references must be enough
    try:
        loss.backward()
        assert held() is None
    finally:
        gc.enable()
    assert loss.parents == ()


@pytest.mark.parametrize(
    ("from_shape", "to_shape"),
    [
        ((4, 3), (3,)),
        ((4, 3), (4, 1)),
        ((4, 3), ()),
        ((2, 4, 3), (1, 3)),
        ((2, 4, 3), (4, 1)),
        ((0, 3), (3,)),
    ],
)
def test_unbroadcast_adds_up_what_was_stretched(from_shape, to_shape):
    g = np.random.default_rng(0).normal(size=from_shape)
    expected = np.zeros(to_shape)
    stretched = np.broadcast_to(np.arange(expected.size).reshape(to_shape), from_shape)
    for value, place in zip(g.ravel(), stretched.ravel(), strict=True):
        expected.reshape(-1)[place] += value
    np.testing.assert_allclose(unbroadcast(g, to_shape), expected, rtol=1e-12)


@pytest.mark.parametrize(
    ("wrong", "shape"), [((3, 4), (4, 3)), ((4, 2), (4, 3)), ((3,), (4, 3)), ((3,), (1, 3)), ((6,), (2, 3))]
)
def test_a_gradient_that_no_broadcasting_explains_is_refused(wrong, shape):
    with pytest.raises(ValueError, match="a vjp returned a gradient of shape"):
        unbroadcast(np.ones(wrong), shape)
