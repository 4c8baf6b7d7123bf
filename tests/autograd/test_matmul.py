import numpy as np
import pytest

from course_lib.autograd.ops.matmul import matmul
from course_lib.autograd.tensor import Tensor


def test_a_product_written_out_by_hand():
    x, W = Tensor([[1.0, 2.0, 3.0]]), Tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    y = matmul(x, W)
    assert np.array_equal(y.data, [[4.0, 5.0]])
    y.backward(np.array([[1.0, 10.0]]))
    assert np.array_equal(x.grad, [[1.0, 10.0, 11.0]])
    assert np.array_equal(W.grad, [[1.0, 10.0], [2.0, 20.0], [3.0, 30.0]])


@pytest.mark.parametrize("n_rows", [1, 2, 4, 8])
def test_the_gradient_of_the_weights_grows_with_the_rows(n_rows):
    W = Tensor(np.full((3, 1), 0.5))
    matmul(Tensor(np.ones((n_rows, 3))), W).backward(np.ones((n_rows, 1)))
    assert np.array_equal(W.grad, np.full((3, 1), float(n_rows)))


def test_one_matrix_for_all_heads_hears_from_each_head(rng):
    x, W = rng.normal(size=(2, 3, 4)), rng.normal(size=(4, 5))
    g = rng.normal(size=(2, 3, 5))
    as_matrix, as_pile = Tensor(W), Tensor(W[None])
    matmul(Tensor(x), as_matrix).backward(g)
    matmul(Tensor(x), as_pile).backward(g)
    assert np.allclose(as_matrix.grad, as_pile.grad[0], rtol=1e-12)


@pytest.mark.parametrize(("x_shape", "W_shape"), [((3, 4), (4, 2)), ((5, 3, 4), (5, 4, 2))])
def test_an_input_without_a_gradient_costs_no_product(x_shape, W_shape):
    x = Tensor(np.ones(x_shape), needs_grad=False)
    y = matmul(x, Tensor(np.ones(W_shape)))
    dx, dW = y.vjp(np.ones(y.shape))
    assert dx is None
    assert dW.shape == W_shape
    y = matmul(Tensor(np.ones(x_shape)), Tensor(np.ones(W_shape), needs_grad=False))
    assert y.vjp(np.ones(y.shape))[1] is None


def test_an_array_beside_a_tensor_is_an_input(rng):
    X = rng.normal(size=(3, 4))
    assert np.array_equal(matmul(X, Tensor(np.eye(4))).data, X)
