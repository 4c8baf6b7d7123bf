import json

import numpy as np
import pytest

from course_lib.autograd.tensor import Tensor
from course_lib.layers import Linear
from course_lib.optim import SGD, Adagrad, Adam, AdamW, Optimiser, RMSProp
from tests.optim.problems import gradients, leaves, walk

KINDS = [
    SGD,
    lambda parameters, rate=0.01: SGD(parameters, rate, momentum=0.9),
    lambda parameters, rate=0.01: SGD(parameters, rate, momentum=0.9, is_nesterov=True, weight_decay=0.1),
    RMSProp,
    Adagrad,
    Adam,
    AdamW,
]


@pytest.mark.parametrize("kind", KINDS)
def test_a_walk_that_is_resumed_from_its_state_ends_bit_equal(kind):
    parameters = leaves(np.random.default_rng(0))
    optimiser = kind(parameters, 0.01)
    walk(optimiser, parameters, seed=1)
    optimiser.learning_rate = 0.003
    state = optimiser.state()
    again = [Tensor(parameter.data) for parameter in parameters]
    resumed = kind(again, 1.0)
    resumed.load_state(state)
    for end, same in zip(walk(optimiser, parameters, seed=2), walk(resumed, again, seed=2), strict=True):
        np.testing.assert_array_equal(end, same)


@pytest.mark.parametrize("kind", KINDS)
def test_a_state_is_a_copy_that_later_steps_do_not_touch(kind):
    parameters = leaves(np.random.default_rng(0))
    optimiser = kind(parameters, 0.01)
    walk(optimiser, parameters, seed=1, n_steps=3)
    state = optimiser.state()
    before = {name: np.copy(value) for name, value in state.items()}
    other = kind(leaves(np.random.default_rng(0)), 0.01)
    other.load_state(state)
    walk(optimiser, parameters, seed=2, n_steps=3)
    walk(other, other.parameters, seed=2, n_steps=3)
    for name, value in state.items():
        np.testing.assert_array_equal(value, before[name])


def test_a_state_holds_arrays_and_plain_numbers_by_name():
    parameters = leaves(np.random.default_rng(0))
    optimiser = Adam(parameters, 0.01)
    walk(optimiser, parameters, seed=1, n_steps=3)
    state = optimiser.state()
    numbers = {name: value for name, value in state.items() if not isinstance(value, np.ndarray)}
    assert json.loads(json.dumps(numbers)) == numbers
    assert numbers["Adam.learning_rate"] == 0.01
    assert numbers["Adam.3.t"] == 3
    assert state["Adam.3.m"].shape == parameters[3].shape
    assert len(state) == 1 + 3 * len(parameters)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda state: state.pop("Adam.1.m"), r"another optimiser .* Missing: \['Adam.1.m'\]. Unknown: \[\]"),
        (lambda state: state.update(extra=1.0), r"Missing: \[\]. Unknown: \['extra'\]"),
        (
            lambda state: state.update({"Adam.1.m": np.zeros(4)}),
            r"Adam.1.m must be an array of float64 of shape \(5,\). It is .* float64 of shape \(4,\)",
        ),
        (lambda state: state.update({"Adam.1.v": np.zeros(5, np.float32)}), "It is an array of float32"),
        (lambda state: state.update({"Adam.1.t": np.zeros(5)}), "Adam.1.t must be a number"),
    ],
)
def test_a_state_that_does_not_fit_is_refused_by_name_and_changes_nothing(change, message):
    optimiser = Adam(leaves(np.random.default_rng(0)), 0.01)
    state = Adam(leaves(np.random.default_rng(0)), 0.5).state()
    change(state)
    with pytest.raises(ValueError, match=message):
        optimiser.load_state(state)
    assert optimiser.learning_rate == 0.01


def test_the_state_of_another_kind_is_refused():
    parameters = leaves(np.random.default_rng(0))
    with pytest.raises(ValueError, match=r"AdamW.load_state: this is the state of another optimiser"):
        AdamW(parameters).load_state(Adam(parameters).state())


@pytest.mark.parametrize("kind", KINDS)
def test_float32_parameters_keep_float32_and_so_does_the_memory(kind):
    parameters = leaves(np.random.default_rng(0), np.float32)
    optimiser = kind(parameters, np.float64(0.01))
    optimiser.learning_rate = np.float64(0.02)
    walk(optimiser, parameters, seed=1, n_steps=2)
    arrays = [value for value in optimiser.state().values() if isinstance(value, np.ndarray)]
    assert {array.dtype for array in [*arrays, *(p.data for p in parameters)]} == {np.dtype(np.float32)}


@pytest.mark.parametrize("kind", KINDS)
def test_a_step_leaves_gradients_and_old_data_as_they_were(kind):
    parameters = leaves(np.random.default_rng(0))
    old = [parameter.data for parameter in parameters]
    copies = [data.copy() for data in old]
    optimiser = kind(parameters, 0.01)
    for parameter, g in zip(parameters, gradients(np.random.default_rng(1)), strict=True):
        g.flags.writeable = False
        parameter.grad = g
    optimiser.step()
    for data, copy in zip(old, copies, strict=True):
        np.testing.assert_array_equal(data, copy)


def test_zero_grad_forgets_every_gradient():
    parameters = leaves(np.random.default_rng(0))
    optimiser = SGD(parameters, 0.1)
    walk(optimiser, parameters, seed=1, n_steps=1)
    optimiser.zero_grad()
    assert all(parameter.grad is None for parameter in parameters)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("number", "said"), [(np.nan, "NaN"), (np.inf, "an infinity"), (-np.inf, "an infinity")]
)
def test_a_gradient_that_is_not_finite_is_named_by_place_and_shape_before_anything_moves(kind, number, said):
    parameters = leaves(np.random.default_rng(0))
    optimiser = kind(parameters, 0.01)
    state, old = optimiser.state(), [parameter.data for parameter in parameters]
    for parameter, g in zip(parameters, gradients(np.random.default_rng(1)), strict=True):
        parameter.grad = g
    parameters[3].grad[0, 1, 0] = number
    with pytest.raises(ValueError, match=rf"step: .* at position 3, of shape \(2, 3, 2\), holds {said}"):
        optimiser.step()
    assert all(parameter.data is data for parameter, data in zip(parameters, old, strict=True))
    for name, value in optimiser.state().items():
        np.testing.assert_array_equal(value, state[name])


ONE = Tensor(np.ones(2))
PRODUCT = Tensor(np.ones(2), parents=(ONE,), vjp=lambda g: (g,), op="double")


@pytest.mark.parametrize(
    ("parameters", "error", "message"),
    [
        ([], ValueError, "there are no parameters to learn"),
        (iter(()), ValueError, "there are no parameters to learn"),
        (ONE, TypeError, "must be a list of Tensors. They are a single Tensor"),
        ({"W": ONE}, TypeError, "They are a single dict"),
        (np.ones(2), TypeError, "They are a single ndarray"),
        (Linear(1, 1, rng=np.random.default_rng(0)), TypeError, r"a single Linear\. Pass model\.parameters"),
        ([ONE, np.ones(2)], TypeError, "At position 1 is a ndarray"),
        ([PRODUCT], ValueError, "must be a leaf. At position 0 is the result of double"),
        ([ONE, Tensor(np.ones(2)), ONE], ValueError, "Positions 0 and 2 hold the same"),
    ],
)
def test_parameters_that_cannot_be_learned_are_refused(parameters, error, message):
    with pytest.raises(error, match=f"SGD: .*{message}"):
        SGD(parameters, 0.1)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: SGD([ONE], 0.0), "SGD: learning_rate must be a positive number. It is 0.0"),
        (lambda: Adam([ONE], -0.1), "Adam: learning_rate must be a positive number"),
        (lambda: AdamW([ONE], float("nan")), "AdamW: learning_rate must be a positive number"),
        (
            lambda: SGD([ONE], 0.1, momentum=1.0),
            "SGD: momentum must be at least 0 and less than 1. It is 1.0",
        ),
        (lambda: SGD([ONE], 0.1, momentum=-0.1), "SGD: momentum must be at least 0"),
        (lambda: SGD([ONE], 0.1, is_nesterov=True), "Give it momentum"),
        (
            lambda: SGD([ONE], 0.1, weight_decay=-1.0),
            "SGD: weight_decay must be a finite number of at least 0",
        ),
        (lambda: RMSProp([ONE], 0.1, decay=1.0), "RMSProp: decay must be"),
        (lambda: RMSProp([ONE], 0.1, epsilon=0.0), "RMSProp: epsilon must be a positive"),
        (lambda: RMSProp([ONE], 0.1, weight_decay=np.inf), "RMSProp: weight_decay must be"),
        (lambda: Adagrad([ONE], 0.1, epsilon=-1.0), "Adagrad: epsilon must be"),
        (lambda: Adagrad([ONE], 0.1, weight_decay=-1.0), "Adagrad: weight_decay must be"),
        (lambda: Adam([ONE], beta_1=1.0), "Adam: beta_1 must be"),
        (lambda: Adam([ONE], beta_2=float("nan")), "Adam: beta_2 must be"),
        (lambda: AdamW([ONE], epsilon=0.0), "AdamW: epsilon must be"),
        (lambda: AdamW([ONE], weight_decay=-1.0), "AdamW: weight_decay must be"),
    ],
)
def test_settings_that_cannot_be_right_are_refused_by_name(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize("rate", [-0.1, float("nan"), float("inf")])
def test_a_wrong_learning_rate_is_refused_between_steps_too(rate):
    optimiser = SGD([ONE], 0.1)
    with pytest.raises(ValueError, match="SGD: learning_rate must be a finite number of at least 0"):
        optimiser.learning_rate = rate
    optimiser.learning_rate = 0.0  # the end of a schedule
    assert optimiser.learning_rate == 0.0


def test_the_first_step_of_adam_has_the_length_of_the_learning_rate_whatever_the_gradient():
    parameter = Tensor(np.zeros(3))
    parameter.grad = np.array([1e-3, -1.0, 1e3])
    Adam([parameter], 0.1).step()
    np.testing.assert_allclose(parameter.data, [-0.1, 0.1, -0.1], rtol=1e-4)


def test_a_learning_rate_that_is_a_float64_of_numpy_takes_the_same_float32_steps_as_a_plain_number():
    ends = []
    for rate in (0.01, np.float64(0.01)):
        parameters = leaves(np.random.default_rng(0), np.float32)
        optimiser = SGD(parameters, rate)
        assert type(optimiser.learning_rate) is float
        ends.append(walk(optimiser, parameters, seed=1))
    for end, same in zip(*ends, strict=True):
        np.testing.assert_array_equal(end, same)


@pytest.mark.parametrize("kind", [Adam, AdamW])
def test_the_steps_of_adam_are_a_thousandth_long_unless_told_otherwise(kind):
    assert kind([Tensor([1.0])]).learning_rate == 0.001


def test_one_bad_gradient_among_parameters_of_several_dtypes_stops_the_step():
    single, double = Tensor(np.ones(2, np.float32)), Tensor(np.ones(2))
    single.grad, double.grad = np.ones(2, np.float32), np.array([1.0, np.nan])
    with pytest.raises(ValueError, match=r"SGD\.step: the gradient of the parameter at position 1.*NaN"):
        SGD([single, double], 0.1).step()
    np.testing.assert_array_equal(single.data, [1.0, 1.0])


def test_a_new_kind_of_optimiser_must_say_what_it_remembers_and_where_it_goes():
    class Forgetful(Optimiser):
        def _first_memory(self, w):
            return {}

    parameter = Tensor(np.ones(2))
    parameter.grad = np.ones(2)
    with pytest.raises(NotImplementedError):
        Optimiser([parameter], 0.1)
    with pytest.raises(NotImplementedError):
        Forgetful([parameter], 0.1).step()
