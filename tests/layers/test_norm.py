import numpy as np
import pytest

from course_lib.autograd import Tensor, gradcheck
from course_lib.layers.norm import BatchNorm1d, BatchNorm2d, LayerNorm

SHAPES = [(BatchNorm1d, (6, 3)), (BatchNorm1d, (4, 3, 5)), (BatchNorm2d, (4, 3, 2, 5))]

every_batch_norm = pytest.mark.parametrize(("layer", "shape"), SHAPES)


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def torch():
    return pytest.importorskip("torch")


def batch(rng, shape, step=0):
    """Draw a batch; its channels differ, and so do those of the next step."""
    channels = np.arange(shape[1]).reshape(-1, *[1] * (len(shape) - 2))
    return 1.0 + step + channels + (1 + channels) * rng.normal(size=shape)


@every_batch_norm
@pytest.mark.parametrize(("momentum", "epsilon"), [(0.1, 1e-5), (0.4, 0.1), (0.0, 1e-5), (1.0, 1e-5)])
def test_running_statistics_and_outputs_follow_pytorch_step_by_step(
    layer, shape, momentum, epsilon, rng, torch
):
    ours = layer(3, momentum=momentum, epsilon=epsilon)
    theirs = getattr(torch.nn, layer.__name__)(3, momentum=momentum, eps=epsilon).double()
    ours.cast(np.float64)
    for step in range(5):
        x = batch(rng, shape, step)
        for mode in ("train", "eval"):
            getattr(ours, {"train": "train", "eval": "evaluate"}[mode])()
            getattr(theirs, mode)()
            y = theirs(torch.tensor(x)).detach().numpy()
            np.testing.assert_allclose(ours(Tensor(x)).data, y, rtol=1e-9, atol=1e-12)
            np.testing.assert_allclose(ours.running_mean, theirs.running_mean.numpy(), rtol=1e-12)
            np.testing.assert_allclose(ours.running_variance, theirs.running_var.numpy(), rtol=1e-12)


def test_one_step_written_out_by_hand():
    layer = BatchNorm1d(1)
    layer.cast(np.float64)
    y = layer(Tensor([[1.0], [3.0]]))  # mean 2, variance 1; divided by n - 1 it is 2
    np.testing.assert_allclose(y.data, [[-1.0], [1.0]], atol=1e-5)
    np.testing.assert_allclose(layer.running_mean, [0.9 * 0 + 0.1 * 2])
    np.testing.assert_allclose(layer.running_variance, [0.9 * 1 + 0.1 * 2])


@every_batch_norm
def test_in_use_an_example_does_not_depend_on_its_neighbours(layer, shape, rng):
    norm = layer(3)
    norm.cast(np.float64)
    x = batch(rng, shape)
    in_training = norm(Tensor(x)).data[:2]
    assert not np.allclose(norm(Tensor(x[:2])).data, in_training)
    norm.evaluate()
    np.testing.assert_allclose(norm(Tensor(x[:1])).data, norm(Tensor(x)).data[:1], rtol=1e-12)


@every_batch_norm
def test_in_use_nothing_is_measured(layer, shape, rng):
    norm = layer(3)
    norm(Tensor(batch(rng, shape)))
    before = norm.state()
    norm.evaluate()
    norm(Tensor(batch(rng, shape, step=7)))
    assert all(np.array_equal(before[name], after) for name, after in norm.state().items())
    norm.train()
    norm(Tensor(batch(rng, shape, step=7)))
    assert not np.array_equal(before["running_mean"], norm.running_mean)


@every_batch_norm
def test_an_empty_batch_teaches_nothing_and_one_example_can_be_used(layer, shape, rng):
    norm = layer(3)
    before = norm.state()
    assert norm(Tensor(np.zeros((0, *shape[1:])))).shape == (0, *shape[1:])
    assert all(np.array_equal(before[name], after) for name, after in norm.state().items())
    norm.evaluate()
    assert norm(Tensor(np.ones((1, 3, *[1] * (len(shape) - 2))))).size == 3


@every_batch_norm
def test_the_running_statistics_are_saved_and_keep_float32(layer, shape, rng):
    norm = layer(3)
    for step in range(3):
        norm(Tensor(batch(rng, shape, step).astype(np.float32)))
    assert sorted(norm.state()) == ["beta", "gamma", "running_mean", "running_variance"]
    assert all(array.dtype == np.float32 for array in norm.state().values())
    copy = layer(3)
    copy.load_state(norm.state())
    norm.evaluate()
    copy.evaluate()
    x = batch(rng, shape).astype(np.float32)
    y = norm(Tensor(x)).data
    assert np.array_equal(copy(Tensor(x)).data, y)
    assert y.dtype == np.float32


@every_batch_norm
@pytest.mark.parametrize("is_training", [True, False])
def test_all_gradients_are_measured_slopes(layer, shape, is_training, rng):
    norm = layer(3)
    norm.cast(np.float64)
    norm(Tensor(batch(rng, shape)))

    def run(x, gamma, beta):
        norm.is_training = is_training
        norm.gamma, norm.beta = gamma, beta
        return norm(x)

    gradcheck(run, batch(rng, shape), rng.normal(size=3), rng.normal(size=3), rng=rng, n_places=20)


def test_a_graph_keeps_the_running_statistics_that_it_was_made_with(rng):
    norm = BatchNorm1d(2)
    norm.cast(np.float64)
    norm.evaluate()
    x = Tensor(rng.normal(size=(3, 2)))
    y = norm(x)
    norm.running_mean += 1.0
    norm.running_variance += 1.0
    y.backward(np.ones((3, 2)))
    np.testing.assert_allclose(x.grad, 1 / np.sqrt(1 + 1e-5))
    np.testing.assert_allclose(norm.gamma.grad, x.data.sum(axis=0) / np.sqrt(1 + 1e-5), rtol=1e-12)


def test_an_array_may_come_in():
    norm = BatchNorm1d(1)
    y = norm(np.array([[1.0], [3.0]]))
    np.testing.assert_allclose(y.data, [[-1.0], [1.0]], atol=1e-5)
    assert BatchNorm2d(1)(np.ones((2, 1, 1, 1))).shape == (2, 1, 1, 1)


def test_layer_norm_brings_every_row_to_mean_0_and_variance_1(rng):
    layer = LayerNorm(64)
    layer.cast(np.float64)
    y = layer(Tensor(5.0 + 3.0 * rng.normal(size=(2, 3, 64)))).data
    np.testing.assert_allclose(y.mean(axis=-1), 0, atol=1e-12)
    np.testing.assert_allclose(y.var(axis=-1), 1, rtol=1e-5)


def test_layer_norm_is_the_same_in_training_and_in_use_and_for_each_example_alone(rng):
    layer = LayerNorm(4)
    x = Tensor(rng.normal(size=(3, 4)).astype(np.float32))
    y = layer(x).data
    layer.evaluate()
    assert np.array_equal(layer(x).data, y)
    np.testing.assert_allclose(layer(x[1]).data, y[1], rtol=1e-6)


def test_the_layers_begin_with_scale_1_and_shift_0():
    for layer in (BatchNorm1d(3), BatchNorm2d(3), LayerNorm(3)):
        assert np.array_equal(layer.gamma.data, np.ones(3, np.float32))
        assert np.array_equal(layer.beta.data, np.zeros(3, np.float32))
        assert layer.gamma.dtype == layer.beta.dtype == np.float32
    fresh = BatchNorm1d(3)
    assert np.array_equal(fresh.running_mean, np.zeros(3, np.float32))
    assert np.array_equal(fresh.running_variance, np.ones(3, np.float32))
    assert fresh.running_mean.dtype == fresh.running_variance.dtype == np.float32
