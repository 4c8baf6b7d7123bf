import numpy as np
import pytest

from course_lib.neuron import loss_and_slopes, neuron_forward
from tests.neuron.slopes import measured_slope

RNG = np.random.default_rng(0)
X, W, B, Y = RNG.normal(size=(11, 4)), RNG.normal(size=4), 0.3, RNG.integers(0, 2, 11)


def test_the_answer_is_the_sigmoid_of_the_weighted_sum():
    np.testing.assert_allclose(neuron_forward(X, W, B), 1 / (1 + np.exp(-(X @ W + B))), rtol=1e-12)


@pytest.mark.parametrize("loss", ["log", "squared"])
def test_slopes_by_weights_and_bias_equal_the_measured_ones(loss):
    _, dw, db = loss_and_slopes(X, Y, W, B, loss)
    np.testing.assert_allclose(
        dw, measured_slope(lambda w: loss_and_slopes(X, Y, w, B, loss)[0], W), rtol=1e-6
    )
    measured_db = measured_slope(lambda b: loss_and_slopes(X, Y, W, b[0], loss)[0], np.array([B]))
    np.testing.assert_allclose(db, measured_db[0], rtol=1e-6)


def test_an_unknown_loss_is_named_beside_the_known_ones():
    with pytest.raises(ValueError, match=r"loss must be one of \['log', 'squared'\]\. It is 'hinge'"):
        loss_and_slopes(X, Y, W, B, loss="hinge")
