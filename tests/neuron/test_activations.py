import warnings

import numpy as np
import pytest

from course_lib.neuron import relu, relu_slope, sigmoid, sigmoid_slope, tanh, tanh_slope
from tests.neuron.slopes import measured_slope

Z = np.concatenate([np.linspace(-8, 8, 40), [0.1, -0.1]])  # no entry at the kink of the ReLU


def test_the_sigmoid_equals_its_textbook_formula():
    np.testing.assert_allclose(sigmoid(Z), 1 / (1 + np.exp(-Z)), rtol=1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_sigmoid_survives_any_number_without_a_warning(dtype):
    largest = np.finfo(dtype).max
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        answers = sigmoid(np.array([-largest, -1000, 0, 1000, largest, -np.inf, np.inf], dtype=dtype))
    np.testing.assert_array_equal(answers, np.array([0, 0, 0.5, 1, 1, 0, 1], dtype=dtype))
    assert answers.dtype == dtype


def test_tanh_and_relu_equal_their_formulas():
    np.testing.assert_allclose(tanh(Z), (np.exp(2 * Z) - 1) / (np.exp(2 * Z) + 1), rtol=1e-9)
    np.testing.assert_array_equal(relu(Z), [max(0.0, z) for z in Z])


@pytest.mark.parametrize(
    ("activation", "slope"),
    [
        (sigmoid, lambda z: sigmoid_slope(sigmoid(z))),
        (tanh, lambda z: tanh_slope(tanh(z))),
        (relu, relu_slope),
    ],
)
def test_each_slope_equals_the_measured_one(activation, slope):
    measured = [measured_slope(lambda z: activation(z)[0], np.array([z]))[0] for z in Z]
    np.testing.assert_allclose(slope(Z), measured, atol=1e-8)


def test_the_slope_of_relu_at_its_kink_is_zero_as_in_pytorch():
    assert relu_slope(np.array([0.0]))[0] == 0


@pytest.mark.parametrize("function", [sigmoid, sigmoid_slope, tanh, tanh_slope, relu, relu_slope])
def test_each_keeps_float32_and_accepts_one_number_and_refuses_a_list(function):
    assert function(np.ones(3, dtype=np.float32)).dtype == np.float32
    assert np.ndim(function(0.5)) == 0
    with pytest.raises(TypeError, match=f"{function.__name__}: .* It is a list"):
        function([0.5])
