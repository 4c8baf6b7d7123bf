import math

import numpy as np
import pytest

from course_lib.autograd import Tensor, gradcheck
from course_lib.layers.positions import LearnedPositions, SinusoidalPositions, rotate, sinusoids


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def test_the_waves_are_those_of_the_formula():
    waves = sinusoids(50, 8)
    for t in (0, 1, 7, 49):
        for i in range(4):
            angle = t / 10_000 ** (2 * i / 8)
            assert waves[t, 2 * i] == pytest.approx(math.sin(angle), abs=1e-12)
            assert waves[t, 2 * i + 1] == pytest.approx(math.cos(angle), abs=1e-12)
    assert waves.shape == (50, 8)


def test_a_step_of_k_is_the_same_rotation_everywhere():
    waves = sinusoids(60, 8)
    earlier, later = waves[:40], waves[13:53]
    turn, *_ = np.linalg.lstsq(earlier, later, rcond=None)
    np.testing.assert_allclose(earlier @ turn, later, atol=1e-9)
    np.testing.assert_allclose(turn @ turn.T, np.eye(8), atol=1e-6)


def test_no_two_steps_get_the_same_wave():
    waves = sinusoids(200, 16)
    distances = np.linalg.norm(waves[:, None] - waves[None], axis=-1)
    assert distances[~np.eye(200, dtype=bool)].min() > 0.5


def layers(rng):
    return [SinusoidalPositions(7, 4), LearnedPositions(7, 4, rng=rng)]


def test_each_step_gets_the_vector_of_its_position_in_every_example(rng):
    for layer in layers(rng):
        table = layer.waves if isinstance(layer, SinusoidalPositions) else layer.W.data
        x = rng.normal(size=(2, 5, 4))
        np.testing.assert_allclose(layer(Tensor(x)).data, x + table[:5], rtol=1e-12)
        np.testing.assert_allclose(layer(Tensor(x), 2).data, x + table[2:], rtol=1e-12)


def test_step_by_step_is_the_same_as_all_at_once(rng):
    x = rng.normal(size=(2, 7, 4))
    for function in [*layers(rng), rotate]:
        whole = function(Tensor(x)).data
        pieces = [function(Tensor(x[:, t : t + 1]), t).data for t in range(7)]
        np.testing.assert_allclose(np.concatenate(pieces, axis=1), whole, rtol=1e-12)


def test_float32_stays_float32_and_arrays_may_come_in(rng):
    x = np.ones((1, 2, 4), np.float32)
    for function in [*layers(rng), rotate]:
        y = function(x)
        assert isinstance(y, Tensor)
        assert y.dtype == np.float32
        np.testing.assert_allclose(y.data, function(Tensor(x.astype(np.float64))).data, rtol=1e-6)


def test_the_first_vectors_are_normal_with_the_deviation_asked_for():
    for settings, wanted in [({}, 0.02), ({"deviation": 0.3}, 0.3)]:
        W = LearnedPositions(200, 100, rng=np.random.default_rng(0), **settings).W.data
        assert abs(W.mean()) < 5 * wanted / math.sqrt(W.size)  # five standard errors
        assert W.std() == pytest.approx(wanted, rel=5 / math.sqrt(2 * W.size))
        assert np.mean(W**4) / np.mean(W**2) ** 2 == pytest.approx(3.0, rel=0.1)


def test_the_waves_are_no_parameters(rng):
    waves, learned = layers(rng)
    assert waves.state() == {}
    assert list(learned.named_parameters()) == ["W"]
    learned(Tensor(np.zeros((3, 2, 4))), 1).sum().backward()
    assert learned.W.grad[:, 0].tolist() == [0, 3, 3, 0, 0, 0, 0]


@pytest.mark.parametrize("shape", [(3, 2), (2, 5, 6), (2, 3, 4, 8), (1, 1, 1, 2), (0, 3, 4)])
@pytest.mark.parametrize("first", [0, 5])
def test_a_rotation_is_a_product_with_complex_numbers_of_length_1(shape, first, rng):
    torch = pytest.importorskip("torch")
    T, hs = shape[-2:]
    x, g = rng.normal(size=shape), rng.normal(size=shape)
    speeds = 10_000.0 ** (-torch.arange(0, hs, 2, dtype=torch.float64) / hs)
    angles = torch.outer(torch.arange(first, first + T, dtype=torch.float64), speeds)
    theirs = torch.tensor(x, requires_grad=True)
    pairs = torch.view_as_complex(theirs.reshape(*shape[:-1], hs // 2, 2))
    turned = torch.view_as_real(pairs * torch.polar(torch.ones_like(angles), angles)).reshape(shape)
    turned.backward(torch.tensor(g))
    leaf = Tensor(x)
    y = rotate(leaf, first)
    y.backward(g)
    np.testing.assert_allclose(y.data, turned.detach().numpy(), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(leaf.grad, theirs.grad.numpy(), rtol=1e-9, atol=1e-12)


def test_the_gradient_of_a_rotation_is_the_measured_slope(rng):
    gradcheck(lambda x: rotate(x, 3), rng.normal(size=(2, 4, 6)), rng=rng)


def test_the_product_of_query_and_key_depends_on_their_distance_alone(rng):
    q, k = rng.normal(size=(2, 1, 8))
    T = 12
    queries, keys = rotate(Tensor(np.repeat(q, T, axis=0))), rotate(Tensor(np.repeat(k, T, axis=0)))
    products = queries.data @ keys.data.T  # (T, T)
    for distance in range(-T + 1, T):
        diagonal = np.diagonal(products, distance)
        np.testing.assert_allclose(diagonal, diagonal[0], rtol=1e-9)
    means = [np.diagonal(products, distance)[0] for distance in range(-T + 1, T)]
    assert len(set(np.round(means, 6))) == len(means)  # and each distance gives another product
    far_away = (rotate(Tensor(q), 1000).data @ rotate(Tensor(k), 1003).data.T).item()
    assert far_away == pytest.approx(products[0, 3], rel=1e-9)


def test_a_rotation_changes_no_length_and_leaves_the_first_step_alone(rng):
    x = rng.normal(size=(2, 6, 8))
    y = rotate(Tensor(x)).data
    np.testing.assert_allclose(np.linalg.norm(y, axis=-1), np.linalg.norm(x, axis=-1), rtol=1e-12)
    assert np.array_equal(y[:, 0], x[:, 0])
    assert not np.allclose(y[:, 1], x[:, 1])


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (
            lambda: rotate(Tensor(np.ones((3, 5)))),
            r"rotate: hs must be even: channels turn in pairs\. It is 5",
        ),
        (lambda: rotate(Tensor(np.ones(4))), r"rotate: x must have shape \(\.\.\., T, hs\)"),
        (lambda: sinusoids(4, 3), r"sinusoids: C must be even: channels turn in pairs\. It is 3"),
    ],
)
def test_channels_that_have_no_partner_are_refused(call, says):
    with pytest.raises(ValueError, match=says):
        call()


def test_the_error_names_the_layer_whose_positions_end(rng):
    for layer in layers(rng):
        says = rf"{type(layer).__name__}: x has steps 3 to 7, but there are positions for steps 0 to 6 only"
        with pytest.raises(ValueError, match=says):
            layer(Tensor(np.ones((1, 5, 4))), 3)
