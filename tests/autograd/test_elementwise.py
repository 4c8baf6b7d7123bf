import numpy as np
import pytest

from course_lib.autograd import Tensor, ops


def gradient(op, *data):
    leaves = [Tensor(np.asarray(x, float)) for x in data]
    y = op(*leaves)
    y.backward(np.ones(y.shape))
    return [leaf.grad.tolist() for leaf in leaves]


def test_equal_numbers_share_the_gradient_of_a_maximum_and_a_minimum():
    assert gradient(ops.maximum, [1, 2, 3], [3, 2, 1]) == [[0, 0.5, 1], [1, 0.5, 0]]
    assert gradient(ops.minimum, [1, 2, 3], [3, 2, 1]) == [[1, 0.5, 0], [0, 0.5, 1]]
    assert gradient(ops.max, [1, 5, 5, 2]) == [[0, 0.5, 0.5, 0]]
    assert gradient(ops.min, [4, 4, 4, 4]) == [[0.25] * 4]


def test_at_a_kink_the_gradient_is_that_of_pytorch():
    assert gradient(ops.relu, [0]) == [[0]]
    assert gradient(ops.absolute, [0]) == [[0]]
    assert gradient(lambda x: ops.clip(x, -1, 1), [-1, 1, 2]) == [[1, 1, 0]]
    assert gradient(lambda x: ops.clip(x, 1, 1), [0, 1]) == [[0, 1]]
    assert gradient(ops.sqrt, [0]) == [[np.inf]]


def test_a_power_of_zero_has_a_gradient_without_nan():
    assert gradient(lambda x: x**0, [0, 2]) == [[0, 0]]
    assert gradient(lambda x: x**1, [0, 2]) == [[1, 1]]
    assert gradient(lambda x: x**3, [0, -2]) == [[0, 12]]
    assert gradient(ops.power, [0.0], [2.0]) == [[0], [0]]
    assert gradient(ops.power, [0.0], [0.0]) == [[0], [0]]
    assert ops.power(Tensor([0.0]), 0.5).data == 0


def test_each_number_may_have_a_power_of_its_own_zero_among_them():
    powers = np.array([0.0, 0.0, 1.0, 2.0, 3.0])
    assert gradient(lambda x: x**powers, [0, 1e200, 0, 3, 2]) == [[0, 0, 1, 6, 12]]


def test_nan_goes_through_so_that_the_training_loop_can_report_it():
    for op in (ops.log, ops.sqrt, ops.relu, ops.sigmoid, lambda x: x**2, lambda x: x**0.5, lambda x: 1 / x):
        assert np.isnan(op(Tensor([np.nan])).data).all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_sigmoid_keeps_its_digits_far_from_zero(dtype):
    x = np.array([-80.0, -30.0, 0.0, 30.0, 200.0], dtype)
    expected = 1 / (1 + np.exp(-x.astype(np.longdouble)))
    np.testing.assert_allclose(ops.sigmoid(Tensor(x)).data, expected, rtol=4 * np.finfo(dtype).eps)
