import numpy as np
from sklearn import datasets

from course_lib.data import load_digits

COUNTS_OF_UCI_TEST_FILE = [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]


def test_there_are_1797_rows_of_64_pixels_between_0_and_1():
    data = load_digits()
    assert (data.X.shape, data.X.dtype, data.y.dtype) == ((1797, 64), np.float32, np.int64)
    assert (data.X.min(), data.X.max()) == (0, 1)


def test_the_digits_are_counted_as_published():
    assert np.bincount(load_digits().y).tolist() == COUNTS_OF_UCI_TEST_FILE


def test_a_pixel_times_16_is_the_ink_count_of_the_file():
    assert np.array_equal(load_digits().X * 16, datasets.load_digits().data)


def test_reshaping_a_row_gives_the_image():
    assert np.array_equal(load_digits().X[7].reshape(8, 8) * 16, datasets.load_digits().images[7])


def test_a_feature_name_tells_row_and_column():
    data = load_digits()
    assert data.feature_names[8 * 2 + 5] == "ink at row 2, column 5"
    assert len(data.feature_names) == 64


def test_exactly_the_three_pixels_named_in_the_datasheet_never_change():
    X = load_digits().X
    constant = np.flatnonzero(X.max(axis=0) == X.min(axis=0))
    assert [(int(i) // 8, int(i) % 8) for i in constant] == [(0, 0), (4, 0), (4, 7)]


def test_loading_touches_neither_the_network_nor_the_global_random_state(no_network, global_draws):
    before = global_draws()
    load_digits()
    assert global_draws() == before
