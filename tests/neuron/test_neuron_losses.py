import numpy as np
import pytest

from course_lib.neuron import log_loss, log_loss_slope, sigmoid, squared_loss, squared_loss_slope
from tests.neuron.slopes import measured_slope

RNG = np.random.default_rng(0)
Z, Y = RNG.normal(size=9) * 2, np.array([0, 1, 1, 0, 1, 0, 0, 1, 1])
ALL = [log_loss, log_loss_slope, squared_loss, squared_loss_slope]


def test_both_losses_equal_their_formulas():
    y_hat = sigmoid(Z)
    given_to_truth = [p if y else 1 - p for p, y in zip(y_hat, Y, strict=True)]
    assert log_loss(Z, Y) == pytest.approx(-np.mean(np.log(given_to_truth)), rel=1e-12)
    assert squared_loss(Z, Y) == pytest.approx(np.mean((y_hat - Y) ** 2), rel=1e-12)


@pytest.mark.parametrize(("loss", "slope"), [(log_loss, log_loss_slope), (squared_loss, squared_loss_slope)])
def test_each_slope_equals_the_measured_one(loss, slope):
    np.testing.assert_allclose(slope(Z, Y), measured_slope(lambda z: loss(z, Y), Z), rtol=1e-7, atol=1e-10)


def test_the_log_loss_of_a_neuron_that_is_sure_and_wrong_is_its_sum_and_never_infinite():
    assert log_loss(np.array([1000.0]), np.array([0])) == 1000
    assert log_loss(np.array([-1000.0]), np.array([0])) == 0


def test_a_coin_has_the_loss_ln_2():
    assert log_loss(np.zeros(4), np.array([0, 1, 1, 0])) == pytest.approx(np.log(2))


def test_sure_and_wrong_moves_the_log_loss_and_hardly_the_squared_one():
    z, y = np.array([20.0]), np.array([0])
    assert log_loss_slope(z, y)[0] > 0.999
    assert squared_loss_slope(z, y)[0] < 1e-8


@pytest.mark.parametrize("slope", [log_loss_slope, squared_loss_slope])
def test_slopes_keep_float32_whatever_the_labels_are(slope):
    assert slope(Z.astype(np.float32), Y).dtype == np.float32


@pytest.mark.parametrize("function", ALL)
@pytest.mark.parametrize(
    ("z", "y", "message"),
    [
        (Z, Y[:-1], r"y must have shape \(B=9,\)"),
        (Z[:, None], Y, r"z must have shape \(B,\)"),
        (Z[:0], Y[:0], "needs at least one example"),
        (np.where(Z > 0, np.nan, Z), Y, "z must be finite.*smaller learning rate"),
        (Z, Y + 1, "y must hold only the labels 0 and 1. It also holds 2"),
    ],
)
def test_what_cannot_be_right_is_refused_by_name(function, z, y, message):
    with pytest.raises(ValueError, match=f"{function.__name__}:? {message}"):
        function(z, y)
