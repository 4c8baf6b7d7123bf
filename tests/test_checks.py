"""The errors that teach: each says where, what was expected, what came, and the likely fix."""

import numpy as np
import pytest

from course_lib.checks import expect_binary, expect_finite, expect_numbers, expect_positive, expect_shape


@pytest.mark.parametrize(
    ("shape", "letters", "sizes"),
    [
        ((5, 2), "B n_in", {}),
        ((5, 2), "B n_in", {"n_in": 2}),
        ((3, 5, 2), "... n_in", {"n_in": 2}),
        ((2,), "... n_in", {"n_in": 2}),
        ((0, 2), "B n_in", {"n_in": 2}),
        ((7, 3), "B 3", {}),
    ],
)
def test_a_shape_that_fits_passes(shape, letters, sizes):
    expect_shape(np.zeros(shape), letters, where="here", **sizes)


@pytest.mark.parametrize(
    ("shape", "letters", "sizes", "wanted"),
    [
        ((5,), "B n_in", {}, "(B, n_in)"),
        ((5, 2), "B n_in", {"n_in": 3}, "(B, n_in=3)"),
        ((5, 2), "B", {"B": 5}, "(B=5,)"),
        ((), "... n_in", {"n_in": 2}, "(..., n_in=2)"),
        ((7, 4), "B 3", {}, "(B, 3)"),
    ],
)
def test_a_wrong_shape_is_named_beside_the_expected_one(shape, letters, sizes, wanted):
    with pytest.raises(ValueError, match="must have shape") as error:
        expect_shape(np.zeros(shape), letters, where="here: X", hint="Try that.", **sizes)
    assert str(error.value) == f"here: X must have shape {wanted}. It has shape {shape}. Try that."


def test_a_list_is_told_to_become_an_array():
    with pytest.raises(TypeError, match=r"here: X must be a NumPy array\. It is a list\. Try np\.array"):
        expect_shape([1, 2], "B", where="here: X")


@pytest.mark.parametrize("x", [1, 2.5, np.float32(1), np.arange(3), np.array(True)])
def test_numbers_pass(x):
    expect_numbers(x, where="here")


@pytest.mark.parametrize(
    ("x", "kind"),
    [([1], "a list"), ("1", "a str"), (None, "a NoneType"), (np.array(["a"]), "an array of <U1")],
)
def test_what_is_no_number_is_named(x, kind):
    with pytest.raises(TypeError) as error:
        expect_numbers(x, where="sigmoid: z")
    assert f"It is {kind}." in str(error.value)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_the_first_value_that_is_not_finite_is_pointed_at(bad):
    x = np.ones((2, 3))
    x[1, 2] = bad
    with pytest.raises(
        ValueError, match=r"here: x must be finite\. It holds -?(nan|inf) at index \(1, 2\)\."
    ):
        expect_finite(x, where="here: x")
    expect_finite(np.ones(3), where="here: x")


def test_a_label_that_is_neither_zero_nor_one_is_named():
    expect_binary(np.array([0, 1, 1]), where="here: y")
    expect_binary(np.array([True, False]), where="here: y")
    with pytest.raises(ValueError, match="It also holds 2"):
        expect_binary(np.array([0, 1, 2]), where="here: y")


@pytest.mark.parametrize("number", [0, -1.0, np.nan, np.inf, "1", None])
def test_what_is_not_positive_is_refused(number):
    with pytest.raises(ValueError, match=r"here: η must be a positive number\. It is"):
        expect_positive(number, where="here: η")
