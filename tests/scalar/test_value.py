import math

import numpy as np
import pytest

from course_lib.scalar import Value
from tests.neuron.slopes import measured_slope

# Each function of two numbers a and b, written once for Values, plain numbers and PyTorch's tensors.
ARITHMETIC = {
    "a + b": lambda a, b: a + b,
    "a - b": lambda a, b: a - b,
    "a * b": lambda a, b: a * b,
    "a / b": lambda a, b: a / b,
    "-a": lambda a, b: -a,
    "3 + a": lambda a, b: 3 + a,
    "3 - a": lambda a, b: 3 - a,
    "3 * a": lambda a, b: 3 * a,
    "3 / a": lambda a, b: 3 / a,
    "a ** 3": lambda a, b: a**3,
    "a ** -2": lambda a, b: a**-2,
    "a ** 0": lambda a, b: a**0 + b,
    "(a * a) ** 0.5": lambda a, b: (a * a) ** 0.5,
    "a used three times": lambda a, b: a * a + a / b,
    "two ways that meet": lambda a, b: (a * b) * (a + b) - (a * b) ** 2,
}
FUNCTIONS = {
    "exp": lambda a, b: (a * b).exp(),
    "log": lambda a, b: (a * a + b * b).log(),
    "tanh": lambda a, b: (a + b).tanh() * a,
    "relu": lambda a, b: (a * b).relu(),
    "a neuron": lambda a, b: ((a * 0.7 + b * -1.2 + 0.3).tanh() - 1.0) ** 2,
}
POINTS = [
    tuple(pair)
    for pair in np.random.default_rng(0).uniform(0.3, 2.0, (4, 2)) * [[1, 1], [-1, 1], [1, -1], [-1, -1]]
]


def slopes(f, a: float, b: float) -> tuple[float, list[float]]:
    """Return f(a, b) and its slopes by a and b, as Value finds them."""
    a, b = Value(a), Value(b)
    end = f(a, b)
    end.backward()
    return end.data, [a.grad, b.grad]


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("f", [*ARITHMETIC.values(), *FUNCTIONS.values()], ids=[*ARITHMETIC, *FUNCTIONS])
def test_each_operation_has_the_value_and_the_slopes_that_pytorch_has(f, point):
    torch = pytest.importorskip("torch")
    pair = torch.tensor(point, dtype=torch.float64, requires_grad=True)
    end = f(pair[0], pair[1])
    end.backward()
    value, found = slopes(f, *point)
    assert value == pytest.approx(end.item(), rel=1e-12)
    assert found == pytest.approx(pair.grad.tolist(), rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("f", [*ARITHMETIC.values(), *FUNCTIONS.values()], ids=[*ARITHMETIC, *FUNCTIONS])
def test_each_slope_equals_the_measured_one(f, point):
    measured = measured_slope(lambda x: f(Value(x[0]), Value(x[1])).data, np.array(point))
    np.testing.assert_allclose(slopes(f, *point)[1], measured, rtol=1e-7, atol=1e-7)


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("f", ARITHMETIC.values(), ids=ARITHMETIC)
def test_arithmetic_with_values_is_arithmetic(f, point):
    assert slopes(f, *point)[0] == pytest.approx(f(*point), rel=1e-12)


def test_a_number_used_twice_hears_from_both_places():
    x = Value(3.0)
    (x * x + x).backward()
    assert x.grad == 7.0


def test_every_number_on_the_way_gets_its_slope_and_the_end_gets_one():
    x = Value(2.0)
    y = x * 3.0
    z = y * y
    z.backward()
    assert (x.grad, y.grad, z.grad) == (36.0, 12.0, 1.0)


def test_two_backward_calls_add_up_and_zero_starts_afresh():
    x = Value(3.0)
    y = x * x
    y.backward()
    y.backward()
    assert (x.grad, y.grad) == (12.0, 2.0)
    x.grad = y.grad = 0.0
    y.backward()
    assert (x.grad, y.grad) == (6.0, 1.0)


def test_a_number_that_had_no_part_in_the_end_keeps_slope_zero():
    x, bystander = Value(1.0), Value(1.0)
    _ = x * bystander
    (x + 1.0).backward()
    assert bystander.grad == 0.0


def test_ancestors_come_after_what_was_made_from_them_and_once_each():
    x = Value(1.0)
    left, right = x + 1.0, x * 2.0
    end = left * right + x
    order = end.ancestors()
    place = {id(value): k for k, value in enumerate(order)}
    assert len(place) == len(order) == 7, "end, product, left, right, x and the two plain numbers"
    assert all(place[id(v)] < place[id(parent)] for v in order for parent, _ in v.made_from)


def test_a_chain_of_a_hundred_thousand_operations_goes_there_and_back_and_is_thrown_away():
    x = Value(1.0)
    end = x
    for _ in range(100_000):
        end = end + x
    end.backward()
    assert end.data == x.grad == 100_001.0
    del end  # a destructor that calls itself once a link would crash Python here


def test_the_slope_of_relu_at_its_kink_is_zero_as_in_pytorch():
    assert slopes(lambda a, b: a.relu(), 0.0, 0.0)[1] == [0.0, 0.0]


def test_large_and_small_arguments_keep_their_limits():
    assert slopes(lambda a, b: a.tanh(), 1000.0, 0.0) == (1.0, [0.0, 0.0])
    assert slopes(lambda a, b: a.exp(), -1000.0, 0.0) == (0.0, [0.0, 0.0])
    assert math.isfinite(Value(709.7).exp().data)


@pytest.mark.parametrize("number", [2, 2.0, True, np.float32(2), np.float64(2), np.int64(2)])
def test_any_single_real_number_is_welcome_on_either_side(number):
    x = Value(4.0)
    for end in (
        Value(number),
        x + number,
        number + x,
        x * number,
        number * x,
        number / x,
        x - number,
        x**number,
    ):
        assert type(end) is Value
        assert type(end.data) is float


def test_it_shows_its_number_and_its_slope():
    x = Value(1.5)
    (x * 2.0).backward()
    assert repr(x) == "Value(1.5, grad=2)"


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: Value("3"), TypeError, "data must be one number. Its type is str"),
        (lambda: Value(3.0) + "4", TypeError, "must be one number. Its type is str"),
        (lambda: Value(np.ones(2)), TypeError, "Its type is ndarray"),
        (lambda: Value(1j), TypeError, "Its type is complex"),
        (lambda: Value(2.0) ** Value(3.0), TypeError, "exponent must be a plain number. Its type is Value"),
        (lambda: Value(1.0) / Value(0.0), ValueError, "0 to the power -1 .* divide by zero"),
        (lambda: Value(0.0) ** 0.5, ValueError, "0 to the power 0.5 or its slope is not finite"),
        (lambda: Value(1e200) ** 2, ValueError, r"1e\+200 to the power 2 or its slope is not finite"),
        (lambda: Value(-4.0) ** 0.5, ValueError, "negative number has no power 0.5. It is -4"),
        (lambda: Value(0.0).log(), ValueError, "log: the number must be positive. It is 0"),
        (lambda: Value(-1.0).log(), ValueError, "log: the number must be positive. It is -1"),
        (lambda: Value(710.0).exp(), ValueError, "e to the power 710 is too large"),
    ],
)
def test_what_has_no_answer_is_refused_with_a_reason(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_anything_to_the_power_zero_is_one_and_flat_even_zero():
    assert slopes(lambda a, b: a**0, 0.0, 0.0) == (1.0, [0.0, 0.0])
