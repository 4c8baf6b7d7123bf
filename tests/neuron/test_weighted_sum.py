import numpy as np
import pytest

from course_lib.neuron import weighted_sum, weighted_sum_slopes
from tests.neuron.slopes import measured_slope


@pytest.fixture
def example():
    rng = np.random.default_rng(0)
    return rng.normal(size=(7, 3)), rng.normal(size=3), 0.7, rng.normal(size=7)


def test_it_equals_the_loop_over_rows_and_columns(example):
    X, w, b, _ = example
    loop = [sum(X[i, j] * w[j] for j in range(3)) + b for i in range(7)]
    np.testing.assert_allclose(weighted_sum(X, w, b), loop, rtol=1e-14)


def test_its_slopes_equal_the_measured_ones_for_any_incoming_slope(example):
    X, w, b, dz = example
    dw, db = weighted_sum_slopes(X, w, dz)
    np.testing.assert_allclose(dw, measured_slope(lambda w: dz @ weighted_sum(X, w, b), w), rtol=1e-8)
    measured_db = measured_slope(lambda b: dz @ weighted_sum(X, w, b[0]), np.array([b]))
    np.testing.assert_allclose(db, measured_db[0], rtol=1e-8)


def test_float32_stays_float32(example):
    X, w, b, dz = (np.asarray(a, dtype=np.float32) for a in example)
    assert weighted_sum(X, w, float(b)).dtype == np.float32
    assert weighted_sum_slopes(X, w, dz)[0].dtype == np.float32


def test_inputs_that_are_not_contiguous_give_the_same_sum(example):
    X, w, b, _ = example
    np.testing.assert_allclose(weighted_sum(np.asfortranarray(X)[:, ::-1], w[::-1], b), weighted_sum(X, w, b))


def test_no_input_is_changed(example):
    X, w, b, dz = example
    before = X.copy(), w.copy(), dz.copy()
    weighted_sum(X, w, b)
    weighted_sum_slopes(X, w, dz)
    for array, copy in zip((X, w, dz), before, strict=True):
        np.testing.assert_array_equal(array, copy)


def test_one_row_without_its_table_is_told_how_to_become_one(example):
    X, w, b, _ = example
    with pytest.raises(ValueError, match=r"weighted_sum: X must have shape \(B, n_in\).*x\[None, :\]"):
        weighted_sum(X[0], w, b)


def test_a_weight_too_many_is_named(example):
    X, _, b, dz = example
    with pytest.raises(ValueError, match=r"weighted_sum: w must have shape \(n_in=3,\). It has shape \(4,\)"):
        weighted_sum(X, np.ones(4), b)
    with pytest.raises(ValueError, match=r"weighted_sum_slopes: dz must have shape \(B=7,\)"):
        weighted_sum_slopes(X, np.ones(3), dz[:-1])
