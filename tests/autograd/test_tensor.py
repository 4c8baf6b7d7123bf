import subprocess
import sys

import numpy as np
import pytest

from course_lib.autograd import Tensor, is_recording, no_grad, ops
from course_lib.autograd.tensor import as_tensors


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_floats_keep_their_dtype_beside_python_numbers(dtype):
    x = Tensor(np.ones(3, dtype))
    for y in (x, x + 1, 2.5 * x, 1 - x, x / 3, 2.0 / x, x**2, x * np.sqrt(2.0), x.mean(), x * True):
        assert y.dtype == dtype


def test_a_python_number_makes_whole_numbers_into_floats_only_when_it_is_one():
    x = Tensor([1, 2])
    assert (x * 2).dtype == np.int64
    assert (x * 2.5).dtype == np.float64
    assert ops.add(2, 3).data == 5


def test_whole_numbers_and_truth_values_carry_no_gradient():
    assert not Tensor([1, 2]).needs_grad
    assert not Tensor([True]).needs_grad
    assert Tensor([1.0]).needs_grad


def test_what_holds_no_numbers_is_refused():
    for data in ("ab", [None], [1j]):
        with pytest.raises(TypeError, match="data must hold numbers"):
            Tensor(data)


def test_data_cannot_be_changed_in_place_nor_behind_the_back():
    mine = np.ones(3)
    for x in (Tensor(mine), Tensor(mine) * 2, Tensor(np.broadcast_to(mine, (2, 3)))):
        before = x.data.copy()
        mine += 1
        np.testing.assert_array_equal(x.data, before)
        with pytest.raises(ValueError, match="read-only"):
            x.data[0] = 5
        with pytest.raises(AttributeError):
            x.data = mine


def test_numbers_that_nobody_can_change_are_taken_without_a_copy():
    fixed = np.arange(4.0)
    fixed.flags.writeable = False
    assert Tensor(fixed).data is fixed
    part = fixed[1:]
    assert Tensor(part).data is part


def test_numbers_in_the_memory_of_another_kind_of_object_are_copied():
    memory = bytearray(8)
    numbers = np.frombuffer(memory)
    numbers.flags.writeable = False
    x = Tensor(numbers)
    memory[:] = np.array([5.0]).tobytes()
    assert numbers[0] == 5.0
    assert x.data[0] == 0.0


def test_assign_gives_a_leaf_new_data_of_its_own_dtype():
    x, new = Tensor(np.zeros(2, np.float32)), np.array([1.0, 2.0])
    x.assign(new)
    new += 1
    np.testing.assert_array_equal(x.data, [1, 2])
    assert x.dtype == np.float32
    assert x.version == 1
    assert not x.data.flags.writeable
    with pytest.raises(ValueError, match=r"assign: data must have shape \(2,\)\. It has shape \(3,\)"):
        x.assign(np.zeros(3))
    result = x * 2
    with pytest.raises(
        ValueError, match=r"only a leaf can be given new data\. This is the result of multiply"
    ):
        result.assign(new)


def test_detach_returns_the_numbers_and_stops_the_gradient():
    x = Tensor([3.0])
    (x * (x * 2).detach()).sum().backward()
    np.testing.assert_array_equal(x.grad, [6.0])


def test_what_is_made_from_inputs_alone_needs_no_gradient_either():
    x = Tensor([3.0])
    assert not (x.detach() * 2).needs_grad
    assert not (x.detach() * np.ones(1)).needs_grad
    assert (x * x.detach()).needs_grad
    assert (x.detach() * x).needs_grad


def test_a_tensor_without_parents_is_a_leaf_whatever_else_is_said():
    x = Tensor([3.0], vjp=lambda g: (g,), op="drawn")
    assert (x.parents, x.vjp, x.op) == ((), None, "")


def test_a_result_lies_one_deeper_than_its_deepest_parent():
    x = Tensor([3.0])
    y = x * x
    z = y * 2
    assert [tensor.depth for tensor in (x, y, z, z * x, x * z)] == [1, 2, 3, 4, 4]


def test_the_stamp_of_a_result_counts_the_new_data_of_all_its_parents():
    x, w = Tensor([3.0]), Tensor([4.0])
    assert (x.stamp, (x * w).stamp) == (0, 0)
    for leaf, n in [(x, 2), (w, 3)]:
        for _ in range(n):
            leaf.assign([5.0])
        assert (leaf.version, leaf.stamp) == (n, 0)
    assert (x * w).stamp == 5


def test_inside_no_grad_nothing_is_recorded_and_afterwards_it_is():
    x, results = Tensor([1.0]), []

    @no_grad()
    def fails():
        results.append(x * 2)
        assert not is_recording()
        raise KeyError

    with pytest.raises(KeyError):
        fails()
    (y,) = results
    assert is_recording()
    assert (y.needs_grad, y.parents, y.vjp) == (False, (), None)
    assert (x * 2).needs_grad


def test_every_sign_and_method_is_its_operation():
    a, b = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[0.5, -2.0], [5.0, 1.0]])
    x, y = Tensor(a), Tensor(b)
    pairs = [
        (x + y, a + b),
        (x - y, a - b),
        (x * y, a * b),
        (x / y, a / b),
        (x**y, a**b),
        (x @ y, a @ b),
        (-x, -a),
        (b + x, b + a),
        (b - x, b - a),
        (b * x, b * a),
        (b / x, b / a),
        (2.0**x, 2.0**a),
        (b @ x, b @ a),
        (x[0, 1:], a[0, 1:]),
        (x.sum(0), a.sum(0)),
        (x.mean(1, keepdims=True), a.mean(1, keepdims=True)),
        (x.max(0), a.max(0)),
        (x.min(axis=1), a.min(axis=1)),
        (x.exp(), np.exp(a)),
        (x.log(), np.log(a)),
        (x.reshape(4), a.reshape(4)),
        (x.reshape((1, -1)), a.reshape(1, -1)),
        (x.T, a.T),
        (x.transpose(), a.T),
        (x.transpose(0, 1), a),
        (x.transpose((1, 0)), a.T),
    ]
    for result, expected in pairs:
        assert isinstance(result, Tensor)
        np.testing.assert_allclose(result.data, expected, rtol=1e-15)


def test_a_tensor_tells_its_shape_and_numbers():
    x = Tensor([[1.0, 2.0]])
    assert (x.shape, x.ndim, x.size, len(x), x.sum().item()) == ((1, 2), 2, 2, 1, 3.0)
    assert [row.shape for row in x] == [(2,)]
    assert repr(x) == "Tensor([[1., 2.]])"
    assert repr(x * 2) == "Tensor([[2., 4.]], op=multiply)"
    assert repr(x.detach()) == "Tensor([[1., 2.]], needs_grad=False)"


def test_numpy_does_not_silently_take_the_numbers_out():
    for call in (np.asarray, np.array, np.linalg.norm):
        with pytest.raises(TypeError, match=r"pass \.data instead"):
            call(Tensor([1.0]))


def test_shapes_that_do_not_broadcast_are_both_named():
    with pytest.raises(ValueError, match=r"add: shapes \(2, 3\) and \(2,\) do not fit together"):
        as_tensors(np.ones((2, 3)), np.ones(2), op="add")


def test_arrays_keep_their_dtype_and_a_single_operand_fits_by_itself():
    tensors = as_tensors(np.ones(2, np.float32), np.arange(2), np.ones(2), 3.0, op="add")
    assert [tensor.dtype for tensor in tensors] == [np.float32, np.int64, np.float64, np.float64]
    assert [tensor.data for tensor in as_tensors(3.0, op="exp")] == [3.0]


def test_a_chain_of_100_000_operations_is_walked_and_freed_without_recursion():
    code = (
        "from course_lib.autograd import Tensor\n"
        "x = Tensor(1.0)\n"
        "for use in (lambda y: y.backward(), lambda y: None):\n"
        "    y = x\n"
        "    for _ in range(100_000):\n"
        "        y = y * x\n"
        "    use(y)\n"
        "    del y\n"
        "print(x.grad)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert float(done.stdout) == 100_001


def test_assign_copies_so_that_the_caller_may_go_on_writing_to_the_original():
    x, new = Tensor([1.0, 2.0]), np.array([3.0, 4.0])
    x.assign(new)
    new[0] = 99.0
    np.testing.assert_array_equal(x.data, [3.0, 4.0])


def test_a_leaf_can_be_given_another_dtype_and_its_gradient_is_forgotten():
    x = Tensor([1.0, 2.0])
    y = x * x
    y.sum().backward()
    x.cast(np.float32)
    assert x.dtype == np.float32
    assert x.grad is None
    with pytest.raises(ValueError, match="read-only"):
        x.data[0] = 1.0
    z = x * x
    x.cast(np.float64)
    with pytest.raises(ValueError, match="was given new data"):
        z.sum().backward()
    with pytest.raises(
        ValueError, match=r"cast: only a leaf can be given another dtype\. .* result of multiply"
    ):
        z.cast(np.float32)
