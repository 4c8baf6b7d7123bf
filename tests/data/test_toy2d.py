import numpy as np
import pytest

from course_lib.data import blobs, moons, rings, spirals, xor

SHAPES = (blobs, moons, rings, xor, spirals)
WITH_CLASSES = (blobs, spirals)


def draw(shape, n_per_class=50, seed=0, **options):
    return shape(n_per_class, np.random.default_rng(seed), **options)


@pytest.mark.parametrize("shape", SHAPES)
def test_each_class_has_as_many_points_as_asked_for(shape):
    data = draw(shape, n_per_class=7)
    assert (data.X.shape, data.X.dtype, data.y.dtype) == ((14, 2), np.float32, np.int64)
    assert np.bincount(data.y).tolist() == [7, 7]


@pytest.mark.parametrize("shape", WITH_CLASSES)
def test_blobs_and_spirals_take_more_classes(shape):
    data = draw(shape, n_classes=5)
    assert np.bincount(data.y).tolist() == [50] * 5
    assert len(data.class_names) == 5


@pytest.mark.parametrize("shape", SHAPES)
def test_the_generator_alone_decides_what_is_drawn(shape, global_draws):
    before = global_draws()
    first, again, other = draw(shape, seed=1), draw(shape, seed=1), draw(shape, seed=2)
    assert np.array_equal(first.X, again.X)
    assert np.array_equal(first.y, again.y)
    assert not np.array_equal(first.X, other.X)
    assert global_draws() == before


@pytest.mark.parametrize("shape", SHAPES)
def test_the_classes_do_not_stand_in_blocks(shape):
    y = draw(shape).y
    assert 0 < y[:50].sum() < 50


def test_without_noise_blobs_are_their_centres():
    data = draw(blobs, noise=0.0, n_classes=4)
    assert np.allclose(data.X[data.y == 1], [0, 2], atol=1e-6)
    assert np.allclose(data.X[data.y == 2], [-2, 0], atol=1e-6)


def test_without_noise_moons_are_two_half_circles():
    data = draw(moons, noise=0.0)
    upper, lower = data.X[data.y == 0], data.X[data.y == 1]
    assert np.allclose(np.hypot(*upper.T), 1, atol=1e-6)
    assert np.allclose(np.hypot(*(lower - [1, 0.5]).T), 1, atol=1e-6)
    assert upper[:, 1].min() >= -1e-6
    assert lower[:, 1].max() <= 0.5 + 1e-6


def test_without_noise_the_radius_of_a_ring_is_its_class_plus_one():
    data = draw(rings, noise=0.0)
    assert np.allclose(np.hypot(*data.X.T), data.y + 1, atol=1e-6)


def test_without_noise_xor_is_its_truth_table_with_all_four_corners():
    data = draw(xor, noise=0.0)
    table = {(float(a), float(b), int(label)) for (a, b), label in zip(data.X, data.y, strict=True)}
    assert table == {(0, 0, 0), (1, 1, 0), (0, 1, 1), (1, 0, 1)}


def test_without_noise_one_spiral_turned_by_its_share_of_the_circle_is_the_next():
    data = draw(spirals, noise=0.0, n_classes=3)
    r = np.hypot(*data.X.T) / 2
    turns = np.arctan2(data.X[:, 1], data.X[:, 0]) / (2 * np.pi)
    distance = (turns - 1.5 * r - data.y / 3 + 0.5) % 1 - 0.5  # from the arm of its class, in turns
    assert np.abs(distance).max() < 1e-5


@pytest.mark.parametrize("shape", SHAPES)
def test_noise_has_the_standard_deviation_asked_for(shape):
    clean, noisy = draw(shape, 5000, noise=0.0), draw(shape, 5000, noise=0.3)
    difference = noisy.X - clean.X  # the same seed draws the same clean points in the same order
    assert np.allclose(difference.std(axis=0), 0.3, rtol=0.05)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("n_per_class", [0, -3, 2.5, "10"])
def test_a_strange_number_of_points_is_an_error(shape, n_per_class):
    with pytest.raises(
        ValueError, match=rf"{shape.__name__}: n_per_class must be a whole number, at least 1"
    ):
        draw(shape, n_per_class=n_per_class)


@pytest.mark.parametrize("shape", WITH_CLASSES)
def test_fewer_than_two_classes_are_an_error(shape):
    with pytest.raises(
        ValueError, match=rf"{shape.__name__}: n_classes must be a whole number, at least 2. It is 1"
    ):
        draw(shape, n_classes=1)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("noise", [-0.1, float("nan"), float("inf")])
def test_noise_that_is_no_deviation_is_an_error(shape, noise):
    with pytest.raises(ValueError, match=rf"{shape.__name__}: noise must be zero or more. It is"):
        draw(shape, noise=noise)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_seed_instead_of_a_generator_is_an_error(shape):
    with pytest.raises(TypeError, match=rf"{shape.__name__}: rng must be a NumPy Generator"):
        shape(10, 0)


def test_the_datasheet_names_every_shape():
    sheet = draw(xor).datasheet
    assert all(f"| {shape.__name__} |" in sheet for shape in SHAPES)
