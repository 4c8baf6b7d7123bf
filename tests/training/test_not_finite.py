import numpy as np
import pytest

from course_lib.autograd.tensor import Tensor
from course_lib.layers.module import Module
from course_lib.training.not_finite import source_of_not_finite
from tests.training.small_models import Line, Restless, Sum, same_state, table, values

ROWS = np.array([4, 1, 7])


def restless():
    return Restless(np.random.default_rng(0))


@pytest.mark.parametrize("strange", [np.nan, np.inf, -np.inf])
def test_data_that_hold_nan_come_first_with_the_first_row_of_the_batch(strange):
    X, y = table()
    X[[7, 4], 1] = strange
    assert source_of_not_finite(restless(), X, y, ROWS).startswith(
        "X itself holds NaN or an infinity, in row 4. Fill in or drop missing values first."
    )


def test_a_row_outside_the_batch_is_not_blamed():
    X, y = table()
    X[2] = np.nan
    assert source_of_not_finite(restless(), X, y, ROWS).startswith("The outputs of all layers are finite")


def test_nan_in_what_is_true_is_found():
    X, y = values()
    y[1] = np.nan
    assert source_of_not_finite(Line(), X, y, ROWS).startswith("y itself holds NaN or an infinity, in row 1.")


def test_of_several_inputs_the_place_is_named():
    x, counts = np.ones(9), np.ones(9)
    counts[4] = np.nan
    said = source_of_not_finite(Sum(), (x, counts), np.ones(9), ROWS)
    assert said.startswith("X[1] itself holds NaN or an infinity, in row 4.")


def test_a_parameter_that_is_not_finite_is_named():
    X, y = table()
    model = restless()
    model.head.b.assign([0, np.inf, 0])
    said = source_of_not_finite(model, X, y, ROWS)
    assert said.startswith("The parameter head.b is not finite already: the step before was too long. Try a")


def test_the_first_layer_whose_output_overflows_is_named_with_its_kind():
    X, y = table()
    model = restless()
    model.hidden[0].W.assign(np.full((3, 5), 3e38))
    said = source_of_not_finite(model, np.abs(X) + 1, y, ROWS)
    assert said.startswith(
        "The first output that is not finite is that of layer hidden.0 (Layer). Try a smaller"
    )
    model = restless()
    model.head.W.assign(np.full((5, 3), 3e38))
    model.hidden[0].b.assign(np.full(5, 9.0))
    assert "layer head (Layer)" in source_of_not_finite(model, X, y, ROWS)


def test_a_model_of_one_part_is_named_as_a_whole():
    X, y = values()
    model = Line()
    model.W.assign([1e308, 1e308])
    said = source_of_not_finite(model, np.abs(X) + 9, y, ROWS)
    assert "that of the model itself (Line)" in said


class Pair(Module):
    """Returns an output and a list of states, as a recurrent layer does."""

    def __init__(self, state):
        self.state_after = state

    def forward(self, x):
        return x, [Tensor(np.array(self.state_after), needs_grad=False)]


class Wrapped(Module):
    def __init__(self, state):
        self.pair = Pair(state)

    def forward(self, x):
        return self.pair(x)[0]


def test_a_layer_that_returns_several_tensors_is_looked_through():
    X, y = values()
    assert "layer pair (Pair)" in source_of_not_finite(Wrapped([1.0, np.nan]), X, y, ROWS)
    assert "all layers are finite" in source_of_not_finite(Wrapped([1.0, 2.0]), X, y, ROWS)


def test_looking_changes_nothing():
    X, y = table()
    model = restless()
    place = model.generators()[0].bit_generator.state
    said = source_of_not_finite(model, X, y, ROWS)
    assert said.startswith(
        "The outputs of all layers are finite, so the loss itself overflows. Try a smaller"
    )
    assert same_state(model, restless())
    assert model.generators()[0].bit_generator.state == place
