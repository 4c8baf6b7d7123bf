import math

import numpy as np
import pytest

from course_lib.layers.init import he_normal, he_uniform, orthogonal, xavier_normal, xavier_uniform

INITIALISERS = [xavier_uniform, xavier_normal, he_uniform, he_normal, orthogonal]

# A matrix (n_in, n_out) and kernels (C_out, C_in, ...): shape, inputs of one output, outputs of one input.
FANS = [((300, 100), 300, 100), ((60, 40, 3, 5), 40 * 15, 60 * 15), ((50, 80, 7), 80 * 7, 50 * 7)]


def variance(initialiser, n_in, n_out):
    return 2 / (n_in + n_out) if initialiser in (xavier_uniform, xavier_normal) else 2 / n_in


@pytest.mark.parametrize(("shape", "n_in", "n_out"), FANS)
@pytest.mark.parametrize("initialiser", INITIALISERS[:4])
def test_mean_and_variance_are_those_of_the_formula(initialiser, shape, n_in, n_out):
    W = initialiser(shape, np.random.default_rng(0), np.float64)
    wanted = variance(initialiser, n_in, n_out)
    assert W.shape == shape
    # Five standard errors. A normal distribution's variance is the harder one to measure: sqrt(2 / size).
    assert abs(W.mean()) < 5 * math.sqrt(wanted / W.size)
    assert W.var() == pytest.approx(wanted, rel=5 * math.sqrt(2 / W.size))


@pytest.mark.parametrize(
    ("initialiser", "kurtosis"),
    [(xavier_uniform, 1.8), (he_uniform, 1.8), (xavier_normal, 3.0), (he_normal, 3.0)],
)
def test_uniform_is_uniform_and_normal_is_normal(initialiser, kurtosis):
    W = initialiser((300, 300), np.random.default_rng(0), np.float64)
    assert np.mean(W**4) / np.mean(W**2) ** 2 == pytest.approx(kurtosis, rel=0.05)
    if kurtosis == 1.8:
        largest = math.sqrt(3 * variance(initialiser, 300, 300))
        assert 0.999 * largest < np.abs(W).max() <= largest


def test_signals_keep_their_size_through_fifty_layers_of_relu_with_he_and_of_lines_with_orthogonal():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(64, 256))  # (B, n_in)
    through_relu, through_lines = x, x
    for _ in range(50):
        through_relu = np.maximum(through_relu @ he_normal((256, 256), rng, np.float64), 0)
        through_lines = through_lines @ orthogonal((256, 256), rng, np.float64)
    assert 0.2 < np.mean(through_relu**2) / np.mean(x**2) < 5
    np.testing.assert_allclose(np.sum(through_lines**2, axis=1), np.sum(x**2, axis=1), rtol=1e-9)


@pytest.mark.parametrize("shape", [(5, 5), (7, 3), (3, 7), (4, 2, 3, 3), (20, 2, 3)])
def test_the_shorter_side_of_an_orthogonal_matrix_is_orthonormal(shape):
    W = orthogonal(shape, np.random.default_rng(0), np.float64)
    assert W.shape == shape
    W = W.reshape(shape[0], -1)
    product = W @ W.T if W.shape[0] <= W.shape[1] else W.T @ W
    np.testing.assert_allclose(product, np.eye(min(W.shape)), atol=1e-12)


@pytest.mark.parametrize("shape", [(5, 5), (7, 3)])
def test_an_orthogonal_matrix_turns_what_was_drawn_into_a_triangle(shape):
    W = orthogonal(shape, np.random.default_rng(0), np.float64)
    triangle = W.T @ np.random.default_rng(0).normal(size=shape)
    np.testing.assert_allclose(np.tril(triangle, -1), 0, atol=1e-12)
    assert np.all(np.diag(triangle) > 0)


def test_no_rotation_is_preferred():
    rng = np.random.default_rng(0)
    draws = np.array([orthogonal((3, 3), rng, np.float64) for _ in range(2000)])
    # Each entry has mean 0 and variance 1/3. The plain Q of LAPACK has negative numbers in the corner alone.
    assert np.abs(draws.mean(axis=0)).max() < 5 * math.sqrt(1 / 3 / 2000)


@pytest.mark.parametrize("initialiser", INITIALISERS)
def test_weights_are_float32_unless_asked_and_follow_from_the_generator_alone(initialiser):
    shape = (4, 6)
    W = initialiser(shape, np.random.default_rng(7))
    assert W.dtype == np.float32
    exact = initialiser(shape, np.random.default_rng(7), np.float64)
    assert exact.dtype == np.float64
    np.testing.assert_array_equal(W, exact.astype(np.float32))
    assert not np.array_equal(W, initialiser(shape, np.random.default_rng(8)))


@pytest.mark.parametrize("initialiser", INITIALISERS)
@pytest.mark.parametrize("shape", [5, (5,), (), (5, 0), [5, 4]])
def test_a_shape_without_inputs_and_outputs_is_refused(initialiser, shape):
    with pytest.raises(ValueError, match=rf"{initialiser.__name__}: shape must be \(n_in, n_out\)"):
        initialiser(shape, np.random.default_rng(0))


@pytest.mark.parametrize("initialiser", INITIALISERS)
def test_one_input_or_one_output_is_enough(initialiser):
    for shape in [(1, 3), (3, 1), (1, 1), (2, 1, 1)]:
        assert initialiser(shape, np.random.default_rng(0)).shape == shape


@pytest.mark.parametrize("initialiser", INITIALISERS)
def test_a_seed_is_no_generator(initialiser):
    with pytest.raises(TypeError, match=f"{initialiser.__name__}: rng must be a NumPy Generator"):
        initialiser((2, 2), 0)
