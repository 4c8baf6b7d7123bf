import numpy as np
import pytest

from course_lib.autograd import no_grad, ops
from course_lib.autograd.tensor import Tensor
from course_lib.layers.module import Module, evaluating
from course_lib.losses import cross_entropy
from course_lib.responsible.input_gradient import input_gradient


def test_the_gradient_equals_central_differences(net, examples):
    def loss_at(X):
        return cross_entropy(net(Tensor(X)), examples.y).item()

    gradient = input_gradient(net, examples.X, lambda z: cross_entropy(z, examples.y))
    for index in np.ndindex(examples.X.shape):
        step = np.zeros_like(examples.X)
        step[index] = 1e-6
        slope = (loss_at(examples.X + step) - loss_at(examples.X - step)) / 2e-6
        assert gradient[index] == pytest.approx(slope, abs=1e-8)


def test_a_model_comes_out_as_it_went_in_and_answered_as_in_use(net, examples, expect_untouched):
    expected = input_gradient(net, examples.X, lambda z: z.sum())
    compare = expect_untouched(net)
    gradient = input_gradient(net, examples.X, lambda z: z.sum())
    compare()
    np.testing.assert_array_equal(gradient, expected)


def test_weights_without_a_gradient_stay_without(net, examples):
    input_gradient(net, examples.X, lambda z: z.sum())
    assert all(parameter.grad is None for parameter in net.parameters())


def test_a_plain_function_that_uses_parameters_leaves_them_alone():
    W, frozen = Tensor([[2.0], [3.0]]), Tensor([1.0], needs_grad=False)
    gradient = input_gradient(lambda x: (x @ W) * frozen, np.ones((1, 2)), lambda z: z.sum())
    np.testing.assert_array_equal(gradient, [[2.0, 3.0]])
    assert W.grad is None
    assert W.needs_grad
    assert not frozen.needs_grad


def test_mode_and_parameters_come_back_after_an_error_too(net, examples, expect_untouched):
    def broken(x):
        raise RuntimeError("planted")

    compare = expect_untouched(net)
    with pytest.raises(RuntimeError, match="planted"), evaluating(net):
        broken(None)
    with pytest.raises(ValueError, match="only one number"):
        input_gradient(net, examples.X, lambda z: z)
    compare()


def test_a_function_has_no_mode_to_set():
    with evaluating(ops.exp):
        pass


def test_a_model_without_parts_is_set_back_too():
    model = Module()
    with evaluating(model):
        assert not model.is_training
    assert model.is_training


@pytest.mark.timeout(10)
def test_a_graph_in_which_the_paths_double_at_every_step_is_walked_once():
    def model(x):
        for _ in range(60):
            x = x + x
        return x

    np.testing.assert_array_equal(input_gradient(model, np.ones((1, 1)), lambda z: z.sum()), [[2.0**60]])


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda f: input_gradient(f, [[1.0]], f), TypeError, "input_gradient: X must be a NumPy array"),
        (lambda f: input_gradient(f, np.ones((1, 2), int), f), TypeError, r"X must hold floats.*int64"),
        (lambda f: input_gradient(f, np.array(1.0), f), ValueError, "one example a row"),
        (lambda f: input_gradient(f, np.array([np.nan]), f), ValueError, "X must be finite. It holds nan"),
        (
            lambda f: input_gradient(f, np.ones((1, 2)), lambda z: Tensor(1.0) * 2.0),
            ValueError,
            "does not depend on X",
        ),
        (
            lambda f: input_gradient(f, np.full((1, 2), 1e200), lambda z: (z * z * 1e300).sum()),
            ValueError,
            "the gradient must be finite. It holds inf at.*Did the model overflow",
        ),
    ],
)
@pytest.mark.filterwarnings("ignore:overflow")
def test_bad_input_gets_a_sentence(call, error, message):
    with pytest.raises(error, match=message):
        call(lambda x: x)


def test_an_explanation_inside_no_grad_is_refused():
    with no_grad(), pytest.raises(ValueError, match="nothing was recorded"):
        input_gradient(lambda x: x, np.ones((1, 1)), lambda z: z.sum())
