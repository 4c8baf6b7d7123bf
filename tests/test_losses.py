import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib import losses
from course_lib.autograd import Tensor, gradcheck, ops


@pytest.fixture(scope="module")
def torch():
    return pytest.importorskip("torch")


def agrees_with_pytorch(torch, ours, theirs, z, dtype=np.float64, tolerance=1e-9):
    """Loss and gradient are PyTorch's."""
    z = z.astype(dtype)
    leaf, leaf_theirs = Tensor(z), torch.tensor(z.astype(np.float64), requires_grad=True)
    loss, expected = ours(leaf), theirs(leaf_theirs)
    loss.backward()
    expected.backward()
    assert loss.dtype == dtype
    assert loss.shape == ()
    np.testing.assert_allclose(loss.data, expected.item(), rtol=tolerance)
    right = leaf_theirs.grad.numpy()
    np.testing.assert_allclose(leaf.grad, right, rtol=tolerance, atol=tolerance * np.abs(right).max())


@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 1e-9), (np.float32, 1e-5)])
@pytest.mark.parametrize("smoothing", [0.0, 0.2])
@pytest.mark.parametrize("is_weighted", [False, True])
@pytest.mark.parametrize("ignored", [None, 1, -100])
@pytest.mark.parametrize("shape", [(6, 4), (1, 4), (2, 3, 4), (5, 1, 4)])
def test_cross_entropy_is_that_of_pytorch(torch, shape, ignored, is_weighted, smoothing, dtype, tolerance):
    rng = np.random.default_rng(3)
    z, y = 3 * rng.normal(size=shape), rng.integers(0, shape[-1], shape[:-1])
    y.reshape(-1)[0] = 2
    if ignored is not None:
        y.reshape(-1)[1:2] = ignored
    weights = rng.uniform(0.5, 2.0, shape[-1]) if is_weighted else None

    def theirs(z):
        return torch.nn.functional.cross_entropy(
            z.reshape(-1, shape[-1]),
            torch.tensor(y.reshape(-1)),
            weight=None if weights is None else torch.tensor(weights),
            label_smoothing=smoothing,
            ignore_index=-100 if ignored is None else ignored,
        )

    def ours(z):
        return losses.cross_entropy(
            z, y, class_weights=weights, label_smoothing=smoothing, ignore_index=ignored
        )

    agrees_with_pytorch(torch, ours, theirs, z, dtype, tolerance)


@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 1e-9), (np.float32, 1e-5)])
@pytest.mark.parametrize("weight", [1.0, 2.5])
@pytest.mark.parametrize("shape", [(6,), (3, 4), (1,)])
def test_binary_cross_entropy_is_that_of_pytorch(torch, shape, weight, dtype, tolerance):
    rng = np.random.default_rng(4)
    z, y = 3 * rng.normal(size=shape), rng.uniform(size=shape).round(1)

    def theirs(z):
        return torch.nn.functional.binary_cross_entropy_with_logits(
            z, torch.tensor(y), pos_weight=torch.tensor(weight)
        )

    agrees_with_pytorch(
        torch,
        lambda z: losses.binary_cross_entropy(z, y, positive_weight=weight),
        theirs,
        z,
        dtype,
        tolerance,
    )


def test_binary_labels_are_smoothed_towards_a_half(torch):
    z, y = np.array([0.5, -2.0, 1.0]), np.array([1, 0, 1])
    smooth = torch.tensor([0.9, 0.1, 0.9], dtype=torch.float64)
    agrees_with_pytorch(
        torch,
        lambda z: losses.binary_cross_entropy(z, y, label_smoothing=0.2),
        lambda z: torch.nn.functional.binary_cross_entropy_with_logits(z, smooth),
        z,
    )


def test_binary_labels_to_be_ignored_count_for_nothing():
    z, y = Tensor([0.5, -2.0, 1.0]), np.array([1, -1, 0])
    loss = losses.binary_cross_entropy(z, y, ignore_index=-1)
    assert loss.item() == pytest.approx(
        losses.binary_cross_entropy(Tensor([0.5, 1.0]), np.array([1, 0])).item()
    )
    loss.backward()
    assert z.grad[1] == 0


@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 1e-9), (np.float32, 1e-5)])
@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (losses.squared_error, lambda F: F.mse_loss),
        (losses.absolute_error, lambda F: F.l1_loss),
        (losses.huber, lambda F: F.huber_loss),
        (lambda y_hat, y: losses.huber(y_hat, y, 0.3), lambda F: lambda a, b: F.huber_loss(a, b, delta=0.3)),
    ],
)
def test_each_loss_of_a_regression_is_that_of_pytorch(torch, ours, theirs, dtype, tolerance):
    rng = np.random.default_rng(5)
    y_hat, y = 2 * rng.normal(size=(4, 3)), rng.normal(size=(4, 3)).astype(dtype)
    their_y = torch.tensor(y.astype(np.float64))
    function = theirs(torch.nn.functional)
    agrees_with_pytorch(torch, lambda z: ours(z, y), lambda z: function(z, their_y), y_hat, dtype, tolerance)


def test_the_hinge_is_what_its_formula_says():
    z, y = np.array([[2.0], [0.25], [-1.0]]), np.array([[1], [1], [1]])
    assert losses.hinge(Tensor(z), y).item() == pytest.approx((0 + 0.75 + 2) / 3)
    assert losses.hinge(Tensor(z), -y).item() == pytest.approx((3 + 1.25 + 0) / 3)


@given(B=st.integers(1, 5), K=st.integers(2, 5), seed=st.integers(0, 100))
@settings(max_examples=20)
def test_gradients_equal_measured_slopes(B, K, seed):
    rng = np.random.default_rng(seed)
    z, y, t = rng.normal(size=(B, K)), rng.integers(0, K, B), rng.normal(size=(B, K))
    weights = rng.uniform(0.5, 2.0, K)
    gradcheck(lambda z: losses.cross_entropy(z, y, class_weights=weights, label_smoothing=0.1), z, rng=rng)
    gradcheck(lambda z: losses.binary_cross_entropy(z, (t > 0), positive_weight=2.0), z, rng=rng)
    gradcheck(lambda z: losses.squared_error(z, t), z, rng=rng)


def test_a_network_that_knows_nothing_has_the_logarithm_of_the_classes_as_loss():
    loss = losses.cross_entropy(Tensor(np.zeros((7, 10))), np.arange(7))
    assert loss.item() == pytest.approx(np.log(10))


def test_one_example_needs_no_axis_for_examples():
    loss = losses.cross_entropy(Tensor([0.0, np.log(3.0)]), np.array(1))
    assert loss.item() == pytest.approx(np.log(4 / 3))


def test_what_was_true_sends_no_gradient_and_keeps_the_dtype_of_the_prediction():
    y_hat, y = Tensor(np.ones(3, np.float32)), Tensor(np.zeros(3))
    loss = losses.squared_error(y_hat, y)
    loss.backward()
    assert loss.dtype == np.float32
    assert y.grad is None


def of(shape):
    return Tensor(np.zeros(shape))


@pytest.mark.parametrize("loss", [losses.squared_error, losses.absolute_error, losses.huber])
def test_shapes_that_would_broadcast_are_refused(loss):
    with pytest.raises(
        ValueError, match=rf"{loss.__name__}: y_hat and y must have the same shape\..*\(3, 1\) and \(3,\)"
    ):
        loss(of((3, 1)), np.zeros(3))
    with pytest.raises(ValueError, match=r"y has shape \(0,\)\. A mean over nothing"):
        loss(of(0), np.zeros(0))


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: losses.huber(of(3), np.zeros(3), 0.0), r"huber: delta must be a positive number"),
        (
            lambda: losses.hinge(of(3), np.zeros(3)),
            r"hinge: y must hold only the labels -1 and 1.*holds 0\.0",
        ),
        (lambda: losses.hinge(of(2), np.array([1, 3])), r"hinge: y must hold only .* It also holds 3"),
        (lambda: losses.hinge(of((3, 1)), np.ones(3)), r"hinge: z and y must have the same shape"),
        (lambda: losses.binary_cross_entropy(of(2), np.array([0, 2])), r"between 0 and 1. It also holds 2"),
        (lambda: losses.binary_cross_entropy(of(2), np.array([1, -0.5])), r"It also holds -0\.5"),
        (lambda: losses.binary_cross_entropy(of(2), np.array([1, 1.5])), r"It also holds 1\.5"),
        (lambda: losses.binary_cross_entropy(of(2), np.array([0, np.nan])), r"It also holds nan"),
        (lambda: losses.binary_cross_entropy(of((2, 1)), np.zeros(2)), r"z and y must have the same shape"),
        (lambda: losses.binary_cross_entropy(of(0), np.zeros(0)), r"A mean over nothing"),
        (
            lambda: losses.binary_cross_entropy(of(2), np.zeros(2), positive_weight=0),
            r"positive_weight must be a positive",
        ),
        (
            lambda: losses.binary_cross_entropy(of(2), np.zeros(2), label_smoothing=1.0),
            r"binary_cross_entropy: label_smoothing must be at least 0 and less than 1. It is 1.0",
        ),
        (
            lambda: losses.binary_cross_entropy(of(2), np.full(2, -1), ignore_index=-1),
            r"binary_cross_entropy: every label is ignore_index, -1",
        ),
        (
            lambda: losses.cross_entropy(of((2, 3)), np.array([0, 3])),
            r"between 0 and 2: z has 3 columns.*holds 3",
        ),
        (lambda: losses.cross_entropy(of((2, 3)), np.array([-1, 0])), r"It also holds -1"),
        (
            lambda: losses.cross_entropy(of((2, 3)), np.zeros(2)),
            r"whole numbers.*float64. Try y.astype\(int\)",
        ),
        (
            lambda: losses.cross_entropy(of((2, 3)), np.zeros(3, int)),
            r"z must have shape \(\.\.\., K\) and y",
        ),
        (lambda: losses.cross_entropy(of(()), np.zeros((), int)), r"z must have shape \(\.\.\., K\) and y"),
        (lambda: losses.cross_entropy(of((0, 3)), np.zeros(0, int)), r"cross_entropy: y has shape \(0,\)"),
        (
            lambda: losses.cross_entropy(of((2, 3)), np.full(2, 9), ignore_index=9),
            r"cross_entropy: every label is ignore_index, 9",
        ),
        (
            lambda: losses.cross_entropy(of((2, 3)), np.zeros(2, int), class_weights=np.ones(2)),
            r"class_weights must have shape \(K=3,\)",
        ),
        (
            lambda: losses.cross_entropy(of((2, 3)), np.zeros(2, int), class_weights=np.array([1.0, 0, 1])),
            r"class_weights must all be positive",
        ),
        (
            lambda: losses.cross_entropy(of((2, 3)), np.zeros(2, int), label_smoothing=-0.1),
            r"cross_entropy: label_smoothing must be at least 0",
        ),
    ],
)
def test_what_cannot_be_right_is_refused_with_a_sentence(call, said):
    with pytest.raises((ValueError, TypeError), match=said):
        call()


def test_softmax_of_the_logits_less_the_truth_is_the_gradient():
    z, y = Tensor(np.random.default_rng(0).normal(size=(4, 3))), np.array([0, 1, 2, 0])
    losses.cross_entropy(z, y).backward()
    np.testing.assert_allclose(z.grad, (ops.softmax(z).data - np.eye(3)[y]) / 4, atol=1e-15)


@pytest.mark.parametrize(
    ("loss", "y"),
    [
        (losses.cross_entropy, [0, 2]),
        (losses.binary_cross_entropy, [[0, 1, 1]] * 2),
        (losses.hinge, [[1, -1, 1]] * 2),
    ],
)
def test_the_truth_may_be_a_tensor_or_a_list_as_well_as_an_array(loss, y):
    z = np.random.default_rng(0).normal(size=(2, 3))
    expected = loss(Tensor(z), np.array(y)).item()
    assert loss(Tensor(z), Tensor(y)).item() == expected
    assert loss(Tensor(z), y).item() == expected
