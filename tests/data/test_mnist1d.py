import subprocess
import sys

import numpy as np
import pytest

from course_lib.data import load_mnist1d

pytestmark = pytest.mark.slow

# Computed once with mnist1d 0.0.2 and seed 42. Labels do not depend on the processor.
TRAIN_COUNTS = [398, 396, 411, 394, 394, 402, 401, 404, 402, 398]
TEST_COUNTS = [102, 104, 89, 106, 106, 98, 99, 96, 98, 102]


@pytest.fixture(scope="module")
def in_order():
    return load_mnist1d()


@pytest.fixture(scope="module")
def shuffled():
    return load_mnist1d(shuffled=True)


def test_there_are_4000_training_and_1000_test_signals_of_40_positions(in_order):
    train, test = in_order
    assert (train.X.shape, test.X.shape) == ((4000, 40), (1000, 40))
    assert {train.X.dtype, test.X.dtype} == {np.dtype(np.float32)}
    assert {train.y.dtype, test.y.dtype} == {np.dtype(np.int64)}


def test_the_classes_are_nearly_balanced_as_the_datasheet_says(in_order):
    train, test = in_order
    assert np.bincount(train.y).tolist() == TRAIN_COUNTS
    assert np.bincount(test.y).tolist() == TEST_COUNTS


def test_one_mean_and_one_deviation_were_taken_over_training_and_test_together(in_order):
    heights = np.concatenate([part.X for part in in_order]).astype(np.float64)
    assert abs(heights.mean()) < 1e-5
    assert abs(heights.std() - 1) < 1e-5


def test_shuffling_moves_the_same_columns_in_training_and_test_and_keeps_the_labels(in_order, shuffled):
    to_new = [int(np.abs(shuffled[0].X - column[:, None]).sum(axis=0).argmin()) for column in in_order[0].X.T]
    assert sorted(to_new) == list(range(40))
    assert to_new != list(range(40))
    for part, moved in zip(in_order, shuffled, strict=True):
        assert np.array_equal(moved.X[:, to_new], part.X)
        assert np.array_equal(moved.y, part.y)


def test_the_names_tell_the_parts_and_the_order_apart(in_order, shuffled):
    names = [data.name for data in (*in_order, *shuffled)]
    assert names == ["mnist1d train", "mnist1d test", "mnist1d shuffled train", "mnist1d shuffled test"]


def test_every_call_gives_the_same_signals_offline_and_leaves_the_global_random_state(
    in_order, no_network, global_draws
):
    before = global_draws()
    train, test = load_mnist1d()
    assert global_draws() == before
    assert np.array_equal(train.X, in_order[0].X)
    assert np.array_equal(test.X, in_order[1].X)


def test_the_signals_are_written_to_no_file(tmp_path):
    code = "from course_lib.data import load_mnist1d; load_mnist1d()"
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True, timeout=60)
    assert list(tmp_path.iterdir()) == []
