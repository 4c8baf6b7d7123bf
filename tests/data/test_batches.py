import numpy as np
import pytest

from course_lib.autograd.tensor import Tensor
from course_lib.data import batches
from course_lib.data.batches import cut, expect_batch_size, expect_examples

X, Y = np.arange(14.0).reshape(7, 2), np.arange(7)


def test_without_a_generator_the_examples_come_in_their_order_and_the_last_batch_is_smaller():
    dealt = list(batches(X, Y, batch_size=3))
    assert [len(y_batch) for _, y_batch in dealt] == [3, 3, 1]
    np.testing.assert_array_equal(np.concatenate([X_batch for X_batch, _ in dealt]), X)
    np.testing.assert_array_equal(np.concatenate([y_batch for _, y_batch in dealt]), Y)


def test_an_epoch_deals_every_example_once_with_its_own_answer_in_the_order_of_the_generator():
    dealt = list(batches(X, Y, batch_size=2, rng=np.random.default_rng(3)))
    order = np.concatenate([y_batch for _, y_batch in dealt])
    np.testing.assert_array_equal(order, np.random.default_rng(3).permutation(7))
    for X_batch, y_batch in dealt:
        np.testing.assert_array_equal(X_batch, X[y_batch])


def test_each_epoch_is_shuffled_anew():
    rng = np.random.default_rng(0)
    first, second = (np.concatenate([y for _, y in batches(X, Y, batch_size=7, rng=rng)]) for _ in range(2))
    assert first.tolist() != second.tolist()


def test_one_batch_may_hold_everything_and_a_batch_may_hold_one():
    assert len(list(batches(X, Y, batch_size=7))) == 1
    assert len(list(batches(X, Y, batch_size=1))) == 7


def test_token_ids_stay_whole_numbers():
    ((ids, _),) = batches(np.array([[1, 2], [3, 4]]), np.array([0, 1]), batch_size=2)
    assert ids.dtype == np.int64


def test_cutting_nothing_gives_no_batch():
    assert list(cut(np.arange(0), 3)) == []


@pytest.mark.parametrize("batch_size", [0, -1, 8, 2.0, True, "2", None])
def test_an_impossible_batch_size_is_refused_before_the_first_batch(batch_size):
    with pytest.raises(
        ValueError, match=r"batches: batch_size must be a whole number from 1 to 7, the number"
    ):
        batches(X, Y, batch_size=batch_size)


@pytest.mark.parametrize("batch_size", [1, 7, np.int64(3)])
def test_a_possible_batch_size_passes(batch_size):
    expect_batch_size(batch_size, 7, where="f")


@pytest.mark.parametrize(
    ("X", "y", "kind", "message"),
    [
        (X, Y[:6], ValueError, r"f: X has 7 rows, y has 6. Both need one row for each example."),
        (X[:0], Y[:0], ValueError, r"f: X must hold at least one example. It has shape \(0, 2\)."),
        (X.tolist(), Y, TypeError, r"f: X must be a NumPy array. It is a list. Try np.array"),
        (X, Y.tolist(), TypeError, r"f: y must be a NumPy array. It is a list"),
        (Tensor(X), Y, TypeError, r"f: X must be a NumPy array. It is a Tensor. Pass its .data"),
        (X, Y.astype(str), TypeError, r"f: y must be .* numbers. It is an array of <U"),
        (np.array(1.0), Y, ValueError, r"f: X must have one row for each example. It is a single number."),
    ],
)
def test_data_that_do_not_belong_together_are_refused(X, y, kind, message):
    with pytest.raises(kind, match=message):
        expect_examples(X, y, where="f")


def test_the_names_of_the_caller_are_used():
    with pytest.raises(ValueError, match=r"f: ids has 7 rows, labels has 6"):
        expect_examples(X, Y[:6], where="f", names=("ids", "labels"))


def test_what_shuffles_must_be_a_generator_and_unequal_lengths_are_told_by_batches():
    with pytest.raises(TypeError, match=r"batches: rng must be a NumPy Generator"):
        batches(X, Y, batch_size=2, rng=0)
    with pytest.raises(ValueError, match=r"batches: X has 7 rows, y has 6"):
        batches(X, Y[:6], batch_size=2)
