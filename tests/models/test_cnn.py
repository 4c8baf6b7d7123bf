import numpy as np
import pytest

from course_lib.autograd import ops
from course_lib.losses import cross_entropy
from course_lib.models.cnn import LeNet, LeNetConfig, SignalCNN, SignalCNNConfig
from course_lib.optim import Adam

SMALL = LeNetConfig(H=8, W=8, kernel=3, paddings=(1, 1), n_hidden=32)


def drawn(*shape):
    return np.random.default_rng(1).normal(size=shape).astype(np.float32)


def plain_layer(x, layer):
    return ops.relu(ops.matmul(x, layer.W) + layer.b)


@pytest.mark.parametrize(("config", "n_features"), [(LeNetConfig(), 400), (SMALL, 64)])
def test_a_lenet_is_its_plain_operations_one_after_the_other(config, n_features):
    model = LeNet(config, rng=np.random.default_rng(0))
    x = drawn(3, 1, config.H, config.W)
    h = x
    for convolution, padding in zip(model.convolutions, config.paddings, strict=True):
        y = ops.conv2d(h, convolution.W, padding=padding) + convolution.b.reshape(-1, 1, 1)
        h = ops.max_pool2d(ops.relu(y), 2)
    h = plain_layer(ops.flatten(h), model.hidden)
    expected = ops.matmul(h, model.head.W) + model.head.b
    np.testing.assert_allclose(model(x).data, expected.data, rtol=1e-4, atol=1e-5)
    assert model.hidden.W.shape == (n_features, config.n_hidden)
    assert (model(x).data < 0).any()  # no ReLU after the head


def test_the_signal_network_is_its_plain_operations_one_after_the_other():
    model = SignalCNN(SignalCNNConfig(), rng=np.random.default_rng(0))
    h = x = drawn(3, 1, 40)
    for convolution in model.convolutions:
        h = ops.relu(ops.conv1d(h, convolution.W, stride=2, padding=1) + convolution.b.reshape(-1, 1))
    expected = ops.matmul(ops.flatten(h), model.head.W) + model.head.b
    np.testing.assert_allclose(model(x).data, expected.data, rtol=1e-4, atol=1e-5)
    assert (model(x).data < 0).any()


def test_the_published_network_for_mnist1d_has_its_published_shapes():
    model = SignalCNN(SignalCNNConfig(), rng=np.random.default_rng(0))
    shapes = [convolution.W.shape for convolution in model.convolutions]
    assert shapes == [(25, 1, 5), (25, 25, 3), (25, 25, 3)]
    assert model.head.W.shape == (125, 10)


@pytest.mark.parametrize(("kind", "config"), [(LeNet, LeNetConfig()), (SignalCNN, SignalCNNConfig())])
def test_the_head_begins_as_a_layer_without_a_relu_behind_it(kind, config):
    W = kind(config, rng=np.random.default_rng(0)).head.W.data
    bound = np.sqrt(6 / sum(W.shape))  # of Xavier's initialiser; that of He reaches further
    assert 0.99 * bound < np.abs(W).max() <= bound


def test_sizes_other_than_the_usual_fit_together():
    config = LeNetConfig(
        H=12, W=9, C_in=3, channels=(4, 5, 6), kernel=2, paddings=(1, 1, 1), n_hidden=7, n_out=4
    )
    assert LeNet(config, rng=np.random.default_rng(0))(drawn(2, 3, 12, 9)).shape == (2, 4)
    config = SignalCNNConfig(T=17, C_in=2, channels=(3, 4), kernels=(4, 2), stride=1, padding=0, n_out=3)
    assert SignalCNN(config, rng=np.random.default_rng(0))(drawn(2, 2, 17)).shape == (2, 3)


@pytest.mark.parametrize(
    ("model", "shape"),
    [
        (LeNet(SMALL, rng=np.random.default_rng(0)), (1, 8, 8)),
        (SignalCNN(SignalCNNConfig(), rng=np.random.default_rng(0)), (1, 40)),
    ],
)
def test_the_gradient_reaches_every_parameter_and_an_empty_batch_passes(model, shape):
    model(drawn(6, *shape)).sum().backward()
    assert all(np.abs(parameter.grad).max() > 0 for parameter in model.parameters())
    assert model(drawn(0, *shape)).shape == (0, 10)


@pytest.mark.slow
def test_a_lenet_learns_where_the_bright_corner_is():
    rng = np.random.default_rng(0)
    y = rng.integers(0, 4, 64)
    X = 0.1 * rng.normal(size=(64, 1, 8, 8)).astype(np.float32)
    for image, corner in zip(X, y, strict=True):
        image[0, 5 * (corner // 2) :, 5 * (corner % 2) :][:3, :3] += 1.0
    model = LeNet(LeNetConfig(H=8, W=8, kernel=3, paddings=(1, 1), n_hidden=8, n_out=4), rng=rng)
    optimiser = Adam(model.parameters(), learning_rate=0.01)
    for _ in range(30):
        optimiser.zero_grad()
        loss = cross_entropy(model(X), y)
        loss.backward()
        optimiser.step()
    assert (model(X).data.argmax(axis=1) == y).mean() == 1.0


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (
            lambda: LeNetConfig(paddings=(2,)),
            r"LeNetConfig: paddings must be 2, one for each .* They are \(2,\)",
        ),
        (lambda: LeNetConfig(paddings=2), r"LeNetConfig: paddings must be 2, one for each .* They are 2\."),
        (lambda: LeNetConfig(channels=8), r"LeNetConfig: channels must be a tuple of whole numbers. It is 8"),
        (lambda: LeNetConfig(channels=(8, 0)), r"LeNetConfig: channels must be a whole number .* It is 0"),
        (lambda: LeNetConfig(kernel=(5, 5)), r"LeNetConfig: kernel must be a whole .* It is \(5, 5\)"),
        (lambda: LeNetConfig(n_hidden=True), r"LeNetConfig: n_hidden must be a whole .* It is True"),
        (lambda: LeNetConfig(H=0), r"LeNetConfig: H must be a whole number of at least 1. It is 0"),
        (lambda: LeNetConfig(W=0), r"LeNetConfig: W must be"),
        (lambda: LeNetConfig(C_in=0), r"LeNetConfig: C_in must be"),
        (lambda: LeNetConfig(n_out=0), r"LeNetConfig: n_out must be"),
        (lambda: SignalCNNConfig(kernels=(5, 3, 2.5)), r"SignalCNNConfig: kernels must be a whole .* 2\.5"),
        (lambda: SignalCNNConfig(channels=[25, 25, 0]), r"SignalCNNConfig: channels must be a whole .* 0"),
        (lambda: SignalCNNConfig(stride=0), r"SignalCNNConfig: stride must be"),
        (lambda: SignalCNNConfig(T=0), r"SignalCNNConfig: T must be"),
        (lambda: SignalCNNConfig(C_in=0), r"SignalCNNConfig: C_in must be"),
        (lambda: SignalCNNConfig(n_out=0), r"SignalCNNConfig: n_out must be"),
        (lambda: LeNetConfig(H=8), r"LeNetConfig: the window reaches over 6 x 6, more than the 4 x 14"),
        (
            lambda: SignalCNNConfig(kernels=(5, 3)),
            r"SignalCNNConfig: kernels must be 3, .* They are \(5, 3\)",
        ),
        (lambda: SignalCNNConfig(T=2), r"SignalCNNConfig: the window reaches over 5, more than the 4"),
        (
            lambda: LeNet(SMALL, rng=np.random.default_rng(0))(drawn(2, 1, 8, 9)),
            r"LeNet: x must have shape \(B, C_in=1, H=8, W=8\)\. It has shape \(2, 1, 8, 9\)",
        ),
        (
            lambda: SignalCNN(SignalCNNConfig(), rng=np.random.default_rng(0))(drawn(2, 40)),
            r"SignalCNN: x must have shape \(B, C_in=1, T=40\)\. It has shape \(2, 40\)",
        ),
    ],
)
def test_what_cannot_be_right_is_refused_with_a_sentence(call, says):
    with pytest.raises(ValueError, match=says):
        call()
