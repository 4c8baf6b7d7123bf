import numpy as np
import pytest

from course_lib.autograd import Tensor, ops
from course_lib.models.mlp import MLP, MLPConfig


def made(*sizes, has_residuals=False):
    return MLP(MLPConfig(sizes, has_residuals), rng=np.random.default_rng(0))


def test_the_output_is_that_of_its_layers_one_after_the_other():
    mlp, x = made(3, 4, 5, 2), np.random.default_rng(1).normal(size=(6, 3)).astype(np.float32)
    first, second, last = mlp.layers
    h = ops.relu(ops.matmul(x, first.W) + first.b)
    h = ops.relu(ops.matmul(h, second.W) + second.b)
    np.testing.assert_allclose(mlp(x).data, (ops.matmul(h, last.W) + last.b).data, rtol=1e-5)
    assert (mlp(-x).data < 0).any()  # no ReLU after the last layer


def test_two_sizes_make_a_linear_model():
    mlp, x = made(3, 2), np.random.default_rng(1).normal(size=(6, 3)).astype(np.float32)
    np.testing.assert_allclose(mlp(x).data, x @ mlp.layers[0].W.data, rtol=1e-5)
    assert mlp.n_parameters() == 3 * 2 + 2


def test_a_residual_goes_around_a_hidden_layer_that_keeps_the_size_and_no_other():
    mlp = made(3, 4, 4, 4, has_residuals=True)
    x = np.random.default_rng(1).normal(size=(6, 3)).astype(np.float32)
    first, second, last = mlp.layers
    h = first(x)
    h = h + second(h)
    np.testing.assert_allclose(mlp(x).data, last(h).data, rtol=1e-5)


def test_an_image_is_laid_out_in_a_row():
    mlp, image = made(12, 5, 2), np.random.default_rng(1).normal(size=(3, 1, 4, 3)).astype(np.float32)
    np.testing.assert_array_equal(mlp(image).data, mlp(image.reshape(3, 12)).data)
    np.testing.assert_array_equal(mlp(image[:, 0]).data, mlp(image).data)
    assert mlp(np.zeros((0, 1, 4, 3), np.float32)).shape == (0, 2)


def test_the_gradient_reaches_every_parameter():
    mlp = made(3, 4, 4, 2, has_residuals=True)
    mlp(Tensor(np.random.default_rng(1).normal(size=(6, 3)).astype(np.float32))).sum().backward()
    assert all(np.abs(parameter.grad).max() > 0 for parameter in mlp.parameters())


@pytest.mark.parametrize("sizes", [(3,), (3, 0), (3, 2.5), (3, 2.0), (), 784, ("3", 2)])
def test_sizes_that_cannot_be_are_refused(sizes):
    with pytest.raises(ValueError, match=r"MLPConfig: sizes must be at least two positive whole numbers"):
        MLPConfig(sizes)


def test_a_row_of_another_length_is_named():
    with pytest.raises(
        ValueError, match=r"linear: x must have shape \(\.\.\., n_in=3\). It has shape \(2, 4\)"
    ):
        made(3, 2)(np.zeros((2, 4), np.float32))
