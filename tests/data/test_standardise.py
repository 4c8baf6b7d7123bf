import dataclasses

import numpy as np
import pytest

from course_lib.data import Standardiser, load_breast_cancer, load_digits, split


@pytest.fixture
def parts():
    data = load_breast_cancer()
    return split(data.X, data.y, np.random.default_rng(0))


def test_training_columns_get_mean_0_and_standard_deviation_1(parts):
    X_train = Standardiser.fit(parts.X_train).apply(parts.X_train)
    assert np.allclose(X_train.mean(axis=0), 0, atol=1e-5)
    assert np.allclose(X_train.std(axis=0), 1, atol=1e-5)


def test_validation_and_test_rows_never_change_what_was_learned(parts):
    standardiser = Standardiser.fit(parts.X_train)
    mean, scale = standardiser.mean.copy(), standardiser.scale.copy()
    standardiser.apply(1000 * parts.X_validation)
    standardiser.apply(1000 * parts.X_test)
    assert np.array_equal(standardiser.mean, mean)
    assert np.array_equal(standardiser.scale, scale)


def test_a_row_is_scaled_alike_whoever_stands_beside_it(parts):
    standardiser = Standardiser.fit(parts.X_train)
    together = standardiser.apply(parts.X_test)
    alone = np.concatenate([standardiser.apply(row[None, :]) for row in parts.X_test])
    assert np.array_equal(together, alone)


def test_the_formula_is_x_minus_mean_over_scale():
    standardiser = Standardiser.fit(np.array([[0.0, 10.0], [4.0, 30.0]]))
    assert (standardiser.mean.tolist(), standardiser.scale.tolist()) == ([2, 20], [2, 10])
    assert standardiser.apply(np.array([[6.0, 20.0]])).tolist() == [[2, 0]]


def test_a_constant_column_is_divided_by_1():
    X_train = load_digits().X
    standardiser = Standardiser.fit(X_train)
    assert np.flatnonzero(standardiser.scale == 1).tolist() == [0, 32, 39]
    assert np.all(standardiser.apply(X_train)[:, [0, 32, 39]] == 0)


def test_a_constant_column_is_found_although_its_computed_deviation_is_not_exactly_0():
    X_train = np.full((1000, 1), 0.1)
    assert X_train.std() > 0  # rounding
    assert Standardiser.fit(X_train).scale.tolist() == [1]


def test_large_float32_numbers_are_averaged_without_losing_digits():
    X_train = np.full((100_000, 1), 16_777_216, np.float32)  # 2**24: float32 holds no larger odd number
    X_train[::2] += 4
    standardiser = Standardiser.fit(X_train)
    assert standardiser.mean.tolist() == [16_777_218]
    assert standardiser.scale.tolist() == [2]


@pytest.mark.parametrize(
    ("given", "returned"), [(np.float32, np.float32), (np.float64, np.float64), (np.uint8, np.float64)]
)
def test_floats_keep_their_dtype_and_whole_numbers_become_float64(given, returned):
    X = np.array([[1, 2], [3, 5]], dtype=given)
    assert Standardiser.fit(X).apply(X).dtype == returned


def test_the_part_handed_in_is_left_as_it_was(parts):
    kept = parts.X_test.copy()
    Standardiser.fit(parts.X_train).apply(parts.X_test)
    assert np.array_equal(parts.X_test, kept)


def test_a_fitted_standardiser_cannot_be_changed(parts):
    standardiser = Standardiser.fit(parts.X_train)
    with pytest.raises(dataclasses.FrozenInstanceError):
        standardiser.mean = 0


def test_the_repr_is_short(parts):
    assert repr(Standardiser.fit(parts.X_train)) == "Standardiser(30 columns)"


def test_another_number_of_columns_is_an_error(parts):
    standardiser = Standardiser.fit(parts.X_train)
    with pytest.raises(
        ValueError, match=r"apply: X must have shape \(n, n_features=30\).*\(113, 29\).*same columns"
    ):
        standardiser.apply(parts.X_test[:, :-1])


def test_fitting_on_one_column_without_its_second_axis_is_an_error():
    with pytest.raises(ValueError, match=r"fit: X_train must have shape \(n, n_features\)"):
        Standardiser.fit(np.zeros(5))


def test_fitting_on_no_rows_is_an_error():
    with pytest.raises(ValueError, match=r"fit: X_train must have at least one row"):
        Standardiser.fit(np.zeros((0, 3)))


def test_fitting_on_missing_values_is_an_error_that_names_the_place():
    with pytest.raises(ValueError, match=r"fit: X_train must be finite.*\(1, 0\).*missing values"):
        Standardiser.fit(np.array([[1.0], [np.nan]]))


def test_fitting_on_a_list_is_an_error():
    with pytest.raises(TypeError, match=r"fit: X_train must be a NumPy array"):
        Standardiser.fit([[1.0], [2.0]])
