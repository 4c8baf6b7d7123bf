import numpy as np
import pytest

from course_lib.autograd.ops.softmax import log_softmax, softmax
from course_lib.autograd.tensor import Tensor

MASKED = [[0.5, -np.inf, 2.0], [-np.inf, -np.inf, 1.0]]


def test_shares_written_out_by_hand():
    odds = np.array([1.0, 2.0, 5.0])
    assert np.allclose(softmax(Tensor(np.log(odds))).data, odds / 8, rtol=1e-15)
    assert np.allclose(log_softmax(Tensor(np.log(odds))).data, np.log(odds / 8), rtol=1e-15)


@pytest.mark.parametrize("axis", [0, 1, -1])
def test_the_shares_along_the_axis_add_up_to_one(rng, axis):
    y = softmax(Tensor(50.0 * rng.normal(size=(4, 6))), axis).data
    assert np.allclose(y.sum(axis=axis), 1.0, rtol=1e-14)


def test_scores_far_out_neither_overflow_nor_lose_their_logarithm():
    z = Tensor([1e4, 0.0, -1e4])
    assert np.array_equal(softmax(z).data, [1.0, 0.0, 0.0])
    assert np.array_equal(log_softmax(z).data, [0.0, -1e4, -2e4])


def test_a_masked_entry_gets_no_share_and_no_gradient(rng):
    z = Tensor(MASKED)
    y = softmax(z)
    y.backward(rng.normal(size=(2, 3)))
    is_masked = np.isneginf(MASKED)
    assert np.all(y.data[is_masked] == 0)
    assert np.all(z.grad[is_masked] == 0)
    assert np.allclose(y.data[0, [0, 2]], softmax(Tensor([0.5, 2.0])).data, rtol=1e-15)
    assert np.isfinite(z.grad).all()


def test_a_masked_entry_keeps_the_logarithm_of_nothing():
    z = Tensor(MASKED)
    y = log_softmax(z)
    y.backward(np.where(np.isneginf(MASKED), 0.0, 1.0))
    assert np.array_equal(np.isneginf(y.data), np.isneginf(MASKED))
    assert np.isfinite(z.grad).all()


@pytest.mark.parametrize("op", [softmax, log_softmax])
def test_nan_is_passed_on_to_whoever_looks_for_it(op):
    y = op(Tensor([[0.0, np.nan], [0.0, 1.0]])).data
    assert np.isnan(y[0]).all()
    assert np.isfinite(y[1]).all()


@pytest.mark.parametrize("op", [softmax, log_softmax])
def test_the_same_added_to_all_scores_changes_nothing(op, rng):
    z = Tensor(rng.normal(size=(4, 5)))
    op(z).backward(rng.normal(size=(4, 5)))
    assert np.allclose(z.grad.sum(axis=-1), 0.0, atol=1e-14)
