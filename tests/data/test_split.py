import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib.data import load_breast_cancer, load_diabetes, split


def numbered(n_rows, n_classes=2):
    """Return rows that hold their own number, so that it can be seen where each one went."""
    rows = np.arange(n_rows)
    return rows.reshape(-1, 1).astype(np.float32), rows % n_classes


def parts_of(s):
    return [(s.X_train, s.y_train), (s.X_validation, s.y_validation), (s.X_test, s.y_test)]


def rng():
    return np.random.default_rng(0)


@given(
    n_rows=st.integers(30, 200),
    n_classes=st.integers(1, 3),
    train=st.floats(0.2, 0.6),
    validation=st.floats(0.2, 0.3),
    stratify=st.booleans(),
    seed=st.integers(0, 2**32 - 1),
)
def test_every_row_lands_in_exactly_one_part_with_its_own_label(
    n_rows, n_classes, train, validation, stratify, seed
):
    X, y = numbered(n_rows, n_classes)
    fractions = (train, validation, 1 - train - validation)
    parts = parts_of(split(X, y, np.random.default_rng(seed), fractions, stratify=stratify))
    everything = np.concatenate([X_part[:, 0] for X_part, _ in parts])
    assert sorted(everything) == list(range(n_rows))
    for X_part, y_part in parts:
        assert np.array_equal(X_part[:, 0] % n_classes, y_part)


@given(n_rows=st.integers(30, 300), train=st.floats(0.2, 0.6), validation=st.floats(0.2, 0.3))
def test_each_part_is_within_one_row_of_its_share(n_rows, train, validation):
    X, y = numbered(n_rows)
    fractions = (train, validation, 1 - train - validation)
    for (X_part, _), share in zip(
        parts_of(split(X, y, rng(), fractions, stratify=False)), fractions, strict=True
    ):
        assert abs(len(X_part) - share * n_rows) <= 1


@given(rare=st.integers(10, 40), common=st.integers(10, 200))
def test_each_class_is_within_one_row_of_its_share_in_each_part(rare, common):
    y = np.repeat([0, 1], [common, rare])
    X = np.zeros((len(y), 1))
    for (_, y_part), share in zip(parts_of(split(X, y, rng())), (0.6, 0.2, 0.2), strict=True):
        for label, count in ((0, common), (1, rare)):
            assert abs(np.sum(y_part == label) - share * count) <= 1


def test_without_stratify_the_proportions_are_left_to_chance():
    y = np.repeat([0, 1], [90, 10])
    shares = {split(y[:, None], y, np.random.default_rng(i), stratify=False).y_test.sum() for i in range(20)}
    assert len(shares) > 1


def test_the_generator_alone_decides_who_goes_where(global_draws):
    X, y = numbered(50)
    before = global_draws()
    first, again = split(X, y, np.random.default_rng(1)), split(X, y, np.random.default_rng(1))
    other = split(X, y, np.random.default_rng(2))
    assert np.array_equal(first.X_train, again.X_train)
    assert not np.array_equal(first.X_train, other.X_train)
    assert global_draws() == before


def test_rows_of_one_class_do_not_stand_in_a_block():
    X, y = numbered(100)
    assert 0 < split(X, y, rng()).y_train[:30].sum() < 30


def test_parts_are_copies_with_the_dtype_of_the_data():
    X, y = numbered(20)
    s = split(X, y, rng())
    s.X_train[:] = -1
    assert X.min() == 0
    assert (s.X_train.dtype, s.y_train.dtype) == (np.float32, y.dtype)


def test_the_sizes_are_the_shares_rounded_within_each_class():
    data = load_breast_cancer()  # malignant 127 + 43 + 42, benign 214 + 72 + 71
    assert repr(split(data.X, data.y, rng())) == "Split(train 341, validation 115, test 113)"


def test_a_regression_is_split_without_stratify():
    data = load_diabetes()
    assert repr(split(data.X, data.y, rng(), stratify=False)) == "Split(train 265, validation 89, test 88)"


def test_images_keep_their_shape():
    images, y = np.zeros((20, 8, 8)), np.arange(20) % 2
    assert split(images, y, rng()).X_test.shape == (4, 8, 8)


def test_a_split_cannot_be_changed():
    s = split(*numbered(20), rng())
    with pytest.raises(dataclasses.FrozenInstanceError):
        s.X_test = None


def test_one_label_too_few_is_an_error():
    X, y = numbered(20)
    with pytest.raises(ValueError, match=r"split: y must have shape \(n=20,\).*one row for each example"):
        split(X, y[:-1], rng())


def test_no_rows_at_all_is_an_error():
    with pytest.raises(ValueError, match=r"split: X must have at least one row. It has none."):
        split(np.zeros((0, 2)), np.zeros(0, int), rng())


def test_lists_are_an_error_that_names_the_cure():
    X, y = numbered(20)
    with pytest.raises(TypeError, match=r"split: X must be a NumPy array.*np.array"):
        split(X.tolist(), y, rng())
    with pytest.raises(TypeError, match=r"split: y must be a NumPy array.*np.array"):
        split(X, y.tolist(), rng())


@pytest.mark.parametrize("fractions", [(0.6, 0.2, 0.3), (0.8, 0.2), (0.8, 0.2, 0.0), (1.2, -0.1, -0.1)])
def test_fractions_that_are_not_three_shares_of_one_are_an_error(fractions):
    with pytest.raises(
        ValueError, match=r"split: fractions must be three positive shares that sum to 1.*Try"
    ):
        split(*numbered(20), rng(), fractions)


def test_a_part_without_a_row_of_some_class_is_an_error_that_names_both():
    X, y = np.zeros((11, 1)), np.array([0] * 10 + [1])
    with pytest.raises(ValueError, match=r"the validation part would get no row of class 1, whose size is 1"):
        split(X, y, rng())


def test_an_empty_part_is_an_error_without_stratify_too():
    X, y = numbered(2)
    with pytest.raises(ValueError, match=r"part would get no row of the data, whose size is 2"):
        split(X, y, rng(), stratify=False)


def test_stratifying_a_regression_target_is_an_error_that_names_the_cure():
    X, y = numbered(20)
    with pytest.raises(TypeError, match=r"y must hold class labels.*float32.*stratify=False"):
        split(X, y.astype(np.float32), rng())


def test_a_seed_instead_of_a_generator_is_an_error():
    with pytest.raises(TypeError, match=r"split: rng must be a NumPy Generator.*default_rng\(7\)"):
        split(*numbered(20), 7)
