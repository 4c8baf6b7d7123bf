import re

import numpy as np
import pytest

from course_lib.autograd import Tensor, gradcheck, ops

X, W = np.random.default_rng(0).normal(size=(2, 3, 3))


def product(change_dx=lambda dx: dx, change_dw=lambda dw: dw):
    """Return a matrix product whose gradients can be spoilt."""

    def function(x, w):
        def vjp(g):
            return change_dx(g @ w.data.T), change_dw(x.data.T @ g)

        return Tensor(
            x.data @ w.data, parents=(Tensor(x) if isinstance(x, np.ndarray) else x, w), vjp=vjp, op="product"
        )

    return lambda x, w: function(*[each if isinstance(each, Tensor) else Tensor(each) for each in (x, w)])


def check(function, *inputs, **options):
    return gradcheck(function, *inputs, rng=np.random.default_rng(1), **options)


def test_a_right_gradient_passes_with_a_tiny_error():
    assert check(product(), X, W) < 1e-8
    assert check(lambda x: ops.exp(x).sum(), X) < 1e-8


@pytest.mark.parametrize(
    "spoil",
    [
        lambda d: 1.5 * d,
        lambda d: 1.00001 * d,
        lambda d: -d,
        lambda d: d.T,
        lambda d: np.roll(d, 1, axis=0),
        lambda d: d * (np.arange(9).reshape(3, 3) != 4),
        lambda d: np.zeros_like(d),
        lambda d: d * np.nan,
    ],
)
def test_a_wrong_gradient_is_caught_in_either_input(spoil):
    for number, function in enumerate((product(change_dx=spoil), product(change_dw=spoil))):
        with pytest.raises(AssertionError, match=rf"the gradient at .* of input {number} should be"):
            check(function, X, W)


def test_the_worst_place_is_named_with_what_was_measured_and_got():
    def off_at_one_place(d):
        d[1, 2] += 10
        return d

    with pytest.raises(AssertionError, match=r"at \(1, 2\) of input 0 should be") as error:
        check(product(change_dx=off_at_one_place), X, W)
    expected, got = (float(number) for number in re.findall(r"-?\d+\.\d+", str(error.value)))
    assert got - expected == pytest.approx(10, rel=1e-6)


def test_the_random_direction_catches_what_lies_between_the_places_that_were_moved():
    with pytest.raises(AssertionError, match="a random direction of input 0"):
        check(product(change_dx=lambda d: d * (np.arange(9).reshape(3, 3) != 4)), X, W, n_places=0)


def test_an_input_that_the_result_ignores_has_the_slope_0():
    check(lambda x, w: x * 2.0, X, W)


def test_an_input_of_another_dtype_is_refused():
    for x in (X.astype(np.float32), [1.0], np.arange(3)):
        with pytest.raises(TypeError, match="inputs must be float64 arrays"):
            check(ops.exp, x)
